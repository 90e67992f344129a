// Tone and vibration of a verdict, so that eyes may stay on the customer.

const TONES = {
  good: [
    [660, 0, 0.1],
    [990, 0.11, 0.16],
  ],
  done: [
    [660, 0, 0.08],
    [880, 0.09, 0.08],
    [1320, 0.18, 0.2],
  ],
  warn: [
    [520, 0, 0.13],
    [520, 0.2, 0.13],
  ],
  bad: [[180, 0, 0.38]],
};
const PULSES = { good: 60, done: [50, 40, 90], warn: [90, 70, 90], bad: [260] };

let context;

/** Let the page make sound from now on; browsers ask for a tap before. */
export function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

/** Give the signal of a tone; vibration always, sound when it is switched on. */
export function signal(tone, loud) {
  if (PULSES[tone] && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(PULSES[tone]);
  if (!loud || context?.state !== "running") return;
  for (const [pitch, start, length] of TONES[tone] ?? [])
    beep(pitch, start, length, tone === "bad");
}

function beep(pitch, start, length, rough) {
  const at = context.currentTime + start;
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = rough ? "square" : "sine";
  source.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(rough ? 0.12 : 0.28, at + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.001, at + length);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + length + 0.02);
}
