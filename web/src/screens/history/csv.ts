import { toCsv } from "../../data/csv";
import type { Change, LinkChange } from "./changes";
import { HAPPENED_WORDS } from "./changes";
import { textOfSaid } from "./said";

const HEAD = ["what", "type", "name", "id", "owner", "account", "region", "value", "before", "after", "relation", "to", "api", "field", "inferred"];

/** One row for each value that changed, each resource that came or went, each link that came or went. */
export function csvOfChanges(resources: Change[], links: LinkChange[]): string {
  const rows = resources.flatMap(({ happened, resource: { kind, name, id, owner, account, region }, lines }) => {
    const start = [HAPPENED_WORDS[happened].one, kind, name, id, owner, account, region];
    return happened === "changed" && lines.length > 0 ? lines.map(({ path, before, after }) => [...start, path, textOfSaid(before), textOfSaid(after)]) : [start];
  });
  const linkRows = links.map(({ happened, link: { from, to, relation, evidence } }) => [
    HAPPENED_WORDS[happened].one,
    from.kind,
    from.name,
    from.id,
    from.owner,
    from.account,
    from.region,
    null,
    null,
    null,
    relation,
    to.id,
    evidence.api,
    evidence.field,
    evidence.inferred ? "yes" : "no",
  ]);
  return toCsv(
    HEAD,
    [...rows, ...linkRows].map((row) => [...row, ...Array.from({ length: HEAD.length - row.length }, () => null)]),
  );
}
