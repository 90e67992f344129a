// The phone beside the form: sends the form as it is now, and hands the frame the game that it describes.

const form = document.querySelector("[data-preview]");
const frame = document.querySelector("[data-preview-frame]");
const status = document.querySelector("[data-preview-status]");
const calm = status?.textContent;
let timer = 0;
let asked = 0;
let ready = false;

function language() {
  return (
    document.querySelector("[data-preview-lang]:checked")?.value ?? document.documentElement.lang
  );
}

function wins() {
  return document.querySelector("[data-preview-win]")?.checked ?? false;
}

/** Ask for the draft's first view, and show it unless a newer draft has been asked for. */
async function refresh() {
  asked += 1;
  const mine = asked;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form))
    if (typeof value === "string") body.append(name, value);
  const response = await fetch(`${form.dataset.preview}?lang=${language()}`, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
  }).catch(() => null);
  if (mine !== asked || !response) return;
  const answer = await response.json().catch(() => ({}));
  const wrong = Object.keys(answer.errors ?? answer.fields ?? {}).length;
  if (response.ok) {
    frame.contentWindow.postMessage(
      {
        kind: "draft",
        ...answer,
        lang: language(),
        win: wins(),
        csrf: form.elements.csrf_token.value,
      },
      location.origin,
    );
  }
  say(wrong);
}

function say(wrong) {
  const [one, many] = status.dataset.wrong.split("|");
  status.textContent = wrong ? (wrong === 1 ? one : many).replace("{n}", wrong) : calm;
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, 450);
}

window.addEventListener("message", (event) => {
  if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
  if (event.data?.kind === "ready") {
    ready = true;
    refresh();
  }
});

form.addEventListener("input", () => ready && soon());
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-preview-lang]")) refresh();
  if (event.target.matches("[data-preview-win]"))
    frame.contentWindow.postMessage({ kind: "win", win: wins() }, location.origin);
});
document.querySelector("[data-preview-again]")?.addEventListener("click", refresh);
frame.contentWindow.postMessage({ kind: "hello" }, location.origin);
