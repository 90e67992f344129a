/** The ring that shows the time left: it speaks at ten and five seconds, and calls when nothing is left. */

const ROUND = 2 * Math.PI * 20;
const SPOKEN = [10, 5];

export class Clock {
  constructor(game, { limit_ms: limit, left_ms: left }, whenOver) {
    const { el, texts } = game;
    this.game = game;
    this.limit = Math.max(limit, 1);
    this.whenOver = whenOver;
    this.ends = performance.now() + left;
    this.spoken = SPOKEN.filter((second) => left <= second * 1000);
    this.ring = el("svg:circle", { class: "quiz-clock-ring", cx: 24, cy: 24, r: 20 });
    this.ring.setAttribute("stroke-dasharray", ROUND);
    this.number = el("span", { class: "quiz-clock-number number" });
    this.element = el(
      "div",
      { class: "quiz-clock", role: "timer", "aria-label": texts.time_left },
      el(
        "svg:svg",
        { viewBox: "0 0 48 48", "aria-hidden": "true" },
        el("svg:circle", { class: "quiz-clock-track", cx: 24, cy: 24, r: 20 }),
        this.ring,
      ),
      this.number,
    );
    this.resume();
  }

  resume() {
    this.stop();
    this.tick();
    if (!this.over) this.timer = setInterval(() => this.tick(), this.game.calm ? 500 : 100);
  }

  stop() {
    clearInterval(this.timer);
  }

  tick() {
    const left = Math.max(0, this.ends - performance.now());
    const whole = Math.ceil(left / 1000);
    this.ring.setAttribute("stroke-dashoffset", ROUND * (1 - Math.min(1, left / this.limit)));
    this.element.dataset.haste = left <= 5000 ? "high" : left <= 10_000 ? "some" : "none";
    const shown = String(whole);
    if (this.number.textContent !== shown) {
      this.number.textContent = shown;
      if (whole <= 5 && whole > 0) this.game.sound("tick");
      this.speak(whole);
    }
    if (left > 0) return;
    this.stop();
    if (!this.over) {
      this.over = true;
      // A later turn of the loop, so that a page opened too late is built before it answers.
      setTimeout(() => this.element.isConnected && this.whenOver());
    }
  }

  speak(whole) {
    if (!SPOKEN.includes(whole) || this.spoken.includes(whole)) return;
    this.spoken.push(whole);
    this.game.announce(this.game.fill(this.game.texts.seconds_left, { n: whole }));
  }
}
