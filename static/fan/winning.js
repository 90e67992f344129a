// The claim of a prize: while a winner types, the page shows how each choice would name them in the public list.

const form = document.querySelector("[data-claim]");

const value = (name) => form.elements.namedItem(name)?.value.trim() ?? "";

// The department of a French postcode, as the server writes it.
const department = () => {
  const postcode = value("postcode").replaceAll(" ", "");
  if (value("country") !== "FR" || !/^\d{5}$/.test(postcode)) return "";
  return postcode.slice(0, /^9[78]/.test(postcode) ? 3 : 2);
};

const show = () => {
  const first = value("first_name");
  if (!first) return;
  const [initial = ""] = value("last_name");
  const name = initial ? `${first} ${initial.toUpperCase()}.` : first;
  const where = department();
  form.querySelector('[data-preview="first"]').textContent = first;
  form.querySelector('[data-preview="full"]').textContent = where ? `${name}, ${where}` : name;
};

form?.addEventListener("input", show);
