import { useState } from "preact/hooks";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { KindCode, PresenceTag } from "../../components/signs";
import type { Radius } from "../../layout/radius";
import type { Reached } from "../../layout/types";
import { go } from "../../navigation";
import { formatRoute, MAX_LIMIT, type RadiusRoute, type SortBy } from "../../routes";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { NothingReached } from "./nothing-reached";
import { stepWords } from "./step-words";

const ROWS = 200;
const HEADS: [SortBy, string][] = [
  ["distance", "Hops"],
  ["name", "Resource"],
  ["kind", "Type"],
  ["owner", "Owner"],
];

type Props = { route: RadiusRoute; radius: Radius; onSelect: (id: string | null) => void };

/** The same resources as the graph, one a row. */
export function RadiusTable({ route, radius, onSelect }: Props) {
  const [shown, setShown] = useState(ROWS);
  const rows = sorted(radius.reached, route.sort);
  const { answer } = radius;
  return (
    <div class="table-box radius-table" tabIndex={0} role="region" aria-label="Table of the same">
      <table>
        <thead>
          <tr>
            {HEADS.map(([sort, label]) => (
              <th key={sort} scope="col" class={sort === "kind" ? "wide-cell" : undefined} aria-sort={route.sort === sort ? "ascending" : undefined}>
                <button class="sort" onClick={() => go({ ...route, sort }, { replace: true })}>
                  {label}
                  <span aria-hidden="true">{route.sort === sort ? " ↑" : ""}</span>
                </button>
              </th>
            ))}
            <th scope="col" class="wide-cell">
              Account and region
            </th>
            <th scope="col" class="wide-cell">
              Reached through
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ resource, distance }) => (
            <tr key={resource.id} class={resource.id === route.selected ? "is-selected" : undefined}>
              <td class="hops">{distance === 0 ? "start" : distance}</td>
              <th scope="row">
                <span class="resource-line">
                  <KindCode kind={resource.kind} />
                  <button class="row-name" aria-pressed={resource.id === route.selected} title={resource.id} onClick={() => onSelect(resource.id === route.selected ? null : resource.id)}>
                    {resource.name}
                    <span class="visually-hidden">, {kindWords(resource.kind).one}</span>
                  </button>
                  {resource.presence !== "LIVE" && <PresenceTag presence={resource.presence} />}
                </span>
              </th>
              <td class="wide-cell">{kindWords(resource.kind).one}</td>
              <td class={resource.owner ? undefined : "muted"}>{resource.owner ?? NO_OWNER}</td>
              <td class="wide-cell muted">{whereOf(resource)}</td>
              <td class="wide-cell">
                <Through id={resource.id} radius={radius} />
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
      {answer.nodes.length === 0 && <NothingReached route={route} radius={radius} />}
      {answer.truncated && (
        <p class="table-more">
          <strong>{counted(answer.totalCount - answer.nodes.length, "more resource")}</strong> farther away {answer.totalCount - answer.nodes.length === 1 ? "was" : "were"} reached and{" "}
          {answer.totalCount - answer.nodes.length === 1 ? "is" : "are"} not listed.{" "}
          {route.limit < MAX_LIMIT ? (
            <a href={formatRoute({ ...route, limit: MAX_LIMIT })}>List up to {MAX_LIMIT.toLocaleString("en")}</a>
          ) : (
            "Filter by type or distance to see them; the API gives all."
          )}
        </p>
      )}
    </div>
  );
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

function sorted(rows: Reached[], by: SortBy): Reached[] {
  const words = ({ resource }: Reached) => (by === "kind" ? kindWords(resource.kind).one : by === "owner" ? (resource.owner ?? "\uffff") : resource.name);
  return rows.toSorted((a, b) => {
    const roots = Number(a.distance !== 0) - Number(b.distance !== 0);
    if (roots !== 0) return roots;
    return by === "distance" ? a.distance - b.distance : words(a).localeCompare(words(b), "en") || a.distance - b.distance;
  });
}
