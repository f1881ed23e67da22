// Prints what the last run measured: budgets, and what axe found on each screen. `--write` puts it into docs/page.md.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { kept } from "./measured.mjs";

const docs = fileURLToPath(new URL("../../docs/page.md", import.meta.url));
const all = kept();

/** Aligned, so that it reads in a terminal and as Markdown. */
function table(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(" | ")} |`;
  return [line(head), `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`, ...rows.map(line)].join("\n");
}

export function budgets() {
  const rows = all.filter(({ budget }) => budget).map(({ budget, value, target, limit, unit }) => [budget, ...[value, target, limit].map((figure) => (figure === undefined ? "–" : `${figure.toLocaleString("en")} ${unit}`))]);
  return rows.length > 0 ? table(["Budget", "measured", "target", "limit"], rows) : "No budget was measured.";
}

export function accessibility() {
  const screens = new Map();
  for (const { screen, theme, violations, passes } of all.filter((one) => one.screen)) {
    const found = screens.get(screen) ?? { light: null, dark: null, passes: 0 };
    found[theme] = Math.max(found[theme] ?? 0, violations);
    found.passes = Math.max(found.passes, passes);
    screens.set(screen, found);
  }
  const rows = [...screens].toSorted(([a], [b]) => a.localeCompare(b, "en")).map(([screen, { light, dark, passes }]) => [screen, light?.toString() ?? "–", dark?.toString() ?? "–", String(passes)]);
  const checks = all.filter((one) => one.screen).length;
  const violations = all.reduce((sum, one) => sum + (one.violations ?? 0), 0);
  return { total: `${rows.length} screens and states, ${checks} runs of axe, ${violations} violations.`, table: rows.length > 0 ? table(["Screen or state", "light", "dark", "rules passed"], rows) : "axe was not run." };
}

const axe = createRequire(import.meta.url)("axe-core/package.json").version;
const { total, table: screens } = accessibility();
console.log(`\n${budgets()}\n\nViolations that axe-core ${axe} found\n${screens}\n${total}\n`);

if (process.argv.includes("--write")) {
  const text = readFileSync(docs, "utf8");
  const [begin, end] = ["<!-- measured: written by `npm run report -- --write` in tests/browser -->", "<!-- end of measured -->"];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error("docs/page.md has no place for what was measured");
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(docs, `${before}${begin}\nMeasured ${today}.\n\n${budgets()}\n\nViolations found by axe-core ${axe}. ${total}\n\n${screens}\n${end}${after}`);
}
