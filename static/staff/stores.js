// In which store this till stands: asked once on a device when there is a choice, and changed from the bar.

const NAME = "till-store";
const element = (id) => document.getElementById(id);

/** Resolve with the store's id; *changed* is called when another one is chosen later. */
export function chooseStore(data, changed) {
  const dialog = element("stores");
  const known = () => data.stores.find((store) => store.id === localStorage.getItem(NAME));
  const show = (store) => {
    element("store-name").textContent = store.name;
    for (const choice of dialog.querySelectorAll("[data-store]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.store === store.id));
    }
  };
  element("store").hidden = false;
  element("store").disabled = data.stores.length < 2;
  element("store").addEventListener("click", () => dialog.showModal());

  return new Promise((resolve) => {
    let decided = false;
    const decide = (store) => {
      localStorage.setItem(NAME, store.id);
      show(store);
      if (decided) changed(store.id);
      decided = true;
      resolve(store.id);
    };
    dialog.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-store]");
      if (!choice) return;
      dialog.close();
      decide(data.stores.find((store) => store.id === choice.dataset.store));
    });
    dialog.addEventListener("cancel", (event) => {
      if (!decided) event.preventDefault();
    });
    const only = data.stores.length === 1 ? data.stores[0] : known();
    if (only) decide(only);
    else dialog.showModal();
  });
}
