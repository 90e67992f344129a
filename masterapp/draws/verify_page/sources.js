// Sources of chance: what was promised of each, its bytes in the seed, and how far to trust it.
import { bytes, equal, hex, join, must, sha, u64, unhex, whole } from "./exact.js";

const PROMISED = {
  drand: ["chain", "round"],
  dice: ["spec"],
  lottery: ["game", "date"],
  nist: ["chain", "pulse"],
  secret: ["hash"],
  local: [],
};
const isKind = (kind) => typeof kind === "string" && Object.hasOwn(PROMISED, kind);

/** Whether the revealed sources are the announced ones, and these left nothing to choose. */
export function sourcesAreKept(announced, revealed) {
  return (
    announced.length === revealed.length &&
    announced.every(
      (promise, i) =>
        isKind(promise.type) &&
        PROMISED[promise.type].every((key) => key in promise) &&
        Object.keys(promise).every((key) => equal(revealed[i][key], promise[key])),
    )
  );
}

function text(source, key) {
  must(typeof source[key] === "string", "shape");
  return source[key];
}

/** What one revealed source adds to the seed. */
export function sourceBytes(source) {
  must(isKind(source.type), "entropy");
  return ENCODERS[source.type](source);
}

const ENCODERS = {
  drand: (source) => join(u64(whole(source.round, 1)), sha(unhex(source.signature, 48))),
  dice: (source) => {
    const spec = /^([1-9][0-9]{1,3})d(10|6)$/.exec(text(source, "spec"));
    must(spec, "entropy");
    const count = Number(spec[1]);
    must(count >= (spec[2] === "10" ? 40 : 50), "entropy");
    const rolls = text(source, "rolls");
    must(
      rolls.length === count && (spec[2] === "10" ? /^[0-9]+$/ : /^[1-6]+$/).test(rolls),
      "entropy",
    );
    return bytes(rolls);
  },
  lottery: (source) => {
    const said = ["game", "date", "numbers"].map((key) => text(source, key)).join(" ");
    const form =
      /^[A-Z0-9]+(-[A-Z0-9]+)* [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}(-[0-9]{2})*( [0-9]{2}(-[0-9]{2})*)*$/;
    must(form.test(said), "entropy");
    return bytes(said);
  },
  nist: (source) =>
    join(u64(whole(source.chain)), u64(whole(source.pulse)), unhex(source.output, 64)),
  secret: (source) => {
    const secret = unhex(source.secret, 32);
    must(hex(sha("MVD1/secret\0", secret)) === source.hash, "entropy");
    return secret;
  },
  local: (source) => unhex(source.value, 32),
};

/** How far the result can be trusted, from the kinds of its sources. */
export function levelOf(sources) {
  const kinds = sources.map((source) => source.type);
  must(kinds.length && !kinds.slice(0, -1).includes("drand"), "entropy");
  if (kinds.includes("local")) return "D";
  if (kinds.includes("secret")) return "C";
  if (kinds.at(-1) === "drand") return kinds.length === 1 ? "A" : "A+";
  must(kinds.includes("dice"), "entropy");
  return "B";
}
