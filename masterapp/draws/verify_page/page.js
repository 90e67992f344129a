// The page itself: files come in, the checks run in a worker, sentences come out in two languages.

import { ed25519IsRight } from "./ed25519.js";
import { checkEntries } from "./entries.js";
import { hex, must, sha } from "./exact.js";
import { checkCertificate, checkTicket } from "./mvd1.js";
import { checkReceipt, receiptWithList, receiptWithTicket } from "./receipt.js";
import { judge, Report, readDocument } from "./report.js";
import { TEXTS } from "./texts.js";

const PAGE = {
  heading: ["Vérifier un tirage au sort", "Check a prize draw"],
  lead: [
    "Déposez le certificat du tirage. Tout est recalculé ici, dans votre navigateur : rien n’est envoyé, et la page fonctionne sans connexion.",
    "Drop the draw’s certificate. Everything is computed again here, in your browser: nothing is sent, and the page works offline.",
  ],
  drop: ["Déposez vos fichiers ici", "Drop your files here"],
  dropHint: [
    "certificat (certificate.json), et si vous les avez : votre billet (ticket.json), votre reçu (receipt.json), la liste des participations (entries.bin), les certificats des tirages antérieurs",
    "certificate (certificate.json) and, if you have them: your ticket (ticket.json), your receipt (receipt.json), the list of entries (entries.bin), certificates of earlier draws",
  ],
  code: [
    "Le code reçu avant le tirage (facultatif)",
    "The code you got before the draw (optional)",
  ],
  check: ["Vérifier", "Check"],
  certificate: ["Certificat", "Certificate"],
  earlier: ["Tirage antérieur", "Earlier draw"],
  ticket: ["Billet", "Ticket"],
  receipt: ["Reçu", "Receipt"],
  entries: ["Liste des participations", "List of entries"],
  unknown: ["Fichier non reconnu", "Unknown file"],
  time: ["Durée du contrôle : {ms} ms", "Time taken: {ms} ms"],
  number: ["n° {number}", "no. {number}"],
  winner: ["gagnant · {prize}", "winner · {prize}"],
  alternate: ["suppléant {rank} · {prize}", "alternate {rank} · {prize}"],
  aboutHeading: ["Ce que prouve cette page", "What this page proves"],
  about: [
    "La liste des participations est scellée et son empreinte publiée avant le tirage. Le hasard vient ensuite d’une source publique que personne ne maîtrise. Cette page refait tout le calcul à partir de la spécification publiée (docs/fairness.md), sans rien demander à l’organisateur.",
    "The list of entries is sealed and its fingerprint published before the draw. Chance then comes from a public source that nobody controls. This page does the whole computation again from the published specification (docs/fairness.md), without asking the organiser anything.",
  ],
};
const MAGIC = "MVD1-ENTRIES";

/** What a file is, from its content and not from its name. */
export async function recognise(file) {
  const head = new TextDecoder("latin1").decode(await file.slice(0, MAGIC.length).arrayBuffer());
  if (head === MAGIC) return { kind: "entries", file };
  try {
    const data = await file.arrayBuffer();
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    const document = readDocument(text);
    if (document.v === "MVD1-TICKET-1") return { kind: "ticket", document };
    if (document.v === "MVD1-RECEIPT-1") return { kind: "receipt", document };
    return { kind: "certificate", document };
  } catch {
    return { kind: "unknown" };
  }
}

/** Tell the certificate to check from those of the earlier draws that it names. */
export function arrange(found) {
  const certificates = found.filter(({ kind }) => kind === "certificate");
  const named = new Set(
    certificates.flatMap(({ document }) => [document.commitment?.exclude_winners_of ?? []].flat()),
  );
  for (const item of certificates) {
    if (certificates.length > 1 && named.has(item.document.commitment?.draw_id))
      item.kind = "earlier";
  }
  return found;
}

/** Check what was given; the same for the page, its worker and the tests. */
export async function check(found, code, onProgress) {
  const report = new Report();
  return judge(report, async () => {
    const of = (kind) => found.filter((item) => item.kind === kind);
    const certificate = of("certificate")[0]?.document;
    const options = { code, earlier: of("earlier").map(({ document }) => document) };
    must(found.length && !of("unknown").length && of("certificate").length < 2, "json");
    const [tickets, receipts] = [of("ticket"), of("receipt")];
    for (const { document } of receipts) checkReceipt(document, report);
    for (const { document } of tickets) checkTicket(document, certificate, report, options);
    for (const { document } of receipts)
      for (const ticket of tickets) receiptWithTicket(document, ticket.document, report);
    if (!certificate) {
      if (receipts.length && !tickets.length) report.open("open_receipt");
      return must(tickets.length + receipts.length, "json");
    }
    checkCertificate(certificate, report, options);
    if (!of("entries").length) report.open("open_list");
    for (const { file } of of("entries")) await checkEntries(certificate, file, report, onProgress);
    const [list] = of("entries");
    for (const { document } of receipts)
      await receiptWithList(document, certificate, list?.file, report);
    return undefined;
  });
}

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, key) => facts[key] ?? "");

/** The worker's side: one message in, progress and then the findings out. */
function serve() {
  globalThis.onmessage = async ({ data }) => {
    const found = arrange(await Promise.all(data.files.map(recognise)));
    const progress = (done, all) => postMessage({ progress: done / all });
    postMessage({ lines: await check(found, data.code, progress) });
  };
}

function start(source) {
  const at = (id) => document.getElementById(id);
  let column = navigator.language.startsWith("fr") ? 0 : 1;
  let files = [];
  let outcome = null;

  const element = (name, text, className) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const showFiles = async () => {
    const found = arrange(await Promise.all(files.map(recognise)));
    const lines = found.map(({ kind }, i) =>
      element("li", `${PAGE[kind][column]} — ${files[i].name}`),
    );
    at("given").replaceChildren(...lines);
    at("check").disabled = !files.length;
  };

  const showTickets = (lines) => {
    const drawn = lines.filter(([, code]) => ["step_winner", "step_alternate"].includes(code));
    const cards = drawn.map(([, code, facts]) => {
      const card = element("li", "");
      const role = PAGE[code.slice(5)][column];
      card.append(
        element("b", fill(PAGE.number[column], facts)),
        element("span", fill(role, facts)),
      );
      return card;
    });
    at("tickets").replaceChildren(...cards);
  };

  const showOutcome = () => {
    if (!outcome) return;
    const { lines, ms } = outcome;
    const bad = lines.some(([mark]) => mark === "!!");
    at("result").hidden = false;
    at("result").className = bad ? "bad" : "";
    const verdict = TEXTS[bad ? "verdict_bad" : "verdict_good"][column];
    at("verdict").textContent = verdict
      .replace(/^[^:]*: ?/, "")
      .replace(/^./, (c) => c.toUpperCase());
    at("facts").textContent = fill(PAGE.time[column], { ms });
    showTickets(lines);
    const groups = [
      ["!!", "wrong", "wrong"],
      ["OK", "checked", "right"],
      ["--", "unchecked", "unseen"],
    ];
    const blocks = groups.flatMap(([mark, heading, style]) => {
      const mine = lines.filter((line) => line[0] === mark);
      if (!mine.length) return [];
      const list = element("ul", "", style);
      const title = element("h3", TEXTS[heading][column]);
      list.append(
        ...mine.map(([, code, facts]) => element("li", fill(TEXTS[code][column], facts))),
      );
      return [title, list];
    });
    at("findings").replaceChildren(...blocks);
  };

  const speak = () => {
    document.documentElement.lang = ["fr", "en"][column];
    at("language").textContent = ["English", "Français"][column];
    at("language").lang = ["en", "fr"][column];
    for (const node of document.querySelectorAll("[data-text]")) {
      node.textContent = PAGE[node.dataset.text][column];
    }
    showFiles();
    showOutcome();
  };

  const take = (list) => {
    files = [...list];
    outcome = null;
    at("result").hidden = true;
    showFiles();
  };

  const run = () => {
    const began = performance.now();
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(address);
    at("check").disabled = true;
    const end = (lines) => {
      worker.terminate();
      URL.revokeObjectURL(address);
      outcome = { lines, ms: Math.round(performance.now() - began) };
      at("progress").hidden = true;
      at("check").disabled = false;
      showOutcome();
      at("result").focus();
    };
    worker.onmessage = ({ data }) => {
      if (data.lines) return end(data.lines);
      at("progress").hidden = false;
      at("progress").value = data.progress;
      return undefined;
    };
    worker.onerror = () => end([["!!", "shape", {}]]);
    worker.postMessage({ files, code: at("code").value.trim() });
  };

  at("language").onclick = () => {
    column = 1 - column;
    speak();
  };
  at("files").onchange = () => take(at("files").files);
  at("form").onsubmit = (event) => {
    event.preventDefault();
    run();
  };
  document.ondragover = (event) => {
    event.preventDefault();
    at("drop").classList.add("over");
  };
  document.ondragleave = () => at("drop").classList.remove("over");
  document.ondrop = (event) => {
    event.preventDefault();
    at("drop").classList.remove("over");
    take(event.dataTransfer.files);
  };
  speak();
}

if (globalThis.document) start(document.currentScript.textContent);
else if (globalThis.WorkerGlobalScope) serve();
else globalThis.mvd1 = { check, arrange, recognise, hex, sha, ed25519IsRight };
