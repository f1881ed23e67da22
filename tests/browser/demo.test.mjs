// The page as it is shipped: the binary that BLASTMAP_BIN names, serving its demo estate.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { at, eventually, expectAccessible, launch, picture, withPage } from "./browser.mjs";
import { POLICY } from "./mock-server.mjs";
import { binary, serve, START_MS } from "./server.mjs";

describe("the demo", { skip: binary ? false : "BLASTMAP_BIN does not name a binary" }, () => {
  let browser;
  let server;
  let url;
  let ask;

  before(async () => {
    server = await serve("--demo");
    ({ url, ask } = server);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** The resource of a kind that a change can carry farthest. */
  async function widest(kind) {
    const { data } = await ask("query ($kind: ResourceKind!) { resources(filter: { kinds: [$kind], presence: [LIVE] }, first: 100) { nodes { id name } } }", { kind });
    let best = null;
    for (const node of data.resources.nodes) {
      const reach = await ask("query ($id: ID!) { blastRadius(of: [$id], limit: 1) { totalCount } }", { id: node.id });
      if (!best || reach.data.blastRadius.totalCount > best.count) best = { ...node, count: reach.data.blastRadius.totalCount };
    }
    assert.ok(best && best.count > 0, `the demo has a ${kind} that something depends on`);
    return best;
  }

  test("is served with the policy, compressed, and cached for as long as its name holds", async () => {
    const page = await fetch(`${url}/`);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-security-policy"), POLICY);
    assert.match(page.headers.get("content-type"), /text\/html/);
    assert.doesNotMatch(page.headers.get("cache-control") ?? "", /immutable|max-age=[1-9]/, "the page itself is asked for each time");
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())[1];
    const compressed = await fetch(url + script, { headers: { "accept-encoding": "br" } });
    assert.equal(compressed.headers.get("content-encoding"), "br");
    assert.match(compressed.headers.get("content-type"), /javascript/);
    assert.match(compressed.headers.get("cache-control"), /immutable/);
    const plain = await fetch(url + script, { headers: { "accept-encoding": "identity" } });
    assert.equal(plain.headers.get("content-encoding"), null);
    assert.equal(await plain.text(), await compressed.text());
    assert.equal((await fetch(`${url}/assets/nothing.js`)).status, 404);
    assert.equal((await fetch(`${url}${at("radius", "arn:aws:ecs:us-east-1:1:service/a/b")}`)).status, 200, "pages are addresses of their own");
  });

  for (const theme of ["light", "dark"]) {
    test(`shows each screen, ${theme}`, async () => {
      const parameter = await widest("SSM_PARAMETER");
      const service = await widest("ECS_SERVICE");
      const screens = [
        ["explore", "/", "others that depend on it"],
        ["explore-table", "/?group=KIND&view=table", "resources in"],
        ["explore-coverage", "/?colour=coverage", "a call failed that could show more"],
        ["search", "/search?q=payments", "matches"],
        ["resource", at("resource", service.id), "What AWS reported"],
        ["radius", at("radius", parameter.id), `What is affected if ${parameter.name} changes?`],
        ["radius-dependencies", `${at("radius", service.id)}?direction=dependencies`, `What does ${service.name} need?`],
        ["radius-table", `${at("radius", parameter.id)}?view=table`, "Reached through"],
        ["coverage", "/coverage", "Where was looked"],
        ["console", "/graphiql", "Query console"],
      ];
      await withPage(browser, { theme }, async (page) => {
        for (const [name, address, text] of screens) {
          await page.goto(url + address);
          await page.getByText(text).first().waitFor();
          await page.waitForLoadState("networkidle");
          await picture(page, `demo-${name}-${theme}`);
          await expectAccessible(page);
          assert.equal(await page.getByText("This could not be answered").count(), 0, name);
        }
      });
    });
  }

  test("is honest: blind spots, and what is only known by name, are on screen", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${url}/coverage`);
      await page.locator(".blind-spot").first().waitFor();
      await page.getByRole("heading", { name: /does not exist [1-9]/ }).waitFor();
      await page.getByRole("link", { name: /blind spot/ }).first().waitFor();
    }));

  test("is walked by keyboard from search to the table", async () => {
    const parameter = await widest("SSM_PARAMETER");
    await withPage(browser, {}, async (page) => {
      await page.goto(url);
      await page.getByText("others that depend on it").waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type(parameter.name);
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: parameter.name }).waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("b");
      await page.locator("[data-card]").first().waitFor();
      await page.keyboard.press("t");
      await page.getByRole("region", { name: "Table of the same" }).waitFor();
      const rows = Math.min(parameter.count + 1, 200);
      await eventually(async () => assert.equal(await page.locator(".radius-table tbody tr").count(), rows, "the table has what the API counts, and the root"));
    });
  });

  test("counts the same in the graph, the table and the API", async () => {
    const role = await widest("IAM_ROLE");
    await withPage(browser, {}, async (page) => {
      await page.goto(`${url}${at("radius", role.id)}?detail=all`);
      await page.locator("[data-card]").first().waitFor();
      await eventually(async () => assert.equal((await page.locator("[data-card]").count()) - 1, Math.min(role.count, 149)));
    });
  });

  test("shows a crawl as it goes", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${url}/coverage`);
      await page.getByRole("button", { name: "Crawl now" }).click();
      await page.getByRole("button", { name: "Crawling…" }).waitFor();
      await page.getByRole("button", { name: "Crawl now" }).waitFor({ timeout: START_MS });
    }));

  test("names the nearest of an id that is not there", async () => {
    const service = await widest("ECS_SERVICE");
    await withPage(browser, {}, async (page) => {
      await page.goto(`${url}${at("radius", `${service.id}x`)}`);
      await page.getByRole("link", { name: service.id, exact: true }).waitFor();
    });
  });
});
