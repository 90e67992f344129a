// The strip of the last five scans: what was scanned, what became of it, and a tap to look at it again.

import { iconOf, toneOf } from "./verdict.js";

const SHOWN = 5;

export class Recent {
  constructor(list, none, draw, { locale, timeZone }, again) {
    Object.assign(this, { list, none, draw, again, scans: [] });
    this.clock = new Intl.DateTimeFormat(locale, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone,
    });
  }

  /** Put a scan first, or bring up to date the one of the same code. */
  note(scan) {
    const before = this.scans.find((other) => other.code === scan.code);
    const rest = this.scans.filter((other) => other !== before);
    this.scans = [{ at: new Date(), ...before, ...scan }, ...rest].slice(0, SHOWN);
    this.render();
  }

  /** Start with what the store used before this page was opened. */
  fill(scans) {
    this.scans = scans.slice(0, SHOWN);
    this.render();
  }

  render() {
    this.none.hidden = this.scans.length > 0;
    this.list.replaceChildren(...this.scans.map((scan) => this.item(scan)));
  }

  item(scan) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "till-scan";
    button.dataset.tone = toneOf(scan.word);
    const words = document.createElement("span");
    const title = document.createElement("strong");
    title.textContent = scan.title;
    const code = document.createElement("span");
    code.className = "till-scan-code";
    code.textContent = scan.code;
    words.append(title, code);
    const time = document.createElement("time");
    time.dateTime = scan.at.toISOString();
    time.textContent = this.clock.format(scan.at);
    button.append(this.draw(iconOf(scan.word)), words, time);
    button.addEventListener("click", () => this.again(scan.code));
    item.append(button);
    return item;
  }
}
