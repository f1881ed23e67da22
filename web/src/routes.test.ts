import { describe, expect, test } from "vitest";
import { exploreOf, formatRoute, parseRoute, radiusOf, reviewOf, searchFor, whatIf, type Route } from "./routes";
import { historyOf } from "./screens/history/address";

const read = (address: string) => parseRoute(new URL(address, "http://blastmap.example"));

describe("routes", () => {
  const service = "arn:aws:ecs:us-east-1:111122223333:service/prod/checkout web";
  const routes: Route[] = [
    exploreOf(),
    exploreOf({ groupBy: "OWNER", view: "table", sort: "-count", colour: "coverage" }),
    exploreOf({
      groupBy: "TAG",
      tag: "cost:center, old",
      path: ["a, b", "", "arn:aws:ecs:us-east-1:1:cluster/x"],
      selected: ["a, b", "", "x"],
      filters: { text: "web", kinds: ["SECRET"], presence: ["LIVE"], accounts: ["1", "2"], regions: ["us-east-1"], teams: ["", "a, b"], tags: ["env", "env=a=b, c"] },
    }),
    searchFor("payments & co", { kinds: ["ECS_SERVICE", "SECRET"], presence: ["MISSING"], regions: ["us-east-1"], teams: ["shop"] }),
    { screen: "resource", id: service, sort: "-name" },
    { screen: "resource", id: service },
    { screen: "resource", id: "arn:aws:route53:::hostedzone/Z1#A/pay.example.com." },
    { screen: "resource", id: "arn:aws:ssm:us-east-1:111122223333:parameter//odd/../name%2F?" },
    radiusOf(null),
    radiusOf(service, { direction: "DEPENDENCIES", depth: 3, kinds: ["ECS_TASK"], phases: ["START", "RUN"], view: "table", lanes: "account", detail: "all", sort: "owner", limit: 5_000, selected: service }),
    { screen: "resource", id: service, snapshot: "20261123T160500Z-ab12" },
    radiusOf(service, { snapshot: "20261123T160500Z-ab12" }),
    historyOf({ from: "a", to: "b", selected: service }),
    { screen: "coverage" },
    { screen: "reviews" },
    reviewOf(null),
    whatIf(service),
    whatIf(service, "UPDATE"),
    reviewOf("20261126T221241558786Z-0ad505dfcc937011", { view: "split", lanes: "cluster", detail: "all", sort: "owner", outcomes: ["DOWN", "UNAFFECTED"], team: "payments & co", selected: service, presenting: true }),
    reviewOf("1", { team: "", kinds: ["ECS_SERVICE", "TARGET_GROUP"], hops: 2 }),
    reviewOf("1", { mapping: [{ address: 'module.a["x y=z"].aws_lb.main', resource: service }, { address: "Alarm", resource: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:High CPU" }] }),
    reviewOf(null, { title: "Rotate & tighten", mapping: [{ address: "aws_lb.main", resource: service }] }),
  ];

  test.each(routes)("comes back from its address: $screen", (route) => {
    expect(read(formatRoute(route))).toEqual(route);
  });

  test("keep ARNs readable", () => {
    expect(formatRoute({ screen: "resource", id: "arn:aws:iam::111122223333:role/app" })).toBe("/resource/arn:aws:iam::111122223333:role%2Fapp");
  });

  test("take an id with plain slashes too", () => {
    expect(read("/resource/arn:aws:ecs:us-east-1:1:service/prod/web")).toEqual({ screen: "resource", id: "arn:aws:ecs:us-east-1:1:service/prod/web" });
  });

  test("leave out what cannot be read", () => {
    expect(read("/radius/x?depth=-1&kind=NOPE,SECRET&phase=LATER&direction=sideways&limit=999999&view=cube")).toEqual(radiusOf("x", { kinds: ["SECRET"] }));
    expect(read("/resource/%E0%A4%A")).toEqual({ screen: "resource", id: "%E0%A4%A" });
  });

  test("know what is no page", () => {
    expect(read("/nothing/here").screen).toBe("unknown");
    expect(read("/resource/").screen).toBe("unknown");
  });
});
