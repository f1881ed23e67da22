import { counted } from "../../words/counts";

/** A plan, change set or task definition that somebody gave. */
export type ChangeFile = {
  /** The name of the file, or what a pasted text is called. */
  name: string;
  blob: Blob;
  /** What it seems to be, and how large it is. The server reads it in earnest. */
  words: string;
  /** How many changes it seems to hold; null where that is not seen. */
  changes: number | null;
};

/** Larger files are left to the server: reading them here would hold up the page. */
const READ_HERE_BYTES = 8_000_000;

export async function openFile(file: File): Promise<ChangeFile> {
  return describe(file.name, file, file.size <= READ_HERE_BYTES ? await file.text() : null);
}

export function openText(text: string): ChangeFile {
  return describe("Pasted text", new Blob([text], { type: "application/json" }), text);
}

function describe(name: string, blob: Blob, text: string | null): ChangeFile {
  const seen = text === null ? null : look(text);
  const parts = [seen?.kind, seen?.changes === null || seen === null ? null : counted(seen.changes, "change"), size(blob.size)];
  return { name, blob, words: parts.filter(Boolean).join(" · "), changes: seen?.changes ?? null };
}

/** What a text seems to be; null for what is not known: the server says what is wrong with it. */
export function look(text: string): { kind: string; changes: number | null } | null {
  const value = parsed(text);
  if (!isRecord(value)) return null;
  if (Array.isArray(value.resource_changes)) {
    const changing = value.resource_changes.filter((one) => isRecord(one) && isRecord(one.change) && changesSomething(one.change.actions));
    return { kind: "Terraform plan", changes: changing.length };
  }
  if (Array.isArray(value.Changes)) return { kind: "CloudFormation change set", changes: value.Changes.length };
  const definition = isRecord(value.taskDefinition) ? value.taskDefinition : value;
  if (Array.isArray(definition.containerDefinitions)) return { kind: "Task definition", changes: 1 };
  if (Array.isArray(value.resources)) return { kind: "List of resources", changes: value.resources.length };
  return null;
}

function changesSomething(actions: unknown): boolean {
  return Array.isArray(actions) && actions.some((action) => action !== "no-op" && action !== "read");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `840 B`, `95 KB`, `12.4 MB`. */
function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
