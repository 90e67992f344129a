// Builds elements without any HTML text, so that nothing a person wrote can become markup.

const SVG = "http://www.w3.org/2000/svg";
const SPRITE = new URL("../icons.svg", import.meta.url);

/**
 * Build an element: el("button", {class: "button", onclick: play}, icon("gift"), "Play").
 * "svg:circle" builds an SVG element; style and dataset take objects; null, undefined and false children are left out.
 */
export function el(tag, props, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS(SVG, tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  append(node, children);
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith("on") && typeof value === "function") {
    node.addEventListener(name.slice(2).toLowerCase(), value);
  } else if (name === "class" || name === "className") {
    node.setAttribute("class", Array.isArray(value) ? value.filter(Boolean).join(" ") : value);
  } else if (name === "style" && typeof value === "object") {
    for (const [property, setting] of Object.entries(value)) {
      const dashed = property.startsWith("--")
        ? property
        : property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      node.style.setProperty(dashed, String(setting));
    }
  } else if (name === "dataset") {
    Object.assign(node.dataset, value);
  } else if (name === "text" || name === "textContent") {
    node.textContent = value;
  } else if (["value", "checked", "disabled", "hidden", "htmlFor", "tabIndex"].includes(name)) {
    node[name] = value;
  } else if (value === true) {
    node.setAttribute(name, name.startsWith("aria-") ? "true" : "");
  } else if (value === false) {
    if (name.startsWith("aria-")) node.setAttribute(name, "false");
  } else {
    node.setAttribute(name, value);
  }
}

function append(node, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

/** Draw an icon of the sprite; without a label it is decoration. */
export function icon(name, { label = "", kind = "" } = {}) {
  const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return el(
    "svg:svg",
    { class: `icon ${kind}`.trim(), ...named },
    el("svg:use", { href: `${SPRITE.href}#${name}` }),
  );
}

/** Read a JSON data island of the page; null when it is not there. */
export function island(identifier) {
  const element = document.getElementById(identifier);
  return element ? JSON.parse(element.textContent) : null;
}

/** Put facts into a text: fill("%(n)s left", {n: 2}). */
export function fill(text, facts = {}) {
  return String(text ?? "").replace(/%\((\w+)\)s/g, (whole, name) => String(facts[name] ?? whole));
}

/** Choose the singular or plural of a text written "one|many", by the rules of the language. */
export function plural(text, number, locale) {
  const [one, many = one] = String(text ?? "").split("|");
  return new Intl.PluralRules(locale).select(number) === "one" ? one : many;
}

/** The conventions of dates and numbers that go with a language: English is written as in Europe here. */
export function regional(locale) {
  return { en: "en-GB", fr: "fr-FR" }[locale] ?? locale;
}

/** Write a moment for a person: the hour when it is today, the day and the hour otherwise. */
export function moment(iso, locale, today = new Date()) {
  const then = new Date(iso);
  const hour = new Intl.DateTimeFormat(regional(locale), { hour: "numeric", minute: "2-digit" });
  if (then.toDateString() === today.toDateString()) return hour.format(then);
  return new Intl.DateTimeFormat(regional(locale), {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "numeric",
    minute: "2-digit",
  }).format(then);
}

/** Count a number up in its element; who asked for calm sees the result at once. */
export function countUp(element, from, to, { locale, calm, duration = 900 } = {}) {
  const write = (number) => {
    element.textContent = new Intl.NumberFormat(locale).format(Math.round(number));
  };
  if (calm || from === to) {
    write(to);
    return;
  }
  const begun = performance.now();
  const step = (now) => {
    const share = Math.min(1, Math.max(0, (now - begun) / duration));
    write(from + (to - from) * (1 - (1 - share) ** 3));
    if (share < 1) requestAnimationFrame(step);
  };
  write(from);
  requestAnimationFrame(step);
}
