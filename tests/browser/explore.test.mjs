// Explore: the map, its tree and table, filters and the address, files, and a server that is slow, empty or gone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { eventually, expectAccessible, id, launch, picture, withPage } from "./browser.mjs";
import { startMockServer, STATES } from "./mock-server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function on(state, options, use) {
  const server = await startMockServer({ state: { ...STATES[state] } });
  try {
    await withPage(browser, options, (page) => use(page, server));
  } finally {
    await server.close();
  }
}

const tree = (page) => page.getByRole("tree");
/** What a screen reader says of the row that the keyboard is on. */
const current = (page) => page.evaluate(() => document.getElementById(document.activeElement?.getAttribute("aria-activedescendant") ?? "")?.textContent ?? "");
const place = (page) => page.locator("h1").textContent();
const names = (page, region) => page.getByRole("region", { name: region }).locator("tbody th a").allTextContents();
const searchOf = (page, key) => new URL(page.url()).searchParams.getAll(key);

/** The rows of the file that a button saves. */
async function saved(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: file.suggestedFilename(), lines: readFileSync(await file.path(), "utf8").trimEnd().split("\r\n") };
}

describe("the map", () => {
  test("is walked, opened and left by keyboard, and its tree says what is drawn", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(server.url);
      await tree(page).waitFor();
      for (let tabs = 0; tabs < 80 && !(await tree(page).evaluate((element) => element === document.activeElement)); tabs++) await page.keyboard.press("Tab");
      await eventually(async () => assert.match(await current(page), /^us-east-1, 2,730 resources, 0 dependents, 2 blind spots$/));
      await page.keyboard.press("ArrowDown");
      await eventually(async () => assert.match(await current(page), /^global, 28 resources/));
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowRight");
      await eventually(async () => assert.equal(await page.getByRole("treeitem", { name: /^us-east-1/ }).getAttribute("aria-expanded"), "true"));
      await page.keyboard.press("ArrowRight");
      await eventually(async () => assert.match(await current(page), /^prod-vpc, 118 resources/));
      await page.keyboard.press(" ");
      const panel = page.getByRole("complementary", { name: "Selected group" });
      await panel.getByRole("heading", { name: "prod-vpc" }).waitFor();
      await page.keyboard.press("Enter");
      await eventually(async () => assert.equal(await place(page), "prod-vpc"));
      await eventually(async () => assert.match(await current(page), /^prod-core, \d+ resources/, "the keyboard is in the map still"));
      await page.keyboard.press("Backspace");
      await eventually(async () => assert.equal(await place(page), "us-east-1"));
      await page.keyboard.press("Backspace");
      await eventually(async () => assert.equal(await place(page), "Estate"));
    }));

  test("opens down to the resources, and leads to the neighbourhood of one", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?in=us-east-1`);
      await tree(page).focus();
      await eventually(async () => assert.match(await current(page), /^prod-vpc/));
      await page.keyboard.press("Enter");
      await eventually(async () => assert.match(await current(page), /^prod-core/));
      await page.keyboard.press("Enter");
      await eventually(async () => assert.match(await current(page), /^accounts, 6|^\S+, \d resources/));
      await page.keyboard.press("Enter");
      await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), "place", "the list begins where the keyboard is"));
      const service = await place(page);
      await eventually(async () => assert.ok((await names(page, "Resources")).includes(service)));
      assert.equal((await names(page, "Resources")).length, Number(/\d+/.exec(await page.locator(".crumbs .muted").textContent())[0]));
      await page.getByRole("region", { name: "Resources" }).getByRole("link", { name: service, exact: true }).click();
      await page.getByText("Needed by").first().waitFor();
      await page.goBack();
      await eventually(async () => assert.equal(await place(page), service));
    }));

  test("selects under the pointer, and opens with the second click", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND`);
      await tree(page).waitFor();
      const middle = async () => {
        const box = await tree(page).boundingBox();
        return [box.x + 30, box.y + 60];
      };
      // The box at the top left is the largest, and a tree lists the largest first.
      await eventually(async () => assert.ok((await page.getByRole("treeitem").count()) > 5));
      const largest = (await page.getByRole("treeitem").first().textContent()).split(",")[0];
      await page.mouse.click(...(await middle()));
      await page.getByRole("complementary", { name: "Selected group" }).getByRole("heading", { name: largest }).waitFor();
      assert.equal(searchOf(page, "select").length, 1);
      await page.mouse.dblclick(...(await middle()));
      await eventually(async () => assert.equal(await place(page), largest));
    }));

  test("draws what it says: colours differ by dependents, and hatching marks a blind spot", () =>
    on("ready", {}, async (page, server) => {
      const colours = () =>
        page.locator(".map canvas").first().evaluate((canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Map();
          for (let at = 0; at < data.length; at += 4) {
            const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
            seen.set(colour, (seen.get(colour) ?? 0) + 1);
          }
          return [...seen].filter(([, count]) => count > 200).map(([colour]) => colour);
        });
      await page.goto(`${server.url}/?group=KIND`);
      await eventually(async () => assert.ok((await colours()).includes("11,58,107"), "the darkest shade is there"));
      assert.ok((await colours()).includes("221,228,238"), "and the lightest");
      await page.getByLabel("Colour").selectOption("coverage");
      await page.waitForURL(/colour=coverage/);
      await eventually(async () => assert.ok((await colours()).includes("194,124,0"), "stripes where a call failed"));
      assert.ok(!(await colours()).includes("11,58,107"));
    }));
});

describe("the colour of what changed", () => {
  test("says so where the snapshot to compare with cannot be read", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND`);
      await page.getByLabel("Colour").selectOption("changes");
      await page.waitForURL(/colour=changes/);
      // All snapshots are younger than a week, and the oldest cannot be read.
      await page.getByText("This could not be answered").waitFor();
      await page.getByLabel("Colour").selectOption("dependents");
      await page.getByText("This could not be answered").waitFor({ state: "hidden" });
    }));

  test("counts since the newest snapshot older than a week, in boxes, words and the table", () =>
    on("year", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND&colour=changes`);
      await page.getByText(/came or changed since/).waitFor();
      const since = await page.locator(".legend").getByRole("link", { name: "what, and what went" }).getAttribute("href");
      const [, day] = /from=day-(\d+)/.exec(since);
      assert.ok(day >= 6 && day <= 8, `day ${day}: the newest of more than a week ago`);
      await tree(page).focus();
      await eventually(async () => assert.match(await current(page), /, \d+ changed$/));
      const told = new Map((await page.getByRole("treeitem").allTextContents()).map((text) => [text.split(",")[0], /(\d+) changed/.exec(text)[1]]));
      assert.equal(told.get("ECS services"), "1");
      assert.equal(told.get("ECS tasks"), "4");
      assert.equal(told.get("VPC endpoints"), "0");
      await page.getByRole("button", { name: "Table" }).click();
      const tasks = page.getByRole("row", { name: /ECS tasks/ });
      await tasks.waitFor();
      assert.deepEqual(await page.getByRole("region", { name: "Estate" }).locator("thead th").allTextContents(), ["Type↕", "Resources↓", "Others that depend on them↕", "Came or changed↕", "Blind spots↕"]);
      assert.equal(await tasks.locator("td").nth(2).textContent(), "4");
    }));

  test("of the oldest snapshot, where all are younger", () =>
    on("today", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND&colour=changes`);
      await page.getByText("the oldest snapshot").waitFor();
      await tree(page).focus();
      await eventually(async () => assert.match(await current(page), /, \d+ changed$/));
    }));

  test("is not there with one snapshot, and says why", () =>
    on("one", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND`);
      await tree(page).waitFor();
      await eventually(async () => assert.equal(await page.getByRole("option", { name: "Changed in 7 days (from the second snapshot on)" }).isDisabled(), true));
      await page.goto(`${server.url}/?group=KIND&colour=changes`);
      await page.getByText("One snapshot is kept: what changed shows when there is a second one.").waitFor();
      await tree(page).waitFor();
    }));
});

describe("a selected box", () => {
  const accent = (page) =>
    page.locator(".map canvas").nth(1).evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] === 109 && data[at + 1] === 40 && data[at + 2] === 217) count++;
      return count;
    });
  const ground = (page) => page.locator(".map canvas").first().evaluate((canvas) => canvas.toDataURL());
  const panel = (page) => page.getByRole("complementary", { name: "Selected group" });

  test("has its links drawn and listed, the strongest first, and nothing moves", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=SERVICE`);
      await tree(page).focus();
      await page.keyboard.press("ArrowRight");
      for (let step = 0; !/^checkout-bff,/.test(await current(page)) && step < 1_300; step++) await page.keyboard.press("ArrowDown");
      const before = await ground(page);
      await page.keyboard.press("Space");
      await panel(page).getByRole("heading", { name: /^Links \d+ boxes/ }).waitFor();
      const links = await panel(page).locator(".inside-list").first().locator("li").allTextContents();
      // The service is placed in three subnets, its four tasks in one each.
      assert.deepEqual(links.slice(0, 2), ["Subnetsneeds 7", "VPC endpointsneeds 5"]);
      assert.equal(links.length, 7);
      await panel(page).getByText(/^and \d+ more links?, thin on the map or to what is not drawn$/).waitFor();
      await page.getByText("lines: links, with a tip at what is needed").waitFor();
      const lines = await accent(page);
      assert.equal(await ground(page), before, "no box moved");
      await panel(page).getByRole("link", { name: "Subnets" }).click();
      await panel(page).getByRole("heading", { name: "Subnets" }).waitFor();
      await page.keyboard.press("Escape");
      await eventually(async () => assert.ok((await accent(page)) < lines / 2, "the lines went with the selection"));
    }));

  test("with too much in it for lines says so", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=REGION&select=us-east-1`);
      await panel(page).getByText("Drawn for boxes of up to 60 resources").waitFor();
      assert.ok((await accent(page)) > 0, "its outline is drawn");
    }));
});

describe("the address", () => {
  test("holds grouping, place, view, colour and filters", () =>
    on("ready", { width: 1920, height: 1080 }, async (page, server) => {
      await page.goto(server.url);
      await page.locator("select").first().selectOption("OWNER");
      await page.getByLabel("Colour").selectOption("coverage");
      await page.getByRole("button", { name: "only payments" }).click();
      await page.waitForURL(/team=payments/);
      await tree(page).focus();
      await eventually(async () => assert.equal(await page.getByRole("treeitem").count(), 1));
      await page.keyboard.press("Enter");
      await eventually(async () => assert.equal(await place(page), "payments"));
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await eventually(async () => assert.equal(await place(page), "payments"));
      assert.equal(await page.getByRole("checkbox", { name: /^payments/ }).isChecked(), true);
      assert.equal(await page.getByRole("checkbox", { name: /^checkout/ }).isChecked(), false);
      assert.equal(await page.getByLabel("Colour").inputValue(), "coverage");
      assert.equal(await page.locator("select").first().inputValue(), "OWNER");
    }));

  test("follows Back and Forward through opened groups", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?view=table`);
      await page.getByRole("link", { name: "us-east-1" }).click();
      await eventually(async () => assert.equal(await place(page), "us-east-1"));
      await page.getByRole("link", { name: "prod-vpc" }).click();
      await eventually(async () => assert.equal(await place(page), "prod-vpc"));
      await page.goBack();
      await eventually(async () => assert.equal(await place(page), "us-east-1"));
      await page.goForward();
      await eventually(async () => assert.equal(await place(page), "prod-vpc"));
      await page.getByRole("navigation", { name: "Where in the estate" }).getByRole("link", { name: "Estate" }).click();
      await eventually(async () => assert.equal(await place(page), "Estate"));
    }));

  test("groups by a tag", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=TAG`);
      await page.getByLabel("Group by the tag").fill("environment");
      await page.keyboard.press("Enter");
      await page.waitForURL(/group=TAG:environment/);
      await tree(page).focus();
      await eventually(async () => assert.match(await current(page), /^prod, 25 resources/));
    }));
});

describe("filters", () => {
  test("are the same for map, table and search", () =>
    on("ready", { width: 1600 }, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND&view=table`);
      await page.getByLabel("Name, id or tag has").fill("payments");
      await page.waitForURL(/q=payments/);
      await page.getByRole("button", { name: "more to choose from: Type" }).click();
      await page.getByRole("button", { name: "only SSM parameters" }).click();
      await page.getByRole("button", { name: "only live" }).click();
      await page.getByLabel("Tag: key or key=value").fill("team=payments");
      await page.keyboard.press("Enter");
      await page.waitForURL(/tag=team/);
      await eventually(async () => assert.deepEqual(await names(page, "Estate"), ["SSM parameters"]));
      const query = new URL(page.url()).search.replace("group=KIND&view=table&", "");
      await page.goto(`${server.url}/search${query}`);
      await page.getByRole("heading", { name: "SSM parameters (live) matching “payments” in team=payments" }).waitFor();
      await eventually(async () => assert.deepEqual((await names(page, "Resources")).toSorted(), ["/prod/payments/db-url", "/prod/payments/receipt-template"]));
      await page.getByRole("link", { name: "On the map" }).click();
      await tree(page).waitFor();
      for (const key of ["q", "kind", "presence", "tag"]) assert.equal(searchOf(page, key).length, 1, key);
      await page.getByRole("button", { name: "Clear filters" }).click();
      await eventually(async () => assert.deepEqual(searchOf(page, "q"), []));
    }));

  test("narrow while somebody types", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND&view=table`);
      await page.getByRole("link", { name: "KMS keys" }).waitFor();
      await page.getByLabel("Name, id or tag has").pressSequentially("checkout-web");
      await page.getByRole("link", { name: "KMS keys" }).waitFor({ state: "detached" });
      await page.getByRole("link", { name: "ECS services" }).waitFor();
    }));
});

describe("what is checked is shown", () => {
  for (const [screen, address] of [
    ["explore", "/?group=KIND"],
    ["search", "/search?q=payments&team=payments"],
    ["radius", `/radius/${encodeURIComponent(id.parameter)}`],
    ["history", "/history"],
  ]) {
    test(`everything at first, all but some, or only one: ${screen}`, () =>
      on("ready", { width: 1600 }, async (page, server) => {
        await page.goto(server.url + address);
        const type = page.getByRole("group", { name: "Type", exact: true });
        const boxes = type.getByRole("checkbox");
        const isChecked = () => boxes.evaluateAll((all) => all.map((box) => box.checked));
        await boxes.nth(1).waitFor();
        assert.ok((await isChecked()).every(Boolean), "everything is shown");
        assert.deepEqual(searchOf(page, "kind"), []);
        await boxes.first().uncheck();
        await eventually(() => assert.equal(searchOf(page, "kind").length, 1));
        assert.deepEqual((await isChecked()).slice(0, 2), [false, true], "in its place, unchecked");
        await type.getByRole("button", { name: /^only/ }).nth(1).focus();
        await page.keyboard.press("Enter");
        await eventually(async () => assert.deepEqual((await isChecked()).map(Number).join(""), "01".padEnd((await boxes.count()), "0")));
        assert.match(searchOf(page, "kind")[0], /^[A-Z_]+$/, "one is a short address");
        await type.getByRole("button", { name: "all: Type" }).click();
        await eventually(() => assert.deepEqual(searchOf(page, "kind"), []));
        await eventually(async () => assert.ok((await isChecked()).every(Boolean)));
      }));
  }
});

describe("tables", () => {
  test("are sorted by their heads, and say so", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?group=KIND&view=table`);
      const heads = page.getByRole("region", { name: "Estate" }).locator("thead th");
      const sorts = () => heads.evaluateAll((all) => all.map((head) => head.getAttribute("aria-sort")));
      await eventually(async () => assert.deepEqual(await sorts(), [null, "descending", null, null]));
      await heads.getByRole("button", { name: "Type" }).click();
      await eventually(async () => assert.deepEqual(await sorts(), ["ascending", null, null, null]));
      const up = await names(page, "Estate");
      assert.deepEqual(up, up.toSorted(new Intl.Collator("en").compare));
      await heads.getByRole("button", { name: "Type" }).click();
      await eventually(async () => assert.deepEqual(await sorts(), ["descending", null, null, null]));
      assert.deepEqual(await names(page, "Estate"), up.toReversed());
      await page.waitForURL(/sort=-name/);
    }));

  test("unfold the same groups as the map", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?view=table`);
      await page.getByRole("button", { name: "What is in us-east-1" }).click();
      await page.getByRole("button", { name: "What is in prod-vpc" }).click();
      await eventually(async () => assert.deepEqual(await names(page, "Estate"), ["us-east-1", "prod-vpc", "prod-core", "prod-batch", "Not in a cluster", "Region-wide, in no VPC", "global"]));
    }));

  for (const [address, button, name, head, rows] of [
    ["/?group=KIND&view=table", "CSV of Estate", "blastmap-estate-by-kind.csv", "Type,Within,Id,Resources,Others that depend on them,Blind spots", 26],
    ["/search?kind=ECS_SERVICE", "CSV of Resources", "blastmap-resources.csv", "Resource,Type,Owner,Account and region,State,Id", 1_225],
    [`/resource/${encodeURIComponent(id.service)}`, "CSV of Needed by", "blastmap-needed-by.csv", "How,Resource,Type,Owner,When,Relation,Read by,Field,Known,Id", 4],
    [`/radius/${encodeURIComponent(id.parameter)}?view=table`, "CSV of Table of the same", "blastmap-radius.csv", "Hops,Resource,Type,Owner,Account and region,Reached through,State,Id,Evidence", 40],
    ["/coverage", "CSV of Scopes", "blastmap-scopes.csv", "Account,Region,Read,Crawled,Took,API calls,Resources,Links", 2],
    ["/coverage", "CSV of what could not be read", "blastmap-blind-spots.csv", "Account,Region,Action,Reason,Incomplete,Message", 2],
  ]) {
    test(`are saved as CSV, every row: ${name}`, () =>
      on("ready", {}, async (page, server) => {
        await page.goto(server.url + address);
        const file = await saved(page, page.getByRole("button", { name: button }));
        assert.equal(file.name, name);
        assert.equal(file.lines[0], head);
        assert.equal(file.lines.length - 1, rows);
      }));
  }

  test("write no formula into a file", () =>
    on("ready", {}, async (page, server) => {
      server.addFormula();
      await page.goto(`${server.url}/search?q=formula&kind=SSM_PARAMETER`);
      const { lines } = await saved(page, page.getByRole("button", { name: "CSV of Resources" }));
      assert.match(lines[1], /^"'=HYPERLINK\(""http:\/\/evil\.example"",""formula""\)",/);
      assert.match(lines[1], /,'@team,/);
    }));

  test("of links are sorted, and keep the evidence of each", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/resource/${encodeURIComponent(id.service)}`);
      const needs = page.getByRole("region", { name: "Needs", exact: true });
      const first = () => needs.locator("tbody tr").first().textContent();
      await eventually(async () => assert.match(await first(), /^is part of/));
      await needs.getByRole("button", { name: "Resource" }).click();
      await eventually(async () => assert.match(await first(), /^is registered in/));
      assert.match(await needs.getByRole("row", { name: /checkout-bff:46/ }).textContent(), /^runs.*ecs:DescribeServices › services\[0\]\.taskDefinition observed/);
    }));
});

describe("a resource", () => {
  test("asks in one click what happens if it goes away", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/resource/${encodeURIComponent(id.service)}`);
      const link = page.getByRole("link", { name: "What if this goes away?" });
      assert.equal(await link.getAttribute("href"), `/review?resource=${id.service}`);
      await page.getByRole("heading", { name: "Findings 0" }).waitFor();
    }));
});

describe("coverage", () => {
  test("counts what Explore counts, and says what lies beyond it", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?view=table`);
      const words = page.locator(".crumbs", { hasText: "outside of the crawled accounts and regions" });
      await words.waitFor();
      const [total, beyond] = (await words.textContent()).replaceAll(",", "").match(/\d+/g).map(Number);
      await words.getByRole("link").click();
      await page.getByText(`${beyond} more resources are known outside of these scopes`).waitFor();
      const figure = await page.locator(".figures div", { hasText: "resources" }).locator("dd").textContent();
      assert.equal(Number(figure.replaceAll(",", "")) + beyond, total);
      await page.goto(`${server.url}/?view=table&kind=ECS_TASK`);
      await page.locator(".crumbs", { hasText: "74 resources" }).waitFor();
      assert.doesNotMatch(await page.locator(".crumbs").textContent(), /outside/, "of a part it would say nothing");
    }));

  test("says of what a crawl lost sight, and that its old data is shown", () =>
    on("ready", {}, async (page, server) => {
      server.lose(120);
      await page.goto(`${server.url}/coverage`);
      const told = page.getByRole("region", { name: "Much less was read than in the snapshot before" });
      await told.waitFor();
      assert.match(await told.textContent(), /120 of [\d,]+ resources, \d+ % less/);
      await page.getByText("as it was: the newest crawl found only 120 resources").waitFor();
      const card = page.locator(".blind-spot", { hasText: "Old data" });
      assert.match(await card.textContent(), /What is shown is old in .*--max-drop/);
      await expectAccessible(page);
      await picture(page, "coverage-old-data-light");
    }));

  test("gives one statement for every denied action, and copies it", () =>
    on("ready", { permissions: ["clipboard-read", "clipboard-write"] }, async (page, server) => {
      server.deny("ssm:DescribeParameters");
      await page.goto(`${server.url}/coverage`);
      await page.getByText("The statement that allows them all").click();
      await page.locator(".all-denied").getByRole("button", { name: "Copy statement" }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      const statement = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
      assert.deepEqual(statement, { Effect: "Allow", Action: ["kms:DescribeKey", "ssm:DescribeParameters"], Resource: "*" });
    }));
});

describe("the server", () => {
  test("that is gone: the map stays, and comes on when it is back", () =>
    on("ready", { tolerate: /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|WebSocket/ }, async (page, server) => {
      await page.goto(server.url);
      await tree(page).focus();
      await eventually(async () => assert.match(await current(page), /^us-east-1/));
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      await eventually(async () => assert.match(await current(page), /^prod-vpc/));
      await server.close();
      await page.keyboard.press("Enter");
      await page.getByText("The blastmap server cannot be reached").waitFor();
      await eventually(async () => assert.equal(await place(page), "prod-vpc", "what was answered before is still shown"));
      await tree(page).waitFor();
      await expectAccessible(page);
      await picture(page, "explore-offline-light");
    }));

  test("with a newer crawl: the map stays until it is taken, and keeps its place then", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/?in=us-east-1&select=us-east-1&select=`);
      await page.getByRole("complementary", { name: "Selected group" }).waitFor();
      await eventually(() => assert.equal(server.followers(), 1, "the page listens"));
      const asked = server.state.requests;
      server.renew();
      await page.getByText("The graph changed: 3 added, 1 removed and 2 changed.").waitFor();
      assert.ok(server.state.requests <= asked + 1, "only the age of the data was asked for");
      await page.getByRole("button", { name: "Show the newest" }).click();
      await eventually(() => assert.ok(server.state.requests > asked + 2, "the estate is asked for again"));
      await eventually(async () => assert.equal(await place(page), "us-east-1"));
      await page.getByRole("complementary", { name: "Selected group" }).waitFor();
    }));

  test("before its first crawl is done: the map comes by itself", () =>
    on("waiting", {}, async (page, server) => {
      await page.goto(server.url);
      await page.getByText("The first crawl is under way").waitFor();
      server.state.notReady = false;
      server.state.progress = { ...server.state.progress, scopesDone: 3, finished: true };
      await tree(page).waitFor();
    }));
});
