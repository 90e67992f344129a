/** The wheel: pushed with the button or thrown with a finger, it turns with inertia and stops where the server says. */

import { animate, lines } from "./draw.js";

const RADIUS = 150;
const HUB = 34;
const CRUISE = 620;
const PUSH = 1500;
const GLIDE = 4.4;
const KICK = 22;

/** Build the wheel on the stage. */
export function build(stage, game, { attempt, finish, signal }) {
  const { el, view, texts } = game;
  const step = 360 / view.segments.length;
  const drawn = drawWheel(game, step);
  const button = el("button", { class: "button primary large wide", type: "button" }, texts.spin);
  stage.replaceChildren(
    el(
      "div",
      { class: "instant_win-head" },
      el("h2", {}, view.title),
      view.intro && el("p", {}, view.intro),
    ),
    drawn.figure,
    el("p", { class: "instant_win-hint muted small" }, texts.spin_hint),
    button,
  );

  let angle = -step / 2;
  let speed = 0;
  let tilt = 0;
  let state = "ready";
  let grip = null;
  turn(angle);

  /** Turn the wheel to an angle; every peg that passes kicks the pointer. */
  function turn(to, loud = false) {
    const pegs = Math.floor(to / step) - Math.floor(angle / step);
    if (loud && pegs) {
      tilt = -KICK * Math.sign(pegs);
      game.sound("tick");
      if (Math.abs(speed) < 300) game.vibrate(6);
    }
    angle = to;
    drawn.disc.style.setProperty("transform", `rotate(${angle}deg)`);
  }

  /** The pointer springs back between two pegs. */
  function spring(seconds) {
    tilt *= Math.exp(-14 * seconds);
    drawn.pointer.style.setProperty("transform", `rotate(${tilt}deg)`);
  }

  async function spin(thrown = PUSH / 4) {
    state = "turning";
    button.disabled = true;
    drawn.figure.classList.add("turning");
    speed = thrown;
    const way = Math.sign(speed) || 1;
    let result;
    const answered = attempt().then((answer) => {
      result = answer;
    });
    if (game.calm) {
      await answered;
    } else {
      const started = performance.now();
      await animate((now, seconds) => {
        if (Math.abs(speed) < CRUISE) speed += way * PUSH * seconds;
        turn(angle + speed * seconds, true);
        spring(seconds);
        return !signal.aborted && (result === undefined || now - started < 700);
      });
    }
    if (signal.aborted) return;
    if (!result) return slowDown();
    const stop = land(result);
    if (game.calm) turn(stop);
    else await glide(stop, way);
    settle(result);
    finish(result);
  }

  /** The move was refused: the wheel comes to rest and may be spun again. */
  async function slowDown() {
    await animate((_, seconds) => {
      speed *= Math.exp(-3 * seconds);
      turn(angle + speed * seconds, true);
      spring(seconds);
      return Math.abs(speed) > 8 && !game.calm;
    });
    drawn.figure.classList.remove("turning");
    state = "ready";
    button.disabled = false;
  }

  /** The angle at which the pointer stands where the server decided. */
  function land({ won, prize, last }) {
    const same = (label) => label.trim().toLowerCase() === prize.label.trim().toLowerCase();
    const named = won
      ? view.segments.findIndex((segment) => segment.wins && same(segment.label))
      : -1;
    const place = won ? (named >= 0 ? named : last.stop.won) : last.stop.lost;
    if (won && named < 0) drawn.rename(place, prize.label);
    drawn.landed = place;
    return -(place + last.stop.drift / 1000) * step;
  }

  /** Lose speed without a jump, as friction does, and come to rest exactly there. */
  async function glide(stop, way) {
    const from = angle;
    const natural = (Math.abs(speed) * GLIDE) / 3;
    const rest = (((way * (stop - from) - natural) % 360) + 360) % 360;
    const distance = natural + rest;
    const lasts = (3 * distance) / Math.abs(speed);
    const started = performance.now();
    await animate((now, seconds) => {
      const part = Math.min(1, (now - started) / 1000 / lasts);
      speed = (way * 3 * distance * (1 - part) ** 2) / lasts;
      turn(from + way * distance * (1 - (1 - part) ** 3), true);
      spring(seconds);
      return part < 1 && !signal.aborted;
    });
    await animate((_, seconds) => {
      spring(seconds);
      return Math.abs(tilt) > 0.3;
    });
  }

  function settle(result) {
    state = "done";
    drawn.figure.classList.remove("turning");
    drawn.figure.classList.add(result.won ? "won" : "lost");
    drawn.slices[drawn.landed].classList.add("landed");
  }

  const bearing = (event) => {
    const box = drawn.figure.getBoundingClientRect();
    const [x, y] = [
      event.clientX - box.left - box.width / 2,
      event.clientY - box.top - box.height / 2,
    ];
    return (Math.atan2(y, x) * 180) / Math.PI;
  };

  drawn.figure.addEventListener("pointerdown", (event) => {
    if (state !== "ready" || event.button) return;
    drawn.figure.setPointerCapture(event.pointerId);
    grip = { at: bearing(event), when: event.timeStamp, speed: 0 };
  });

  drawn.figure.addEventListener("pointermove", (event) => {
    if (!grip || state !== "ready") return;
    const now = bearing(event);
    const moved = ((now - grip.at + 540) % 360) - 180;
    const seconds = Math.max(event.timeStamp - grip.when, 1) / 1000;
    grip.speed = grip.speed * 0.6 + (moved / seconds) * 0.4;
    grip.at = now;
    grip.when = event.timeStamp;
    turn(angle + moved, true);
    spring(0.016);
  });

  for (const kind of ["pointerup", "pointercancel"]) {
    drawn.figure.addEventListener(kind, (event) => {
      const thrown = grip && event.timeStamp - grip.when < 120 ? grip.speed : 0;
      grip = null;
      if (state === "ready" && Math.abs(thrown) > 120)
        spin(Math.sign(thrown) * Math.min(Math.abs(thrown), 900));
    });
  }

  button.addEventListener("click", () => {
    if (state === "ready") spin();
  });
}

/** Draw the wheel as SVG: the parts that move are returned beside the figure. */
function drawWheel(game, step) {
  const { el, view, texts } = game;
  const slices = view.segments.map((segment, place) => slice(el, segment, place, step));
  const disc = el("svg:g", { class: "instant_win-disc" });
  for (const one of slices) disc.append(one);
  const pegs = slices.map((_, place) => {
    const [x, y] = point(place * step, RADIUS + 1);
    return el("svg:circle", { class: "instant_win-peg", cx: x, cy: y, r: 3.2 });
  });
  disc.append(...pegs, el("svg:circle", { class: "instant_win-gloss", r: RADIUS }));
  const pointer = el(
    "svg:g",
    { class: "instant_win-pointer" },
    el("svg:path", {
      d: "M0 -134 C-7 -147 -13 -157 -13 -167 A13 13 0 1 1 13 -167 C13 -157 7 -147 0 -134 Z",
    }),
    el("svg:circle", { cy: -167, r: 4.5 }),
  );
  const names = view.segments.map((segment) => segment.label).join(", ");
  const figure = el(
    "svg:svg",
    {
      class: "instant_win-wheel",
      viewBox: "-186 -186 372 372",
      role: "img",
      "aria-label": game.fill(texts.wheel_label, { segments: names }),
    },
    gradients(el),
    el("svg:circle", { class: "instant_win-rim", r: 168 }),
    bulbs(el),
    disc,
    hub(game),
    pointer,
  );
  const rename = (place, label) => {
    const old = slices[place].querySelector("text");
    old.replaceWith(sliceWords(el, label, place, step));
  };
  return { figure, disc, pointer, slices, rename, landed: 0 };
}

function gradients(el) {
  const stop = (offset, colour, opacity) =>
    el("svg:stop", { offset, "stop-color": colour, "stop-opacity": opacity });
  return el(
    "svg:defs",
    {},
    el(
      "svg:radialGradient",
      { id: "instant_win-gloss" },
      stop(0, "#fff", 0.22),
      stop(0.55, "#fff", 0),
      stop(1, "#000", 0.2),
    ),
    el(
      "svg:linearGradient",
      { id: "instant_win-metal", x1: 0, y1: 0, x2: 1, y2: 1 },
      stop(0, "#fff", 0.7),
      stop(0.5, "#fff", 0),
      stop(1, "#000", 0.3),
    ),
  );
}

function point(degrees, radius) {
  const radians = ((degrees - 90) * Math.PI) / 180;
  return [Math.cos(radians) * radius, Math.sin(radians) * radius].map(
    (value) => Math.round(value * 100) / 100,
  );
}

function slice(el, segment, place, step) {
  const [from, to] = [point(place * step, RADIUS), point((place + 1) * step, RADIUS)];
  const kind = segment.wins ? "wins" : place % 4 < 2 ? "plain" : "tinted";
  return el(
    "svg:g",
    { class: `instant_win-slice ${kind}` },
    el("svg:path", { d: `M0 0L${from}A${RADIUS} ${RADIUS} 0 0 1 ${to}Z` }),
    sliceWords(el, segment.label, place, step),
  );
}

/** The words run along the radius, from the rim to the hub, in one or two lines. */
function sliceWords(el, label, place, step) {
  const narrow = step < 34;
  const parts = lines(label, narrow ? 13 : 12, narrow ? 1 : 2);
  const longest = Math.max(...parts.map((part) => part.length));
  const size = Math.min(15, 168 / longest, narrow ? 13 : 15);
  const [x, y] = point((place + 0.5) * step, (RADIUS + HUB) / 2 + 4);
  return el(
    "svg:text",
    {
      transform: `translate(${x} ${y}) rotate(${(place + 0.5) * step - 90})`,
      "font-size": size,
      "text-anchor": "middle",
    },
    parts.map((part, line) =>
      el(
        "svg:tspan",
        { x: 0, y: (line - (parts.length - 1) / 2) * size * 1.12 + size * 0.35 },
        part,
      ),
    ),
  );
}

function bulbs(el) {
  return el(
    "svg:g",
    { class: "instant_win-bulbs" },
    Array.from({ length: 24 }, (_, number) => {
      const [x, y] = point(number * 15 + 7.5, 160);
      return el("svg:circle", { cx: x, cy: y, r: 3.4 });
    }),
  );
}

function hub(game) {
  const { el, view } = game;
  const middle = view.picture
    ? el("svg:image", {
        href: view.picture,
        x: -26,
        y: -26,
        width: 52,
        height: 52,
        preserveAspectRatio: "xMidYMid slice",
        "clip-path": "circle(26px)",
      })
    : el("svg:path", { class: "instant_win-star", d: star(17) });
  return el(
    "svg:g",
    { class: "instant_win-hub" },
    el("svg:circle", { r: HUB }),
    el("svg:circle", { class: "instant_win-shine", r: HUB }),
    middle,
  );
}

function star(size) {
  const corners = Array.from({ length: 10 }, (_, corner) =>
    point(corner * 36, corner % 2 ? size * 0.45 : size),
  );
  return `M${corners.join("L")}Z`;
}
