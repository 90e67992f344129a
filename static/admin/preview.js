// Inside the phone: plays a draft with the real module. Moves go to the preview's own address, where nothing is written.

import { Refusal } from "../kit/api.js";
import { island } from "../kit/dom.js";
import { Game } from "../kit/game.js";

const { module: address, move } = island("preview");
const root = document.getElementById("stage");
const loading = import(address);
const silence = { on: false, play() {}, toggle() {} };
let shown = null;

/** Stands where the play kit expects its API: carries the draft and the fan's signed state with every move. */
class DraftApi {
  constructor(draft) {
    this.draft = draft;
    this.state = draft.state;
    this.win = draft.win;
  }

  async get() {
    return { view: this.draft.data.view, play: null, left: null };
  }

  async request(_method, _path, body) {
    const response = await fetch(`${move}?lang=${this.draft.lang}`, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": this.draft.csrf,
      },
      body: JSON.stringify({
        config: this.draft.config,
        state: this.state,
        move: body.move,
        win: this.win,
      }),
    });
    const answer = await response
      .json()
      .catch(() => ({ code: "broken", message: this.draft.data.texts.broken }));
    if (!response.ok) throw new Refusal(answer, response.status);
    this.state = answer.token;
    this.draft.data.view = answer.view;
    return answer;
  }
}

async function play(draft) {
  const module = await loading;
  shown?.unmount();
  const game = new Game(draft.data, {
    api: new DraftApi(draft),
    session: { present: true, clear() {} },
    signIn: { open: async () => ({ new: true }) },
    sounds: silence,
    root,
  });
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
  document.documentElement.lang = draft.data.locale;
  root.removeAttribute("aria-busy");
  shown = game;
  game.remount();
}

window.addEventListener("message", (event) => {
  if (event.origin !== location.origin || event.source !== parent) return;
  if (event.data?.kind === "draft") play(event.data);
  else if (event.data?.kind === "win" && shown) shown.api.win = event.data.win;
  else if (event.data?.kind === "hello") ready();
});

function ready() {
  parent.postMessage({ kind: "ready" }, location.origin);
}

ready();
