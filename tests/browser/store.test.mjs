// History as it is shipped: the binary that BLASTMAP_BIN names, over stores with several snapshots, one, and with one that is cut short.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { at, eventually, expectAccessible, launch, picture, withPage } from "./browser.mjs";
import { binary, serve } from "./server.mjs";
import { makeStore } from "./store.mjs";

/** Serves a store as it is: the next crawl is an hour away, and without an account finds nothing. */
const serveStore = (store, ...args) => serve("--store", store.url, "--interval", "1h", ...args);

const HOUR = 3_600_000;
const now = Date.now();
// The ids sort as their times do, as those that the program gives: the last by name is the one that is served.
const taken = (hoursAgo) => new Date(now - hoursAgo * HOUR).toISOString();
const arn = (service, rest) => `arn:aws:${service}:eu-west-1:111122223333:${rest}`;
const service = arn("ecs", "service/prod/checkout");
const definition = arn("ecs", "task-definition/checkout:7");
const task = (name) => arn("ecs", `task/prod/${name}`);
const [oldLogs, newLogs] = [arn("logs", "log-group:/ecs/checkout"), arn("logs", "log-group:/ecs/checkout-v2")];
const parameter = arn("ssm", "parameter/prod/checkout/url");

const evidence = (field) => ({ api: "ecs:DescribeTaskDefinition", field, inferred: false });
const base = (image, logs, tasks, presence) => ({
  resources: [
    { id: service, kind: "ECS_SERVICE", name: "checkout", tags: { owner: "shop" }, attributes: { desiredCount: tasks.length, serviceName: "checkout" } },
    { id: definition, kind: "ECS_TASK_DEFINITION", name: "checkout:7", tags: { owner: "shop" }, attributes: { family: "checkout", containerDefinitions: [{ name: "app", image, environment: [{ name: "TOKEN", value: `fingerprint:${image === "shop/checkout:1" ? "11" : "22"}${"0".repeat(22)}` }] }] } },
    { id: logs, kind: "LOG_GROUP", tags: { owner: "shop" }, attributes: {} },
    { id: parameter, kind: "SSM_PARAMETER", name: "/prod/checkout/url", presence, tags: presence === "LIVE" ? { owner: "shop" } : {}, attributes: presence === "LIVE" ? { Type: "String", Version: 3 } : {} },
    ...tasks.map((name) => ({ id: task(name), kind: "ECS_TASK", name, tags: { owner: "shop" }, attributes: { lastStatus: "RUNNING" } })),
  ],
  links: [
    { from: service, to: definition, relation: "RUNS", evidence: { ...evidence("services[0].taskDefinition"), api: "ecs:DescribeServices" } },
    { from: definition, to: logs, relation: "LOGS_TO", evidence: evidence("containerDefinitions[0].logConfiguration.options.awslogs-group") },
    { from: definition, to: parameter, relation: "READS_SECRET", evidence: evidence("containerDefinitions[0].secrets[0].valueFrom") },
    ...tasks.map((name) => ({ from: task(name), to: service, relation: "PART_OF", evidence: { ...evidence("tasks[0].group"), api: "ecs:DescribeTasks" } })),
  ],
});

describe("a store", { skip: binary ? false : "BLASTMAP_BIN does not name a binary" }, () => {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  describe("with several snapshots", () => {
    let store;
    let server;
    before(async () => {
      store = makeStore();
      store.writeCut("20261101T000001Z-cut", taken(30));
      store.write("20261101T000002Z-one", taken(26), base("shop/checkout:1", oldLogs, ["aaa1", "aaa2"], "LIVE"));
      store.write("20261101T000003Z-two", taken(3), base("shop/checkout:1", oldLogs, ["aaa1", "aaa2"], "LIVE"));
      store.write("20261101T000004Z-three", taken(1), base("shop/checkout:2", newLogs, ["bbb1", "bbb2", "bbb3"], "MISSING"));
      server = await serveStore(store);
    });
    after(async () => {
      await server?.stop();
      store?.remove();
    });

    test("tells what changed between the last two", () =>
      withPage(browser, { width: 1920, height: 1080 }, async (page) => {
        await page.goto(`${server.url}/history`);
        await page.getByLabel("In figures").waitFor();
        assert.deepEqual(await page.getByLabel("In figures").locator("dd").allTextContents(), ["4", "3", "3", "4", "3"]);
        await page.getByRole("row", { name: /removed 2 ECS tasks of checkout/ }).waitFor();
        await page.getByRole("button", { name: /checkout:7.*Task definition/ }).click();
        const panel = page.getByRole("complementary", { name: "Selected change" });
        await panel.getByText("containerDefinitions[app].image").waitFor();
        const text = await panel.textContent();
        assert.match(text, /shop\/checkout:1 → is now +shop\/checkout:2/);
        assert.match(text, /fingerprint 11000000… → is now +fingerprint 22000000…/);
        assert.match(text, /link removed.*logs to.*\/ecs\/checkout/);
        await page.getByRole("button", { name: /checkout\/url.*SSM parameter/ }).click();
        await panel.getByText("Was: live. Is: does not exist.").waitFor();
        for (const theme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme: theme });
          await picture(page, `store-history-${theme}`);
          await expectAccessible(page);
        }
        await page.getByRole("button", { name: "Graph" }).click();
        await page.locator("[data-card]", { hasText: "checkout-v2" }).waitFor();
        await expectAccessible(page);
      }));

    test("compares any two, and says that nothing changed where nothing did", () =>
      withPage(browser, {}, async (page) => {
        await page.goto(`${server.url}/history`);
        await page.getByLabel("In figures").waitFor();
        await page.keyboard.press("[");
        await page.getByText("Nothing changed").waitFor();
        await page.getByRole("radio", { name: /^to / }).first().check();
        await eventually(async () => assert.deepEqual(await page.getByLabel("In figures").locator("dd").allTextContents(), ["4", "3", "3", "4", "3"]));
      }));

    test("says of one that is cut short that it cannot be read", () =>
      withPage(browser, {}, async (page) => {
        await page.goto(`${server.url}/history?from=20261101T000001Z-cut&to=20261101T000004Z-three`);
        await page.locator(".history-empty", { hasText: "20261101T000001Z-cut" }).waitFor();
      }));

    test("follows a resource that is gone", () =>
      withPage(browser, {}, async (page) => {
        await page.goto(`${server.url}${at("resource", oldLogs)}`);
        await page.getByRole("heading", { name: "No such resource in this snapshot" }).waitFor();
        await page.getByRole("link", { name: "Through time" }).click();
        const first = page.locator(".timeline-entry").first();
        await first.waitFor();
        assert.match(await first.textContent(), /^removed/);
        await page.getByText(/first known/).waitFor();
        await expectAccessible(page);
        await first.getByRole("link", { name: "As it last was" }).click();
        await page.getByText("This is how it was, not how it is").waitFor();
        await page.getByRole("heading", { level: 1, name: "/ecs/checkout" }).waitFor();
        await page.getByRole("link", { name: "Blast radius", exact: true }).last().click();
        await page.locator("[data-card]", { hasText: "checkout:7" }).waitFor();
        await page.getByText("This is how it was, not how it is").waitFor();
      }));

    test("exports what changed", () =>
      withPage(browser, {}, async (page) => {
        await page.goto(`${server.url}/history`);
        await page.getByLabel("In figures").waitFor();
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV of everything that changed" }).click()]);
        const text = readFileSync(await file.path(), "utf8");
        assert.match(text, /changed,ECS_TASK_DEFINITION,checkout:7,.*containerDefinitions\[app\]\.image,shop\/checkout:1,shop\/checkout:2/);
        assert.match(text, /link added,ECS_TASK_DEFINITION,checkout:7,.*LOGS_TO/);
      }));

    test("gives a snapshot as a file", () =>
      withPage(browser, {}, async (page) => {
        await page.goto(`${server.url}/history`);
        await page.getByLabel("In figures").waitFor();
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /Download the snapshot/ }).first().click()]);
        assert.equal(file.suggestedFilename(), "20261101T000004Z-three.jsonl.zst");
      }));
  });

  test("with one snapshot says that there is nothing to compare it with", async () => {
    const store = makeStore();
    store.write("20261101T000002Z-one", taken(1), base("shop/checkout:1", oldLogs, ["aaa1"], "LIVE"));
    const server = await serveStore(store);
    try {
      await withPage(browser, {}, async (page) => {
        await page.goto(`${server.url}/history`);
        await page.getByRole("heading", { name: "One snapshot so far" }).waitFor();
        await expectAccessible(page);
      });
    } finally {
      await server.stop();
      store.remove();
    }
  });

  test("served again is found again: with newer data, the page says so", async () => {
    const store = makeStore();
    store.write("20261101T000002Z-one", taken(2), base("shop/checkout:1", oldLogs, ["aaa1"], "LIVE"));
    let server = await serveStore(store);
    try {
      await withPage(browser, { tolerate: /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket/ }, async (page) => {
        await page.goto(`${server.url}${at("resource", service)}`);
        await page.getByText("Needed by").first().waitFor();
        const { host } = new URL(server.url);
        await server.stop();
        await page.getByText("The blastmap server cannot be reached").waitFor();
        await page.getByRole("heading", { level: 1, name: "checkout" }).waitFor();
        store.write("20261101T000003Z-two", taken(1), base("shop/checkout:2", newLogs, ["bbb1", "bbb2"], "LIVE"));
        server = await serveStore(store, "--listen", host);
        await page.getByText("The graph may have changed: there is a newer snapshot.").waitFor({ timeout: 20_000 });
        await page.getByRole("link", { name: "What changed" }).click();
        await page.getByRole("button", { name: /checkout-v2.*Log group/ }).waitFor();
      });
    } finally {
      await server.stop();
      store.remove();
    }
  });
});
