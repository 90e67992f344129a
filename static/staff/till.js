// The till: a code comes from the camera, a hand scanner or the keyboard; the server judges it; one button goes on.

import { Camera } from "./camera.js";
import { fold, fromScan } from "./codes.js";
import { Kept } from "./kept.js";
import { Recent } from "./recent.js";
import { Refusal, Server, Trouble } from "./server.js";
import { wake } from "./signals.js";
import { chooseStore } from "./stores.js";
import { askReason, countDown } from "./undo.js";
import { VerdictScreen } from "./verdict.js";
import { listen } from "./wedge.js";

const RETRY_MS = 3000;
const SAME_CODE_MS = 2500;
const PATIENCE_BEFORE_WAITING_MS = 150;

const element = (id) => document.getElementById(id);
const data = JSON.parse(element("till-data").textContent);
const { texts } = data;
const fill = (text, facts) => text.replace(/%\((\w+)\)s/g, (_, name) => facts[name] ?? "");

const server = new Server(data.api, data.token);
const screen = new VerdictScreen(data.icons, isLoud, closed);
const recent = new Recent(
  element("recent"),
  element("recent-none"),
  (name) => screen.draw(name),
  { locale: document.documentElement.lang, timeZone: data.zone },
  check,
);
const kept = new Kept(server, data.member, showKept, settled);
let store;
let scan = 0;
let dismissed = { key: "", at: 0 };
let stopCounting = () => undefined;
let retry;

/** Judge a code; a newer scan overtakes an older one that is still on its way. */
async function check(text) {
  const code = fromScan(text);
  scan += 1;
  const mine = scan;
  leave();
  const waiting = setTimeout(() => {
    screen.show("wait", { title: texts.checking, code });
  }, PATIENCE_BEFORE_WAITING_MS);
  const found = await attempt(() => server.post("/coupons/verdict", { code, store }));
  clearTimeout(waiting);
  if (mine !== scan) return;
  if (found instanceof Trouble) notChecked(code, mine);
  else if (found instanceof Refusal) refused(found, code);
  else judged(found, code);
}

/** Return the answer, or the Refusal or Trouble that came instead. */
async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Trouble || error instanceof Refusal) return error;
    throw error;
  }
}

function judged(found, code) {
  const shown = found.code ?? code;
  recent.note({ code: shown, word: found.verdict, title: found.title });
  const common = { title: found.title, message: found.message, coupon: found, code: shown };
  if (found.verdict === "valid") {
    const key = newKey();
    screen.show("valid", {
      ...common,
      main: [texts.redeem, () => redeem(found, key)],
      second: [texts.cancel],
    });
  } else {
    screen.show(found.verdict, { ...common, main: [texts.next], ...undoOf(found) });
    countUndo(found);
  }
}

async function redeem(found, key) {
  const mine = scan;
  const { code, label, till_note } = found;
  const use = { code, store, key, label, till_note };
  screen.busy();
  const answer = await attempt(() =>
    server.post("/redemptions", { code: use.code, store: use.store, key }),
  );
  if (answer instanceof Trouble) kept.add(use);
  if (mine !== scan) return;
  if (answer instanceof Trouble) notConfirmed(use);
  else if (answer instanceof Refusal) await whyNot(answer, found.code);
  else judged(answer, found.code);
}

/** A use was refused: show the verdict that says when and where, or else the refusal itself. */
async function whyNot(refusal, code) {
  const found = await attempt(() => server.post("/coupons/verdict", { code, store }));
  const explains = !(found instanceof Error) && found.verdict !== "valid";
  if (explains) judged(found, code);
  else refused(refusal, code);
}

function refused(refusal, code) {
  if (refusal.status === 401 || refusal.code === "forged") {
    screen.show("refused", {
      title: texts.signed_out,
      message: texts.signed_out_help,
      main: [texts.sign_in, () => location.assign(data.sign_in)],
    });
    return;
  }
  recent.note({ code, word: "refused", title: texts.refused });
  screen.show("refused", {
    title: texts.refused,
    message: refusal.message,
    code,
    main: [texts.next],
  });
}

function notChecked(code, mine) {
  screen.show("trouble", {
    title: texts.no_network,
    message: texts.not_checked,
    code,
    main: [texts.retry, () => check(code)],
    second: [texts.next],
  });
  recent.note({ code, word: "trouble", title: texts.no_network });
  retry = setInterval(async () => {
    const found = await attempt(() => server.post("/coupons/verdict", { code, store }));
    if (mine !== scan || found instanceof Trouble) return;
    leave();
    if (found instanceof Refusal) refused(found, code);
    else judged(found, code);
  }, RETRY_MS);
}

function notConfirmed(use) {
  recent.note({ code: use.code, word: "kept", title: texts.waiting });
  screen.show("kept", {
    title: texts.not_confirmed,
    message: texts.risk,
    coupon: use,
    code: use.code,
    main: [texts.next],
  });
}

/** A kept use was decided: say so where the person looks now. */
function settled(use, answer) {
  const onScreen = screen.isOpen && screen.dialog.dataset.word === "kept";
  const mine = onScreen && element("verdict-code").textContent === use.code;
  if (!(answer instanceof Refusal)) {
    if (mine) judged(answer, use.code);
    else {
      recent.note({ code: use.code, word: "redeemed", title: texts.confirmed });
      toast(`${texts.confirmed}: ${use.code}`, "good");
    }
    return;
  }
  recent.note({ code: use.code, word: "refused", title: texts.conflict });
  leave();
  scan += 1;
  screen.show("refused", {
    title: texts.conflict,
    message: fill(texts.conflict_help, { code: use.code, reason: answer.message }),
    coupon: use,
    code: use.code,
    main: [texts.next],
  });
}

function undoOf(found) {
  if (!found.redemption?.undo_until) return {};
  return { second: [texts.undo, () => undo(found)] };
}

function countUndo(found) {
  if (!found.redemption?.undo_until) return;
  stopCounting = countDown(
    screen.second,
    new Date(found.redemption.undo_until),
    texts.undo_left,
    () => {
      screen.second.hidden = true;
    },
  );
}

async function undo(found) {
  const reason = await askReason(texts);
  if (reason === null) return;
  screen.busy();
  const answer = await attempt(() =>
    server.post(`/redemptions/${found.redemption.id}/undo`, { reason }),
  );
  screen.dialog.removeAttribute("aria-busy");
  if (answer instanceof Trouble) return toast(texts.undo_trouble, "warn");
  if (answer instanceof Refusal) return refused(answer, found.code);
  recent.note({ code: found.code, word: "undone", title: texts.undone_word });
  screen.close();
  toast(texts.undone, "good");
}

function leave() {
  stopCounting();
  clearInterval(retry);
}

function closed() {
  leave();
  scan += 1;
  dismissed = { key: fold(element("verdict-code").textContent), at: Date.now() };
  if (camera) camera.resting = false;
}

function seen(text) {
  const key = fold(fromScan(text));
  const again = key === dismissed.key && Date.now() - dismissed.at < SAME_CODE_MS;
  if (again || screen.isOpen || document.querySelector("dialog[open]")) return;
  camera.resting = true;
  check(text);
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

function showKept(number) {
  element("kept").hidden = !number;
  element("kept-number").textContent = number;
  element("kept-words").textContent =
    number === 1 ? texts.kept_one : fill(texts.kept_many, { number });
}

function toast(text, tone) {
  const note = document.createElement("div");
  note.className = `toast ${tone}`;
  note.textContent = text;
  element("toasts").append(note);
  setTimeout(() => note.remove(), 5000);
}

// The camera

let camera;

async function startCamera() {
  const view = element("camera");
  try {
    camera ??= new Camera(element("video"), data.wasm, seen);
    await camera.start();
    view.dataset.state = "on";
    element("torch").hidden = !camera.hasTorch;
  } catch (error) {
    view.dataset.state = "off";
    const denied = error.name === "NotAllowedError" || error.name === "SecurityError";
    element("camera-reason").textContent = denied ? texts.camera_denied : texts.camera_missing;
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) camera?.stop();
  else if (camera) startCamera();
});
element("camera-start").addEventListener("click", startCamera);
element("torch").addEventListener("click", async ({ currentTarget: button }) => {
  const on = button.getAttribute("aria-pressed") !== "true";
  if (await camera.torch(on)) button.setAttribute("aria-pressed", String(on));
});

// Hand scanner and keyboard

listen(element("typed-code"), check);
element("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = element("typed-code");
  const short = fold(fromScan(field.value)).length < 4;
  element("typed-error").hidden = !short;
  element("typed-error").textContent = short ? texts.too_short : "";
  if (short) return field.focus();
  check(field.value);
  field.value = "";
});

// Sound

function isLoud() {
  return localStorage.getItem("till-sound") !== "off";
}

function showSound() {
  element("sound").setAttribute("aria-pressed", String(isLoud()));
  element("sound-words").textContent = isLoud() ? texts.sound_on : texts.sound_off;
}

element("sound").addEventListener("click", () => {
  localStorage.setItem("till-sound", isLoud() ? "off" : "on");
  showSound();
});
for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, wake);

// Opening

async function fillRecent() {
  const answer = await attempt(() => server.get(`/redemptions?store=${store}`));
  if (answer instanceof Error) return;
  recent.fill(
    answer.redemptions.map((use) => ({
      code: use.code,
      word: use.undone ? "undone" : "redeemed",
      title: use.undone ? texts.undone_word : use.label,
      at: new Date(use.at),
    })),
  );
}

async function open() {
  showSound();
  showKept(kept.all.length);
  navigator.serviceWorker
    ?.register("/staff/worker.js", { scope: "/staff/" })
    .catch(() => undefined);
  store = await chooseStore(data, (chosen) => {
    store = chosen;
    fillRecent();
  });
  fillRecent();
  kept.send();
  if (data.scanned) {
    history.replaceState(null, "", location.pathname);
    check(data.scanned);
  }
  document.body.dataset.state = "ready";
  await startCamera();
}

open();
