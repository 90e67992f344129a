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

/** The public beacon, drand quicknet: only its rounds prove something to strangers. */
export const QUICKNET = {
  chain: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  key: "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  genesis: 1692803367,
  period: 3,
};

export const isForeign = (source) => source.type === "drand" && source.chain !== QUICKNET.chain;

/** How far the result can be trusted, from the kinds of its sources. */
export function levelOf(sources) {
  const kinds = sources.map((source) => source.type);
  must(kinds.length && !kinds.slice(0, -1).includes("drand"), "entropy");
  if (kinds.includes("local") || isForeign(sources.at(-1))) return "D";
  if (kinds.includes("secret")) return "C";
  if (kinds.at(-1) === "drand") return kinds.length === 1 ? "A" : "A+";
  must(kinds.includes("dice"), "entropy");
  return "B";
}
