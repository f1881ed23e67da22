// The page over snapshot files: 50,000 resources, none at all, and a crawl that was refused everything.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually, expectAccessible, launch, picture, withPage } from "./browser.mjs";
import { writeLargeEstate } from "./large-estate.mjs";
import { binary, serve } from "./server.mjs";

const skip = binary ? false : "BLASTMAP_BIN does not name a binary";
const SIZE = 50_000;
let browser;
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "blastmap-large-"));
  if (!skip) browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const tree = (page) => page.getByRole("tree");
const current = (page) => page.evaluate(() => document.getElementById(document.activeElement?.getAttribute("aria-activedescendant") ?? "")?.textContent ?? "");

describe("50,000 resources", { skip }, () => {
  let server;
  before(async () => {
    const file = join(folder, "large.jsonl");
    await writeLargeEstate(file, SIZE);
    server = await serve("--snapshot", file);
  });
  after(() => server?.stop());

  for (const [name, address, text, size = {}] of [
    ["map", "/", "others that depend on it"],
    ["map-1280", "/", "others that depend on it", { width: 1280, height: 800 }],
    ["map-1920", "/", "others that depend on it", { width: 1920, height: 1080 }],
    ["map-3840", "/", "others that depend on it", { width: 3840, height: 2160 }],
    ["map-phone", "/?view=map", "others that depend on it", { width: 390, height: 844 }],
    ["map-opened", "/?in=us-east-1", "11,083 resources"],
    ["map-coverage", "/?colour=coverage", "a call failed that could show more"],
    ["map-types", "/?group=KIND", "others that depend on it"],
    ["table", "/?view=table", "50,000 resources in 7 groups"],
    ["search", "/search?kind=ECS_TASK", "ECS tasks"],
    ["coverage", "/coverage", "Where was looked"],
  ]) {
    test(`are shown: ${name}`, () =>
      withPage(browser, size, async (page) => {
        await page.goto(server.url + address);
        await page.getByText(text).first().waitFor();
        await page.waitForLoadState("networkidle");
        for (const theme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme: theme });
          await picture(page, `large-${name}-${theme}`);
          await expectAccessible(page);
        }
      }));
  }

  test("are opened level by level down to the resources of a service", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(server.url);
      await tree(page).focus();
      for (const expected of [/^us-east-1, 11,083 resources/, /^vpc-/, /^[a-z]+-\d+, \d+ resources/, /^[a-z]+-[a-z]+-\d+, \d+ resources/]) {
        await eventually(async () => assert.match(await current(page), expected));
        await page.keyboard.press("Enter");
      }
      await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), "place"));
      const count = Number(/\d+/.exec(await page.locator(".crumbs .muted").textContent())[0]);
      await eventually(async () => assert.equal(await page.getByRole("region", { name: "Resources" }).locator("tbody tr").count(), count, "as many as the box counted"));
    }));

  test("are counted for a team as the API counts them", () =>
    withPage(browser, {}, async (page) => {
      const { data } = await server.ask('{ resources(filter: { tags: [{ key: "team", value: "platform" }] }) { totalCount } }');
      await page.goto(`${server.url}/search?team=platform`);
      await page.getByText(`of ${data.resources.totalCount.toLocaleString("en")} resources`).waitFor();
    }));

  test("are saved as CSV up to 5,000, and the page says so", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/search?kind=ECS_TASK`);
      await page.getByText("the CSV holds the first 5,000").waitFor();
      const [file] = await Promise.all([page.waitForEvent("download", { timeout: 60_000 }), page.getByRole("button", { name: "CSV of Resources" }).click()]);
      assert.equal(readFileSync(await file.path(), "utf8").trimEnd().split("\r\n").length, 5_001);
    }));
});

const TAKEN_AT = new Date().toISOString();
const SCOPE = { scope: { account: "482913377605", region: "eu-west-1", crawledAt: TAKEN_AT, durationMs: 900, apiCalls: 40 } };
const denied = ["ecs:ListClusters", "ec2:DescribeVpcs", "iam:ListRoles"].map((api) => ({
  blindSpot: { account: "482913377605", region: "eu-west-1", api, reason: "ACCESS_DENIED", message: `not authorized to perform: ${api}`, kinds: [] },
}));

for (const [name, lines, words] of [
  ["nothing", [], "The crawl found nothing."],
  ["a denied crawl", denied, "The crawl could see nothing."],
]) {
  describe(name, { skip }, () => {
    let server;
    before(async () => {
      const file = join(folder, `${name}.jsonl`);
      const all = [{ blastmap: 1, id: "small", takenAt: TAKEN_AT }, SCOPE, ...lines, { end: { resources: 0, links: 0 } }];
      writeFileSync(file, all.map((line) => `${JSON.stringify(line)}\n`).join(""));
      server = await serve("--snapshot", file);
    });
    after(() => server?.stop());

    test("is said on the map, and the next step is named", () =>
      withPage(browser, {}, async (page) => {
        await page.goto(server.url);
        await page.getByText(words).waitFor();
        for (const theme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme: theme });
          await picture(page, `snapshot-${name.replaceAll(" ", "-")}-${theme}`);
          await expectAccessible(page);
        }
        await page.locator(".explore-empty").getByRole("link").click();
        await page.getByRole("heading", { level: 1, name: "Coverage" }).waitFor();
        if (lines.length > 0) await page.getByText(`${lines.length} actions are denied.`).waitFor();
      }));
  });
}
