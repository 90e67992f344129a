// Inside the frame: tells the host page the height it needs and its title, and nothing else.

import { island } from "../kit/dom.js";

const host = island("game-data")?.place.host;
const STEP = 2;
let told = 0;

function tell(message) {
  if (host && parent !== window) parent.postMessage({ ns: "mapp", v: 1, ...message }, host);
}

function tellHeight() {
  const dialog = document.querySelector("dialog[open]");
  const content = document.body.getBoundingClientRect().height;
  const height = Math.ceil(Math.max(content, dialog ? dialog.scrollHeight + 48 : 0));
  // A pixel of difference is rounding; following it would never come to rest.
  if (Math.abs(height - told) <= STEP) return;
  told = height;
  tell({ type: "resize", height });
}

new ResizeObserver(tellHeight).observe(document.body);
new MutationObserver(tellHeight).observe(document.body, {
  childList: true,
  subtree: true,
  attributeFilter: ["open"],
});
tell({ type: "title", title: document.title });
tellHeight();
