import { expect, test } from "vitest";
import { withCode, withoutCode } from "./with-code";

test("what stands between backticks is code, and one that stands alone stays", () => {
  const parts = withCode("group `edge` and `web` do not let `it in") as unknown[];
  expect(parts.filter((part) => typeof part === "string")).toEqual(["group ", " and ", " do not let `it in"]);
  expect(parts.filter((part) => typeof part === "object")).toMatchObject([{ type: "code", props: { children: "edge" } }, { type: "code", props: { children: "web" } }]);
  expect(withoutCode("group `edge` and `web` do not let `it in")).toBe("group edge and web do not let `it in");
});
