/** The picture in its frame: a sharper one fades in over the coarser one, and nothing around it moves. */

export class Canvas {
  constructor(game) {
    const { el } = game;
    this.game = game;
    this.address = "";
    this.settled = Promise.resolve();
    this.backdrop = el("img", { class: "reveal-backdrop", alt: "", "aria-hidden": "true" });
    this.layers = el("div", { class: "reveal-layers" });
    this.dots = el("div", { class: "reveal-dots", "aria-hidden": "true" });
    this.words = el("p", { class: "reveal-level" });
    this.above = el("div", { class: "reveal-above" });
    this.element = el(
      "figure",
      { class: "reveal-frame" },
      this.backdrop,
      this.layers,
      this.above,
      el("figcaption", { class: "reveal-caption" }, this.dots, this.words),
    );
  }

  /** `above` is what lies on the picture's upper edge. */
  show(view, above) {
    const { el, texts } = this.game;
    const facts = { level: view.level, levels: view.levels };
    this.words.textContent = this.game.fill(texts.level_of, facts);
    this.above.replaceChildren(...(above ? [above] : []));
    this.dots.replaceChildren(
      ...Array.from({ length: view.levels }, (_, step) =>
        el("span", { dataset: { on: String(step < view.level) } }),
      ),
    );
    this.element.dataset.solved = String(Boolean(view.solved));
    const alt = view.solved
      ? this.game.fill(texts.found_picture, { answer: view.solved.answer })
      : this.game.fill(texts.blurred, facts);
    if (!view.picture || view.picture === this.address) return;
    this.address = view.picture;
    this.settled = this.swap(view.picture, alt, view.whole);
  }

  /** Lay the new picture over the old one once it has arrived, then take the old one away. */
  async swap(address, alt, whole) {
    const image = this.game.el("img", { class: "reveal-picture", src: address, alt });
    if (!whole) image.classList.add("reveal-blocks");
    try {
      await image.decode();
    } catch {
      if (this.address === address) this.address = "";
      return;
    }
    if (this.address !== address) return;
    const old = [...this.layers.children];
    for (const layer of old) layer.setAttribute("aria-hidden", "true");
    this.layers.append(image);
    this.backdrop.src = address;
    if (old.length === 0) return;
    image.classList.add("reveal-arriving");
    await image.getAnimations()[0]?.finished.catch(() => null);
    image.classList.remove("reveal-arriving");
    for (const layer of old) layer.remove();
  }
}
