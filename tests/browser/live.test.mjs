// How the page follows the server: new snapshots, crawls, a server that goes away and comes back, data that gets old.
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

const gone = { tolerate: /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket/ };
const notice = (page) => page.locator(".notice-new");
/** The page listens: word of a change reaches it. */
const listens = (page) => page.waitForLoadState("networkidle");

/** Services more in the first lane, above what somebody looks at. */
function fiveMore(estate) {
  const [definition, service] = ["ECS_TASK_DEFINITION", "ECS_SERVICE"].map((kind) => [...estate.resources.values()].find((resource) => resource.kind === kind && resource.owner === "payments"));
  for (let index = 0; index < 5; index++) {
    const [definitionId, serviceId] = [`${definition.id}-aaa${index}`, `${service.id}-aaa${index}`];
    estate.resources.set(definitionId, { ...definition, id: definitionId, name: `aaa-${index}:1` });
    estate.resources.set(serviceId, { ...service, id: serviceId, name: `aaa-${index}` });
    const evidence = { api: "ecs:DescribeServices", field: "services[0].taskDefinition", inferred: false, observedAt: null };
    estate.links.push({ from: definitionId, to: id.parameter, relation: "READS_SECRET", phases: ["START"], evidence }, { from: serviceId, to: definitionId, relation: "RUNS", phases: ["START"], evidence });
  }
}

describe("a new snapshot", () => {
  test("is announced with what changed, and moves nothing by itself", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("radius", id.parameter)}`);
      await page.locator("[data-card]").first().waitFor();
      await listens(page);
      const asked = server.state.requests;
      const drawn = await page.locator(".world").innerHTML();
      server.renew({ change: fiveMore });
      await notice(page).getByText("The graph changed: 3 added, 1 removed and 2 changed.").waitFor();
      await eventually(async () => assert.equal(server.state.requests, asked + 1, "only the age of the data was asked for"));
      assert.equal(await page.locator(".world").innerHTML(), drawn);
      for (const theme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme: theme });
        await picture(page, `newer-${theme}`);
        await expectAccessible(page);
      }
      await page.getByRole("button", { name: "Show the newest" }).click();
      await notice(page).waitFor({ state: "hidden" });
      await page.locator("[data-card]", { hasText: "aaa-4:1" }).waitFor();
    }));

  test("is taken without losing selection, zoom or place", () =>
    on("ready", { height: 600 }, async (page, server) => {
      await page.goto(`${server.url}${at("radius", id.parameter)}?select=${encodeURIComponent(id.service)}`);
      const card = page.locator(`[data-card="${id.service}"]`);
      await card.waitFor();
      await page.getByRole("button", { name: "Zoom out" }).click();
      await page.getByText("90 %").waitFor();
      await page.locator(".graph-scroll").evaluate((element) => element.scrollBy(0, 60));
      await listens(page);
      server.renew({ change: fiveMore });
      await notice(page).waitFor();
      const place = async () => (await card.boundingBox()).y - (await page.locator(".graph-scroll").boundingBox()).y;
      const before = await place();
      await page.getByRole("button", { name: "Show the newest" }).click();
      await page.locator("[data-card]", { hasText: "aaa-4:1" }).waitFor({ state: "attached" });
      await eventually(async () => assert.ok(Math.abs((await place()) - before) < 2, `the selected card stands at ${await place()}, and stood at ${before}`));
      assert.equal(await card.getAttribute("aria-pressed"), "true");
      assert.match(await page.locator(".zoom").textContent(), /90 %/);
    }));

  test("leads to what changed since what is on screen", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}`);
      await page.getByText("Needed by").first().waitFor();
      await listens(page);
      const from = server.snapshots().at(-1);
      server.renew({ added: 10, removed: 0, changed: 0, change: fiveMore });
      await notice(page).getByText("The graph changed: 10 added.").waitFor();
      await notice(page).getByRole("link", { name: "What changed" }).click();
      await page.locator(".toolbar-count", { hasText: "10 resources, 10 links" }).waitFor();
      assert.match(page.url(), new RegExp(`from=${from}&to=${server.snapshots().at(-1)}`));
    }));

  test("is no news to a screen that is opened after it", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/search?q=payments`);
      await page.getByText("best matches").first().waitFor();
      await listens(page);
      server.renew();
      await notice(page).getByText("3 added").waitFor();
      await page.getByRole("link", { name: "payments-api", exact: true }).first().click();
      await page.getByText("Needed by").first().waitFor();
      assert.equal(await notice(page).count(), 0);
    }));

  test("after another is not added up: what one adds the next may remove", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/search?q=payments`);
      await page.getByText("best matches").first().waitFor();
      await listens(page);
      server.renew();
      await notice(page).getByText("3 added").waitFor();
      server.renew({ added: 1, removed: 0, changed: 0 });
      await notice(page).getByText("The graph changed 2 times.").waitFor();
    }));

  test("in which nothing changed is no news", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("radius", id.parameter)}`);
      await page.locator("[data-card]").first().waitFor();
      await listens(page);
      const asked = server.state.requests;
      server.renew({ added: 0, removed: 0, changed: 0 });
      await eventually(async () => assert.ok(server.state.requests > asked, "word of it came"));
      await page.getByText("<1 min old").waitFor();
      assert.equal(await notice(page).count(), 0);
    }));

  test("of which no word came is found when the connection is back", () =>
    on("ready", gone, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}`);
      await page.getByText("Needed by").first().waitFor();
      await listens(page);
      server.renew({ quiet: true });
      server.dropConnections();
      await notice(page).getByText("The graph may have changed: there is a newer snapshot.").waitFor();
    }));

  for (const [screen, address, text] of [
    ["explore", "/?view=table", "resources in"],
    ["search", "/search?q=payments", "best matches"],
    ["resource", at("resource", id.service), "Needed by"],
    ["history", "/history", "feature-flags"],
  ]) {
    test(`is announced on ${screen}, too`, () =>
      on("ready", {}, async (page, server) => {
        await page.goto(server.url + address);
        await page.getByText(text).first().waitFor();
        await listens(page);
        const asked = server.state.requests;
        server.renew();
        await notice(page).getByText("3 added").waitFor();
        await eventually(async () => assert.equal(server.state.requests, asked + 1));
        await page.getByRole("button", { name: "Show the newest" }).click();
        await notice(page).waitFor({ state: "hidden" });
        await eventually(async () => assert.ok(server.state.requests > asked + 1, "it is asked for again"));
        await page.getByText(text).first().waitFor();
      }));
  }

  test("shows at once where the crawl itself is watched", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/coverage`);
      await page.getByText("Where was looked").waitFor();
      await listens(page);
      const asked = server.state.requests;
      server.renew();
      await eventually(async () => assert.ok(server.state.requests >= asked + 2));
      assert.equal(await notice(page).count(), 0);
    }));

  test("does not concern who looks at an older one", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}?snapshot=${server.snapshots()[3]}`);
      await page.getByText("This is how it was, not how it is").waitFor();
      await listens(page);
      const asked = server.state.requests;
      server.renew();
      await eventually(async () => assert.ok(server.state.requests > asked));
      assert.equal(await notice(page).count(), 0);
      await page.getByRole("button", { name: "Back to now" }).click();
      await page.getByText("This is how it was, not how it is").waitFor({ state: "hidden" });
    }));
});

describe("a crawl", () => {
  test("shows its counts wherever one is", () =>
    on("crawling", {}, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}`);
      const link = page.getByRole("link", { name: /Crawling/ });
      await link.getByText("310 resources").waitFor();
      server.state.progress = { ...server.state.progress, resources: 402 };
      await link.getByText("402 resources").waitFor();
      server.state.progress = { ...server.state.progress, finished: true };
      await link.waitFor({ state: "hidden" });
    }));
});

describe("a server that goes away", () => {
  test("is noticed by itself, the view stays, and all goes on when it is back", async () => {
    let server = await startMockServer({ state: {} });
    const port = Number(new URL(server.url).port);
    try {
      await withPage(browser, gone, async (page) => {
        await page.goto(`${server.url}${at("radius", id.parameter)}`);
        await page.locator("[data-card]").first().waitFor();
        await listens(page);
        const cards = await page.locator("[data-card]").count();
        await server.close();
        await page.getByText("The blastmap server cannot be reached. What is on screen is the last good answer").waitFor();
        await page.getByRole("link", { name: "Server not reachable" }).waitFor();
        assert.equal(await page.locator("[data-card]").count(), cards);
        await page.getByLabel("Detail").selectOption("all");
        await page.keyboard.press("[");
        await eventually(async () => assert.ok((await page.locator("[data-card]").count()) >= cards, "what failed leaves the last good answer"));
        for (const theme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme: theme });
          await picture(page, `offline-${theme}`);
          await expectAccessible(page);
        }
        server = await startMockServer({ port });
        await page.getByText("The blastmap server cannot be reached").waitFor({ state: "hidden", timeout: 20_000 });
        await page.getByText("This could not be answered").waitFor({ state: "hidden" });
      });
    } finally {
      await server.close();
    }
  });

  test("is tried at once when told", async () => {
    let server = await startMockServer({ state: {} });
    const port = Number(new URL(server.url).port);
    try {
      await withPage(browser, gone, async (page) => {
        await page.goto(`${server.url}/history`);
        await page.getByText("feature-flags").first().waitFor();
        await listens(page);
        await server.close();
        await page.getByText("The blastmap server cannot be reached").waitFor();
        await page.getByText("feature-flags").first().waitFor();
        server = await startMockServer({ port });
        await page.getByRole("button", { name: "Try now" }).click();
        await page.getByText("The blastmap server cannot be reached").waitFor({ state: "hidden", timeout: 2_000 });
      });
    } finally {
      await server.close();
    }
  });
});

describe("data that gets old", () => {
  test("is called old by the server's own measure: two crawl intervals", () =>
    on("ready", gone, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}`);
      await page.getByText("Needed by").first().waitFor();
      assert.equal(await page.locator(".notice-warn").count(), 0);
      server.state.old = true;
      server.dropConnections();
      await page.locator(".notice-warn", { hasText: "more than two crawl intervals" }).waitFor();
    }));
});

describe("shortcuts", () => {
  test("go to the screens, and are all on the sheet", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}`);
      await page.getByText("Needed by").first().waitFor();
      for (const [key, path] of [
        ["v", "/coverage"],
        ["h", "/history"],
        ["b", "/radius"],
        ["e", "/"],
        ["c", "/reviews"],
      ]) {
        await page.keyboard.press("g");
        await page.keyboard.press(key);
        await eventually(async () => assert.equal(new URL(page.url()).pathname, path));
      }
      await page.keyboard.press("?");
      const sheet = page.getByRole("dialog");
      await sheet.waitFor();
      for (const key of ["e", "b", "c", "h", "v"]) assert.equal(await sheet.locator("dt", { hasText: new RegExp(`^g${key}$`) }).count(), 1, `g ${key}`);
    }));

  test("of a resource on screen lead to its radius and its history", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("resource", id.service)}`);
      await page.getByText("Needed by").first().waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("h");
      await page.getByRole("heading", { name: "checkout-bff through time" }).waitFor();
    }));

  test("are off on every screen when switched off", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/history`);
      await page.getByText("feature-flags").first().waitFor();
      await page.getByRole("button", { name: "Keys and help" }).click();
      await page.getByLabel("Keys of a single letter are on").uncheck();
      await page.keyboard.press("Escape");
      const address = page.url();
      for (const key of ["j", "t", "g", "v", "?"]) await page.keyboard.press(key);
      assert.equal(page.url(), address);
      assert.equal(await page.getByRole("dialog").count(), 0);
    }));
});
