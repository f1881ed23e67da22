// What every browser test needs: a browser, pages that report what goes wrong, axe, and pictures to look at.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { keep } from "./measured.mjs";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const artefacts = fileURLToPath(new URL("../artefacts/", import.meta.url));
mkdirSync(artefacts, { recursive: true });

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/**
 * Opens a page, gives it to `use`, and closes it. Whatever the page itself complains about on the way
 * (a script error, something that the content security policy refused) fails the test.
 */
export async function withPage(browser, options, use) {
  const { width = 1440, height = 900, theme = "light", tolerate = /^$/, ...rest } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce", ...rest });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !tolerate.test(message.text())) complaints.push(message.text());
  });
  try {
    await use(page);
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join("\n")}`);
  } finally {
    await context.close();
  }
}

/** Throws with what axe finds, each with the elements that it found it on. */
export async function expectAccessible(page) {
  // Through the debugger, which the page's policy does not bind.
  await page.evaluate(axeSource);
  const { violations, passes } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), AXE_TAGS);
  const theme = await page.evaluate(() => document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  keep({ screen: pictured.get(page) ?? new URL(page.url()).pathname, theme, violations: violations.length, passes: passes.length });
  if (violations.length === 0) return;
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.target.join(" ")}\n    ${node.failureSummary?.replaceAll("\n", "\n    ")}`).join("\n")}`);
  throw new Error(`axe found ${violations.length}:\n${found.join("\n")}`);
}

/** Tries what `check` asserts until it holds: the page draws after an answer and after a key, not at once. */
export async function eventually(check, milliseconds = 10_000) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((again) => setTimeout(again, 25));
    }
  }
}

/** What was pictured last of a page: the name of its state. */
const pictured = new WeakMap();

export function picture(page, name) {
  pictured.set(page, name.replace(/-(light|dark)$/, ""));
  return page.screenshot({ path: `${artefacts}${name}.png` });
}

export const id = {
  service: "arn:aws:ecs:us-east-1:482913377605:service/prod-core/checkout-bff",
  parameter: "arn:aws:ssm:us-east-1:482913377605:parameter/prod/payments/db-url",
  missing: "arn:aws:ssm:us-east-1:482913377605:parameter/prod/legacy/ftp-password",
  outside: "arn:aws:s3:::prod-receipts",
};

export const at = (screen, resource) => `/${screen}/${encodeURIComponent(resource)}`;
