// Small comforts of the fan's pages; every page works without them.

const app = document.querySelector('link[rel="manifest"]');
if (app && "serviceWorker" in navigator) {
  const scope = new URL(".", app.href).pathname;
  navigator.serviceWorker.register(`${scope}service-worker.js`, { scope }).catch(() => {
    // Private windows refuse service workers; only the offline page is lost.
  });
}

for (const button of document.querySelectorAll("[data-reload]")) {
  button.addEventListener("click", () => location.reload());
}

// A switch takes effect at once; its button is for those who have no scripts.
for (const form of document.querySelectorAll("[data-autosave]")) {
  form.querySelector("[data-save]")?.setAttribute("hidden", "");
  form.addEventListener("change", () => form.requestSubmit());
}

// A form is sent once, however often its button is tapped.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "true";
    event.submitter?.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});
