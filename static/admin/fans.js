// The CRM table: a fan's panel opens beside the table without leaving the page; the address keeps naming the fan.

const panel = document.getElementById("panel");

async function open(link) {
  panel.setAttribute("aria-busy", "true");
  const response = await fetch(link.dataset.panel, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) {
    location.assign(link.href);
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  panel.replaceChildren(...page.body.childNodes);
  panel.removeAttribute("aria-busy");
  panel.parentElement.classList.add("open");
  panel.scrollTop = 0;
  for (const other of document.querySelectorAll("#fans [aria-current]")) {
    other.removeAttribute("aria-current");
  }
  link.setAttribute("aria-current", "true");
  history.replaceState(null, "", link.href);
  panel.focus({ preventScroll: matchMedia("(min-width: 60rem)").matches });
}

document.getElementById("fans")?.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});
