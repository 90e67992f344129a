// The kit's words and numbers: facts filled in, plurals, and moments as people say them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, moment, plural } from "../../../static/kit/dom.js";

test("facts are filled in, unknown ones are left to be seen", () => {
  assert.equal(fill("%(n)s of %(all)s, %(none)s", { n: 2, all: 5 }), "2 of 5, %(none)s");
});

test("a fact cannot smuggle another fact in", () => {
  assert.equal(fill("%(a)s", { a: "%(b)s", b: "no" }), "%(b)s");
});

test("plurals follow the language: nought is singular in French and plural in English", () => {
  const text = "one|many";
  assert.equal(plural(text, 0, "fr"), "one");
  assert.equal(plural(text, 0, "en"), "many");
  assert.equal(plural(text, 1, "en"), "one");
  assert.equal(plural("same", 7, "fr"), "same");
});

test("a moment of today is an hour, another day is named", () => {
  const noon = new Date(2026, 5, 13, 12, 0);
  assert.equal(moment(new Date(2026, 5, 13, 18, 30).toISOString(), "en-GB", noon), "18:30");
  assert.match(moment(new Date(2026, 5, 14, 0, 0).toISOString(), "en-GB", noon), /Sunday.*14.*June/);
});
