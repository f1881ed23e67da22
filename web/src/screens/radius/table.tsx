import { DataTable, type Column } from "../../components/data-table";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { KindCode, PresenceTag } from "../../components/signs";
import type { Radius } from "../../layout/radius";
import type { Reached } from "../../layout/types";
import { go } from "../../navigation";
import { formatRoute, MAX_LIMIT, type RadiusRoute } from "../../routes";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { PRESENCE } from "../../words/presence";
import { NothingReached } from "./nothing-reached";
import { stepWords } from "../../components/steps";

type Props = { route: RadiusRoute; radius: Radius; onSelect: (id: string | null) => void };

/** The same resources as the graph, one a row. */
export function RadiusTable({ route, radius, onSelect }: Props) {
  const { answer } = radius;
  const left = answer.totalCount - answer.nodes.length;
  return (
    <DataTable
      label="Table of the same"
      class="radius-table"
      rows={radius.reached}
      columns={columnsOf(route, radius, onSelect)}
      keyOf={({ resource }) => resource.id}
      sort={route.sort}
      onSort={(sort) => go({ ...route, sort }, { replace: true })}
      isFirst={({ distance }) => distance === 0}
      rowClass={({ resource }) => (resource.id === route.selected ? "is-selected" : undefined)}
      file="radius"
      caption={counted(answer.nodes.length, "resource")}
    >
      {answer.nodes.length === 0 && <NothingReached route={route} radius={radius} />}
      {answer.truncated && (
        <p class="table-more">
          <strong>{counted(left, "more resource")}</strong> farther away {left === 1 ? "was" : "were"} reached and {left === 1 ? "is" : "are"} not listed.{" "}
          {route.limit < MAX_LIMIT ? (
            <a href={formatRoute({ ...route, limit: MAX_LIMIT })}>List up to {MAX_LIMIT.toLocaleString("en")}</a>
          ) : (
            "Filter by type or distance to see them; the API gives all."
          )}
        </p>
      )}
    </DataTable>
  );
}

function columnsOf(route: RadiusRoute, radius: Radius, onSelect: Props["onSelect"]): Column<Reached>[] {
  return [
    { id: "distance", label: "Hops", value: ({ distance }) => distance, cell: ({ distance }) => <span class="hops">{distance === 0 ? "start" : distance}</span> },
    {
      id: "name",
      label: "Resource",
      value: ({ resource }) => resource.name,
      isHead: true,
      cell: ({ resource }) => (
        <span class="resource-line">
          <KindCode kind={resource.kind} />
          <button class="row-name" aria-pressed={resource.id === route.selected} title={resource.id} onClick={() => onSelect(resource.id === route.selected ? null : resource.id)}>
            {resource.name}
            <span class="visually-hidden">, {kindWords(resource.kind).one}</span>
          </button>
          {resource.presence !== "LIVE" && <PresenceTag presence={resource.presence} />}
        </span>
      ),
    },
    { id: "kind", label: "Type", value: ({ resource }) => kindWords(resource.kind).one, isWide: true },
    { id: "owner", label: "Owner", value: ({ resource }) => resource.owner, cell: ({ resource }) => (resource.owner === null ? <span class="muted">{NO_OWNER}</span> : resource.owner) },
    {
      id: "where",
      label: "Account and region",
      value: ({ resource }) => `${resource.account} ${resource.region}`,
      isWide: true,
      cell: ({ resource }) => <span class="muted">{whereOf(resource)}</span>,
    },
    { id: "through", label: "Reached through", value: ({ resource }) => throughWords(resource.id, radius), isWide: true, cell: ({ resource }) => <Through id={resource.id} radius={radius} /> },
    { id: "state", label: "State", value: ({ resource }) => PRESENCE[resource.presence].word, only: "file" },
    { id: "id", label: "Id", value: ({ resource }) => resource.id, only: "file" },
    { id: "evidence", label: "Evidence", value: ({ resource }) => evidenceWords(resource.id, radius), only: "file" },
  ];
}

function Through({ id, radius }: { id: string; radius: Radius }) {
  const step = radius.steps.get(id);
  if (!step) return <span class="muted">–</span>;
  return (
    <>
      {radius.resources.get(step.near)?.name ?? step.near} <span class="muted">{stepWords(step)}</span>
      {step.hop.evidence.inferred && <span class="chip">inferred</span>}
    </>
  );
}

function throughWords(id: string, radius: Radius): string {
  const step = radius.steps.get(id);
  return step ? `${radius.resources.get(step.near)?.name ?? step.near} ${stepWords(step)}` : "";
}

function evidenceWords(id: string, radius: Radius): string {
  const evidence = radius.steps.get(id)?.hop.evidence;
  return evidence ? `${evidence.api} ${evidence.field} (${evidence.inferred ? "inferred" : "observed"})` : "";
}
