import { useState } from "preact/hooks";
import type { Outcome, ReachedToo } from "../../api/generated";
import { ChangeSign, OutcomeTag } from "../../components/outcome-sign";
import { NO_OWNER } from "../../components/resource-line";
import { KindCode, PresenceTag } from "../../components/signs";
import type { Card } from "../../layout/types";
import { go } from "../../navigation";
import type { ReviewSort } from "../../routes";
import { counted, joined } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { ACTION, HIT, OUTCOMES, WHEN } from "../../words/outcomes";
import { share } from "../../words/verdict";
import { NothingHit } from "./graph";
import type { PartProps } from "./parts";

const ROWS = 200;
const HEADS: [sort: ReviewSort, label: string, wide: boolean][] = [
  ["outcome", "Impact", false],
  ["name", "Resource", false],
  ["kind", "Type", true],
  ["owner", "Owner", false],
  ["distance", "Steps", true],
];

type Row = {
  resource: Card;
  /** Null for what is changed and not hit. */
  outcome: Outcome | null;
  changed: string;
  steps: number;
  lost: string;
  when: string;
  why: string;
  folded: number;
};

/** The same resources as the graph, one a row: what is hit, worst first, then the change itself, then what goes on as before. */
export function ReviewTable({ route, assessed, impacts, reached, onSelect }: PartProps & { reached: ReachedToo | null }) {
  const [shown, setShown] = useState(ROWS);
  const rows = sorted([...changedRows(assessed), ...impacts.map((impact) => impactRow(assessed, impact)), ...unaffectedRows(assessed, reached)], route.sort);
  return (
    <div class="table-box radius-table review-table" tabIndex={0} role="region" aria-label="Table of the same">
      <table>
        <thead>
          <tr>
            {HEADS.map(([sort, label, wide]) => (
              <th key={sort} scope="col" class={wide ? "wide-cell" : undefined} aria-sort={route.sort === sort ? "ascending" : undefined}>
                <button class="sort" onClick={() => go({ ...route, sort }, { replace: true })}>
                  {label}
                  <span aria-hidden="true">{route.sort === sort ? " ↑" : ""}</span>
                </button>
              </th>
            ))}
            <th scope="col" class="wide-cell">
              When
            </th>
            <th scope="col" class="wide-cell">
              Why
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ resource, outcome, changed, steps, lost, when, why, folded }) => (
            <tr key={resource.id} class={resource.id === route.selected ? "is-selected" : undefined}>
              <td>
                {outcome ? <OutcomeTag outcome={outcome} /> : (
                  <span class="outcome">
                    <ChangeSign />
                    changed
                  </span>
                )}
                {lost && <span class="hint">{lost}</span>}
              </td>
              <th scope="row">
                <span class="resource-line">
                  <KindCode kind={resource.kind} />
                  <button class="row-name" aria-pressed={resource.id === route.selected} title={resource.id} onClick={() => onSelect(resource.id === route.selected ? null : resource.id)}>
                    {resource.name}
                    <span class="visually-hidden">, {kindWords(resource.kind).one}</span>
                  </button>
                  {folded > 0 && <span class="chip">and {folded} folded</span>}
                  {resource.presence !== "LIVE" && <PresenceTag presence={resource.presence} />}
                </span>
              </th>
              <td class="wide-cell">{kindWords(resource.kind).one}</td>
              <td class={resource.owner ? undefined : "muted"}>{resource.owner ?? NO_OWNER}</td>
              <td class="wide-cell hops">{steps}</td>
              <td class="wide-cell">{when || <span class="muted">–</span>}</td>
              <td class="wide-cell why-cell">
                <span class="why-text">{why || changed}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <p class="table-more">
          <button onClick={() => setShown((last) => last + ROWS)}>Show {Math.min(ROWS, rows.length - shown)} more rows</button>{" "}
          <span class="muted">
            {shown} of {rows.length.toLocaleString("en")}
          </span>
        </p>
      )}
      {impacts.length === 0 && <NothingHit route={route} assessed={assessed} />}
      {reached && reached.nodeCount > reached.nodes.length && <p class="table-more muted">{counted(reached.nodeCount - reached.nodes.length, "more group")} without effect, not listed; the API gives all.</p>}
    </div>
  );
}

function changedRows(assessed: PartProps["assessed"]): Row[] {
  return [...assessed.changesOf].flatMap(([id, changes]) => {
    const resource = assessed.resources.get(id);
    if (!resource || assessed.impactOf.has(id)) return [];
    const changed = joined([...new Set(changes.map(({ action }) => ACTION[action].done))]);
    return [{ resource, outcome: null, changed, steps: 0, lost: "", when: "", why: "", folded: 0 }];
  });
}

function impactRow(assessed: PartProps["assessed"], impact: PartProps["impacts"][number]): Row {
  const { resource, outcome, phase, cause } = impact;
  return { resource, outcome, changed: "", steps: assessed.reasonOf.get(resource.id)?.length ?? 0, lost: share(impact), when: WHEN[phase], why: cause, folded: 0 };
}

function unaffectedRows(assessed: PartProps["assessed"], reached: ReachedToo | null): Row[] {
  return (reached?.nodes ?? [])
    .filter(({ resource }) => !assessed.impactOf.has(resource.id) && !assessed.changesOf.has(resource.id))
    .map(({ resource, distance, folded }) => ({ resource, outcome: "UNAFFECTED", changed: "", steps: distance, lost: "", when: "", why: "", folded }));
}

/** Worst first; what is changed comes before what is not hit. */
function rank({ outcome }: Row): number {
  return outcome === null ? HIT.length - 0.5 : OUTCOMES.indexOf(outcome);
}

function sorted(rows: Row[], by: ReviewSort): Row[] {
  const words = ({ resource }: Row) => (by === "kind" ? kindWords(resource.kind).one : by === "owner" ? (resource.owner ?? "\uffff") : resource.name);
  return rows.toSorted((a, b) => {
    if (by === "outcome") return rank(a) - rank(b);
    if (by === "distance") return a.steps - b.steps || rank(a) - rank(b);
    return words(a).localeCompare(words(b), "en") || rank(a) - rank(b);
  });
}
