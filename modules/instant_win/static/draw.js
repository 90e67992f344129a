/** Small helpers that the skins share: lines of a label, frames and pauses. */

/** Break a label into at most `most` lines of about `width` characters; what is too long ends in an ellipsis. */
export function lines(label, width, most) {
  const broken = [""];
  for (const word of label.split(/\s+/)) {
    const last = broken[broken.length - 1];
    if (!last) broken[broken.length - 1] = word;
    else if (`${last} ${word}`.length <= width) broken[broken.length - 1] = `${last} ${word}`;
    else broken.push(word);
  }
  const kept = broken.slice(0, most);
  if (broken.length > most) kept[most - 1] = `${kept[most - 1]}…`;
  return kept.map((line) => (line.length > width + 3 ? `${line.slice(0, width + 1)}…` : line));
}

/** A centred SVG text of one or more lines around (x, y). */
export function words(el, label, { x, y, size, width, most, ...attributes }) {
  const parts = lines(label, width, most);
  const first = y - ((parts.length - 1) * size * 1.1) / 2;
  return el(
    "svg:text",
    {
      x,
      y,
      "font-size": size,
      "text-anchor": "middle",
      "dominant-baseline": "central",
      ...attributes,
    },
    parts.map((part, place) => el("svg:tspan", { x, y: first + place * size * 1.1 }, part)),
  );
}

/** Wait for some milliseconds. */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Call `frame(now, seconds since the last frame)` until it returns false; resolves at the end. */
export function animate(frame) {
  return new Promise((resolve) => {
    let before = performance.now();
    const step = (now) => {
      const seconds = Math.min(Math.max(now - before, 0) / 1000, 0.05);
      before = now;
      if (frame(now, seconds) === false) resolve();
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}
