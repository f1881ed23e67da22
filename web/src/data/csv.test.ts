import { expect, test } from "vitest";
import { toCsv } from "./csv";

test("quotes what has to be quoted", () => {
  expect(toCsv(["Name", "Count"], [['a "b", c', 3], ["two\nlines", null]])).toBe('Name,Count\r\n"a ""b"", c",3\r\n"two\nlines",\r\n');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("makes plain text of %j", (text) => {
  const [, row] = toCsv(["Name"], [[text]]).split(/\r\n/);
  expect(row?.replace(/^"/, "").startsWith("'")).toBe(true);
});

test("leaves numbers alone", () => {
  expect(toCsv(["Count"], [[-1]])).toBe("Count\r\n-1\r\n");
});
