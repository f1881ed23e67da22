import type { Column } from "../../components/data-table";
import type { Cell } from "../../data/csv";
import { HAPPENED_WORDS, type Changes } from "./changes";
import { textOfSaid } from "./said";

/** What a file of changes holds, cell by cell. */
export const COLUMNS = ["what", "type", "name", "id", "owner", "account", "region", "value", "before", "after", "relation", "to", "api", "field", "inferred"].map(
  (id, index): Column<Cell[]> => ({ id, label: id, value: (cells) => cells[index] ?? null }),
);

/** One row for each value that changed, each resource that came or went, each link that came or went. */
export function rowsOf({ resources, links }: Pick<Changes, "resources" | "links">): Cell[][] {
  const rows = resources.flatMap(({ happened, resource: { kind, name, id, owner, account, region }, lines }) => {
    const start = [HAPPENED_WORDS[happened].one, kind, name, id, owner, account, region];
    return happened === "changed" && lines.length > 0 ? lines.map(({ path, before, after }) => [...start, path, textOfSaid(before), textOfSaid(after)]) : [start];
  });
  const linkRows = links.map(({ happened, link: { from, to, relation, evidence } }) => {
    const start = [HAPPENED_WORDS[happened].one, from.kind, from.name, from.id, from.owner, from.account, from.region];
    return start.concat(null, null, null, relation, to.id, evidence.api, evidence.field, evidence.inferred ? "yes" : "no");
  });
  return [...rows, ...linkRows];
}
