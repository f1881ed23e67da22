// Change review: every state of its screens, light and dark, and what can be done there.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { at, eventually, expectAccessible, id, launch, picture, withPage } from "./browser.mjs";
import { startMockServer, STATES } from "./mock-server.mjs";

let browser;
const servers = new Map();
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
  for (const server of servers.values()) await server.close();
});

async function serverIn(state, moved) {
  const key = `${state} ${moved}`;
  if (!servers.has(key)) {
    const server = await startMockServer({ state: { ...STATES[state] } });
    if (moved) server.renew({ change: moves(moved) });
    servers.set(key, server);
  }
  return servers.get(key);
}

/** Runs against a server of its own, whose state the test may change. */
async function on(state, options, use) {
  const server = await startMockServer({ state: { ...STATES[state] } });
  try {
    await withPage(browser, options, (page) => use(page, server));
  } finally {
    await server.close();
  }
}

const whatIf = `/review?resource=${encodeURIComponent(id.parameter)}`;
const service = `select=${encodeURIComponent(id.service)}`;
/** What another crawl finds: services of these names have changed. */
const moves = (names) => (estate) => {
  for (const [key, resource] of estate.resources) {
    if (resource.kind === "ECS_SERVICE" && names.includes(resource.name)) estate.resources.set(key, { ...resource, attributes: { ...resource.attributes, desiredCount: 9 } });
  }
};
const planFile = (text) => ({ name: "plan.json", mimeType: "application/json", buffer: Buffer.from(text) });
const PLAN = JSON.stringify({ format_version: "1.2", resource_changes: [{ address: "aws_ssm_parameter.db_url", change: { actions: ["delete"] } }] });
/** One that the page takes for a plan, and the server does not. */
const REFUSED = '{"format_version":"9"}';
const typed = (text) => async (page) => {
  await page.getByLabel("File with the change").setInputFiles(planFile(text));
  await page.getByLabel("Title").fill("Monday");
  await page.getByRole("button", { name: "Review the change" }).click();
};

/** Name; address; a text that must be on screen; and where it differs: the server's state, the services that changed since, the window, what to do first. */
const SCREENS = [
  ["reviews", "/reviews", "4 reviews, newest first"],
  ["reviews-none", "/reviews", "No review is kept yet.", { state: "noReviews" }],
  ["reviews-failing", "/reviews", "This could not be answered", { state: "failing" }],
  ["reviews-narrow", "/reviews", "4 reviews, newest first", { width: 320, height: 700 }],
  ["review-new", "/review", "Drop a file anywhere on this page"],
  ["review-new-chosen", "/review", "Terraform plan · 1 change", { act: (page) => page.getByLabel("File with the change").setInputFiles(planFile(PLAN)) }],
  ["review-new-nothing", "/review", "Give a file first", { act: (page) => page.getByRole("button", { name: "Review the change" }).click() }],
  ["review-new-bad-file", "/review", "This is JSON, but no plan", { act: (page) => page.getByLabel("File with the change").setInputFiles(planFile("{}")) }],
  ["review-new-refused", "/review", "This could not be answered", { act: typed(REFUSED) }],
  ["review-new-bad-file-narrow", "/review", "binary plan", { width: 320, height: 700, act: (page) => page.getByLabel("File with the change").setInputFiles(planFile("PK\u0003\u0004")) }],
  ["review-new-narrow", "/review", "Drop a file anywhere on this page", { width: 320, height: 700 }],
  ["review", "/review/review-all", "5 teams to invite"],
  ["review-selected", `/review/review-all?${service}`, "Why it is affected"],
  ["review-changed", `/review/review-all?select=${encodeURIComponent("arn:aws:iam::482913377605:role/receipt-render-task")}`, "known after apply"],
  ["review-wide", `/review/review-all?${service}`, "Why it is affected", { width: 1920, height: 1080 }],
  ["review-filters", "/review/review-all?outcome=DOWN", "stops running, serving", { act: (page) => page.keyboard.press("f") }],
  ["review-all-resources", "/review/review-all?detail=all&lanes=cluster&outcome=DOWN,UNAFFECTED", "In no cluster"],
  ["review-table", "/review/review-all?view=table", "2 of 2 tasks"],
  ["review-split", "/review/review-all?view=split&lanes=account", "2 of 2 tasks"],
  ["review-presented", `/review/review-all?present=yes&${service}`, "Why it is affected", { width: 1920, height: 1080 }],
  ["review-filtered-away", "/review/review-all?team=nobody", "The filters leave nothing."],
  ["review-safe", "/review/review-safe", "Nothing is hit."],
  ["review-safe-reached", "/review/review-safe?outcome=UNAFFECTED&view=split", "folded"],
  ["review-large", "/review/review-large?detail=all", "more hit"],
  ["review-moved", "/review/review-all", "The verdict may not hold any more", { moved: ["payments-api", "cart"] }],
  ["review-moved-elsewhere", "/review/review-all", "none that this review names", { moved: ["cart"] }],
  ["review-moved-forgotten", "/review/review-all", "cannot be told", { state: "one", moved: ["payments-api"] }],
  ["review-unknown", "/review/nope", "No such review"],
  ["review-unreadable", "/review/review-broken", "kept by a newer blastmap"],
  ["review-narrow", "/review/review-all", "5 teams to invite", { width: 320, height: 700 }],
  ["review-selected-narrow", `/review/review-all?view=table&${service}`, "Why it is affected", { width: 320, height: 700 }],
  ["review-presented-narrow", "/review/review-all?present=yes", "5 teams to invite", { width: 320, height: 700 }],
  ["what-if", whatIf, "Keep as review"],
  ["what-if-nothing", `/review?resource=${encodeURIComponent(id.parameter)}&action=UPDATE`, "Judged without new values"],
  ["what-if-unknown", "/review?resource=arn:aws:ssm:us-east-1:1:parameter%2Fnope", "was not judged"],
  ["what-if-waiting", whatIf, "The first crawl is under way", { state: "waiting" }],
];

describe("shows", () => {
  for (const [name, address, text, { state = "ready", moved, act, ...window } = {}] of SCREENS) {
    test(name, async (t) => {
      const server = await serverIn(state, moved);
      await withPage(browser, window, async (page) => {
        await page.goto(server.url + address);
        if (act) {
          await page.locator("h1").first().waitFor();
          await act(page);
        }
        await page.getByText(text).first().waitFor();
        if (window.width === 320) await t.test("fits 320 px", () => fits(page));
        for (const theme of ["light", "dark"]) {
          await t.test(theme, async () => {
            await page.emulateMedia({ colorScheme: theme });
            await picture(page, `${name}-${theme}`);
            await expectAccessible(page);
          });
        }
      });
    });
  }
});

describe("a plan", () => {
  test("is chosen, judged and walked through with the keyboard only", () =>
    on("noReviews", {}, async (page, server) => {
      // From the start: the browser is told to hand choosers over, and that takes a moment.
      page.on("filechooser", (chooser) => chooser.setFiles(planFile(PLAN)));
      await page.goto(server.url);
      await page.getByText("Task definitions").waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("c");
      await page.getByText("No review is kept yet.").waitFor();
      await tabTo(page, page.getByRole("link", { name: "New review", exact: true }));
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "What would this change do?" }).waitFor();

      await tabTo(page, page.getByLabel("File with the change"));
      await page.keyboard.press("Enter");
      await page.locator("[data-chosen]", { hasText: "Terraform plan · 1 change" }).waitFor();
      await eventually(async () => assert.ok(await page.getByLabel("Title").evaluate((box) => box === document.activeElement), "the title is next"));
      await page.keyboard.type("Rotate the database's credentials");
      await page.keyboard.press("Enter");

      await page.getByRole("heading", { level: 1, name: "Rotate the database's credentials" }).waitFor();
      await page.getByText("Critical risk").waitFor();
      await page.getByText("1 service goes down").waitFor();

      await page.keyboard.press("j");
      const panel = page.getByRole("complementary", { name: "Selected resource" });
      await panel.getByRole("heading", { level: 2, name: "payments-api" }).waitFor();
      await panel.getByText("1 of 11").waitFor();
      await page.keyboard.press("j");
      await panel.getByText("2 of 11").waitFor();
      await page.keyboard.press("k");
      await panel.getByText("1 of 11").waitFor();
      await page.keyboard.press("w");
      await eventually(async () => assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /Why it is affected/));
      await page.keyboard.press("Escape");
      await page.getByRole("complementary", { name: "Walk through" }).waitFor();
      await page.keyboard.press("t");
      await page.getByRole("region", { name: "Table of the same" }).waitFor();
    }));

  test("may be dropped on the list: its title is asked for", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/reviews`);
      await page.getByText("4 reviews").waitFor();
      await drop(page, PLAN);
      await page.locator("[data-chosen]", { hasText: "Terraform plan · 1 change" }).waitFor();
      await page.keyboard.type("Dropped");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Dropped" }).waitFor();
    }));

  test("may be pasted; without a title, the title is asked for", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review`);
      await page.getByText("Paste it instead").click();
      await page.getByLabel("Text of the change").fill(PLAN);
      await page.getByRole("button", { name: "Review the change" }).click();
      await page.getByText("Say what the change is for").waitFor();
      await eventually(async () => assert.ok(await page.getByLabel("Title").evaluate((box) => box === document.activeElement)));
      await page.keyboard.type("Pasted");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Pasted" }).waitFor();
    }));

  test("that cannot be read says why in one line, and the next one goes through", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review`);
      await typed(REFUSED)(page);
      await page.getByRole("alert").getByText("The change cannot be read: this is JSON, but no change that blastmap knows; give the output of terraform show -json PLAN.").waitFor();
      await typed(PLAN)(page);
      await page.getByRole("heading", { level: 1, name: "Monday" }).waitFor();
    }));

  for (const [what, bytes, why] of [
    ["empty", "", "This is empty."],
    ["an empty object", "{}", "This is JSON, but no plan, change set or task definition."],
    ["a binary plan", "PK\u0003\u0004\u0000", "This is Terraform's binary plan"],
    ["cut short", PLAN.slice(0, -20), "The JSON ends in the middle"],
  ]) {
    test(`that is ${what} is refused at once, with the command that makes a plan, and is not sent`, () =>
      on("ready", {}, async (page, server) => {
        await page.goto(`${server.url}/review`);
        await page.getByLabel("File with the change").setInputFiles(planFile(bytes));
        const alert = page.getByRole("alert");
        await alert.getByText(why).waitFor();
        await alert.locator("code", { hasText: "terraform show -json plan.tfplan > plan.json" }).waitFor();
        await page.getByLabel("Title").fill("Monday");
        await page.keyboard.press("Enter");
        await eventually(async () => assert.ok(await page.getByLabel("File with the change").evaluate((box) => box === document.activeElement)));
        assert.equal(server.state.given?.plans.size ?? 0, 0);
      }));
  }

  test("in UTF-16, as Windows PowerShell writes it, is read and sent as UTF-8", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review`);
      const file = { name: "plan.json", mimeType: "application/json", buffer: Buffer.from(`\ufeff${PLAN}`, "utf16le") };
      await page.getByLabel("File with the change").setInputFiles(file);
      await page.locator("[data-chosen]", { hasText: "Terraform plan · 1 change" }).waitFor();
      await page.getByLabel("Title").fill("From Windows");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "From Windows" }).waitFor();
      assert.deepEqual(JSON.parse([...server.state.given.plans.values()][0]).resource_changes.map(({ address }) => address), ["aws_ssm_parameter.db_url"]);
    }));

  test("loses its secrets before it is sent, and says how many", () =>
    on("ready", {}, async (page, server) => {
      const containers = JSON.stringify([{ name: "web", environment: [{ name: "DB_PASSWORD", value: "hunter2" }] }]);
      const plan = {
        format_version: "1.2",
        output_changes: { password: { after: "hunter2" } },
        resource_changes: [
          { address: "aws_ecs_task_definition.web", type: "aws_ecs_task_definition", change: { actions: ["update"], before: null, after: { container_definitions: containers } } },
          { address: "aws_secretsmanager_secret_version.db", type: "aws_secretsmanager_secret_version", change: { actions: ["create"], before: null, after: { secret_id: "db", secret_string: '{"username":"hunter2"}' }, after_sensitive: { secret_string: true } } },
        ],
      };
      await page.goto(`${server.url}/review`);
      await page.getByLabel("File with the change").setInputFiles(planFile(JSON.stringify(plan)));
      await page.locator("[data-chosen]", { hasText: "2 values that may be secret left out" }).waitFor();
      await picture(page, "review-new-secrets");
      await page.getByLabel("Title").fill("Secrets");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Secrets" }).waitFor();
      const [sent] = server.state.given.plans.values();
      assert.doesNotMatch(sent, /hunter2/);
      for (const kept of ["DB_PASSWORD", "username", "aws_secretsmanager_secret_version.db"]) assert.ok(sent.includes(kept), kept);
    }));

  test("of 27 MB is read beside the page, which goes on", () =>
    on("ready", {}, async (page, server) => {
      const values = { id: "subnet-1", tags: { Name: "private" }, note: "x".repeat(500) };
      const resource_changes = Array.from({ length: 22_500 }, (_, index) => ({ address: `aws_subnet.private["${index}"]`, type: "aws_subnet", change: { actions: ["update"], before: values, after: values } }));
      const text = JSON.stringify({ format_version: "1.2", resource_changes });
      assert.ok(text.length > 27_000_000, `${text.length}`);
      await page.goto(`${server.url}/review`);
      const session = await page.context().newCDPSession(page);
      await session.send("Performance.enable", { timeDomain: "threadTicks" });
      const spent = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
      // What putting the file there costs is not the page's: so it is given as a change after that.
      const before = await page.getByLabel("File with the change").evaluateHandle((picker, content) => Object.assign(picker, { given: new File([content], "plan.json") }), text).then(spent);
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.items.add(document.querySelector("input[type=file]").given);
        document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
      });
      await page.locator("[data-chosen]", { hasText: "Terraform plan · 22,500 changes · 27" }).waitFor();
      const seconds = (await spent()) - before;
      assert.ok(seconds < 0.25, `${seconds} s`);
    }));

  for (const address of ["/review/review-all?view=table", whatIf]) {
    test(`may be dropped on ${address.split("?")[0]}: a new review begins with it`, () =>
      on("ready", {}, async (page, server) => {
        await page.goto(server.url + address);
        await page.getByText("Walk through").first().waitFor();
        await drop(page, PLAN, "dragover");
        await page.getByText("Drop it here: a new review begins with it").waitFor();
        await picture(page, "review-dropping");
        await drop(page, PLAN);
        await page.locator("[data-chosen]", { hasText: "Terraform plan · 1 change" }).waitFor();
        assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, "/review");
        await eventually(async () => assert.ok(await page.getByLabel("Title").evaluate((box) => box === document.activeElement)));
      }));
  }

  test("shows its stages while the server is at work, and can be called off", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review`);
      await page.getByLabel("File with the change").setInputFiles(planFile(PLAN));
      await page.getByLabel("Title").fill("Slow");
      server.state.delayMs = 60_000;
      await page.getByRole("button", { name: "Review the change" }).click();
      await page.locator(".stage-busy", { hasText: "Grade" }).waitFor();
      await page.locator(".stage-done", { hasText: "1 change" }).waitFor();
      await expectAccessible(page);
      await picture(page, "review-new-stages");
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Review the change" }).waitFor();
      assert.equal(await page.locator(".stages").count(), 0);
    }));
});

describe("a review", () => {
  test("lights the way from the change to what is selected, each step with its evidence", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all?detail=all`);
      await page.locator(`[data-card="${id.service}"]`).click();
      const panel = page.getByRole("complementary", { name: "Selected resource" });
      await panel.getByText("ResourceInitializationError").waitFor();
      await panel.getByText("2 steps").waitFor();
      await panel.getByText("ecs:DescribeTaskDefinition").first().waitFor();
      await eventually(async () => assert.equal(await page.locator(".line.is-lit").count(), 2));
      await eventually(async () => assert.equal(await page.locator(".card.is-lit, .card.is-selected").count(), 3));
    }));

  test("says on each card type, outcome and owner, so that nothing is told by colour alone", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all`);
      const card = page.locator(`[data-card="${id.service}"]`);
      await card.waitFor();
      assert.equal(await card.evaluate((element) => element.textContent), "checkout-bffSVC fails next start2, ECS service, 2 folded, 1 hop, checkout");
      const signs = await page.locator(".impact-counts .outcome-sign").evaluateAll((all) => all.map((sign) => sign.innerHTML));
      assert.equal(new Set(signs).size, 5, "five outcomes, five shapes");
    }));

  test("is filtered by a count and by a team, and a copied link shows the same", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all?view=table`);
      const rows = page.locator(".review-table:visible tbody tr");
      await eventually(async () => assert.equal(await rows.count(), 16));
      await page.getByRole("button", { name: /^5\s*fails on next start/ }).click();
      await page.waitForURL(/outcome=FAILS_ON_NEXT_START/);
      await eventually(async () => assert.equal(await rows.count(), 10));
      await page.getByRole("link", { name: /^payments ?, at worst down/ }).click();
      await page.waitForURL(/team=payments/);
      await eventually(async () => assert.equal(await rows.count(), 7));
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await eventually(async () => assert.equal(await rows.count(), 7));
      await page.getByRole("link", { name: "clear" }).click();
      await eventually(async () => assert.equal(await rows.count(), 16));
    }));

  test("is narrowed to a type and a distance, says how much it hides, and a copied link shows the same", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all?view=split&detail=all`);
      const rows = page.locator(".review-table:visible tbody tr", { has: page.locator(".outcome-sign") });
      const hit = page.locator(".review-card:has(.outcome-sign)");
      await eventually(async () => assert.equal(await rows.count(), 11));
      await page.getByRole("button", { name: "Changes and filters" }).click();
      const rail = page.getByRole("complementary", { name: "Changes and filters" });
      await rail.getByLabel("At most").selectOption("2");
      await page.waitForURL(/hops=2/);
      await page.getByText("only at most 2 steps away · 3 hidden").waitFor();
      await eventually(async () => assert.equal(await rows.count(), 8));
      await rail.getByRole("button", { name: "only ECS services" }).click();
      await page.waitForURL(/kind=ECS_SERVICE/);
      await page.getByText("only ECS services, at most 2 steps away · 4 hidden").waitFor();
      await eventually(async () => assert.deepEqual([await rows.count(), await hit.count()], [7, 7]));
      await picture(page, "review-narrowed");
      await expectAccessible(page);
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await eventually(async () => assert.equal(await rows.count(), 7));
      await page.getByRole("link", { name: "clear" }).click();
      await eventually(async () => assert.equal(await rows.count(), 11));
      await page.goBack();
      await eventually(async () => assert.equal(await rows.count(), 7));
    }));

  test("counts the same in the graph and the table", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all?view=split&detail=all`);
      await page.locator("[data-card]").first().waitFor();
      const named = (selector) => page.locator(selector).evaluateAll((all) => all.map((one) => one.title).filter(Boolean).toSorted());
      await eventually(async () => {
        const [cards, rows] = [await named(".review-card:not(.is-way)"), await named(".review-table:visible .row-name")];
        assert.deepEqual(cards, rows);
        assert.ok(rows.length > 10);
      });
    }));

  test("keeps apart what was broken before, what is mended, and what was not judged, with the reason", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all`);
      const panel = page.getByRole("complementary", { name: "Walk through" });
      await panel.getByText("updated: blastmap does not know this type").waitFor();
      await panel.getByText("deleted: nothing in the snapshot goes by its ARN, id or name").waitFor();
      await panel.getByText("several resources in the snapshot could be meant").waitFor();
      await panel.getByText("Access denied").waitFor();
      await panel.getByText("Broken today already").click();
      await panel.getByRole("button", { name: /legacy-cron/ }).click();
      await page.getByText("Broken today already, change or not").waitFor();
      await page.getByText("1 step").or(page.getByText("2 steps")).first().waitFor();
    }));

  test("offers AWS's page and the evidence of each risk, the worst one first", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all`);
      const first = page.getByRole("article").first();
      await first.getByText("critical").waitFor();
      await first.getByText("Do: Keep the rule that lets the balancer's security group in.").waitFor();
      assert.match(await first.getByRole("link", { name: /AWS on this/ }).getAttribute("href"), /^https:\/\/docs\.aws\.amazon\.com\//);
      await first.getByText("Evidence").click();
      await first.getByText("elasticloadbalancing").or(first.getByText("ecs:DescribeServices")).first().waitFor();
      await first.getByRole("button", { name: "prod-public" }).click();
      await page.getByText("5 steps").waitFor();
    }));

  test("is copied as a link and as Markdown, printed and exported", () =>
    on("ready", { permissions: ["clipboard-read", "clipboard-write"] }, async (page, server) => {
      await page.goto(`${server.url}/review/review-all`);
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      await page.getByRole("button", { name: "Copy link" }).click();
      await eventually(async () => assert.equal(await clipboard(), `${server.url}/review/review-all`));
      await page.getByRole("button", { name: "Copy as Markdown" }).click();
      await eventually(async () => assert.match(await clipboard(), /^## blastmap: Rotate payments/));
      assert.equal(await page.getByRole("link", { name: /^Print/ }).getAttribute("href"), "/reviews/review-all.html");
      await page.getByText("Export", { exact: true }).click();
      assert.deepEqual(await page.locator(".menu a").evaluateAll((links) => links.map((link) => link.getAttribute("href"))), ["md", "html", "json", "sarif", "txt"].map((format) => `/reviews/review-all.${format}?download`));
      await page.keyboard.press("Escape");
      await eventually(async () => assert.equal(await page.locator(".menu[open]").count(), 0));
    }));

  test("on paper is the verdict, the risks and the table, on two pages", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all`);
      await page.getByText("5 teams to invite").waitFor();
      await page.emulateMedia({ media: "print" });
      await page.locator(".paper-only tbody tr").first().waitFor();
      assert.equal(await page.locator(".graph").isVisible(), false);
      assert.equal(await page.locator(".page-actions").isVisible(), false);
      // Nothing is folded or cut: what is broken today, alike risks, a long cause, and a link to come back by.
      for (const text of ["parameter /prod/legacy/ftp-password does not exist", 'AWS will refuse aws_subnet.private["d"]', `${server.url}/review/review-all`]) await page.locator("main").getByText(text).first().waitFor();
      const long = page.locator(".review-panel .is-cut").first();
      assert.equal(await long.evaluate((text) => text.scrollHeight > text.clientHeight + 1), false);
      await picture(page, "review-print");
      const pages = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
      assert.ok(pages <= 2, `${pages} pages`);
    }));

  test("on paper is whole, whatever is looked at", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all?${service}&outcome=DOWN`);
      await page.getByText("Why it is affected").waitFor();
      await page.emulateMedia({ media: "print" });
      await page.getByText("shows only down").waitFor();
      await page.getByText("Broken today already").waitFor();
      assert.equal(await page.getByText("Why it is affected").isVisible(), false);
      // And where the filters have the place of the panel.
      await page.emulateMedia({ media: "screen" });
      await page.keyboard.press("f");
      await page.getByRole("complementary", { name: "Changes and filters" }).waitFor();
      await page.emulateMedia({ media: "print" });
      await page.getByText("payments-api and 2 more get no traffic").waitFor();
    }));

  test("is shown to a room with P, and back", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all`);
      const title = page.getByRole("heading", { level: 1 });
      await title.waitFor();
      const size = () => title.evaluate((element) => element.getBoundingClientRect().height);
      const usual = await size();
      await page.keyboard.press("p");
      await page.waitForURL(/present=yes/);
      await eventually(async () => assert.ok((await size()) > usual * 1.1));
      await page.keyboard.press("p");
      await eventually(async () => assert.equal(await size(), usual));
    }));

  test("says when the estate moved under it, by name", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all`);
      await page.getByText("5 teams to invite").waitFor();
      await eventually(async () => assert.equal(server.followers(), 1, "the page listens"));
      assert.equal(await page.locator(".drift").count(), 0);
      server.renew({ change: moves(["payments-api", "cart"]) });
      await page.getByText("payments-api of this review changed").waitFor();
      await page.getByRole("link", { name: "Judge it again" }).click();
      await page.getByRole("heading", { name: "What would this change do?" }).waitFor();
    }));

  test("shows texts as texts, never as markup", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review`);
      await page.getByLabel("File with the change").setInputFiles(planFile(PLAN));
      await page.getByLabel("Title").fill("<img src=x onerror=alert(1)>");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "<img src=x onerror=alert(1)>" }).waitFor();
      assert.equal(await page.locator("main img").count(), 0);
    }));

  test("of 1,200 that are hit draws at most 150 cards, says what is left out, and lists all", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-large?detail=all`);
      await page.locator("[data-card]").first().waitFor();
      await eventually(async () => assert.ok((await page.locator("[data-card]").count()) <= 150));
      await page.getByText(/^1,1\d\d more hit$/).click();
      await page.getByText("200 of 1,201").waitFor();
    }));
});

describe("a risk", () => {
  test("is accepted or called wrong by keyboard, with a note, counted in the header, and keeps its level", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all`);
      await page.getByText("0 of 8 risks decided").waitFor();
      const risk = (title) => page.getByRole("article", { name: title });
      const has = (locator) => eventually(async () => assert.ok(await locator.evaluate((one) => one === document.activeElement)));
      await page.keyboard.press("a");
      const first = risk("payments-api and 2 more get no traffic");
      await has(first);
      await page.keyboard.press("a");
      await has(first.getByLabel("Note"));
      await picture(page, "review-deciding");
      await expectAccessible(page);
      await page.keyboard.type("Moved to the new group, see the ticket");
      await page.keyboard.press("Enter");
      await first.getByText("✓ Accepted: Moved to the new group, see the ticket").waitFor();
      await first.getByText("critical").waitFor();
      await page.getByText("1 of 8 risks decided").waitFor();
      await has(first);
      await page.keyboard.press("x");
      const second = risk("payments-worker and 4 more cannot start tasks");
      await has(second);
      await page.keyboard.press("x");
      await has(second.getByLabel("Note"));
      await page.keyboard.press("Enter");
      await second.getByText("✗ Called wrong").waitFor();
      await page.getByText("2 of 8 risks decided").waitFor();
      // The next ones are folded: they open.
      await page.keyboard.press("x");
      await has(risk('AWS will refuse aws_subnet.private["a"]'));
      for (const theme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme: theme });
        await picture(page, `review-decided-${theme}`);
        await expectAccessible(page);
      }
      await page.reload();
      await page.getByText("2 of 8 risks decided").waitFor();
      await first.getByRole("button", { name: "Take back" }).click();
      await page.getByText("1 of 8 risks decided").waitFor();
      await first.getByRole("button", { name: "Accept" }).waitFor();
    }));

  test("that could not be marked says so, and keeps the note", () =>
    on("ready", {}, async (page, server) => {
      server.state.marksFail = true;
      await page.goto(`${server.url}/review/review-all`);
      const first = page.getByRole("article").first();
      await first.getByRole("button", { name: "Wrong" }).click();
      await first.getByLabel("Note").fill("Checked by hand");
      await page.keyboard.press("Enter");
      await first.getByRole("alert").getByText("Not kept: the store is read-only").waitFor();
      assert.equal(await first.getByLabel("Note").inputValue(), "Checked by hand");
      await page.keyboard.press("Escape");
      await first.getByRole("button", { name: "Accept" }).waitFor();
      assert.equal(await page.getByText("Not kept").count(), 0);
    }));

  test("of a change that is not kept cannot be marked", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(server.url + whatIf);
      await page.getByRole("article").first().waitFor();
      assert.equal(await page.getByRole("button", { name: "Accept" }).count(), 0);
      assert.equal(await page.getByText("decided").count(), 0);
    }));
});

describe("an address that was not found", () => {
  const other = "arn:aws:ecs:us-east-1:482913377605:service/prod-core/cart";

  test("is named by hand with the keyboard, and the plan is assessed again under the same title", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review`);
      await typed(PLAN)(page);
      await page.getByRole("heading", { level: 1, name: "Monday" }).waitFor();
      await page.keyboard.press("f");
      const rail = page.getByRole("complementary", { name: "Changes and filters" });
      const first = rail.locator(".change-list").first();
      assert.deepEqual(await first.locator(".change-address").allTextContents(), ["aws_dynamodb_table.orders", "aws_ecs_service.old", "aws_lb.main"]);
      await rail.getByRole("button", { name: "Choose what it is: aws_ecs_service.old" }).focus();
      await page.keyboard.press("Enter");
      await page.keyboard.type("cart");
      await rail.getByRole("listbox").getByRole("option").first().waitFor();
      await picture(page, "review-naming");
      await expectAccessible(page);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      const choose = rail.getByRole("button", { name: "Choose what it is: aws_ecs_service.old" });
      await eventually(async () => assert.ok(await choose.evaluate((button) => button === document.activeElement)));
      await page.keyboard.press("Enter");
      await page.keyboard.type("cart");
      await rail.getByRole("listbox").getByRole("option").first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(/map=aws_ecs_service\.old&to=arn:aws:ecs:us-east-1:482913377605:service\/prod-core\/cart/);
      await picture(page, "review-named");
      await expectAccessible(page);
      await rail.getByRole("button", { name: "Assess again" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/review\/review-2$/);
      await page.getByRole("heading", { level: 1, name: "Monday" }).waitFor();
      assert.deepEqual(server.state.given.made.get("review-2").mapping.map((one) => ({ ...one })), [{ address: "aws_ecs_service.old", resource: other }]);
      await page.getByRole("complementary", { name: "Walk through" }).getByText("2 changes were not judged").waitFor();
    }));

  test("of a review whose plan is gone asks for the plan again, and keeps title and names", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all?map=aws_ecs_service.old&to=${other}`);
      const panel = page.getByRole("complementary", { name: "Walk through" });
      await panel.getByText("stands for").waitFor();
      await panel.getByText("a new review asks for it again").waitFor();
      await panel.getByRole("button", { name: "Assess again" }).click();
      await page.getByText("Give the same plan again").waitFor();
      await picture(page, "review-new-named");
      await expectAccessible(page);
      await page.getByLabel("File with the change").setInputFiles(planFile(PLAN));
      await page.locator("[data-chosen]").waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Rotate payments DB credentials and tighten access" }).waitFor();
      assert.equal(server.state.given.made.get("review-1").mapping[0].resource, other);
    }));

  test("may be taken back, and is not asked for where only a type is not known", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review/review-all?map=aws_ecs_service.old&to=${other}`);
      const panel = page.getByRole("complementary", { name: "Walk through" });
      await panel.getByRole("button", { name: "Take back: aws_ecs_service.old" }).click();
      await page.waitForURL(/review-all$/);
      await eventually(async () => assert.equal(await panel.getByRole("button", { name: "Assess again" }).count(), 0));
      assert.equal(await panel.getByRole("button", { name: /Choose what it is/ }).count(), 2);
    }));
});

describe("what if this goes away?", () => {
  test("is one click from a resource and from its radius, and is kept when told", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}${at("radius", id.parameter)}`);
      await page.getByRole("link", { name: "What if this goes away?" }).click();
      await page.getByRole("heading", { level: 1, name: /What if/ }).waitFor();
      await page.goto(`${server.url}${at("resource", id.parameter)}`);
      await page.getByRole("link", { name: "What if this goes away?" }).click();
      await page.getByText("6 services fail at their next start.").waitFor();
      await page.getByLabel("What happens to it").selectOption("UPDATE");
      await page.locator(".graph").getByText("Nothing is hit.").waitFor();
      await page.goBack();
      await page.getByText("6 services fail at their next start.").waitFor();
      await page.getByRole("button", { name: "Keep as review" }).click();
      await page.waitForURL(/\/review\/review-1/);
      await page.getByRole("heading", { level: 1, name: "What if /prod/payments/db-url goes away?" }).waitFor();
    }));

  test("is asked on the page for a new review by a search", () =>
    on("ready", {}, async (page, server) => {
      await page.goto(`${server.url}/review`);
      await page.locator('[data-search="review"]').fill("db-url");
      await page.getByRole("option").first().click();
      await page.getByText("Keep as review").waitFor();
    }));
});

/** Nothing but the graph, which is a map, is wider than the window: neither the page nor a box in it scrolls sideways. */
async function fits(page) {
  const wide = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll("main *:not(.graph, .graph *, .visually-hidden)")].filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && /auto|scroll|visible/.test(getComputedStyle(one).overflowX) && one.getBoundingClientRect().left + one.scrollWidth > innerWidth + 1).map((one) => `${one.tagName}.${one.className}`));
  assert.deepEqual(wide, []);
}

/** Tab, from the start of a screen that was just reached, until the element has the keyboard. */
async function tabTo(page, element) {
  await element.waitFor();
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.id), "main", "a new screen starts with the keyboard in it"));
  for (let tabs = 0; tabs < 60; tabs++) {
    if (await element.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail("Tab does not get there");
}

/** As if a file had been dragged from a folder onto the page. */
async function drop(page, text, ...steps) {
  await page.evaluate(([content, types]) => {
    const data = new DataTransfer();
    data.items.add(new File([content], "plan.json", { type: "application/json" }));
    for (const type of types) document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
  }, [text, steps.length > 0 ? steps : ["dragover", "drop"]]);
}
