/** Coupon: a voucher that the fan takes with one tap and that turns over to show its code and QR. */

/** Put the game into `root`; returns the function that takes it away. */
export function mount(root, game) {
  const { el, texts } = game;
  let held = game.won.coupons;
  const scene = el("section", { class: "coupon-voucher" });
  root.replaceChildren(scene);
  draw();

  function draw() {
    const { view } = game;
    const taken = view.taken > 0;
    const lost = taken && !held.length;
    const flip = el(
      "div",
      { class: `coupon-voucher-flip${held.length ? " turned" : ""}` },
      front(held.length > 0),
      held.length ? back(held[0]) : null,
    );
    scene.replaceChildren(
      flip,
      lost ? el("p", { class: "coupon-voucher-note" }, game.icon("ticket"), texts.elsewhere) : "",
      held.length ? el("p", { class: "coupon-voucher-note" }, game.icon("mail"), texts.also) : "",
      actions(taken),
      held.length > 1 ? el("ul", { class: "coupon-voucher-others" }, held.slice(1).map(line)) : "",
      conditions(),
    );
    return flip;
  }

  /** The side that says what the coupon is worth. */
  function front(hidden) {
    const { view } = game;
    const picture = view.picture?.url ?? view.picture;
    return el(
      "div",
      {
        class: "coupon-voucher-face coupon-voucher-front",
        inert: hidden,
        "aria-hidden": hidden ? "true" : null,
      },
      picture ? el("img", { class: "coupon-voucher-picture", src: picture, alt: "" }) : null,
      el(
        "div",
        { class: "coupon-voucher-offer" },
        view.value ? el("p", { class: "coupon-voucher-value" }, view.value) : null,
        el("h2", {}, view.title),
        view.intro ? el("p", { class: "coupon-voucher-intro" }, view.intro) : null,
      ),
    );
  }

  /** The side that is shown at the till. */
  function back(coupon) {
    return el(
      "div",
      { class: "coupon-voucher-face coupon-voucher-back" },
      el("h2", { tabIndex: -1 }, coupon.label || game.view.title),
      el("div", { class: "coupon-voucher-frame" }, qrOf(coupon)),
      el("p", { class: "coupon-voucher-code number" }, coupon.code),
      copyButton(coupon.code),
      el(
        "p",
        { class: "coupon-voucher-until small" },
        coupon.valid_until ? until(coupon) : texts.show_code,
      ),
    );
  }

  /** The QR picture; in a preview, where no coupon is real, its mere outline. */
  function qrOf(coupon) {
    if (!coupon.qr) return game.icon("qrcode", { kind: "coupon-voucher-sample" });
    const picture = el("img", {
      class: "coupon-voucher-qr",
      alt: game.fill(texts.qr_label, { code: coupon.code }),
      hidden: true,
    });
    game.picture(coupon.qr).then((address) => {
      if (!address) return;
      picture.src = address;
      picture.hidden = false;
    });
    return picture;
  }

  function line(coupon) {
    return el(
      "li",
      {},
      el("span", { class: "coupon-voucher-code number" }, coupon.code),
      el("span", { class: "muted small" }, coupon.valid_until ? until(coupon) : ""),
    );
  }

  function until(coupon) {
    const date = new Intl.DateTimeFormat(game.locale, { dateStyle: "long" }).format(
      new Date(coupon.valid_until),
    );
    return game.fill(texts.valid_until, { date });
  }

  function copyButton(code) {
    const label = el("span", {}, texts.copy);
    const button = el("button", { class: "button soft", type: "button" }, game.icon("copy"), label);
    button.addEventListener("click", async () => {
      if (!(await copied(code))) return;
      button.replaceChildren(game.icon("check"), el("span", {}, texts.copied));
      game.announce(texts.copied);
      setTimeout(() => button.replaceChildren(game.icon("copy"), label), 2000);
    });
    return button;
  }

  /** What to do next: take it, take another, or go to the shop. */
  function actions(taken) {
    const { view } = game;
    const row = el("div", { class: "coupon-voucher-actions" });
    if (view.left > 0) {
      const again =
        view.left === 1 ? texts.left_one : game.fill(texts.left_many, { left: view.left });
      const words = taken ? texts.claim_again : view.button || texts.claim;
      const button = el(
        "button",
        { class: `button large wide${taken ? "" : " primary"}`, type: "button" },
        game.icon("ticket"),
        words,
      );
      button.addEventListener("click", () => claim(button));
      row.append(button);
      if (taken) row.append(el("p", { class: "muted small" }, again));
    }
    if (taken && !held.length && game.data?.my_space) {
      const { url, external } = game.data.my_space;
      row.append(shopLink(texts.my_space, url, "qrcode", external ?? false, true));
    }
    for (const [place, shop] of view.shops.entries()) {
      row.append(
        shopLink(shop.label, shop.link, "shopping-bag", true, held.length > 0 && place === 0),
      );
    }
    return row;
  }

  function shopLink(label, href, glyph, outside, strong) {
    const aside = outside ? { target: "_blank", rel: "noopener" } : {};
    const kind = `button large wide${strong ? " primary" : ""}`;
    return el("a", { class: kind, href, ...aside }, game.icon(glyph), label);
  }

  function conditions() {
    const words = game.view.conditions;
    return words
      ? el(
          "details",
          { class: "coupon-voucher-conditions" },
          el("summary", {}, texts.conditions),
          el("p", {}, words),
        )
      : "";
  }

  async function claim(button) {
    button.setAttribute("aria-busy", "true");
    let answer;
    try {
      answer = await game.move({ claim: true });
    } catch (refusal) {
      button.removeAttribute("aria-busy");
      if (!refusal.shown) throw refusal;
      return;
    }
    if (!scene.isConnected) return;
    held = [...answer.coupons, ...held];
    const flip = draw();
    if (!game.calm) flip.classList.add("turning");
    game.sound("flip");
    game.vibrate([20, 40, 60]);
    game.confetti({ pieces: 70 });
    game.announce(
      `${texts.yours}. ${game.fill(texts.code_label, { code: answer.coupons[0].code })}`,
    );
    flip.querySelector(".coupon-voucher-back h2").focus({ preventScroll: true });
  }

  return () => root.replaceChildren();
}

/** Copy a text; in a frame without the clipboard's permission the old way still works. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.readOnly = true;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
