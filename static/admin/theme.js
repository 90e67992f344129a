// The theme editor: colour pickers and their texts stay together; the phone and the contrast check follow at once.

const form = document.querySelector("[data-theme]");
const frame = document.querySelector("[data-preview-frame]");
const remarks = form.querySelector("[data-remarks]");
let timer = 0;

function tried() {
  const values = new URLSearchParams();
  for (const name of ["accent", "background", "font", "radius", "logo"])
    values.set(name, form.elements[name]?.value ?? "");
  if (!form.elements.own_background.checked) values.set("background", "");
  return values;
}

async function refresh() {
  const values = tried();
  frame.contentWindow.location.replace(`${form.dataset.sample}?${values}`);
  const response = await fetch(`${form.dataset.contrast}?${values}`, {
    headers: { Accept: "application/json" },
  });
  if (!response.ok) return;
  const answer = await response.json();
  remarks.replaceChildren(
    ...(answer.remarks.length
      ? answer.remarks.map((words) => filled("remark", words))
      : [filled("no-remark")]),
  );
  if (!form.elements.own_background.checked) {
    form.elements.background.value = answer.colour;
    form.querySelector('[data-colour="background"]').value = answer.colour;
  }
}

function filled(template, words) {
  const notice = form
    .querySelector(`template[data-${template}]`)
    .content.firstElementChild.cloneNode(true);
  if (words) notice.lastElementChild.textContent = words;
  return notice;
}

form.addEventListener("input", (event) => {
  const name = event.target.dataset.colour;
  if (name) form.elements[name].value = event.target.value;
  else if (/^#[0-9a-f]{6}$/i.test(event.target.value)) {
    const picker = form.querySelector(`[data-colour="${event.target.name}"]`);
    if (picker) picker.value = event.target.value;
  }
  if (name === "background" || event.target.name === "background")
    form.elements.own_background.checked = true;
  clearTimeout(timer);
  timer = setTimeout(refresh, 200);
});
