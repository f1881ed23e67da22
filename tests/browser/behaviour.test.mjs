// What the page does: keys, addresses, live progress, failures.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { at, eventually, expectAccessible, id, launch, picture, withPage } from "./browser.mjs";
import { startMockServer, STATES } from "./mock-server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Runs against a server of its own, whose state the test may change. */
async function on(state, options, use) {
  const server = await startMockServer({ state: { ...STATES[state] } });
  try {
    await withPage(browser, options, (page) => use(page, server));
  } finally {
    await server.close();
  }
}

const focusedText = (page) => page.evaluate(() => document.activeElement?.textContent ?? "");

describe("keyboard", () => {
  test("walks from search to a resource, its radius, a reason and the table", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(server.url);
      await page.getByText("Task definitions").waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("prod/payments/db-url");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "/prod/payments/db-url" }).waitFor();

      await page.keyboard.press("g");
      await page.keyboard.press("b");
      await page.getByRole("heading", { name: "What is affected if /prod/payments/db-url changes?" }).waitFor();

      const card = page.locator("[data-card]").first();
      await card.waitFor();
      for (let tabs = 0; tabs < 40 && !(await card.evaluate((element) => element === document.activeElement)); tabs++) await page.keyboard.press("Tab");
      await eventually(async () => assert.match(await focusedText(page), /db-url/, "Tab reaches the graph, at its root"));
      await eventually(async () => assert.equal(await page.locator('[data-card][tabindex="0"]').count(), 1, "the graph is one stop"));

      await page.keyboard.press("ArrowRight");
      await eventually(async () => assert.doesNotMatch(await focusedText(page), /^\/prod\/payments\/db-url/, "Right leaves the root"));
      const near = await focusedText(page);
      await page.keyboard.press("ArrowDown");
      await eventually(async () => assert.notEqual(await focusedText(page), near, "Down goes on within the column"));
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      const panel = page.getByRole("complementary", { name: "Selected resource" });
      await panel.getByText("is read by").waitFor();
      await panel.getByText("ecs:DescribeTaskDefinition").first().waitFor();
      await eventually(async () => assert.equal(await page.locator(".line.is-lit").count(), 2, "the path is lit from the root"));

      await page.keyboard.press("Escape");
      await page.getByRole("complementary", { name: "About this radius" }).waitFor();
      await page.keyboard.press("t");
      await page.getByRole("region", { name: "Table of the same" }).waitFor();
      await eventually(async () => assert.equal(await page.locator(".radius-table tbody tr").count(), 40, "the table has the root and all 39 reached"));
    }));

  test("changes the distance, the theme, and opens help", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("radius", id.parameter)}`);
      await page.locator("[data-card]").first().waitFor();
      await page.keyboard.press("[");
      await page.waitForURL(/depth=5/);
      await page.keyboard.press("]");
      await page.waitForURL(/depth=6/);
      await page.keyboard.press("d");
      await eventually(async () => assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark"));
      await page.reload();
      await eventually(async () => assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark", "the theme is remembered"));
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
    }));

  test("leaves single letters alone when they are switched off, and while typing", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(server.url);
      await page.locator('[data-search="top"]').fill("");
      await page.locator('[data-search="top"]').focus();
      await page.keyboard.type("d");
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
      await page.getByRole("button", { name: "Keys and help" }).click();
      await page.getByLabel("Keys of a single letter are on").uncheck();
      await page.keyboard.press("Escape");
      await page.keyboard.press("d");
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
    }));
});

describe("a radius", () => {
  for (const [what, query] of [
    ["folded", ""],
    ["with every resource drawn", "&detail=all"],
    ["with types left out", "&kind=ECS_SERVICE,ECS_TASK,LOAD_BALANCER"],
  ]) {
    test(`says the same hops in graph and table: ${what}`, () =>
      on("ready", { width: 1920, height: 1080 }, async (page, server) => {
        await page.goto(`${server.url}${at("radius", id.parameter)}?view=split${query}`);
        await page.locator("[data-card]").first().waitFor();
        const columns = (await page.locator(".columns span").allTextContents()).slice(1).map((text) => /^(\d+) hops? (\d+)$/.exec(text).slice(1).map(Number));
        const rows = new Map();
        for (const hops of (await page.locator(".hops").allTextContents()).filter((text) => text !== "start")) rows.set(Number(hops), (rows.get(Number(hops)) ?? 0) + 1);
        assert.ok(columns.length > 1);
        assert.deepEqual(columns, [...rows].toSorted((a, b) => a[0] - b[0]), "as many resources in each column as rows of that distance");
        for (const card of await page.locator("[data-card]:not(.is-root)").all()) {
          const name = await card.locator(".card-name").textContent();
          const row = page.locator("tbody tr", { has: page.locator(".row-name", { hasText: new RegExp(`^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}, `) }) });
          if ((await row.count()) === 1) assert.match(await card.textContent(), new RegExp(`, ${await row.locator(".hops").textContent()} hops?, `), name);
        }
      }));
  }
});

describe("address", () => {
  test("holds the view: a copied link shows the same to another person", () =>
    on("ready", { width: 1920, height: 1080 }, async (page, server) => {
      await page.goto(`${server.url}${at("radius", id.parameter)}`);
      await page.getByRole("button", { name: "checkout-bff ECS service" }).click();
      await page.getByRole("checkbox", { name: /^Load balancers/ }).uncheck();
      await page.waitForURL(/kind=/);
      await page.getByRole("button", { name: "Split" }).click();
      await page.getByLabel("Lanes").selectOption("account");
      await page.waitForURL(/lanes=account/);
      await page.getByRole("heading", { name: "Why it is reached" }).waitFor();
      const [address, title] = [page.url(), await page.title()];
      const cards = await page.locator("[data-card]").count();
      await page.goto("about:blank");
      await page.goto(address);
      await page.locator("[data-card]").first().waitFor();
      await eventually(async () => assert.equal(await page.title(), title));
      await eventually(async () => assert.equal(await page.locator("[data-card]").count(), cards));
      await page.getByRole("heading", { name: "Why it is reached" }).waitFor();
      await eventually(async () => assert.equal(await page.getByRole("checkbox", { name: /^Load balancers/ }).isChecked(), false));
      await eventually(async () => assert.match(await page.locator(".lane-title").first().textContent(), /482913377605/));
    }));

  test("follows Back and Forward", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND&view=table`);
      await page.getByRole("link", { name: "SSM parameters" }).click();
      await page.getByRole("heading", { name: "SSM parameters" }).waitFor();
      await page.getByRole("link", { name: "/prod/payments/db-url", exact: true }).click();
      await page.getByText("Needed by").first().waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: "SSM parameters" }).waitFor();
      await page.goForward();
      await page.getByText("Needed by").first().waitFor();
    }));

  test("of an id that is not there offers the nearest", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("radius", "arn:aws:ecs:us-east-1:482913377605:service/prod-old/reconciler")}`);
      await page.getByRole("heading", { name: "No such resource in this snapshot" }).waitFor();
      await page.getByRole("link", { name: "arn:aws:ecs:us-east-1:482913377605:service/prod-core/reconciler" }).click();
      await page.getByRole("heading", { name: "What is affected if reconciler changes?" }).waitFor();
    }));
});

describe("blast radius", () => {
  test("draws at most 150 cards of 2,400, and says what is left out", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("radius", server.crowd)}?detail=all`);
      await page.getByText("851 more").waitFor();
      await eventually(async () => assert.equal(await page.locator("[data-card]").count(), 150));
      await page.getByText("1,400 more").click();
      await page.getByText("1,400 more resources").waitFor();
      await page.getByRole("link", { name: "List up to 5,000" }).click();
      await page.getByText("200 of 2,401").waitFor();
      await page.getByText("are not listed").waitFor({ state: "hidden" });
    }));

  test("keeps the way to the root where a type is hidden", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("radius", id.parameter)}?kind=ECS_SERVICE&select=${encodeURIComponent(id.service)}`);
      await page.getByText("2 steps").waitFor();
      await eventually(async () => assert.equal(await page.locator(".lines .is-bridge").count(), 6));
      const panel = page.getByRole("complementary", { name: "Selected resource" });
      await eventually(async () => assert.match(await panel.textContent(), /checkout-bff:46/, "the hidden step is named"));
    }));

  test("says each card's type, name, distance, owner and state", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("radius", "arn:aws:ecs:us-east-1:482913377605:service/prod-batch/legacy-cron")}?direction=dependencies`);
      await page.locator("[data-card]", { hasText: "ftp-password" }).waitFor();
      const names = await page.locator("[data-card]").evaluateAll((cards) => cards.map((card) => card.textContent));
      assert.ok(names.includes("legacy-cronSVC ECS service, where it starts, No owner tag"), names.join("\n"));
      assert.ok(names.includes("/prod/legacy/ftp-passwordSSM does not exist, SSM parameter, 2 hops, No owner tag"), names.join("\n"));
    }));
});

describe("server", () => {
  test("before its first crawl is done: progress is live, and the page goes on by itself", () =>
    on("waiting", {}, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}`);
      await page.getByText("1 of 3", { exact: true }).waitFor();
      server.state.progress = { ...server.state.progress, scopesDone: 2, resources: 301 };
      await page.getByText("2 of 3", { exact: true }).waitFor();
      await page.getByText("301", { exact: true }).waitFor();
      server.state.notReady = false;
      server.state.progress = { ...server.state.progress, scopesDone: 3, finished: true };
      await page.getByRole("heading", { level: 1, name: "checkout-bff" }).waitFor();
    }));

  test("that fails: names code and request, and tries again when told", () =>
    on("failing", {}, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}`);
      await page.getByText("INTERNAL · request mock-0001").waitFor();
      server.state.failing = false;
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("heading", { level: 1, name: "checkout-bff" }).waitFor();
    }));

  test("that is slow: says so after a second, and can be left", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND&view=table`);
      await page.getByRole("link", { name: "Task definitions" }).waitFor();
      server.state.delayMs = 60_000;
      await page.getByRole("link", { name: "SSM parameters" }).click();
      await page.getByText("Still asking the server").waitFor();
      await picture(page, "slow-light");
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByText("Cancelled before the answer came").waitFor();
    }));

  test("starts a crawl when told", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/coverage`);
      await page.getByRole("button", { name: "Crawl now" }).click();
      await page.getByRole("button", { name: "Crawling…" }).waitFor();
    }));
});

describe("text from AWS", () => {
  test("is shown as text, never as markup", () =>
    on("ready", {}, async (page, server) => {
      const hostile = server.addHostile();
      await page.goto(`${server.url}${at("resource", hostile)}`);
      await page.getByRole("heading", { level: 1, name: "<img src=x onerror=alert(1)>" }).waitFor();
      assert.equal(await page.locator("main img").count(), 0);
      assert.equal(await page.locator('a[href^="javascript:"]').count(), 0, "no address that is a script becomes a link");
    }));
});

describe("motion and contrast", () => {
  test("nothing moves where the person asked for less motion", () =>
    on("crawling", {}, async (page, server) => {
      await page.goto(`${server.url}/coverage`);
      await page.getByText("A crawl is under way").waitFor();
      assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    }));

  test("forced colours keep the selection visible", () =>
    on("ready", { forcedColors: "active" }, async (page, server) => {
      await page.goto(`${server.url}${at("radius", id.parameter)}?select=${encodeURIComponent(id.service)}`);
      const card = page.locator(".card.is-selected");
      await card.waitFor();
      await eventually(async () => assert.notEqual(await card.evaluate((element) => getComputedStyle(element).outlineStyle), "none"));
      await picture(page, "forced-colors");
    }));
});
