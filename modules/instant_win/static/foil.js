/** The foil of a scratch card on a canvas: metal, grain and print, a ragged brush that takes it off, falling flakes. */

const CELL = 12;
const GRAIN = 128;
const RADIUS = 24;

/** Foil over `canvas`, flakes on `dust`; both fill their parent. `colour` reads a token, `print` is on the foil. */
export class Foil {
  constructor(canvas, dust, { colour, print }) {
    this.canvas = canvas;
    this.dust = dust;
    this.colour = colour;
    this.print = print;
    this.flakes = [];
    this.falling = false;
    this.brush = raggedBrush();
  }

  /** Take the parent's size and lay fresh foil. */
  lay() {
    const box = this.canvas.parentElement.getBoundingClientRect();
    this.scale = Math.min(window.devicePixelRatio || 1, 2);
    this.width = Math.max(1, Math.round(box.width));
    this.height = Math.max(1, Math.round(box.height));
    for (const surface of [this.canvas, this.dust]) {
      surface.width = this.width * this.scale;
      surface.height = this.height * this.scale;
      surface.getContext("2d").scale(this.scale, this.scale);
    }
    this.columns = Math.ceil(this.width / CELL);
    this.rows = Math.ceil(this.height / CELL);
    this.cleared = new Uint8Array(this.columns * this.rows);
    this.count = 0;
    this.paint(this.canvas.getContext("2d"));
  }

  /** The part of the foil that is off, from 0 to 1. */
  get share() {
    return this.count / this.cleared.length;
  }

  paint(context) {
    const { width, height } = this;
    const metal = context.createLinearGradient(0, 0, width, height);
    const [dark, light] = [
      this.colour("--instant_win-foil-dark"),
      this.colour("--instant_win-foil-light"),
    ];
    for (const [at, shade] of [
      [0, dark],
      [0.22, light],
      [0.4, dark],
      [0.58, light],
      [0.8, dark],
      [1, light],
    ]) {
      metal.addColorStop(at, shade);
    }
    context.globalCompositeOperation = "source-over";
    context.fillStyle = metal;
    context.fillRect(0, 0, width, height);
    this.brushLines(context);
    this.printWords(context);
    context.fillStyle = context.createPattern(grain(), "repeat");
    context.fillRect(0, 0, width, height);
  }

  brushLines(context) {
    for (let y = 0; y < this.height; y += 1.5) {
      context.globalAlpha = Math.random() * 0.07;
      context.fillStyle = Math.random() < 0.5 ? "#fff" : "#000";
      context.fillRect(0, y, this.width, 0.8);
    }
    context.globalAlpha = 1;
  }

  printWords(context) {
    const ink = this.colour("--instant_win-foil-ink");
    const font = getComputedStyle(this.canvas).fontFamily;
    context.fillStyle = ink;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.save();
    context.translate(this.width / 2, this.height / 2);
    context.rotate(-0.32);
    context.globalAlpha = 0.13;
    for (let y = -this.height; y < this.height; y += 30) {
      const shift = Math.round(y / 30) % 2 ? 22 : 0;
      for (let x = -this.width; x < this.width; x += 44) star(context, x + shift, y, 6);
    }
    context.restore();
    let size = 26;
    do context.font = `800 ${size}px ${font}`;
    while (context.measureText(this.print).width > this.width * 0.84 && --size > 13);
    context.globalAlpha = 0.45;
    context.fillStyle = "#fff";
    context.fillText(this.print, this.width / 2, this.height / 2 + 1.2);
    context.globalAlpha = 0.86;
    context.fillStyle = ink;
    context.fillText(this.print, this.width / 2, this.height / 2);
    context.globalAlpha = 1;
  }

  /** Take the foil off along a line. */
  scratch(from, to, { flakes = true } = {}) {
    const context = this.canvas.getContext("2d");
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const steps = Math.max(1, Math.ceil(length / 4));
    context.globalCompositeOperation = "destination-out";
    for (let step = 0; step <= steps; step++) {
      const x = from.x + ((to.x - from.x) * step) / steps;
      const y = from.y + ((to.y - from.y) * step) / steps;
      context.save();
      context.translate(x, y);
      context.rotate(Math.random() * Math.PI * 2);
      context.drawImage(this.brush, -RADIUS, -RADIUS, RADIUS * 2, RADIUS * 2);
      context.restore();
      this.mark(x, y);
      if (flakes && step % 3 === 0) this.spill(x, y);
    }
  }

  mark(x, y) {
    const reach = RADIUS * 0.8;
    const rows = [
      Math.max(0, Math.floor((y - reach) / CELL)),
      Math.min(this.rows - 1, Math.floor((y + reach) / CELL)),
    ];
    const columns = [
      Math.max(0, Math.floor((x - reach) / CELL)),
      Math.min(this.columns - 1, Math.floor((x + reach) / CELL)),
    ];
    for (let row = rows[0]; row <= rows[1]; row++) {
      for (let column = columns[0]; column <= columns[1]; column++) {
        const cell = row * this.columns + column;
        if (!this.cleared[cell]) {
          this.cleared[cell] = 1;
          this.count++;
        }
      }
    }
  }

  spill(x, y) {
    if (this.flakes.length > 160) return;
    for (let number = 0; number < 2; number++) {
      this.flakes.push({
        x: x + (Math.random() - 0.5) * RADIUS,
        y: y + (Math.random() - 0.5) * RADIUS,
        speed: { x: (Math.random() - 0.5) * 70, y: -20 - Math.random() * 50 },
        size: 1.5 + Math.random() * 3,
        turn: Math.random() * 3,
        life: 0.9,
      });
    }
    if (!this.falling) this.fall();
  }

  fall() {
    this.falling = true;
    const context = this.dust.getContext("2d");
    const shades = [
      this.colour("--instant_win-foil-dark"),
      this.colour("--instant_win-foil-light"),
    ];
    let before = performance.now();
    const step = (now) => {
      const seconds = Math.min((now - before) / 1000, 0.04);
      before = now;
      context.clearRect(0, 0, this.width, this.height);
      this.flakes = this.flakes.filter((flake) => flake.life > 0);
      this.flakes.forEach((flake, place) => {
        flake.speed.y += 520 * seconds;
        flake.x += flake.speed.x * seconds;
        flake.y += flake.speed.y * seconds;
        flake.turn += 6 * seconds;
        flake.life -= seconds;
        context.save();
        context.globalAlpha = Math.min(1, flake.life * 2);
        context.translate(flake.x, flake.y);
        context.rotate(flake.turn);
        context.fillStyle = shades[place % 2];
        context.fillRect(-flake.size / 2, -flake.size / 3, flake.size, flake.size * 0.66);
        context.restore();
      });
      this.falling = this.flakes.length > 0 && this.dust.isConnected;
      if (this.falling) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}

function star(context, x, y, radius) {
  context.beginPath();
  for (let point = 0; point < 10; point++) {
    const reach = point % 2 ? radius * 0.45 : radius;
    const angle = (point * Math.PI) / 5 - Math.PI / 2;
    context.lineTo(x + Math.cos(angle) * reach, y + Math.sin(angle) * reach);
  }
  context.fill();
}

/** A disc whose edge is eaten away, as a coin leaves it. */
function raggedBrush() {
  const brush = document.createElement("canvas");
  brush.width = brush.height = RADIUS * 4;
  const context = brush.getContext("2d");
  context.translate(RADIUS * 2, RADIUS * 2);
  context.beginPath();
  context.arc(0, 0, RADIUS * 1.5, 0, Math.PI * 2);
  context.fill();
  for (let speck = 0; speck < 90; speck++) {
    const angle = Math.random() * Math.PI * 2;
    const reach = RADIUS * (1.4 + Math.random() * 0.55);
    context.globalAlpha = 0.35 + Math.random() * 0.5;
    context.beginPath();
    context.arc(
      Math.cos(angle) * reach,
      Math.sin(angle) * reach,
      1 + Math.random() * 4,
      0,
      Math.PI * 2,
    );
    context.fill();
  }
  return brush;
}

/** A small tile of noise. */
function grain() {
  const tile = document.createElement("canvas");
  tile.width = tile.height = GRAIN;
  const context = tile.getContext("2d");
  const noise = context.createImageData(GRAIN, GRAIN);
  for (let pixel = 0; pixel < noise.data.length; pixel += 4) {
    noise.data.fill(Math.random() < 0.5 ? 0 : 255, pixel, pixel + 3);
    noise.data[pixel + 3] = Math.random() * 26;
  }
  context.putImageData(noise, 0, 0);
  return tile;
}
