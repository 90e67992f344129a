// Runs the script of verify.html in Node: one job a line in, what it found a line out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

const page = readFileSync(new URL("../static/verify/verify.html", import.meta.url), "utf8");
runInThisContext(/<script>([\s\S]*)<\/script>/.exec(page)[1]);

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  if (job.ed25519) {
    const parts = job.ed25519.map((part) => Buffer.from(part, "hex"));
    process.stdout.write(`${JSON.stringify(globalThis.mvd1.ed25519IsRight(...parts))}\n`);
    continue;
  }
  const blobs = job.files.map((file) => new Blob([Buffer.from(file, "base64")]));
  const found = globalThis.mvd1.arrange(await Promise.all(blobs.map(globalThis.mvd1.recognise)));
  const lines = await globalThis.mvd1.check(found, job.code ?? "");
  process.stdout.write(`${JSON.stringify(lines)}\n`);
}
