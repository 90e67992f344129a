// What makes a result felt: confetti in the brand's colours, sounds made on the spot, vibration. All of it is optional.

const SOUND_KEY = "mapp.sound";

export function calm() {
  return globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
}

/** Throw confetti from the lower corners; who asked for calm gets none. */
export function confetti({ pieces = 140 } = {}) {
  if (calm()) return;
  const canvas = document.createElement("canvas");
  canvas.className = "confetti";
  canvas.setAttribute("aria-hidden", "true");
  document.body.append(canvas);
  const scale = Math.min(devicePixelRatio || 1, 2);
  const [width, height] = [innerWidth, innerHeight];
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const paper = colours();
  const flock = Array.from({ length: pieces }, (_, index) => piece(index, width, height, paper));
  const begun = performance.now();
  let last = begun;
  const frame = (now) => {
    const elapsed = Math.min(now - last, 50) / 1000;
    last = now;
    pen.clearRect(0, 0, width, height);
    for (const one of flock) fly(one, elapsed, pen);
    if (now - begun < 3200) requestAnimationFrame(frame);
    else canvas.remove();
  };
  requestAnimationFrame(frame);
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  return ["--accent", "--gold", "--accent-text", "--good", "--accent-line", "--warn"].map(
    (name) => style.getPropertyValue(name).trim() || "gold",
  );
}

function piece(index, width, height, paper) {
  const left = index % 2 === 0;
  const angle = (left ? -60 : -120) + (Math.random() - 0.5) * 44;
  const speed = height * (0.75 + Math.random() * 0.7);
  const radians = (angle * Math.PI) / 180;
  return {
    x: left ? -10 : width + 10,
    y: height * 0.82,
    vx: Math.cos(radians) * speed * Math.min(1, width / 520),
    vy: Math.sin(radians) * speed,
    turn: Math.random() * 6.3,
    spin: (Math.random() - 0.5) * 11,
    sway: Math.random() * 6.3,
    size: 6 + Math.random() * 6,
    round: Math.random() < 0.25,
    colour: paper[index % paper.length],
    life: 2.2 + Math.random(),
  };
}

function fly(one, elapsed, pen) {
  one.vy += 1150 * elapsed;
  one.vx *= 1 - 1.3 * elapsed;
  one.vy *= 1 - 0.9 * elapsed;
  one.sway += 6 * elapsed;
  one.x += (one.vx + Math.sin(one.sway) * 36) * elapsed;
  one.y += one.vy * elapsed;
  one.turn += one.spin * elapsed;
  one.life -= elapsed;
  if (one.life <= 0) return;
  pen.save();
  pen.globalAlpha = Math.min(1, one.life * 1.6);
  pen.translate(one.x, one.y);
  pen.rotate(one.turn);
  pen.fillStyle = one.colour;
  if (one.round) {
    pen.beginPath();
    pen.arc(0, 0, one.size * 0.42, 0, 6.3);
    pen.fill();
  } else {
    const face = Math.abs(Math.cos(one.sway));
    pen.fillRect(-one.size / 2, (-one.size / 3.4) * face, one.size, (one.size / 1.7) * face);
  }
  pen.restore();
}

export function vibrate(pattern) {
  // Before the first tap browsers refuse to vibrate, and complain about it.
  if (calm() || !navigator.userActivation?.hasBeenActive) return;
  try {
    navigator.vibrate?.(pattern);
  } catch {
    // Vibration is refused in some frames; nothing depends on it.
  }
}

/** Sounds are synthesised, so none is downloaded; they stay off until the fan turns them on. */
export class Sound {
  constructor() {
    this.on = remembered();
    this.audio = null;
  }

  toggle() {
    this.on = !this.on;
    try {
      localStorage.setItem(SOUND_KEY, this.on ? "1" : "0");
    } catch {
      // The choice lasts for this page only.
    }
    if (this.on) this.play("tick");
    return this.on;
  }

  play(name) {
    if (!this.on) return;
    const Audio = globalThis.AudioContext;
    if (!Audio) return;
    this.audio ??= new Audio();
    this.audio.resume?.();
    SOUNDS[name]?.(this.audio, this.audio.currentTime);
  }
}

function remembered() {
  try {
    return localStorage.getItem(SOUND_KEY) === "1";
  } catch {
    return false;
  }
}

function tone(
  audio,
  from,
  { pitch, to = pitch, at = 0, lasts = 0.12, loud = 0.12, wave = "sine" },
) {
  const [source, gain] = [audio.createOscillator(), audio.createGain()];
  source.type = wave;
  source.frequency.setValueAtTime(pitch, from + at);
  source.frequency.exponentialRampToValueAtTime(to, from + at + lasts);
  gain.gain.setValueAtTime(0.0001, from + at);
  gain.gain.exponentialRampToValueAtTime(loud, from + at + 0.008);
  gain.gain.exponentialRampToValueAtTime(0.0001, from + at + lasts);
  source.connect(gain).connect(audio.destination);
  source.start(from + at);
  source.stop(from + at + lasts + 0.02);
}

function hiss(audio, from, { lasts, pitch, loud }) {
  const buffer = audio.createBuffer(1, audio.sampleRate * lasts, audio.sampleRate);
  const samples = buffer.getChannelData(0);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = (Math.random() * 2 - 1) * (1 - index / samples.length);
  }
  const [source, filter, gain] = [
    audio.createBufferSource(),
    audio.createBiquadFilter(),
    audio.createGain(),
  ];
  source.buffer = buffer;
  filter.type = "bandpass";
  filter.frequency.value = pitch;
  gain.gain.value = loud;
  source.connect(filter).connect(gain).connect(audio.destination);
  source.start(from);
}

const SOUNDS = {
  tick: (audio, now) =>
    tone(audio, now, { pitch: 1500, to: 900, lasts: 0.04, loud: 0.07, wave: "triangle" }),
  flip: (audio, now) => hiss(audio, now, { lasts: 0.14, pitch: 1800, loud: 0.12 }),
  scratch: (audio, now) => hiss(audio, now, { lasts: 0.07, pitch: 4200, loud: 0.1 }),
  lose: (audio, now) => {
    tone(audio, now, { pitch: 392, lasts: 0.2, loud: 0.09 });
    tone(audio, now, { pitch: 311, at: 0.16, lasts: 0.34, loud: 0.09 });
  },
  win: (audio, now) => {
    for (const [index, pitch] of [523, 659, 784, 1047].entries()) {
      tone(audio, now, {
        pitch,
        at: index * 0.09,
        lasts: index === 3 ? 0.6 : 0.18,
        loud: 0.13,
        wave: "triangle",
      });
    }
  },
};
