import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Card } from "../../api/generated";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { KindCode, PresenceTag } from "../../components/signs";
import { narrow } from "../../data/window";
import { countOfKind, kindWords } from "../../words/kinds";
import { relationWords } from "../../words/relations";
import type { Grouping } from "./address";
import { tallyWords, type Change, type Group, type LinkChange, type Row } from "./changes";
import { LinkRow } from "./link-row";
import { HappenedTag } from "./signs";
import { Lines } from "./value";

/** Rows of a group that are drawn at once, and how many more at a time. */
const FIRST_ROWS = 50;
const MORE_ROWS = 200;
/** Values of one change in its row; the panel has them all. */
const LINES_IN_ROW = 3;

type Props = {
  groups: Group[];
  links: LinkChange[];
  by: Grouping;
  selected: string | null;
  onSelect: (id: string | null) => void;
  to: (resource: Card) => string;
  /** False where some links are not loaded. */
  allLinks: boolean;
};

/** Everything that changed, in groups; then the links. */
export function ChangesTable({ groups, links, by, selected, onSelect, to, allLinks }: Props) {
  const rewired = links.filter((one) => !one.withItsEnd);
  const along = links.filter((one) => one.withItsEnd);
  const ends = useMemo(() => byEnd(links), [links]);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (selected !== null) box.current?.querySelector(`[data-change="${CSS.escape(selected)}"]`)?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <div class="changes-table" ref={box} tabIndex={0} role="region" aria-label="Table of what changed">
      {groups.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col" class="happened-cell">
                What
              </th>
              <th scope="col" class="name-cell">
                Resource
              </th>
              {by !== "owner" && (
                <th scope="col" class="wide-cell owner-cell">
                  Owner
                </th>
              )}
              <th scope="col" class="wide-cell where-cell">
                Account and region
              </th>
              <th scope="col">Before and after</th>
            </tr>
          </thead>
          {groups.map((group) => (
            <Resources key={group.key} group={group} by={by} selected={selected} onSelect={onSelect} links={ends} allLinks={allLinks} />
          ))}
        </table>
      )}
      {links.length > 0 && (
        <>
          {rewired.length > 0 && <Links title="Links between what was there before and after" links={rewired} to={to} />}
          {along.length > 0 && <Links title="Links that came or went with a resource" links={along} to={to} folded={rewired.length > 0 || groups.length > 0} />}
        </>
      )}
    </div>
  );
}

/** How many columns there are to see: a cell over more would make room for them. */
function columnsOf(by: Grouping): number {
  return narrow.value ? 3 : by === "owner" ? 4 : 5;
}

function byEnd(links: LinkChange[]): Map<string, LinkChange[]> {
  const ends = new Map<string, LinkChange[]>();
  for (const change of links) {
    for (const { id } of [change.link.from, change.link.to]) {
      const known = ends.get(id);
      if (known) known.push(change);
      else ends.set(id, [change]);
    }
  }
  return ends;
}

type ResourcesProps = { group: Group; by: Grouping; selected: string | null; onSelect: (id: string | null) => void; /** By either end. */ links: Map<string, LinkChange[]>; allLinks: boolean };

function Resources({ group: { title, changes, rows: all }, by, selected, onSelect, links, allLinks }: ResourcesProps) {
  const [rows, setRows] = useState(FIRST_ROWS);
  const place = all.findIndex((row) => row.changes.some(({ resource }) => resource.id === selected));
  // What is selected is on screen, however far down.
  const shown = Math.max(rows, place + 1);
  return (
    <tbody>
      <tr class="group-row">
        <th scope="rowgroup" colSpan={columnsOf(by)}>
          {title} <span class="count">{tallyWords(changes)}</span>
        </th>
      </tr>
      {all.slice(0, shown).map((row) => (
        <RowOrFold key={row.key} row={row} by={by} selected={selected} onSelect={onSelect} links={links} allLinks={allLinks} />
      ))}
      {all.length > shown && (
        <tr>
          <td colSpan={columnsOf(by)}>
            <button onClick={() => setRows(shown + MORE_ROWS)}>
              Show {Math.min(MORE_ROWS, all.length - shown)} more rows<span class="visually-hidden"> of {title}</span>
            </button>{" "}
            <span class="muted">{all.slice(shown).reduce((sum, row) => sum + row.changes.length, 0).toLocaleString("en")} more</span>
          </td>
        </tr>
      )}
    </tbody>
  );
}

type RowProps = Omit<ResourcesProps, "group"> & { row: Row };

/** One change; or several alike as one line that opens. */
function RowOrFold({ row, by, selected, onSelect, links, allLinks }: RowProps) {
  const [opened, setOpened] = useState(false);
  const [first] = row.changes;
  if (!first) return null;
  const each = row.changes.map((change) => (
    <OneRow key={change.resource.id} change={change} by={by} selected={change.resource.id === selected} onSelect={onSelect} links={links} allLinks={allLinks} inside={row.changes.length > 1} />
  ));
  if (row.changes.length === 1 || !row.whole) return <>{each}</>;
  const open = opened || row.changes.some(({ resource }) => resource.id === selected);
  return (
    <>
      <tr>
        <td class="happened-cell">
          <HappenedTag happened={first.happened} />
        </td>
        <th scope="row">
          <button class="row-name fold-row" aria-expanded={open} onClick={() => setOpened(!open)}>
            <span class="badge">{row.changes.length.toLocaleString("en")}</span>{" "}
            <span class="fold-sign" aria-hidden="true">
              {open ? "▾" : "▸"}
            </span>
            {countOfKind(row.changes.length, first.resource.kind).replace(/^\S+ /, "")} of {row.whole.name}
          </button>
        </th>
        {by !== "owner" && <td class={first.resource.owner ? "wide-cell" : "wide-cell muted"}>{first.resource.owner ?? NO_OWNER}</td>}
        <td class="wide-cell muted">{whereOf(first.resource)}</td>
        <td class="muted">{open ? "" : "alike: open to see each"}</td>
      </tr>
      {open && each}
    </>
  );
}

function OneRow({ change, by, selected, onSelect, links, allLinks, inside }: Omit<ResourcesProps, "group" | "selected"> & { change: Change; selected: boolean; inside: boolean }) {
  const { happened, resource, lines } = change;
  return (
    <tr class={[selected && "is-selected", inside && "is-inside"].filter(Boolean).join(" ")} data-change={resource.id}>
      <td class="happened-cell">
        <HappenedTag happened={happened} />
      </td>
      <th scope="row">
        <span class="resource-line">
          <KindCode kind={resource.kind} />
          <button class="row-name" aria-pressed={selected} title={resource.id} onClick={() => onSelect(selected ? null : resource.id)}>
            {resource.name}
            <span class="visually-hidden">, {kindWords(resource.kind).one}</span>
          </button>
          {resource.presence !== "LIVE" && <PresenceTag presence={resource.presence} />}
        </span>
      </th>
      {by !== "owner" && <td class={resource.owner ? "wide-cell" : "wide-cell muted"}>{resource.owner ?? NO_OWNER}</td>}
      <td class="wide-cell muted">{whereOf(resource)}</td>
      <td>{happened === "changed" ? lines.length > 0 ? <Lines lines={lines} most={LINES_IN_ROW} /> : <span class="muted">Something that is not shown</span> : <Tie change={change} links={links} allLinks={allLinks} />}</td>
    </tr>
  );
}

/** What a resource that came or went hangs on: the first thing that a person would ask of a task with a number for a name. */
function Tie({ change: { resource }, links, allLinks }: { change: Change; links: Map<string, LinkChange[]>; allLinks: boolean }) {
  const own = links.get(resource.id) ?? [];
  const best = own.find(({ link }) => link.from.id === resource.id && link.relation === "PART_OF") ?? own.find(({ link }) => link.to.id === resource.id) ?? own[0];
  if (!best) return <span class="muted">{allLinks ? "no link that came or went with it" : "links not loaded"}</span>;
  const forward = best.link.from.id === resource.id;
  const words = relationWords(best.link.relation);
  return (
    <span class="muted">
      {forward ? words.forward : words.back} <span class="tie-end">{forward ? best.link.to.name : best.link.from.name}</span>
      {own.length > 1 && ` and ${own.length - 1} more`}
    </span>
  );
}

function Links({ title, links, to, folded = false }: { title: string; links: LinkChange[]; to: (resource: Card) => string; folded?: boolean }) {
  const [rows, setRows] = useState(FIRST_ROWS);
  const [open, setOpen] = useState(!folded);
  const list = open && (
    <>
      <ul class="plain-list link-changes">
        {links.slice(0, rows).map(({ happened, link }) => (
          <LinkRow key={`${happened} ${link.from.id} ${link.relation} ${link.to.id}`} happened={happened} link={link} to={to} />
        ))}
      </ul>
      {links.length > rows && (
        <p class="table-more">
          <button onClick={() => setRows(rows + MORE_ROWS)}>Show {Math.min(MORE_ROWS, links.length - rows)} more links</button> <span class="muted">{(links.length - rows).toLocaleString("en")} more</span>
        </p>
      )}
    </>
  );
  const heading = (
    <>
      {title} <span class="count">{tallyWords(links)}</span>
    </>
  );
  return folded ? (
    <details class="change-group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{heading}</summary>
      {list}
    </details>
  ) : (
    <section class="change-group">
      <h2>{heading}</h2>
      {list}
    </section>
  );
}
