// The kit's talk with the server: what is sent again, what is not, and what a no becomes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api, Refusal, freshKey } from "../../../static/kit/api.js";
import { Session } from "../../../static/kit/session.js";

const TEXTS = { offline: "offline words", broken: "broken words" };

function answer(status, body) {
  return new Response(status === 204 ? null : JSON.stringify(body), { status });
}

function apiWith(answers, { session = new Session("club", null) } = {}) {
  const sent = [];
  const fetch = async (path, options) => {
    sent.push({ path, ...options });
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  const waits = [];
  const api = new Api({
    session,
    locale: "fr",
    texts: TEXTS,
    fetch,
    wait: async (milliseconds) => waits.push(milliseconds),
  });
  return { api, sent, waits, session };
}

test("a repeatable request goes again after a lost connection, with the same body", async () => {
  const { api, sent, waits } = apiWith([new TypeError("lost"), answer(503, {}), answer(200, { ok: 1 })]);
  assert.deepEqual(await api.request("POST", "/plays", { key: "k" }, { repeatable: true }), { ok: 1 });
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent.map((one) => one.body)).size, 1);
  assert.ok(waits[0] < waits[1]);
});

test("a request without a key is sent once, and its loss is said in words", async () => {
  const { api, sent } = apiWith([new TypeError("lost")]);
  await assert.rejects(api.request("POST", "/codes", {}), (refusal) => {
    assert.ok(refusal instanceof Refusal);
    assert.equal(refusal.code, "offline");
    assert.equal(refusal.message, "offline words");
    return true;
  });
  assert.equal(sent.length, 1);
});

test("a problem body becomes a refusal with its code, facts and fields", async () => {
  const problem = { code: "quota_day", message: "Demain", facts: { again_at: "x" }, fields: { a: ["b"] } };
  const { api } = apiWith([answer(409, problem)]);
  await assert.rejects(api.get("/games/1"), (refusal) => {
    assert.deepEqual(
      [refusal.code, refusal.message, refusal.facts, refusal.fields, refusal.status],
      ["quota_day", "Demain", { again_at: "x" }, { a: ["b"] }, 409],
    );
    return true;
  });
});

test("an answer that is no JSON is our fault, not a crash", async () => {
  const { api } = apiWith([new Response("<html>", { status: 500 })]);
  await assert.rejects(api.get("/x"), (refusal) => refusal.code === "broken" && refusal.message === "broken words");
});

test("a bearer that is refused is forgotten", async () => {
  const { api, session } = apiWith([answer(401, { code: "session_expired", message: "fini" })]);
  session.take("fan_token", Date.now() + 600_000);
  await assert.rejects(api.get("/me"));
  assert.equal(session.present, false);
});

test("a stale bearer is exchanged once for all requests that wait for it", async () => {
  const fresh = { token: "fan_new", expires_at: new Date(Date.now() + 1_800_000).toISOString() };
  const { api, sent, session } = apiWith([answer(200, fresh), answer(200, 1), answer(200, 2)]);
  session.take("fan_old", Date.now() + 1000);
  await Promise.all([api.get("/a"), api.get("/b")]);
  assert.deepEqual(
    sent.map((one) => [one.path, one.headers.Authorization]),
    [
      ["/api/v1/session/rotation", "Bearer fan_old"],
      ["/a", "Bearer fan_new"],
      ["/b", "Bearer fan_new"],
    ],
  );
});

test("an anonymous request never carries the bearer", async () => {
  const { api, sent, session } = apiWith([answer(202, {})]);
  session.take("fan_token", Date.now() + 600_000);
  await api.request("POST", "/codes", {}, { anonymous: true });
  assert.equal(sent[0].headers.Authorization, undefined);
});

test("keys are long, safe for the API and never the same", () => {
  const keys = Array.from({ length: 50 }, freshKey);
  assert.equal(new Set(keys).size, 50);
  for (const key of keys) assert.match(key, /^[A-Za-z0-9_-]{8,64}$/);
});
