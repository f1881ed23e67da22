import { expect, test } from "vitest";
import { readChange } from "./change-text";

const bytes = (text: string) => new TextEncoder().encode(text);
const PLAN = '{"resource_changes":[{"change":{"actions":["delete","create"]}},{"change":{"actions":["no-op"]}}]}';

const readText = (text: string) => readChange(bytes(text));

/** As Windows PowerShell's `>` writes it. */
function utf16(text: string, { mark = true, big = false } = {}): Uint8Array {
  const codes = Array.from(mark ? `\ufeff${text}` : text, (letter) => letter.charCodeAt(0));
  return Uint8Array.from(codes.flatMap((code) => (big ? [code >> 8, code & 255] : [code & 255, code >> 8])));
}

test("a change is told by what it holds", () => {
  expect(readText(PLAN)).toMatchObject({ kind: "Terraform plan", changes: 1 });
  expect(readText('{"format_version":"1.2","planned_values":{}}')).toMatchObject({ kind: "Terraform plan", changes: 0 });
  expect(readText('{"Changes":[{},{}],"StackName":"s"}')).toMatchObject({ kind: "CloudFormation change set", changes: 2 });
  expect(readText('{"taskDefinition":{"containerDefinitions":[]}}')).toMatchObject({ kind: "Task definition", changes: 1 });
  expect(readText('{"resources":[{"id":"x"}]}')).toMatchObject({ kind: "List of resources", changes: 1 });
  expect(readText(`\ufeff \n${PLAN}\n`)).toMatchObject({ kind: "Terraform plan" });
});

test("a change in UTF-16 is read, marked or not, in either order of bytes", () => {
  for (const mark of [true, false]) for (const big of [true, false]) expect(readChange(utf16(PLAN, { mark, big }))).toMatchObject({ kind: "Terraform plan", changes: 1 });
});

test.each([
  ["", "empty"],
  [" \n", "empty"],
  ["{}", "no plan"],
  ["[]", "list"],
  ["hello", "not JSON"],
  ["PK\u0003\u0004", "binary plan"],
  [PLAN.slice(0, 40), "cut short"],
  ["{'a': 1}", "not valid JSON"],
  ['{"version":4,"lineage":"x","serial":1}', "state"],
  ['{"@level":"info"}\n{"@level":"info"}', "log"],
  ['{"Resources":{}}', "template"],
  ['resource "aws_ecs_service" "web" {\n}', "configuration"],
  ["\nTerraform will perform the following actions:\n", "for people"],
])("%j is refused, with the next step", (text, why) => {
  const given = readText(text);
  expect(given).toMatchObject({ problem: expect.stringContaining(why) as string });
  expect(given).toMatchObject({ problem: expect.stringMatching(/`(terraform show -json plan\.tfplan > plan\.json|aws cloudformation .*)`/) as string });
});

test("bytes that are no text are refused", () => {
  expect(readChange(Uint8Array.from([0x80, 0x81, 0x82]))).toMatchObject({ problem: expect.stringContaining("no text") as string });
  expect(readChange(Uint8Array.from([0x1f, 0x8b, 8]))).toMatchObject({ problem: expect.stringContaining("unpacked") as string });
});
