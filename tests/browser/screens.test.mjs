// Every screen and state, light and dark: axe finds nothing, the policy refuses nothing, and a picture is kept.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { at, expectAccessible, id, launch, picture, withPage } from "./browser.mjs";
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

async function serverIn(state) {
  if (!servers.has(state)) servers.set(state, await startMockServer({ state: { ...STATES[state] } }));
  return servers.get(state);
}

const radius = at("radius", id.parameter);
const DEFINITION = "arn:aws:ecs:us-east-1:482913377605:task-definition/checkout-bff:46";
const selected = `select=${encodeURIComponent(id.service)}`;

/** Name; address; a text that must be on screen; and where it differs: the server's state, the window, what to do first. */
const SCREENS = [
  ["explore", "/", "Task definitions"],
  ["explore-wide", "/", "others that depend on it", { width: 1920, height: 1080 }],
  ["explore-teams", "/?group=OWNER", "No owner tag"],
  ["explore-opened", "/?in=us-east-1&in=", "others that depend on it"],
  ["explore-coverage", "/?group=KIND&colour=coverage", "a call failed that could show more"],
  ["explore-changes", "/?group=KIND&colour=changes", "came or changed since", { state: "year" }],
  ["explore-changes-one", "/?group=KIND&colour=changes", "One snapshot is kept", { state: "one" }],
  ["explore-selected", `/?group=SERVICE&select=${encodeURIComponent(id.service)}`, "Its own page"],
  ["explore-list", `/?group=SERVICE&in=${encodeURIComponent(id.service)}`, "Account and region"],
  ["explore-table", "/?view=table", "Others that depend on them", { act: (page) => page.getByRole("button", { name: "What is in us-east-1" }).click() }],
  ["explore-tag", "/?group=TAG", "Often set:"],
  ["explore-filtered-away", "/?q=zzzz", "The filters leave nothing."],
  ["explore-gone", "/?in=mars-1", "There is no such group in this snapshot."],
  ["explore-nothing", "/", "The crawl found nothing.", { state: "empty" }],
  ["explore-denied", "/", "The crawl could see nothing.", { state: "denied" }],
  ["explore-failing", "/", "This could not be answered", { state: "failing" }],
  ["explore-narrow", "/", "Blind spots", { width: 320, height: 700 }],
  ["explore-map-narrow", "/?view=map", "others that depend on it", { width: 320, height: 700 }],
  ["search", "/search?q=payments", "The 50 best matches"],
  ["search-nothing", "/search?q=zzzz", "Nothing in this snapshot matches"],
  ["search-missing", "/search?q=&presence=MISSING", "Resources (does not exist)"],
  ["search-narrow", "/search?q=payments", "The 50 best matches", { width: 320, height: 700 }],
  ["resource", at("resource", id.service), "Needed by 4"],
  ["resource-missing", at("resource", id.missing), "It does not exist."],
  ["resource-outside", at("resource", id.outside), "It was not looked for."],
  ["resource-unknown", at("resource", "arn:aws:ecs:us-east-1:1:service/nowhere"), "No such resource in this snapshot"],
  ["resource-narrow", at("resource", id.service), "Needed by 4", { width: 320, height: 700 }],
  ["radius-choose", "/radius", "Choose the resource that changes"],
  ["radius", radius, "5 teams to talk to"],
  ["radius-selected", `${radius}?${selected}`, "Why it is reached"],
  ["radius-filters", `${radius}?kind=ECS_SERVICE,LOAD_BALANCER&${selected}`, "over what is not shown", { act: (page) => page.keyboard.press("f") }],
  ["radius-wide", `${radius}?${selected}`, "Why it is reached", { width: 1920, height: 1080 }],
  ["radius-table", `${radius}?view=table`, "Reached through"],
  ["radius-split", `${radius}?view=split`, "Reached through"],
  ["radius-dependencies", `${at("radius", "arn:aws:ecs:us-east-1:482913377605:service/prod-core/edge-proxy")}?direction=dependencies`, "What does edge-proxy need?"],
  ["radius-crowd", "/radius/CROWD?detail=all", "at 1 hop, not drawn"],
  ["radius-crowd-table", "/radius/CROWD?view=table", "are not listed"],
  ["radius-filtered-away", `${radius}?kind=VPC`, "The filters leave nothing."],
  ["radius-nothing-partial", "/radius/ALONE", "as far as could be seen"],
  ["radius-nothing-full", "/radius/ALONE", "Coverage was full here", { state: "full" }],
  ["radius-unknown", at("radius", "arn:aws:ecs:us-east-1:482913377605:service/prod-core/checkout-bfff"), "No such resource in this snapshot"],
  ["radius-narrow", radius, "5 teams to talk to", { width: 320, height: 700 }],
  ["history", "/history", "13 resources, 58 links"],
  ["history-year", "/history", "hollow: not counted", { state: "year" }],
  ["history-graph", "/history?view=graph", "Not changed"],
  ["history-selected", `/history?view=split&select=${encodeURIComponent(DEFINITION)}`, "Some time between", { width: 1920, height: 1080 }],
  ["history-many", "/history?from=SMALL&to=CROWDED", "are not loaded"],
  ["history-many-graph", "/history?from=SMALL&to=CROWDED&view=graph", "are not loaded"],
  ["history-nothing", "/history?from=CROWDED&to=AFTER", "Nothing changed"],
  ["history-backwards", "/history?from=AFTER&to=SMALL", "From is the later of the two"],
  ["history-filtered-away", "/history?kind=VPC", "The filters leave nothing."],
  ["history-not-kept", "/history?from=20200101T000000Z-gone", "There is no snapshot"],
  ["history-narrow", "/history", "13 resources, 58 links", { width: 320, height: 700 }],
  ["history-narrow-graph", "/history?view=graph", "Not changed", { width: 320, height: 700 }],
  ["history-failing", "/history", "This could not be answered", { state: "failing" }],
  ["through-time", `/history?resource=${encodeURIComponent(id.missing)}`, "when it came is not known"],
  ["through-time-narrow", `/history?resource=${encodeURIComponent(DEFINITION)}`, "when it came is not known", { width: 320, height: 700 }],
  ["through-time-never", "/history?resource=arn:aws:ecs:us-east-1:1:service/nowhere", "No kept snapshot has it"],
  ["resource-then", `${at("resource", id.service)}?snapshot=AFTER`, "This is how it was, not how it is"],
  ["radius-then", `${radius}?snapshot=AFTER`, "This is how it was, not how it is"],
  ["snapshot-not-kept", `${radius}?snapshot=20200101T000000Z-gone`, "This snapshot is not kept"],
  ["coverage", "/coverage", "Access denied: kms:DescribeKey", { act: (page) => page.getByText("The statement that allows it").click() }],
  ["coverage-full", "/coverage", "Every call of the crawl was answered", { state: "full" }],
  ["coverage-narrow", "/coverage", "Access denied: kms:DescribeKey", { width: 320, height: 700 }],
  ["first-crawl", "/", "The first crawl is under way", { state: "waiting" }],
  ["crawling", "/coverage", "A crawl is under way", { state: "crawling" }],
  ["failing", at("resource", id.service), "This could not be answered", { state: "failing" }],
  ["old-data", "/", "This data is 3 days old", { state: "old" }],
  ["unknown-page", "/nothing/here", "There is no such page"],
  ["sign-in-token", "/coverage", "Ask whoever runs this server", { state: "signedOut" }],
  ["sign-in-token-narrow", "/coverage", "Ask whoever runs this server", { state: "signedOut", width: 320, height: 700 }],
  ["viewer", "/coverage", "Crawls are for operators", { state: "viewer" }],
  ["viewer-narrow", "/coverage", "Crawls are for operators", { state: "viewer", width: 320, height: 700 }],
  ["help", "/", "Keys of a single letter are on", { act: (page) => page.keyboard.press("?") }],
  ["console", "/graphiql", "200 OK", { act: (page) => page.getByRole("button", { name: "Run" }).click() }],
];

for (const [name, address, text, { state = "ready", act, ...window } = {}] of SCREENS) {
  test(name, async (t) => {
    const server = await serverIn(state);
    const path = address.replace("ALONE", encodeURIComponent(server.alone)).replace(/CROWD\b/, encodeURIComponent(server.crowd));
    const [, small, crowded, later] = server.snapshots();
    const placed = path.replace("SMALL", small).replace("CROWDED", crowded).replace("AFTER", later);
    await withPage(browser, window, async (page) => {
      await page.goto(server.url + placed);
      if (act) {
        await page.locator("h1").first().waitFor();
        await act(page);
      }
      await page.getByText(text).first().waitFor();
      if (window.width === 320) await t.test("fits 320 px", () => expectWidth(page, 320));
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

/** A page, or a table, wider than its window would have to be scrolled sideways to be read. */
async function expectWidth(page, most) {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= most, `the page is ${width} px wide`);
  const tables = await page.locator(".table-box, .changes-table").evaluateAll((all) => all.filter((box) => box.clientWidth > 0).map((box) => box.scrollWidth - box.clientWidth));
  assert.ok(tables.every((beyond) => beyond <= 0), `columns beyond the edge: ${tables.join(", ")} px`);
}
