// Uses whose answer never came: kept on this device until the server has said yes or no, and sent again with the same
// key, so that none is lost and none happens twice.

import { Refusal, Trouble } from "./server.js";

const PAUSE_MS = 4000;

export class Kept {
  /** *changed* is called with the number that wait; *settled* with (use, answer or Refusal) for each that was decided. */
  constructor(server, member, changed, settled) {
    this.server = server;
    this.name = `till-kept-${member}`;
    this.changed = changed;
    this.settled = settled;
    this.sending = false;
    addEventListener("online", () => this.send());
    setInterval(() => this.send(), PAUSE_MS);
  }

  get all() {
    try {
      return JSON.parse(localStorage.getItem(this.name) ?? "[]");
    } catch {
      return [];
    }
  }

  add(use) {
    this.store([...this.all.filter((other) => other.key !== use.key), use]);
  }

  store(uses) {
    localStorage.setItem(this.name, JSON.stringify(uses));
    this.changed(uses.length);
  }

  /** Send what waits, oldest first; stop at the first that does not get through. */
  async send() {
    if (this.sending || !this.all.length) return;
    this.sending = true;
    try {
      for (const use of this.all) {
        if (!(await this.deliver(use))) break;
        this.store(this.all.filter((other) => other.key !== use.key));
      }
    } finally {
      this.sending = false;
    }
  }

  async deliver(use) {
    const { code, store, key } = use;
    try {
      this.settled(use, await this.server.post("/redemptions", { code, store, key }));
      return true;
    } catch (error) {
      if (error instanceof Trouble || error.status === 401) return false;
      if (!(error instanceof Refusal)) throw error;
      this.settled(use, error);
      return true;
    }
  }
}
