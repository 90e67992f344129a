// The end of an attempt: what was won and how to get it, the points counted up, when to come back, or another go.

import { countUp, el, fill, icon, moment, plural, regional } from "./dom.js";

const GLYPHS = { win: "trophy", lose: "mood-smile", done: "check", wait: "clock-hour-4" };

/** Build the end screen. `facts` = {grants, coupons, points, left}; `ways` = {again, mySpace}. */
export function endScreen(
  { tone = "done", title, text, glyph, actions = [] },
  facts,
  ways,
  { texts, locale, calm },
) {
  const heading = el("h2", { class: "end-title", tabIndex: -1 }, title);
  const screen = el(
    "section",
    { class: `end end-${tone}`, "aria-label": title },
    el(
      "div",
      { class: "end-mark", "aria-hidden": "true" },
      burst(tone),
      icon(glyph ?? GLYPHS[tone] ?? "check"),
    ),
    heading,
    text && el("p", { class: "end-text" }, text),
    ...(facts.grants ?? []).map((grant) => prizeCard(grant, texts)),
    ...(facts.coupons ?? []).map((coupon) => couponCard(coupon, texts, locale)),
    pointsStrip(facts.points, { texts, locale, calm }),
    buttons(actions, facts, ways, { texts, locale }),
  );
  return { screen, heading };
}

/** Rays behind the mark of a win, rings behind the others: drawn, so that they take the brand's colours. */
function burst(tone) {
  const picture = el("svg:svg", { class: "end-burst", viewBox: "-60 -60 120 120" });
  if (tone === "win") {
    for (let ray = 0; ray < 16; ray += 1) {
      const length = ray % 2 ? 48 : 57;
      picture.append(
        el("svg:line", { x1: 0, y1: -40, x2: 0, y2: -length, transform: `rotate(${ray * 22.5})` }),
      );
    }
  } else {
    picture.append(el("svg:circle", { r: 46 }), el("svg:circle", { r: 56 }));
  }
  return picture;
}

function prizeCard({ prize }, texts) {
  const picture = prize.picture?.url ?? prize.picture;
  return el(
    "div",
    { class: "end-prize" },
    picture
      ? el("img", { src: picture, alt: "", width: 72, height: 72 })
      : el("span", { class: "end-prize-mark" }, icon("gift")),
    el(
      "div",
      { class: "grow" },
      el("p", { class: "eyebrow" }, texts.you_won),
      el("h3", {}, prize.label),
      prize.description && el("p", { class: "muted small" }, prize.description),
      prize.collection && el("p", { class: "small" }, prize.collection),
    ),
  );
}

function couponCard(coupon, texts, locale) {
  const until =
    coupon.valid_until &&
    fill(texts.valid_until, {
      day: new Intl.DateTimeFormat(regional(locale), { dateStyle: "long" }).format(
        new Date(coupon.valid_until),
      ),
    });
  return el(
    "div",
    { class: "end-prize" },
    el("span", { class: "end-prize-mark" }, icon("ticket")),
    el(
      "div",
      { class: "grow" },
      el("h3", {}, coupon.label),
      el("p", { class: "coupon-code number" }, coupon.code),
      until && el("p", { class: "muted small" }, until),
    ),
  );
}

function pointsStrip(points, { texts, locale, calm }) {
  if (!points?.earned) return null;
  const earned = el("strong", { class: "number" });
  const balance = el("span", { class: "number" });
  countUp(earned, 0, points.earned, { locale, calm });
  countUp(balance, points.balance - points.earned, points.balance, { locale, calm });
  return el(
    "p",
    { class: "end-points" },
    el(
      "span",
      { class: "end-points-earned" },
      icon("coins"),
      el("span", {}, "+", earned),
      texts.points,
    ),
    el("span", { class: "muted" }, `${texts.balance} `, balance),
  );
}

function buttons(actions, { grants, coupons, left }, { again, mySpace }, { texts, locale }) {
  const row = el("div", { class: "end-actions" });
  const won = (grants?.length ?? 0) + (coupons?.length ?? 0) > 0;
  const more = again && (left?.now === null || left?.now === undefined || left.now > 0);
  for (const [index, action] of actions.entries()) {
    row.append(
      el(
        action.href ? "a" : "button",
        {
          class: `button large wide ${action.primary || (index === 0 && !more && !won) ? "primary" : ""}`,
          ...(action.href
            ? {
                href: action.href,
                ...(action.external ? { target: "_blank", rel: "noopener" } : {}),
              }
            : { type: "button", onclick: action.run }),
        },
        action.icon && icon(action.icon),
        action.label,
      ),
    );
  }
  const primary = row.querySelector(".primary") === null;
  if (won && mySpace) {
    row.append(
      spaceLink(mySpace, "qrcode", texts.see_my_prizes, `large wide ${primary ? "primary" : ""}`),
    );
  }
  if (more) {
    const label =
      left?.now > 1
        ? fill(plural(texts.play_again_left, left.now, locale), { n: left.now })
        : texts.play_again;
    row.append(
      el(
        "button",
        {
          class: `button large wide ${primary && !won ? "primary" : ""}`,
          type: "button",
          onclick: again,
        },
        icon("rotate"),
        label,
      ),
    );
  } else if (left?.again_at) {
    row.append(
      el(
        "p",
        { class: "end-back" },
        icon("calendar-time"),
        fill(texts.come_back, { moment: moment(left.again_at, locale) }),
      ),
    );
  }
  if (!won && mySpace) row.append(spaceLink(mySpace, "user-circle", texts.my_space, "quiet wide"));
  return row;
}

function spaceLink({ url, external }, glyph, label, kind) {
  return el(
    "a",
    {
      class: `button ${kind}`,
      href: url,
      ...(external ? { target: "_blank", rel: "noopener" } : {}),
    },
    icon(glyph),
    label,
  );
}
