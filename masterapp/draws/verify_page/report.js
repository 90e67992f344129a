// What was found, as sentences in the making: right, wrong, or not looked at.
import { isObject, must, parse, Wrong } from "./exact.js";

/** Sentences with their facts as text, each said once. */
export class Report {
  constructor() {
    this.lines = [];
    this.said = new Set();
  }
  say(mark, code, facts = {}) {
    const words = {};
    for (const [key, fact] of Object.entries(facts)) {
      words[key] = typeof fact === "object" ? JSON.stringify(fact) : String(fact);
    }
    const line = [mark, code, words];
    const key = JSON.stringify(line);
    if (!this.said.has(key)) this.lines.push(line);
    this.said.add(key);
  }
  good(code, facts) {
    this.say("OK", code, facts);
  }
  bad(code, facts) {
    this.say("!!", code, facts);
  }
  open(code, facts) {
    this.say("--", code, facts);
  }
}

/** Run a check and turn whatever goes wrong into a sentence of the report. */
export async function judge(report, check) {
  try {
    await check();
  } catch (error) {
    if (error instanceof Wrong) report.bad(error.code, error.facts);
    else report.bad("shape");
  }
  return report.lines;
}

/** Read a JSON document from text; it must be an object. */
export function readDocument(text) {
  const found = parse(text);
  must(isObject(found), "json");
  return found;
}
