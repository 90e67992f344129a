// The published verifier's own modules, put to work on the page of a draw.

const sprite = new URL("../icons.svg", import.meta.url).pathname;

/** Put facts into a text with %(name)s in it. */
export const fill = (text, facts) =>
  text.replace(/%\((\w+)\)s/g, (all, name) => (name in facts ? String(facts[name]) : all));

/** A document of our server, as text: the verifier reads JSON more strictly than the browser. */
export async function found(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return answer.text();
}

/** A sentence with an icon, for a list. */
export function sentence(text, icon, kind) {
  const item = document.createElement("li");
  const namespace = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(namespace, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(namespace, "use");
  use.setAttribute("href", `${sprite}#${icon}`);
  drawing.append(use);
  const words = document.createElement("span");
  words.textContent = text;
  item.className = kind;
  item.append(drawing, words);
  return item;
}

export function lines(items) {
  const list = document.createElement("ul");
  list.className = "plain-list draw-said";
  list.append(...items);
  return list;
}

/** Load the verifier and return what a page asks of it. */
export async function load(page) {
  const [exact, mvd1, report, sources] = await Promise.all(
    ["exact", "mvd1", "report", "sources"].map((name) => import(`${page.modules}${name}.js`)),
  );
  const fingerprint = (commitment) => exact.sha("MVD1/commit\0", exact.canonical(commitment));
  const right = (told) => !told.some(([mark]) => mark === "!!");

  /** My own proof: my tag, my path to the root, and that its commitment is the published one. */
  function urn(ticketText, commitmentText) {
    const ticket = report.readDocument(ticketText);
    const commitment = report.readDocument(commitmentText);
    const told = new report.Report();
    let good = exact.equal(ticket.commitment, commitment);
    try {
      mvd1.checkTicket(ticket, null, told, {});
    } catch {
      good = false;
    }
    const facts = told.lines.find(([, code]) => code === "tickets_good")?.[2];
    return { good, facts, code: mvd1.humanCode(fingerprint(commitment)) };
  }

  /** The whole draw again from its certificate. */
  async function replay(text) {
    const told = new report.Report();
    const certificate = report.readDocument(text);
    const checked = await report.judge(told, () => mvd1.checkCertificate(certificate, told, {}));
    return { good: right(checked), code: certificate.code, steps: certificate.draws };
  }

  /** The first number follows from the fingerprint and the revealed chance alone; null when it is not what was promised. */
  function firstNumber(commitmentText, revealed) {
    const commitment = report.readDocument(commitmentText);
    const total = exact.decimal(commitment.entries.W);
    const kept = [commitment.entropy, commitment.fallback?.entropy ?? []];
    if (!total || !kept.some((promised) => sources.sourcesAreKept(promised, revealed))) return null;
    const parts = revealed
      .map(sources.sourceBytes)
      .flatMap((part) => [exact.bigEndian(part.length, 2), part]);
    const many = Uint8Array.of(revealed.length);
    const seed = exact.sha("MVD1/seed\0", fingerprint(commitment), many, ...parts);
    return String(exact.uniform(seed, "order", 0, total) + 1n);
  }

  return { urn, replay, firstNumber };
}
