// History: what changed between two snapshots, a resource through time, and views of an older snapshot.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { at, eventually, expectAccessible, id, launch, picture, withPage } from "./browser.mjs";
import { startMockServer } from "./mock-server.mjs";

const definition = "arn:aws:ecs:us-east-1:482913377605:task-definition/checkout-bff:46";
const archive = "arn:aws:logs:us-east-1:482913377605:log-group:/ecs/mailer-archive";

let browser;
let server;
before(async () => {
  browser = await launch();
  server = await startMockServer();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const figures = (page) => page.getByLabel("In figures").locator("dd").allTextContents();
/** Waits for what the toolbar counts. */
const counted = (page, text) => page.locator(".toolbar-count", { hasText: new RegExp(`^${text}`) }).waitFor();
const rows = (page) => page.locator("tr[data-change]");
/** The snapshots, oldest first: one that cannot be read, before and after 2,400 resources came, the same again, and now. */
const [BROKEN, SMALL, CROWDED, , NEWEST] = [0, 1, 2, 3, 4];
const between = (from, to, rest = "") => `${server.url}/history?from=${server.snapshots()[from]}&to=${server.snapshots()[to]}${rest}`;

describe("what changed", () => {
  test("is that between the last two snapshots, unless told otherwise", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history`);
      await page.getByText("feature-flags").first().waitFor();
      assert.deepEqual(await figures(page), ["5", "5", "3", "37", "21"]);
      await page.getByRole("radio", { name: /^from 2/ }).nth(1).waitFor();
      assert.equal(await page.getByRole("radio", { name: /^to / }).first().isChecked(), true);
      assert.equal(await page.getByRole("radio", { name: /^from / }).nth(1).isChecked(), true);
      const [before, newest] = server.snapshots().slice(-2);
      await page.waitForURL(`${server.url}/history?from=${before}&to=${newest}`);
    }));

  test("offers no snapshot that cannot be read, and says why", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history`);
      await page.getByText(/cannot be read: is cut short/).waitFor();
      assert.equal(await page.getByRole("radio", { name: /^from / }).count(), server.snapshots().length - 1);
    }));

  test("shows attributes before and after, and keeps secrets and what is unknown apart from values", () =>
    withPage(browser, { width: 1920, height: 1080 }, async (page) => {
      await page.goto(`${server.url}/history?select=${encodeURIComponent(definition)}`);
      const panel = page.getByRole("complementary", { name: "Selected change" });
      await panel.getByText("containerDefinitions[app].image").waitFor();
      const text = await panel.textContent();
      assert.match(text, /checkout-bff:2026\.10\.31 → is now +[^ ]*checkout-bff:2026\.11\.5/);
      assert.match(text, /memory 512 → is now +1024/);
      assert.match(text, /fingerprint 00aa11bb… → is now +fingerprint 7c1f0a92…/);
      assert.doesNotMatch(text, /00aa11bb22cc33/, "a fingerprint is told, not recited");
      await page.getByRole("button", { name: /ftp-password.*SSM parameter/ }).click();
      await panel.getByText("Was: live. Is: does not exist.").waitFor();
      assert.match(await panel.textContent(), /dataType, type, version read from AWS → is now +not known/);
    }));

  test("leads to the resource and its blast radius: what is gone, as it was", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history`);
      await page.getByRole("button", { name: /mailer-archive.*Log group/ }).click();
      await page.getByRole("link", { name: "Blast radius then" }).click();
      await page.getByText("This is how it was, not how it is").waitFor();
      await page.getByRole("heading", { name: "What is affected if /ecs/mailer-archive changes?" }).waitFor();
      assert.match(page.url(), new RegExp(`snapshot=${server.snapshots()[3]}`));
      await page.goBack();
      await page.getByRole("link", { name: "As it was" }).click();
      await page.getByRole("heading", { level: 1, name: "/ecs/mailer-archive" }).waitFor();
      await page.goBack();
      await page.getByRole("button", { name: /feature-flags.*ECS service/ }).click();
      await page.getByRole("link", { name: "Details" }).click();
      await page.getByRole("heading", { level: 1, name: "feature-flags" }).waitFor();
      assert.doesNotMatch(page.url(), /snapshot=/, "what is there now is shown as it is now");
    }));

  test("lists links with their evidence, those that were rewired first", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history`);
      const rewired = page.locator("section.change-group", { hasText: "Links between what was there before and after" });
      await rewired.getByRole("link", { name: /report-export:62/ }).waitFor();
      assert.match(await rewired.textContent(), /link added.*report-export:62.*reads.*\/prod\/payments\/db-url.*ecs:DescribeTaskDefinition › taskDefinition\.containerDefinitions\[0\]\.secrets\[1\]\.valueFrom/);
      assert.equal(await rewired.locator(".link-row").count(), 1);
    }));

  test("is filtered by what happened and by type, in the address", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history`);
      await counted(page, "13 resources, 58 links");
      for (const label of [/^Added/, /^Links added/, /^Links removed/]) await page.getByRole("checkbox", { name: label }).uncheck();
      await page.waitForURL(/happened=removed,changed/);
      await counted(page, "8 resources, 0 links");
      await page.getByRole("checkbox", { name: /ECS tasks/ }).uncheck();
      await counted(page, "4 resources, 0 links");
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await counted(page, "4 resources, 0 links");
      assert.equal(await page.getByRole("checkbox", { name: /^Added/ }).isChecked(), false);
      await page.getByRole("button", { name: "Clear filters" }).click();
      await counted(page, "13 resources, 58 links");
    }));

  test("is grouped by type, team or what happened; tasks of a service fold into one row that opens", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history?kind=ECS_TASK`);
      await counted(page, "8 resources, ");
      await eventually(async () => assert.equal(await rows(page).count(), 0));
      const removed = page.getByRole("row", { name: /removed 4 ECS tasks of checkout-bff/ });
      await removed.getByRole("button").click();
      await eventually(async () => assert.equal(await rows(page).count(), 4));
      await page.getByLabel("Group by").selectOption("happened");
      await page.getByRole("rowheader", { name: "Removed 4 removed" }).waitFor();
      await page.getByLabel("Group by").selectOption("owner");
      await page.getByRole("rowheader", { name: "checkout 4 removed, 4 added" }).waitFor();
    }));

  test("is drawn: gone, changed and new in columns, and what is selected in the panel", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history?view=graph`);
      await page.locator("[data-card]").first().waitFor();
      assert.deepEqual(await page.locator(".columns strong").allTextContents(), ["Removed", "Changed", "Not changed", "Added"]);
      const names = await page.locator("[data-card]").evaluateAll((cards) => cards.map((card) => card.textContent));
      assert.ok(names.some((name) => /mailer-archive.*removed, platform/.test(name)), names.join("\n"));
      assert.ok(names.some((name) => /ECS tasks.*4 alike, added, checkout/.test(name)), names.join("\n"));
      assert.ok((await page.locator(".line.is-linked").count()) > 0 && (await page.locator(".line.is-unlinked").count()) > 0);
      await page.locator("[data-card]", { hasText: "mailer-archive" }).focus();
      await page.keyboard.press("ArrowRight");
      await eventually(async () => assert.match(await page.evaluate(() => document.activeElement.textContent), /mailer:59/, "Right goes along the link that went"));
      await page.locator("[data-card]", { hasText: "checkout-bff:46" }).click();
      await page.getByRole("complementary", { name: "Selected change" }).getByText("containerDefinitions[app].image").waitFor();
    }));

  test("of thousands is paged and says how many are not there", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(between(SMALL, CROWDED));
      await page.getByText("2,800 more").waitFor();
      assert.deepEqual(await figures(page), ["2,400", "0", "0", "2,400", "0"], "the counts are of all");
      await eventually(async () => assert.equal(await rows(page).count(), 50));
      await page.getByText("950 more").waitFor();
      await page.getByRole("button", { name: "Show 200 more rows of ECS services" }).click();
      await eventually(async () => assert.equal(await rows(page).count(), 250));
      await page.getByRole("button", { name: "Load more" }).click();
      await page.getByText("800 more (400 added, 400 links) are not loaded").waitFor();
      await page.getByRole("button", { name: "Load more" }).click();
      await page.getByText("are not loaded").waitFor({ state: "hidden" });
      await counted(page, "2,400 resources, 2,400 links");
      await page.getByRole("button", { name: "Graph" }).click();
      await page.locator("[data-card]").first().waitFor();
      const cards = await page.locator("[data-card]").count();
      assert.ok(cards <= 150, `${cards} cards`);
    }));

  test("is exported whole, whatever is loaded or filtered", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(between(SMALL, CROWDED, "&kind=ECS_SERVICE"));
      await page.getByText("are not loaded").waitFor();
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV of everything that changed" }).click()]);
      const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n");
      assert.equal(lines.length, 1 + 2_400 + 2_400);
      assert.match(file.suggestedFilename(), /^blastmap-changes-.*\.csv$/);
      assert.match(lines[0], /^what,type,name,id,owner,account,region,value,before,after,relation,to,api,field,inferred$/);
    }));

  test("is walked by keyboard: back in time, change by change, to the why", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(server.url);
      await page.locator("h1").first().waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("h");
      await counted(page, "13 resources, 58 links");
      await page.keyboard.press("j");
      await page.getByRole("complementary", { name: "Selected change" }).getByRole("heading", { name: "feature-flags" }).waitFor();
      await page.keyboard.press("j");
      await page.getByRole("complementary", { name: "Selected change" }).getByRole("heading", { name: "checkout-bff:46" }).waitFor();
      await page.keyboard.press("w");
      await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.textContent), "checkout-bff:46"));
      await page.keyboard.press("k");
      await page.getByRole("complementary", { name: "Selected change" }).getByRole("heading", { name: "feature-flags" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("complementary", { name: "Selected change" }).waitFor({ state: "hidden" });
      await page.keyboard.press("[");
      await page.getByText("Nothing changed").waitFor();
      await page.keyboard.press("]");
      await counted(page, "13 resources, 58 links");
      await page.keyboard.press("t");
      await page.locator("[data-card]").first().waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("v");
      await page.getByRole("heading", { name: "Coverage" }).waitFor();
    }));

  test("says that nothing did, that both are one, that it is the wrong way round, that nothing was before", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(between(CROWDED, 3));
      await page.getByText("Nothing changed").waitFor();
      await page.goto(between(NEWEST, NEWEST));
      await page.getByText("From and to are the same snapshot.").waitFor();
      await page.getByRole("link", { name: "Compare with the one before" }).click();
      await counted(page, "13 resources, 58 links");
      await page.goto(between(NEWEST, 3));
      await page.getByText("From is the later of the two").waitFor();
      assert.deepEqual(await figures(page), ["5", "5", "3", "21", "37"]);
      await page.getByRole("link", { name: "Turn round" }).click();
      await eventually(async () => assert.deepEqual(await figures(page), ["5", "5", "3", "37", "21"]));
      await page.goto(`${server.url}/history?to=${server.snapshots()[SMALL]}`);
      await page.getByText("This is the oldest snapshot that is kept").waitFor();
      await page.goto(between(BROKEN, NEWEST));
      await page.getByText(/^Snapshot .* is cut short: its last line is missing/).waitFor();
      await page.goto(`${server.url}/history?from=20200101T000000Z-gone`);
      await page.getByText("There is no snapshot").waitFor();
      await page.getByRole("link", { name: "What changed last" }).click();
      await counted(page, "13 resources, 58 links");
    }));
});

describe("the strip of days", () => {
  let year;
  before(async () => {
    year = await startMockServer({ state: { kept: "year" } });
  });
  after(() => year?.close());

  const handle = (page, name) => page.getByRole("slider", { name, exact: true });
  const ends = (page) => ["from", "to"].map((end) => new URL(page.url()).searchParams.get(end));

  test("shows a bar a day, and tells days without a crawl from those that nobody counted", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${year.url}/history`);
      await handle(page, "To").waitFor();
      const bars = (name) => page.locator(`.strip path.${name}`).evaluate((path) => path.getAttribute("d").split("M").length - 1);
      assert.equal((await bars("strip-bar")) + (await bars("strip-none")) + (await bars("strip-unknown")), 302);
      assert.equal(await bars("strip-none"), 85);
      assert.equal(await bars("strip-unknown"), 36);
      await page.getByText("dots: no crawl · hollow: not counted").waitFor();
    }));

  test("picks both snapshots by keyboard, the handles short of each other", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${year.url}/history`);
      await counted(page, "13 resources, 58 links");
      const [before, after] = year.snapshots().slice(-2);
      await handle(page, "From").focus();
      await page.keyboard.press("ArrowRight");
      assert.deepEqual(ends(page), [before, after], "From stays before To");
      assert.match(await handle(page, "To").getAttribute("aria-valuetext"), /UTC, 13 changes$/);
      await page.keyboard.press("ArrowLeft");
      await eventually(async () => assert.equal(ends(page)[0], "day-2"));
      await page.keyboard.press("Home");
      await eventually(async () => assert.equal(ends(page)[0], "day-300"));
      await handle(page, "To").focus();
      await page.keyboard.press("Home");
      await eventually(async () => assert.equal(ends(page)[1], "day-299"));
      await page.keyboard.press("End");
      await eventually(async () => assert.equal(ends(page)[1], after));
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "To", "the keyboard stays where it is");
    }));

  test("picks them by dragging, and a day by a click on its bar", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${year.url}/history`);
      await counted(page, "13 resources, 58 links");
      const track = await page.locator(".strip-track").boundingBox();
      const { x, y, width, height } = await handle(page, "From").boundingBox();
      await page.mouse.move(x + width / 2, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(track.x + track.width / 2, y, { steps: 4 });
      const before = page.url();
      await page.mouse.move(track.x, y, { steps: 4 });
      assert.equal(page.url(), before, "nothing is asked on the way");
      await page.mouse.up();
      await eventually(async () => assert.equal(ends(page)[0], "day-300"));
      // The day of 900 changes is the 201st of 302.
      const large = track.x + (200.5 / 302) * track.width;
      await page.mouse.move(large, track.y + 10);
      await page.locator(".strip-words", { hasText: "900 changes" }).waitFor();
      await page.mouse.click(large, track.y + 10);
      await eventually(async () => assert.deepEqual(ends(page), ["day-101", "day-100"]));
      await page.goBack();
      await eventually(async () => assert.equal(ends(page)[0], "day-300"));
    }));

  test("has a bar for each snapshot where all are of a day or two", () =>
    withPage(browser, {}, async (page) => {
      const few = await startMockServer({ state: { kept: "today" } });
      try {
        await page.goto(`${few.url}/history`);
        await handle(page, "To").waitFor();
        assert.equal(await page.locator(".strip-bar").evaluate((path) => path.getAttribute("d").split("M").length - 1), 2);
      } finally {
        await few.close();
      }
    }));
});

describe("a store that holds little", () => {
  for (const [kept, text] of [
    ["one", "One snapshot so far"],
    ["none", "No snapshot is kept yet"],
  ]) {
    test(`says so, and what to do: ${text}`, async () => {
      const few = await startMockServer({ state: { kept } });
      try {
        await withPage(browser, {}, async (page) => {
          await page.goto(`${few.url}/history`);
          await page.getByRole("heading", { name: text }).waitFor();
          for (const theme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme: theme });
            await picture(page, `history-${kept}-${theme}`);
            await expectAccessible(page);
          }
        });
      } finally {
        await few.close();
      }
    });
  }
});

describe("one snapshot", () => {
  const onOne = async (state, use) => {
    const few = await startMockServer({ state });
    try {
      await withPage(browser, {}, async (page) => {
        await page.goto(`${few.url}/history`);
        await page.getByText("What changed shows as soon as a second one is kept.").waitFor();
        await use(page, few);
      });
    } finally {
      await few.close();
    }
  };

  test("is told to be all there is, once another took its place", () =>
    onOne({ kept: "one" }, async (page, few) => {
      await eventually(() => assert.equal(few.followers(), 1));
      few.renew();
      await page.getByText("this server keeps the newest alone").waitFor();
    }));

  test("makes room for the difference as soon as there is a second one", () =>
    onOne({ kept: "one" }, async (page, few) => {
      await eventually(() => assert.equal(few.followers(), 1));
      few.state.kept = "all";
      few.renew();
      await page.getByRole("heading", { name: "What changed" }).waitFor();
    }));

  test("says why, where the server does not crawl", () =>
    onOne({ kept: "one", servesFile: true }, async (page) => {
      await page.getByRole("button", { name: "Crawl now" }).click();
      await page.getByText("this server does not crawl: it serves a file that stays as it is").waitFor();
    }));
});

describe("a resource through time", () => {
  test("tells what happened to it, newest first, and what cannot be known", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history?resource=${encodeURIComponent(id.missing)}`);
      await page.getByRole("heading", { name: "/prod/legacy/ftp-password through time" }).waitFor();
      const entries = await page.locator(".timeline-entry").allTextContents();
      assert.equal(entries.length, 3);
      assert.match(entries[0], /^changed.*state live → is now +does not exist/);
      assert.match(entries[1], /first known.*when it came is not known/);
      assert.match(entries[2], /cannot be read.*cut short/);
    }));

  test("works for one that is gone: from its own page, too", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}${at("resource", archive)}`);
      await page.getByRole("heading", { name: "No such resource in this snapshot" }).waitFor();
      await page.getByRole("link", { name: "Through time" }).click();
      await page.getByRole("heading", { name: "/ecs/mailer-archive through time" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "Details now" }).count(), 0, "there is no now of it");
      assert.match(await page.locator(".timeline-entry").first().textContent(), /^removed.*link removed.*mailer:59.*logs to/);
      await page.getByRole("link", { name: "As it last was" }).click();
      await page.getByRole("heading", { level: 1, name: "/ecs/mailer-archive" }).waitFor();
      await page.getByText("This is how it was, not how it is").waitFor();
    }));

  test("stands on the page of the resource, and leads to all that changed then", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}${at("resource", definition)}`);
      const section = page.getByRole("region", { name: "History" });
      await section.getByRole("button", { name: "Look through the kept snapshots" }).click();
      await section.getByText("containerDefinitions[app].image").waitFor();
      await section.getByRole("link", { name: "All that changed then" }).first().click();
      await page.getByRole("complementary", { name: "Selected change" }).getByRole("heading", { name: "checkout-bff:46" }).waitFor();
    }));

  test("leaves out those that need it, when told, by the keyboard", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history?resource=${encodeURIComponent("arn:aws:ecs:us-east-1:482913377605:cluster/prod-core")}`);
      await page.getByText("link added").first().waitFor();
      await page.getByLabel("With links of what needs it").focus();
      await page.keyboard.press("Space");
      await eventually(async () => assert.equal(await page.getByText("link added").count(), 0));
    }));

  test("says of an id that no snapshot has that none has it", () =>
    withPage(browser, {}, async (page) => {
      await page.goto(`${server.url}/history?resource=arn:aws:ecs:us-east-1:1:service/nowhere`);
      await page.getByRole("heading", { name: "No kept snapshot has it" }).waitFor();
    }));
});

describe("an older snapshot", () => {
  test("is shown by the address, stays as links are followed, and is left by one button", () =>
    withPage(browser, {}, async (page) => {
      const old = server.snapshots()[3];
      await page.goto(`${server.url}${at("resource", "arn:aws:ecs:us-east-1:482913377605:task-definition/mailer:59")}?snapshot=${old}`);
      await page.getByText("This is how it was, not how it is").waitFor();
      await page.getByRole("link", { name: "/ecs/mailer-archive", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "/ecs/mailer-archive" }).waitFor();
      await page.getByRole("link", { name: "Blast radius", exact: true }).last().click();
      await page.getByRole("button", { name: "mailer:59 Task definition" }).click();
      await page.waitForURL(new RegExp(`select=.*&snapshot=${old}|snapshot=${old}.*&select=`));
      await page.getByRole("link", { name: "Details" }).click();
      await page.getByRole("heading", { level: 1, name: "mailer:59" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "What if this goes away?" }).count(), 0, "what is judged is the newest");
      await page.getByRole("button", { name: "Back to now" }).click();
      await page.getByRole("link", { name: "What if this goes away?" }).waitFor();
      await page.getByText("This is how it was, not how it is").waitFor({ state: "hidden" });
      assert.doesNotMatch(page.url(), /snapshot=/);
      await eventually(async () => assert.equal(await page.getByRole("link", { name: "/ecs/mailer-archive", exact: true }).count(), 0));
    }));

  test("that is not kept says so and leads on", () =>
    withPage(browser, {}, async (page) => {
      for (const screen of ["resource", "radius"]) {
        await page.goto(`${server.url}${at(screen, id.service)}?snapshot=20200101T000000Z-gone`);
        await page.getByRole("heading", { name: "This snapshot is not kept" }).waitFor();
        await page.getByRole("button", { name: "Show it as it is now" }).click();
        await page.getByRole("heading", { level: 1, name: "checkout-bff" }).waitFor();
      }
    }));
});

