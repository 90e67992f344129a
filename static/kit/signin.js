// The sign-in sheet: e-mail, then the 6-digit code, then — for who is new — one free choice about offers.

import { announce } from "./announce.js";
import { el, fill, icon } from "./dom.js";

const CODE = /^\d{6}$/;

export class SignIn {
  /** `place` says where the page is: {brand, campaign, kind, origin, providers, privacyUrl, fullPageUrl}. */
  constructor({ api, session, texts, locale, place }) {
    Object.assign(this, { api, session, texts, locale, place });
    this.email = "";
    this.pending = null;
  }

  /** Open the sheet; resolves with {new} once the fan is signed in and has chosen, with null when they close it. */
  open() {
    this.pending ??= new Promise((resolve) => {
      this.result = null;
      this.dialog = el("dialog", {
        class: "dialog sheet signin",
        "aria-labelledby": "signin-title",
      });
      this.dialog.addEventListener("close", () => {
        clearInterval(this.clock);
        this.dialog.remove();
        this.pending = null;
        resolve(this.result);
      });
      document.body.append(this.dialog);
      this.showEmail();
      this.dialog.showModal();
      this.focusFirst();
    });
    return this.pending;
  }

  step({ title, lead, glyph, closable = true }, ...content) {
    clearInterval(this.clock);
    const close = el(
      "button",
      {
        class: "button quiet icon-only signin-close",
        type: "button",
        onclick: () => this.dialog.close(),
      },
      icon("x", { label: this.texts.close }),
    );
    this.dialog.replaceChildren(
      ...[
        closable && close,
        el(
          "div",
          { class: "signin-step" },
          el("span", { class: "signin-mark" }, icon(glyph)),
          el("h2", { id: "signin-title", tabIndex: -1 }, title),
          lead && el("p", { class: "muted" }, lead),
          ...content,
        ),
      ].filter(Boolean),
    );
    if (this.dialog.open) {
      announce(title);
      this.focusFirst();
    }
  }

  focusFirst() {
    const first =
      this.dialog.querySelector("input:not([type=checkbox])") ??
      this.dialog.querySelector("#signin-title");
    first?.focus();
  }

  /* The e-mail */

  showEmail() {
    const field = textField({
      id: "signin-email",
      label: this.texts.email_label,
      type: "email",
      autocomplete: "email",
      inputmode: "email",
      placeholder: this.texts.email_example,
      value: this.email,
    });
    const send = el(
      "button",
      { class: "button primary large wide", type: "submit" },
      this.texts.send_code,
    );
    const submit = async (event) => {
      event.preventDefault();
      this.email = field.input.value.trim();
      if (!field.input.validity.valid || !this.email) {
        field.say(this.texts.email_wrong);
        return;
      }
      await this.attempt(send, field, async () => {
        await this.sendCode();
        this.showCode();
      });
    };
    this.step(
      { title: this.texts.signin_title, lead: this.texts.signin_lead, glyph: "mail" },
      el("form", { class: "stack", novalidate: true, onsubmit: submit }, field.node, send),
      this.social(),
      this.privacy(),
    );
  }

  get path() {
    return `/api/v1/brands/${this.place.brand}/sign-in`;
  }

  async sendCode() {
    const body = { email: this.email, locale: this.locale, campaign: this.place.campaign || null };
    this.expect(await this.api.request("POST", `${this.path}/codes`, body, { anonymous: true }));
  }

  async sendAgain() {
    const path = `${this.path}/codes/${this.signIn}/resend`;
    this.expect(await this.api.request("POST", path, undefined, { anonymous: true }));
    announce(this.texts.code_sent_again);
  }

  /** Remember which sign-in the code belongs to, and when another may be asked for: never when the server says null. */
  expect({ sign_in: signIn, resend_in: seconds }) {
    this.signIn = signIn;
    this.resendAt = seconds === null ? Number.POSITIVE_INFINITY : Date.now() + seconds * 1000;
  }

  /** Other providers always run on a full page: their pages refuse to be framed. */
  social() {
    const providers = this.place.providers ?? [];
    if (!providers.length) return null;
    const top = this.place.kind === "embed" ? { target: "_blank", rel: "noopener" } : {};
    return el(
      "div",
      { class: "stack tight" },
      el("p", { class: "signin-or muted small" }, el("span", {}, this.texts.or)),
      ...providers.map((provider) =>
        el(
          "a",
          { class: "button wide", href: provider.url, ...top },
          icon(provider.icon),
          fill(this.texts.continue_with, { provider: provider.name }),
        ),
      ),
    );
  }

  privacy() {
    const sentence = fill(this.texts.privacy_note, { brand: this.place.brandName });
    const link =
      this.place.privacyUrl &&
      el(
        "a",
        { href: this.place.privacyUrl, target: "_blank", rel: "noopener" },
        this.texts.privacy_link,
      );
    return el("p", { class: "muted small signin-privacy" }, sentence, link && " ", link);
  }

  /* The code */

  showCode() {
    const field = textField({
      id: "signin-code",
      label: this.texts.code_label,
      class: "input code-input",
      inputmode: "numeric",
      autocomplete: "one-time-code",
      maxlength: 6,
      pattern: "[0-9]*",
    });
    const go = el(
      "button",
      { class: "button primary large wide", type: "submit" },
      this.texts.confirm_code,
    );
    const submit = async (event) => {
      event?.preventDefault();
      const code = field.input.value.replace(/\D/g, "");
      if (!CODE.test(code)) {
        field.say(this.texts.code_incomplete);
        return;
      }
      await this.attempt(go, field, () => this.openSession(code));
    };
    field.input.addEventListener("input", () => {
      const digits = field.input.value.replace(/\D/g, "").slice(0, 6);
      field.input.value = digits;
      if (CODE.test(digits)) submit();
    });
    this.step(
      {
        title: this.texts.code_title,
        lead: fill(this.texts.code_lead, { email: this.email }),
        glyph: "mail-opened",
      },
      el("form", { class: "stack", novalidate: true, onsubmit: submit }, field.node, go),
      el(
        "div",
        { class: "row between signin-ways" },
        this.resend(field),
        el(
          "button",
          { class: "button quiet compact", type: "button", onclick: () => this.showEmail() },
          this.texts.other_email,
        ),
      ),
    );
  }

  resend(field) {
    const label = el("span", {});
    const button = el(
      "button",
      {
        class: "button quiet compact number",
        type: "button",
        onclick: () => this.attempt(button, field, () => this.sendAgain()),
      },
      label,
    );
    const show = () => {
      const left = Math.ceil((this.resendAt - Date.now()) / 1000);
      button.hidden = left === Number.POSITIVE_INFINITY;
      button.disabled = left > 0;
      label.textContent =
        left > 0 ? fill(this.texts.resend_in, { seconds: left }) : this.texts.resend;
    };
    show();
    this.clock = setInterval(show, 500);
    return button;
  }

  async openSession(code) {
    const answer = await this.api.request(
      "POST",
      `${this.path}/sessions`,
      {
        sign_in: this.signIn,
        code,
        consents: [],
        kind: this.place.kind,
        origin: this.place.origin || null,
      },
      { anonymous: true },
    );
    this.session.take(answer.token, answer.expires_at);
    this.result = { new: Boolean(answer.fan?.new) };
    if (this.result.new) await this.showConsents();
    else this.dialog.close();
  }

  /* The choice about offers: every box is empty, and both ways on look the same. */

  async showConsents() {
    const asked = await this.offered();
    if (!asked.length) {
      this.dialog.close();
      return;
    }
    const boxes = asked.map((consent, index) => {
      const input = el("input", {
        type: "checkbox",
        id: `signin-consent-${index}`,
        name: consent.channel,
      });
      return {
        consent,
        input,
        node: el("label", { class: "check" }, input, el("span", {}, consent.text)),
      };
    });
    const hint = el(
      "p",
      { class: "error-text", role: "alert", hidden: true },
      this.texts.consent_tick_first,
    );
    const accept = el(
      "button",
      {
        class: "button large wide",
        type: "button",
        onclick: () => {
          if (!boxes.some((box) => box.input.checked)) {
            hint.hidden = false;
            boxes[0].input.focus();
            return;
          }
          this.keep(boxes, accept);
        },
      },
      this.texts.play_with_offers,
    );
    const decline = el(
      "button",
      {
        class: "button large wide",
        type: "button",
        onclick: () => {
          for (const box of boxes) box.input.checked = false;
          this.keep(boxes, decline);
        },
      },
      this.texts.play_without_offers,
    );
    this.step(
      {
        title: this.texts.consent_title,
        lead: fill(this.texts.consent_lead, { brand: this.place.brandName }),
        glyph: "gift",
        closable: false,
      },
      el("div", { class: "consent-boxes" }, ...boxes.map((box) => box.node)),
      hint,
      el("div", { class: "twin-buttons" }, accept, decline),
    );
  }

  async offered() {
    try {
      const answer = await this.api.get(`/api/v1/brands/${this.place.brand}/consents`);
      return (answer.consents ?? answer).filter((consent) => consent.at_sign_in !== false);
    } catch {
      return [];
    }
  }

  async keep(boxes, button) {
    const consents = boxes.map(({ consent, input }) => ({
      purpose: consent.purpose,
      channel: consent.channel,
      granted: input.checked,
      text_id: consent.text_id,
    }));
    button.setAttribute("aria-busy", "true");
    try {
      await this.api.request("PUT", "/api/v1/me/consents", { consents });
    } finally {
      this.dialog.close();
    }
  }

  /** Run a step behind a busy button; what the server refuses is said at the field. */
  async attempt(button, field, work) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    field.say("");
    try {
      await work();
    } catch (refusal) {
      const errors = Object.values(refusal.fields ?? {}).flat();
      field.say(errors[0] ?? refusal.message ?? this.texts.broken);
      if (field.input.inputMode === "numeric") field.input.value = "";
      field.input.focus();
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
}

function textField({ id, label, ...props }) {
  const error = el("p", { class: "error", id: `${id}-error`, role: "alert" });
  const input = el("input", {
    class: "input",
    id,
    name: id,
    required: true,
    "aria-describedby": `${id}-error`,
    ...props,
  });
  const node = el("div", { class: "field" }, el("label", { for: id }, label), input, error);
  return {
    node,
    input,
    say(text) {
      error.textContent = text;
      input.setAttribute("aria-invalid", text ? "true" : "false");
    },
  };
}
