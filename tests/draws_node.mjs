// Runs the script of verify.html in Node: one job a line in, what it found a line out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

const page = readFileSync(new URL("../static/verify/verify.html", import.meta.url), "utf8");
runInThisContext(/<script>([\s\S]*)<\/script>/.exec(page)[1]);

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  const blobs = job.files.map((file) => new Blob([Buffer.from(file, "base64")]));
  const found = globalThis.mvd1.arrange(await Promise.all(blobs.map(globalThis.mvd1.recognise)));
  const lines = await globalThis.mvd1.check(found, job.code ?? "");
  process.stdout.write(`${JSON.stringify(lines)}\n`);
}
