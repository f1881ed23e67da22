// Keeps what tests measure for the table that `npm test` prints, one JSON object a line.
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../artefacts/measured.jsonl", import.meta.url));

export function forget() {
  rmSync(file, { force: true });
}

export function keep(measurement) {
  appendFileSync(file, `${JSON.stringify(measurement)}\n`);
}

export function kept() {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line)) : [];
}
