import type { Outcome, ReachedToo } from "../../api/generated";
import { DataTable, type Column } from "../../components/data-table";
import { ChangeSign, OutcomeTag } from "../../components/outcome-sign";
import { NO_OWNER } from "../../components/resource-line";
import { KindCode, PresenceTag } from "../../components/signs";
import { sorted } from "../../layout/sort";
import type { Card } from "../../layout/types";
import { go } from "../../navigation";
import { counted, joined } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { ACTION, HIT, OUTCOME, OUTCOMES, WHEN } from "../../words/outcomes";
import { PRESENCE } from "../../words/presence";
import { share } from "../../words/verdict";
import { NothingHit } from "./graph";
import type { PartProps } from "./parts";
import { withCode } from "../../components/with-code";

type Row = {
  resource: Card;
  /** Null for what is changed and not hit. */
  outcome: Outcome | null;
  changed: string;
  /** Links on its way from the change; the drawing's hops are fewer where it folds parts into their service. */
  steps: number;
  lost: string;
  when: string;
  why: string;
  /** True where a risk that names it says the same. */
  inRisk: boolean;
  folded: number;
};

/** The same resources as the graph, one a row: what is hit, worst first, then the change itself, then what goes on as before. */
export function ReviewTable({ route, assessed, impacts, reached, onSelect }: PartProps & { reached: ReachedToo | null }) {
  // In order of rank: equal rows of any other order keep it.
  const rows = sorted([...changedRows(assessed), ...impacts.map((impact) => impactRow(assessed, impact)), ...unaffectedRows(assessed, reached)], rank, false);
  return (
    <DataTable
      label="Table of the same"
      class="radius-table review-table"
      caption={counted(rows.length, "resource")}
      rows={rows}
      columns={columnsOf(route.selected, onSelect)}
      keyOf={({ resource }) => resource.id}
      sort={route.sort}
      onSort={(sort) => go({ ...route, sort }, { replace: true })}
      rowClass={({ resource }) => (resource.id === route.selected ? "is-selected" : undefined)}
      file="review"
    >
      {impacts.length === 0 && <NothingHit route={route} assessed={assessed} />}
      {reached && reached.nodeCount > reached.nodes.length && <p class="table-more muted">{counted(reached.nodeCount - reached.nodes.length, "more group")} without effect, not listed; the API gives all.</p>}
    </DataTable>
  );
}

function columnsOf(selected: string | null, onSelect: PartProps["onSelect"]): Column<Row>[] {
  return [
    {
      id: "outcome",
      label: "Impact",
      value: ({ outcome }) => (outcome ? OUTCOME[outcome].word : "changed"),
      order: rank,
      cell: ({ outcome, lost }) => (
        <>
          {outcome ? (
            <OutcomeTag outcome={outcome} />
          ) : (
            <span class="outcome">
              <ChangeSign />
              changed
            </span>
          )}
          {lost && <span class="hint">{lost}</span>}
        </>
      ),
    },
    {
      id: "name",
      label: "Resource",
      value: ({ resource }) => resource.name,
      isHead: true,
      cell: ({ resource, folded }) => (
        <span class="resource-line">
          <KindCode kind={resource.kind} />
          <button class="row-name" aria-pressed={resource.id === selected} title={resource.id} onClick={() => onSelect(resource.id === selected ? null : resource.id)}>
            {resource.name}
            <span class="visually-hidden">, {kindWords(resource.kind).one}</span>
          </button>
          {folded > 0 && <span class="chip">and {folded} folded</span>}
          {resource.presence !== "LIVE" && <PresenceTag presence={resource.presence} />}
        </span>
      ),
    },
    { id: "kind", label: "Type", value: ({ resource }) => kindWords(resource.kind).one, isWide: true },
    { id: "owner", label: "Owner", value: ({ resource }) => resource.owner, cell: ({ resource }) => resource.owner ?? <span class="muted">{NO_OWNER}</span> },
    { id: "distance", label: "Steps", value: ({ steps }) => steps, isWide: true, cell: ({ steps }) => <span class="hops">{steps}</span> },
    { id: "when", label: "When", value: ({ when }) => when, isWide: true, cell: ({ when }) => when || <span class="muted">–</span> },
    { id: "why", label: "Why", value: ({ why, changed }) => why || changed, isWide: true, cell: ({ why, changed, inRisk }) => <span class={inRisk ? "is-cut is-in-risk" : "is-cut"}>{withCode(why || changed)}</span> },
    { id: "lost", label: "Lost", value: ({ lost }) => lost, only: "file" },
    { id: "state", label: "State", value: ({ resource }) => PRESENCE[resource.presence].word, only: "file" },
    { id: "id", label: "Id", value: ({ resource }) => resource.id, only: "file" },
  ];
}

function changedRows(assessed: PartProps["assessed"]): Row[] {
  return [...assessed.changesOf].flatMap(([id, changes]) => {
    const resource = assessed.resources.get(id);
    if (!resource || assessed.impactOf.has(id)) return [];
    const changed = joined([...new Set(changes.map(({ action }) => ACTION[action].done))]);
    return [{ resource, outcome: null, changed, steps: 0, lost: "", when: "", why: "", inRisk: false, folded: 0 }];
  });
}

function impactRow(assessed: PartProps["assessed"], impact: PartProps["impacts"][number]): Row {
  const { resource, outcome, phase, cause } = impact;
  return { resource, outcome, changed: "", steps: assessed.reasonOf.get(resource.id)?.length ?? 0, lost: share(impact), when: WHEN[phase], why: cause, inRisk: (assessed.risksOf.get(resource.id) ?? []).some(({ detail }) => detail.includes(cause)), folded: 0 };
}

function unaffectedRows(assessed: PartProps["assessed"], reached: ReachedToo | null): Row[] {
  return (reached?.nodes ?? [])
    .filter(({ resource }) => !assessed.impactOf.has(resource.id) && !assessed.changesOf.has(resource.id))
    .map(({ resource, distance, folded }) => ({ resource, outcome: "UNAFFECTED", changed: "", steps: distance, lost: "", when: "", why: "", inRisk: false, folded }));
}

/** Worst first; what is changed comes before what is not hit. */
function rank({ outcome }: Row): number {
  return outcome === null ? HIT.length - 0.5 : OUTCOMES.indexOf(outcome);
}
