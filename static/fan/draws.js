// The page of a draw comes alive: countdown, stepper, the check of one's own entry, and the numbers as they are drawn.
// Everything is computed here, with the modules of the published verifier, from what our own server publishes.

import { fill, found, lines, load, sentence } from "./draw-check.js";

const page = JSON.parse(document.querySelector("#draw").textContent);
const { texts } = page;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const number = new Intl.NumberFormat(page.locale === "fr" ? "fr-FR" : "en-GB");
const readable = (text) => number.format(BigInt(text));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The countdown; the date it replaces stays for those without scripts.
const clock = document.querySelector("[data-countdown]");
if (clock) {
  const until = Date.parse(clock.dataset.countdown);
  clock.title = clock.textContent;
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const facts = {
      days: Math.floor(left / 86400),
      hours: Math.floor(left / 3600) % 24,
      minutes: Math.floor(left / 60) % 60,
      seconds: left % 60,
    };
    const form = left >= 86400 ? texts.days : left >= 3600 ? texts.hours : texts.minutes;
    clock.textContent = fill(form, facts);
    if (left) setTimeout(tick, left >= 3600 ? 15_000 : 1000 - (Date.now() % 1000));
  };
  if (until - Date.now() < 90 * 86_400_000) tick();
}

// The stepper says what is spent before it is.
for (const form of document.querySelectorAll("[data-stake]")) {
  const field = form.elements.tickets;
  const less = form.querySelector("[data-less]");
  const more = form.querySelector("[data-more]");
  const tell = () => {
    const tickets = Math.min(Math.max(Number(field.value) || 0, 0), Number(field.max));
    const points = tickets * Number(form.dataset.price);
    const left = Number(form.dataset.balance) - points;
    form.querySelector("[data-cost]").textContent = fill(texts.cost, {
      points: number.format(points),
      left: number.format(left),
    });
    less.disabled = Number(field.value) <= 1;
    more.disabled = Number(field.value) >= Number(field.max);
  };
  const step = (by) => {
    field.value = Math.min(Math.max((Number(field.value) || 0) + by, 1), Number(field.max));
    tell();
  };
  less.addEventListener("click", () => step(-1));
  more.addEventListener("click", () => step(1));
  field.addEventListener("input", tell);
  for (const button of [less, more]) button.hidden = false;
  tell();
}

// "Check that I am in the urn": my private document against what everybody can see.
const urn = document.querySelector("[data-urn]");
if (urn && page.ticket) {
  urn.hidden = false;
  const button = urn.querySelector("[data-check]");
  const place = urn.querySelector("[data-found]");
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    place.replaceChildren(lines(await checkUrn()));
    button.removeAttribute("aria-busy");
  });
}

async function checkUrn() {
  const unreachable = [sentence(texts.urn_lost, "alert-circle", "bad-text")];
  try {
    const [check, ticket, commitment] = await Promise.all([
      load(page),
      found(page.ticket),
      found(page.commitment),
    ]);
    const { good, facts, code } = check.urn(ticket, commitment);
    if (!good || code !== page.code) return [sentence(texts.urn_bad, "alert-circle", "bad-text")];
    const { first = "0", last = "0", total = "0" } = facts ?? {};
    const words = { first: readable(first), last: readable(last), total: readable(total) };
    const form = !facts ? texts.urn_none : first === last ? texts.urn_one : texts.urn_good;
    return [
      sentence(fill(form, words), "circle-check", "good-text headline"),
      sentence(texts.urn_tag, "check", "good-text"),
      sentence(texts.urn_path, "check", "good-text"),
      sentence(fill(texts.urn_code, { code }), "check", "good-text"),
    ];
  } catch {
    return unreachable;
  }
}

// "Compute it again": the certificate, replayed step by step.
const again = document.querySelector("[data-again]");
if (again && page.certificate) {
  again.hidden = false;
  const button = again.querySelector("[data-compute]");
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    const place = again.querySelector("[data-computed]");
    try {
      const [check, certificate] = await Promise.all([load(page), found(page.certificate)]);
      place.replaceChildren(lines([await verdict(check, certificate)]));
    } catch {
      place.replaceChildren(lines([sentence(texts.urn_lost, "alert-circle", "bad-text")]));
    }
    button.removeAttribute("aria-busy");
  });
}

async function verdict(check, text) {
  const { good, code, steps } = await check.replay(text);
  if (!good || code !== page.code) return sentence(texts.wrong, "alert-circle", "bad-text");
  return sentence(fill(texts.checked, { steps: steps.length }), "circle-check", "good-text");
}

// The announced second: ask our server for the round's signature, compute the first number from it, then replay all.
const live = document.querySelector("#live");
if (live && page.live) watch();

async function watch() {
  const until = Date.parse(page.draws_at);
  while (Date.now() < until) await pause(Math.min(until - Date.now(), 3_600_000));
  live.hidden = false;
  clock?.closest(".draw-clock").setAttribute("hidden", "");
  const told = live.querySelector("[data-live]");
  if (page.phase === "fixed") told.replaceChildren(paragraph(texts.waiting));
  const [check, commitment] = await Promise.all([load(page), found(page.commitment)]);
  let first = false;
  for (let tries = 0; ; tries += 1) {
    const state = await ask();
    if (state?.revealed && !first) {
      const ticket = check.firstNumber(commitment, state.revealed);
      told.replaceChildren(paragraph(texts.first));
      if (ticket) await show({ ticket, aside: true, words: "" });
      first = true;
    }
    if (state?.phase === "drawn") return reveal(check, told);
    // Everybody asks at the same moment: nobody asks at exactly the same rhythm.
    await pause(1500 + Math.random() * 1500 + Math.min(tries, 20) * 500);
  }
}

async function ask() {
  try {
    const answer = await fetch(page.live);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function reveal(check, told) {
  const text = await found(page.certificate);
  const { good, steps } = await check.replay(text);
  live.querySelector("[data-drawn]").replaceChildren();
  told.replaceChildren(paragraph(texts.drawing));
  for (const step of steps.slice(0, 60)) {
    const [prize, kind, rank] = step.status;
    const skipped = step.status.length === 2;
    const won = !skipped && kind === "winner";
    const facts = { prize: page.prizes[prize] ?? prize, rank };
    const words = skipped ? texts.passed : won ? facts.prize : fill(texts.alternate, facts);
    await show({ ticket: step.ticket, aside: !won, words });
  }
  const link = document.createElement("a");
  link.className = "button primary wide";
  link.href = location.pathname;
  link.textContent = texts.whole;
  const said = good
    ? sentence(fill(texts.checked, { steps: steps.length }), "circle-check", "good-text")
    : sentence(texts.wrong, "alert-circle", "bad-text");
  live.querySelector("[data-after]").replaceChildren(lines([said]), link);
}

/** Put a number on the list, after a moment in which it rolls. */
async function show({ ticket, aside, words }) {
  const item = document.createElement("li");
  item.classList.toggle("aside", aside);
  const ball = document.createElement("strong");
  ball.className = "draw-ball number";
  const label = document.createElement("span");
  label.textContent = words;
  item.append(ball, label);
  live.querySelector("[data-drawn]").append(item);
  if (!still) {
    ball.setAttribute("aria-hidden", "true");
    for (let turn = 0; turn < 9; turn += 1) {
      ball.textContent = ticket.replace(/[0-9]/g, () => Math.floor(Math.random() * 10));
      await pause(70);
    }
    ball.removeAttribute("aria-hidden");
  }
  ball.textContent = readable(ticket);
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
