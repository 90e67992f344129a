// Talks to the JSON API: adds the bearer, rotates it, sends again after a lost connection, and turns a no into a Refusal.

const PAUSES = [300, 900, 2000, 4000];
const PASSING = new Set([502, 503, 504]);

/** A request that was not granted; `message` is in the fan's language. `shown` is set once the fan has been told. */
export class Refusal extends Error {
  constructor({ code, message, facts = {}, fields = {} }, status = 0) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.facts = facts;
    this.fields = fields;
    this.status = status;
    this.shown = false;
  }
}

/** A fresh key for one move: the same key sent twice is answered twice and done once. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Api {
  /** `texts` holds the sentences for what the server cannot say itself; `fetch` and `wait` are replaced in tests. */
  constructor({
    session,
    locale,
    texts = {},
    fetch = globalThis.fetch.bind(globalThis),
    wait = pause,
  }) {
    Object.assign(this, { session, locale, texts, fetch, wait });
    this.rotating = null;
  }

  get(path) {
    return this.request("GET", path, undefined, { repeatable: true });
  }

  /** Send a request; `repeatable` ones (reads, and writes that carry a key) go again after a lost connection. */
  async request(method, path, body, { repeatable = false, anonymous = false } = {}) {
    if (!anonymous && this.session.stale()) await this.rotate();
    const pauses = repeatable ? PAUSES : [];
    for (let turn = 0; ; turn += 1) {
      const response = await this.once(method, path, body, anonymous);
      const passing = response === null || PASSING.has(response.status);
      if (!passing) return this.read(response);
      if (turn >= pauses.length) throw this.lost(response);
      await this.wait(pauses[turn]);
    }
  }

  async once(method, path, body, anonymous) {
    const headers = { Accept: "application/json", "Accept-Language": this.locale };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (!anonymous && this.session.present) headers.Authorization = `Bearer ${this.session.token}`;
    try {
      return await this.fetch(path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: "same-origin",
        cache: "no-store",
      });
    } catch {
      return null;
    }
  }

  async read(response) {
    const text = response.status === 204 ? "" : await response.text();
    let answer = null;
    try {
      answer = text ? JSON.parse(text) : null;
    } catch {
      answer = null;
    }
    if (response.ok) return answer;
    if (response.status === 401) this.session.clear();
    throw new Refusal(
      answer?.code ? answer : { code: "broken", message: this.texts.broken },
      response.status,
    );
  }

  lost(response) {
    const code = response === null ? "offline" : "broken";
    return new Refusal({ code, message: this.texts[code] }, response?.status ?? 0);
  }

  /** Exchange the bearer for a fresh one; requests that come at the same time share one exchange. */
  rotate() {
    this.rotating ??= (async () => {
      try {
        const response = await this.once("POST", "/api/v1/session/rotation");
        if (response?.ok) {
          const { token, expires_at: expires } = await response.json();
          this.session.take(token, expires);
        } else if (response?.status === 401) {
          this.session.clear();
        }
      } finally {
        this.rotating = null;
      }
    })();
    return this.rotating;
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
