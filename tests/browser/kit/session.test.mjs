// The bearer's keeping: memory first, the tab's storage when it may, and never a broken page because of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Session } from "../../../static/kit/session.js";

class Storage {
  kept = new Map();
  getItem(key) {
    return this.kept.get(key) ?? null;
  }
  setItem(key, value) {
    this.kept.set(key, value);
  }
  removeItem(key) {
    this.kept.delete(key);
  }
}

test("a reload finds the bearer again, another brand does not", () => {
  const storage = new Storage();
  new Session("club", storage).take("fan_a", "2030-01-01T00:00:00Z");
  assert.equal(new Session("club", storage).token, "fan_a");
  assert.equal(new Session("shop", storage).token, null);
});

test("clearing forgets everywhere", () => {
  const storage = new Storage();
  const session = new Session("club", storage);
  session.take("fan_a", 1);
  session.clear();
  assert.equal(session.present, false);
  assert.equal(new Session("club", storage).present, false);
});

test("a storage that is full, forbidden or spoilt costs the reload, not the page", () => {
  const forbidden = {
    getItem() {
      throw new Error("denied");
    },
    setItem() {
      throw new Error("denied");
    },
    removeItem() {
      throw new Error("denied");
    },
  };
  const session = new Session("club", forbidden);
  session.take("fan_a", Date.now() + 1000);
  assert.equal(session.token, "fan_a");
  const spoilt = new Storage();
  spoilt.setItem("mapp.session.club", "{not json");
  assert.equal(new Session("club", spoilt).present, false);
});

test("a bearer is stale a minute before its end", () => {
  const session = new Session("club", null);
  session.take("fan_a", 1_000_000);
  assert.equal(session.stale(900_000), false);
  assert.equal(session.stale(945_000), true);
  assert.equal(session.stale(2_000_000), true);
});
