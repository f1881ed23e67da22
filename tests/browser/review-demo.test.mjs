// Change review against the binary that BLASTMAP_BIN names, with the plans that come with its demo.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually, expectAccessible, launch, picture, withPage } from "./browser.mjs";
import { binary, serve } from "./server.mjs";

const planPath = (name) => fileURLToPath(new URL(`../../backend/cli/demo/plans/${name}.json`, import.meta.url));

/** The plan; its verdict; a sentence that it must say. */
const PLANS = [
  ["safe", "No risk found", "Nothing that runs, serves or starts is hit."],
  ["subtle", "Critical risk", "1 service goes down, 4 services fail at their next start"],
  ["disastrous", "Critical risk", "17 services go down"],
];

describe("a review of the demo", { skip: binary ? false : "BLASTMAP_BIN does not name a binary" }, () => {
  let browser;
  let demo;

  before(async () => {
    demo = await serve("--demo");
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  async function review(page, name) {
    await page.goto(`${demo.url}/review`);
    await page.getByLabel("File with the change").setInputFiles(planPath(name));
    await page.locator("[data-chosen]", { hasText: "Terraform plan" }).waitFor();
    await page.getByLabel("Title").fill(`The ${name} plan`);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: `The ${name} plan` }).waitFor();
  }

  for (const [name, verdict, sentence] of PLANS) {
    test(`tells the ${name} plan by its verdict`, () =>
      withPage(browser, {}, async (page) => {
        await review(page, name);
        await page.getByText(verdict).waitFor();
        await page.locator(".verdict-words", { hasText: sentence }).waitFor();
        for (const theme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme: theme });
          for (const view of ["graph", "table", "split"]) {
            await page.getByRole("button", { name: view[0].toUpperCase() + view.slice(1), exact: true }).click();
            await page.locator(view === "table" ? ".review-table:visible" : "[data-card]").first().waitFor();
            await picture(page, `demo-review-${name}-${view}-${theme}`);
            await expectAccessible(page);
          }
        }
      }));
  }

  test("stands on two pages of A4, the subtle plan", () =>
    withPage(browser, {}, async (page) => {
      await review(page, "subtle");
      const pages = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
      assert.equal(pages, 2);
    }));

  test("gives a reason, link by link, for everything that is hit", () =>
    withPage(browser, {}, async (page) => {
      await review(page, "subtle");
      const panel = page.getByRole("complementary", { name: "Selected resource" });
      const hit = await page.locator(".review-panel ol.boxed-list > li").count();
      assert.ok(hit >= 15, `${hit} are hit`);
      for (let number = 1; number <= hit; number++) {
        await page.keyboard.press("j");
        await panel.getByText(`${number} of ${hit}`, { exact: true }).waitFor();
        assert.ok((await panel.locator(".why-link .evidence code").count()) > 0, `${await panel.getByRole("heading", { level: 2 }).textContent()} has a reason`);
        await eventually(async () => assert.equal(await page.locator(".card.is-selected").count(), 1, "and a card"));
      }
    }));

  test("names everything that a risk hits when asked", () =>
    withPage(browser, {}, async (page) => {
      await review(page, "disastrous");
      const folded = page.locator(".risk", { has: page.getByRole("button", { name: /^\d+ more that it hits$/ }) }).first();
      const card = page.locator(`[data-risk="${await folded.getAttribute("data-risk")}"]`);
      const more = card.getByRole("button", { name: /more that it hits$/ });
      const hidden = Number.parseInt(await more.textContent(), 10);
      const shown = await card.locator(".chips li").count();
      await more.click();
      await eventually(async () => assert.equal(await card.locator(".chips li").count(), shown - 1 + hidden));
      await expectAccessible(page);
    }));

  test("shows what is reached and goes on as before when asked", () =>
    withPage(browser, {}, async (page) => {
      await review(page, "safe");
      await page.locator(".graph").getByRole("link", { name: "Show them" }).click();
      await page.locator(".card-unaffected").first().waitFor();
      await expectAccessible(page);
    }));

  test("lists what was kept, and gives it away in each form", () =>
    withPage(browser, {}, async (page) => {
      await review(page, "subtle");
      const links = await page.locator(".menu a").evaluateAll((all) => all.map((link) => link.href));
      assert.equal(links.length, 5);
      for (const link of links) assert.equal((await fetch(link)).status, 200, link);
      const id = new URL(page.url()).pathname.split("/").at(-1);
      assert.match(await (await fetch(`${demo.url}/reviews/${id}.md`)).text(), /^## /);
      await page.goto(`${demo.url}/reviews`);
      await page.locator("tr", { hasText: "The subtle plan" }).first().getByText("critical").waitFor();
      await picture(page, "demo-reviews");
      await expectAccessible(page);
    }));

  test("answers what happens if a resource goes away, and keeps it when told", () =>
    withPage(browser, {}, async (page) => {
      const { data } = await demo.ask('{ search(text: "checkout", first: 20) { id kind name } }');
      const service = data.search.find(({ kind }) => kind === "ECS_SERVICE");
      await page.goto(`${demo.url}/resource/${encodeURIComponent(service.id)}`);
      await page.getByRole("link", { name: "What if this goes away?" }).click();
      await page.getByText("Critical risk").waitFor();
      await page.locator("[data-card]").first().waitFor();
      await expectAccessible(page);
      await picture(page, "demo-what-if");
      await page.getByRole("button", { name: "Keep as review" }).click();
      await page.getByRole("heading", { level: 1, name: `What if ${service.name} goes away?` }).waitFor();
    }));

  test("refuses what it cannot read in one line, with the next step", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${demo.url}/review`);
      await page.getByLabel("File with the change").setInputFiles({ name: "plan.tfplan", mimeType: "application/zip", buffer: Buffer.from("PK\u0003\u0004 not json") });
      await page.getByLabel("Title").fill("Binary");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("terraform show -json PLAN").waitFor();
    }));

  test("judges a plan the same without what the browser takes out of it", () =>
    withPage(browser, {}, async (page) => {
      const judged = async (terraformPlan) => {
        const { data } = await demo.ask("query ($plan: String!) { assess(change: { terraformPlan: $plan }) { risk impacts { outcome cause resource { id } } risks { id title detail } notJudged { address } } }", { plan: terraformPlan });
        return data.assess;
      };
      // What is sent as a file is not told to whoever watches requests.
      await page.addInitScript(() => {
        const { fetch } = globalThis;
        globalThis.fetch = async (to, how) => {
          if (to === "/plans") globalThis.sentPlan = await how.body.text();
          return fetch(to, how);
        };
      });
      for (const [name] of PLANS) {
        await review(page, name);
        const [reduced, whole] = [await page.evaluate(() => globalThis.sentPlan), readFileSync(planPath(name), "utf8")];
        assert.ok(reduced.length < whole.length);
        assert.deepEqual(await judged(reduced), await judged(whole), name);
      }
    }));

  test("takes a plan larger than a query may be", () =>
    withPage(browser, {}, async (page) => {
      const plan = JSON.parse(readFileSync(planPath("safe"), "utf8"));
      const same = { note: "x".repeat(1_000_000) };
      plan.resource_changes.push({ address: "aws_subnet.large", mode: "managed", type: "aws_subnet", change: { actions: ["no-op"], before: same, after: same } });
      await page.goto(`${demo.url}/review`);
      await page.getByLabel("File with the change").setInputFiles({ name: "large.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(plan)) });
      await page.locator("[data-chosen]", { hasText: "2.0 MB" }).waitFor();
      await page.getByLabel("Title").fill("Large");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Large" }).waitFor();
    }));
});
