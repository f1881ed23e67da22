/** A value of JSON. */
export type Json = string | number | boolean | null | Json[] | Fields;
export type Fields = { [name: string]: Json };

/** What a file seems to be that was given as a change: the change itself, or why it cannot be one and what to give instead. */
export type Given = { kind: string; changes: number; value: Json } | { problem: string };

const PLAN = "Give the plan as JSON: `terraform show -json plan.tfplan > plan.json`.";
const CHANGE_SET = "Give what it changes: `aws cloudformation describe-change-set --include-property-values`.";

/** Tells by its content what a file is, as the server does: so that nobody sends what cannot be read. */
export function readChange(bytes: Uint8Array): Given {
  const [first = 0, second = 0] = bytes;
  const starts = (...letters: number[]) => letters[0] === first && letters[1] === second;
  if (starts(0x50, 0x4b)) return { problem: `This is Terraform's binary plan, or another zip. ${PLAN}` };
  if (starts(0x1f, 0x8b) || starts(0x28, 0xb5)) return { problem: "This is compressed. Give it unpacked." };
  // Windows PowerShell writes UTF-16 with `>`.
  const coding = starts(0xff, 0xfe) || starts(0x7b, 0) ? "utf-16le" : starts(0xfe, 0xff) || starts(0, 0x7b) ? "utf-16be" : "utf-8";
  let text: string;
  try {
    text = new TextDecoder(coding, { fatal: true }).decode(bytes).trim();
  } catch {
    return { problem: `This is no text. ${PLAN}` };
  }
  if (text === "") return { problem: `This is empty. ${PLAN}` };
  if (/^\{"@(level|message)"/.test(text)) return { problem: `This is the log of \`terraform plan -json\`. ${PLAN}` };
  if (!/^[{[]/.test(text)) return { problem: `This is not JSON${forPeople(text)}. ${PLAN}` };
  try {
    return look(JSON.parse(text) as Json);
  } catch {
    return { problem: /[}\]]$/.test(text) ? `This is not valid JSON. ${PLAN}` : `The JSON ends in the middle: the file is cut short. ${PLAN}` };
  }
}

function forPeople(text: string): string {
  if (/^(Terraform|OpenTofu) (will perform|used the selected)|^Plan: /m.test(text)) return ", but a plan for people to read";
  return /^(resource|module|terraform|provider|variable|locals|data)\b.*\{/m.test(text) ? ", but Terraform's configuration" : "";
}

function look(value: Json): Given {
  if (!isFields(value)) return { problem: `This is a list, not a change. ${PLAN}` };
  if (Array.isArray(value.resource_changes)) return { kind: "Terraform plan", changes: value.resource_changes.filter(changesSomething).length, value };
  if ("lineage" in value || "values" in value) return { problem: `This is a Terraform state: what is, not what changes. ${PLAN}` };
  if ("format_version" in value) return { kind: "Terraform plan", changes: 0, value };
  if (Array.isArray(value.Changes)) return { kind: "CloudFormation change set", changes: value.Changes.length, value };
  if ("Resources" in value || "AWSTemplateFormatVersion" in value) return { problem: `This is a CloudFormation template. ${CHANGE_SET}` };
  if (Array.isArray(value.resources)) return { kind: "List of resources", changes: value.resources.length, value };
  const definition = isFields(value.taskDefinition) ? value.taskDefinition : value;
  if ("containerDefinitions" in definition) return { kind: "Task definition", changes: 1, value };
  return { problem: `This is JSON, but no plan, change set or task definition. ${PLAN}` };
}

function changesSomething(entry: Json): boolean {
  const actions = isFields(entry) && isFields(entry.change) ? entry.change.actions : null;
  return Array.isArray(actions) && actions.some((action) => action !== "no-op" && action !== "read");
}

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
