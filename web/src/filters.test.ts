import { expect, test } from "vitest";
import { NO_FILTERS, toResourceFilter } from "./filters";
import { exploreOf } from "./routes";
import { narrowed } from "./screens/explore/narrowed";

test("no filters ask for all", () => {
  expect(toResourceFilter(NO_FILTERS)).toEqual({});
});

test("tags are a key, or a key with its value", () => {
  expect(toResourceFilter({ ...NO_FILTERS, tags: ["team", "env=a=b"] })).toEqual({
    tags: [
      { key: "team", value: null },
      { key: "env", value: "a=b" },
    ],
  });
});

test("an opened group narrows, and takes the place of a filter of its level", () => {
  const filters = { ...NO_FILTERS, text: "web", regions: ["eu", "us"], teams: ["shop"] };
  expect(narrowed(exploreOf({ filters, path: ["eu", "", "prod"] }))).toEqual({
    text: "web",
    regions: ["eu"],
    within: [
      { by: "OWNER", key: "shop" },
      { by: "VPC", key: "" },
      { by: "CLUSTER", key: "prod" },
    ],
  });
  expect(narrowed(exploreOf({ filters, groupBy: "OWNER", path: ["shop"] }))).toEqual({ text: "web", regions: ["eu", "us"], within: [{ by: "OWNER", key: "shop" }] });
  expect(narrowed(exploreOf({ filters: { ...filters, teams: ["shop", ""] }, groupBy: "OWNER", path: [""] })).within).toEqual([{ by: "OWNER", key: "" }]);
  expect(narrowed(exploreOf({ groupBy: "TAG", tag: "env", path: [""] }))).toEqual({ within: [{ by: "TAG", key: "", tag: "env" }] });
});
