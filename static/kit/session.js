// The fan's bearer: kept in memory, mirrored in sessionStorage so that a reload keeps it, and rotated before it ends.

const EARLY = 60_000;

export class Session {
  /** `name` separates brands on one origin; `storage` is replaced in tests and may be null where it is forbidden. */
  constructor(name, storage = safeStorage()) {
    this.key = `mapp.session.${name}`;
    this.storage = storage;
    this.token = null;
    this.expires = 0;
    this.restore();
  }

  restore() {
    try {
      const kept = JSON.parse(this.storage?.getItem(this.key) ?? "null");
      if (kept?.token) this.take(kept.token, kept.expires);
    } catch {
      this.clear();
    }
  }

  get present() {
    return this.token !== null;
  }

  /** Whether the bearer ends soon, so that it is exchanged before the next request. */
  stale(now = Date.now()) {
    return this.present && this.expires - now < EARLY;
  }

  take(token, expires) {
    this.token = token;
    this.expires = typeof expires === "number" ? expires : Date.parse(expires);
    try {
      this.storage?.setItem(this.key, JSON.stringify({ token, expires: this.expires }));
    } catch {
      // Storage is full or forbidden: the bearer lives in memory only.
    }
  }

  clear() {
    this.token = null;
    this.expires = 0;
    try {
      this.storage?.removeItem(this.key);
    } catch {
      // Nothing was kept there.
    }
  }
}

function safeStorage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
