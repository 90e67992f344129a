// The play kit's entry: reads the page's data, gets the fan's session, and puts the module on the stage.

import { Api } from "./api.js";
import { el, icon, island } from "./dom.js";
import { Sound } from "./effects.js";
import { Game } from "./game.js";
import { Session } from "./session.js";

async function start() {
  const data = island("game-data");
  const root = document.getElementById("stage");
  if (!data || !root) return;
  const session = new Session(data.brand.slug);
  if (data.session) session.take(data.session.token, data.session.expires_at);
  else if (data.place.kind === "hosted") session.clear();
  const api = new Api({ session, locale: data.locale, texts: data.texts });
  const place = { ...data.place, brand: data.brand.slug, brandName: data.brand.name };
  const signIn = later({ api, session, texts: data.texts, locale: data.locale, place });
  const game = new Game(data, {
    api,
    session,
    signIn,
    sounds: new Sound(),
    root,
    changed: showStanding,
  });
  bindSound(game);
  if (data.closed) {
    game.end({
      tone: "wait",
      title: data.closed.title,
      text: data.closed.text,
      glyph: data.closed.icon,
    });
    return;
  }
  if (session.present && !data.session) await game.refresh().catch(() => session.clear());
  const module = await import(data.module);
  let leave = null;
  game.unmount = () => {
    leave?.();
    leave = null;
  };
  game.remount = () => {
    game.unmount();
    root.replaceChildren();
    root.dataset.state = "play";
    leave = module.mount(root, game) ?? null;
  };
  game.remount();
  root.removeAttribute("aria-busy");
  if (!session.present) setTimeout(signIn.prepare, 300);
}

/** The sign-in sheet: fetched once the game is on the stage, at the latest when it is needed. */
function later(parts) {
  let sheet = null;
  const fetched = () => {
    sheet ??= import("./signin.js").then(({ SignIn }) => new SignIn(parts));
    return sheet;
  };
  return { prepare: fetched, open: async () => (await fetched()).open() };
}

/** Keep the sheet below the game true: what is left, and the points. */
function showStanding(game) {
  for (const place of document.querySelectorAll("[data-left]")) {
    const words = game.leftInWords();
    place.textContent = words;
    place.closest("[data-left-line]")?.toggleAttribute("hidden", !words);
  }
  for (const place of document.querySelectorAll("[data-points]")) {
    if (!game.points) continue;
    place.textContent = new Intl.NumberFormat(game.locale).format(game.points.balance);
    place.closest("[data-points-line]")?.removeAttribute("hidden");
  }
}

function bindSound(game) {
  const button = document.querySelector("[data-sound]");
  if (!button) return;
  const show = () => {
    const on = game.sounds.on;
    button.replaceChildren(
      icon(on ? "volume" : "volume-off"),
      el("span", { class: "visually-hidden" }, game.texts.sound),
    );
    button.setAttribute("aria-pressed", String(on));
  };
  button.addEventListener("click", () => {
    game.sounds.toggle();
    show();
  });
  button.hidden = false;
  show();
}

start();
