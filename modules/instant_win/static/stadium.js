/** The drawings of the stadium: the plan with its blocks around the pitch, and one stand with its seats. */

import { words } from "./draw.js";

const PITCH = 46;
const STRIPES = 7;

/** The whole stadium as SVG; `choose(number)` is called with the block that is tapped, counted from 1. */
export function drawStadium(game, blocks, choose) {
  const { el, texts } = game;
  const step = (2 * Math.PI) / blocks.length;
  const stands = blocks.map((label, place) => {
    const from = place * step - step / 2;
    const node = block(el, label, from, from + step);
    node.addEventListener("click", () => choose(place + 1));
    return node;
  });
  return el(
    "svg:svg",
    {
      class: "instant_win-stadium",
      viewBox: "0 0 328 280",
      role: "img",
      "aria-label": texts.plan_label,
    },
    el("svg:path", { class: "instant_win-bowl", d: ring(0, 2 * Math.PI, 1.04, 0.42) }),
    pitch(el),
    stands,
  );
}

/** A point on a rounded rectangle around the pitch: `share` 1 is the outer wall, 0 the middle. */
function spot(angle, share) {
  const [x, y] = [Math.sin(angle), -Math.cos(angle)];
  const reach = (Math.abs(x) ** 3.4 + Math.abs(y) ** 3.4) ** (-1 / 3.4);
  return [164 + x * reach * 154 * share, 140 + y * reach * 130 * share].map(
    (value) => Math.round(value * 10) / 10,
  );
}

function ring(from, to, outer, inner) {
  const angles = Array.from({ length: 25 }, (_, number) => from + ((to - from) * number) / 24);
  const far = angles.map((angle) => spot(angle, outer));
  const near = angles.map((angle) => spot(angle, inner)).reverse();
  return `M${far.join("L")}L${near.join("L")}Z`;
}

function block(el, label, from, to) {
  const gap = 0.022;
  const [x, y] = spot((from + to) / 2, 0.735);
  const tiers = [0.6, 0.7, 0.8, 0.9].map((share) => {
    const line = Array.from({ length: 13 }, (_, number) =>
      spot(from + gap + ((to - from - 2 * gap) * number) / 12, share),
    );
    return el("svg:path", { class: "instant_win-tier", d: `M${line.join("L")}` });
  });
  return el(
    "svg:g",
    { class: "instant_win-block" },
    el("svg:path", { d: ring(from + gap, to - gap, 1, 0.5) }),
    tiers,
    words(el, label, { x, y, size: 12, width: 9, most: 3 }),
  );
}

function pitch(el) {
  const [left, top, width, height] = [98, 84, 132, 112];
  const stripe = width / STRIPES;
  const line = (tag, attributes) => el(`svg:${tag}`, { class: "instant_win-line", ...attributes });
  return el(
    "svg:g",
    { class: "instant_win-pitch" },
    el("svg:rect", { x: left, y: top, width, height, rx: 4 }),
    Array.from({ length: 3 }, (_, number) =>
      el("svg:rect", {
        class: "instant_win-stripe",
        x: left + (number * 2 + 1) * stripe,
        y: top,
        width: stripe,
        height,
      }),
    ),
    line("rect", { x: left + 6, y: top + 6, width: width - 12, height: height - 12 }),
    line("line", { x1: 164, x2: 164, y1: top + 6, y2: top + height - 6 }),
    line("circle", { cx: 164, cy: 140, r: 18 }),
    line("rect", { x: left + 6, y: 116, width: 18, height: 48 }),
    line("rect", { x: left + width - 24, y: 116, width: 18, height: 48 }),
  );
}

/** One stand seen from the pitch. Row 1 is the nearest; `choose(row, seat)` follows a tap on a seat. */
export function drawStand(game, { label, rows, seats, choose }) {
  const { el, texts } = game;
  const [width, height] = [seats * PITCH, rows * PITCH];
  const all = new Map();
  const field = el("svg:svg", {
    class: "instant_win-seats",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": label,
  });
  const numbers = el("svg:svg", {
    class: "instant_win-rows",
    width: 30,
    height,
    viewBox: `0 0 30 ${height}`,
    "aria-hidden": "true",
  });
  for (let row = rows; row >= 1; row--) {
    const y = (rows - row) * PITCH;
    numbers.append(el("svg:text", { x: 15, y: y + PITCH / 2 }, String(row)));
    for (let seat = 1; seat <= seats; seat++) {
      const node = drawSeat(
        el,
        (seat - 1) * PITCH,
        y,
        seat,
        (row + Math.round(2 * Math.sin(seat / 2.2))) % 5 < 2,
      );
      all.set(`${row}:${seat}`, node);
      field.append(node);
    }
  }
  field.addEventListener("click", (event) => {
    const box = field.getBoundingClientRect();
    choose(
      rows - Math.floor((event.clientY - box.top) / PITCH),
      1 + Math.floor((event.clientX - box.left) / PITCH),
    );
  });
  const scroller = el("div", { class: "instant_win-scroller" }, numbers, field);
  const node = el(
    "div",
    { class: "instant_win-stand" },
    scroller,
    el("div", { class: "instant_win-touchline" }, texts.pitch),
  );
  let marked = null;

  function mark(row, seat) {
    marked?.classList.remove("chosen");
    marked = all.get(`${row}:${seat}`) ?? null;
    marked?.classList.add("chosen");
    if (marked) show(row, seat);
  }

  /** Bring a seat into the middle of the scroller, without moving the page. */
  function show(row, seat) {
    scroller.scrollTo({
      left: (seat - 0.5) * PITCH + 30 - scroller.clientWidth / 2,
      top: (rows - row + 0.5) * PITCH - scroller.clientHeight / 2,
      behavior: game.calm ? "auto" : "smooth",
    });
  }

  return {
    node,
    mark,
    centre: () => scroller.scrollTo({ left: (width - scroller.clientWidth) / 2, top: height }),
    sweep: (options) => sweep(all, options),
    light(row, seat, won) {
      const chosen = all.get(`${row}:${seat}`);
      mark(row, seat);
      field.append(chosen);
      chosen.classList.add("lit", won ? "won" : "lost");
    },
  };
}

function drawSeat(el, x, y, number, tifo) {
  return el(
    "svg:g",
    { class: `instant_win-seat${tifo ? " tifo" : ""}`, transform: `translate(${x} ${y})` },
    el(
      "svg:g",
      { class: "instant_win-chair" },
      el("svg:rect", { class: "back", x: 8, y: 5, width: 30, height: 25, rx: 7 }),
      el("svg:rect", { class: "cushion", x: 5, y: 25, width: 36, height: 14, rx: 6 }),
      el("svg:text", { x: 23, y: 18 }, String(number)),
    ),
  );
}

/** A beam of light passes over the seats twice. */
function sweep(all, { calm, signal }) {
  if (calm) return Promise.resolve();
  const started = performance.now();
  const placed = [...all].map(([key, node]) => [Number(key.split(":")[1]), node]);
  const last = Math.max(...placed.map(([seat]) => seat));
  let lit = 0;
  return new Promise((resolve) => {
    const step = (now) => {
      const part = (now - started) / 1400;
      const beam = Math.round((0.5 - 0.5 * Math.cos(part * 2 * Math.PI)) * (last + 2));
      if (beam !== lit)
        for (const [seat, node] of placed) node.classList.toggle("beam", Math.abs(seat - beam) < 2);
      lit = beam;
      if (part < 1 && !signal.aborted) {
        requestAnimationFrame(step);
      } else {
        for (const [, node] of placed) node.classList.remove("beam");
        resolve();
      }
    };
    requestAnimationFrame(step);
  });
}
