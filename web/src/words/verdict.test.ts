import { expect, test } from "vitest";
import type { Outcome, ResourceKind } from "../api/generated";
import { headline, refusedOf, share } from "./verdict";

const hit = (kind: ResourceKind, outcome: Outcome, count = 1) => Array.from({ length: count }, () => ({ outcome, resource: { kind } }));

test("a headline names services first, then what is behind them, and counts the rest", () => {
  expect(headline([...hit("VPC_ENDPOINT", "DOWN"), ...hit("ECS_SERVICE", "FAILS_ON_NEXT_START", 2), ...hit("ECS_SERVICE", "DOWN")], 0)).toBe("1 service goes down, 2 services fail at their next start, 1 VPC endpoint goes down");
  expect(headline([...hit("ECS_SERVICE", "DOWN"), ...hit("ECS_TASK", "DOWN"), ...hit("SCHEDULE", "AT_RISK"), ...hit("LISTENER", "DOWN"), ...hit("LOAD_BALANCER", "DEGRADED", 1_500)], 0)).toMatch(/, and 1,500 more$/);
});

test("a headline begins with what AWS will not accept", () => {
  const refused = refusedOf([{ title: "AWS will refuse prod", addresses: [] }, { title: "web goes down", addresses: [] }, { title: "AWS will refuse 2 subnets", addresses: ["a", "b"] }]);
  expect(headline(hit("ECS_SERVICE", "DOWN"), 0, refused)).toBe("AWS will refuse 3 changes; 1 service goes down");
  expect(headline([], 0, 1)).toBe("AWS will refuse 1 change; nothing that runs, serves or starts is hit");
});

test("a headline of nothing says whether all was judged", () => {
  expect(headline([], 0)).toBe("Nothing that runs, serves or starts is hit");
  expect(headline([], 1)).toBe("Nothing is hit by what was judged; 1 change was not judged");
});

test("a share names its parts, and is silent where nothing is lost", () => {
  expect(share({ lost: 4, of: 4, unit: "task" })).toBe("4 of 4 tasks");
  expect(share({ lost: 1, of: 1, unit: "target" })).toBe("1 of 1 target");
  expect(share({ lost: 0, of: 2, unit: "task" })).toBe("");
  expect(share({ lost: null, of: null, unit: null })).toBe("");
});
