import { useState } from "preact/hooks";
import { request } from "../../api/client";
import { ResourceHistory, type Card, type ResourceHistoryResult } from "../../api/generated";
import { CopyButton } from "../../components/copy-button";
import { KindCode } from "../../components/signs";
import { Answer, Failure, Message } from "../../components/states";
import { useTitle } from "../../components/title";
import { now } from "../../data/crawl";
import { useMore } from "../../data/more";
import { useQuery } from "../../data/query";
import { formatRoute, radiusOf, searchFor } from "../../routes";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { age, instant } from "../../words/time";
import { historyOf, type Happened } from "./address";
import { LinkRow } from "./link-row";
import { linesOf } from "./said";
import { HappenedTag } from "./signs";
import { Lines } from "./value";
import "../../styles/history.css";

type Story = ResourceHistoryResult["resourceHistory"];
type Entry = Story["entries"][number];

const ENTRIES = 20;

/** A resource through all snapshots that are kept, newest first; one that is gone as well. */
export function ResourceThroughTime({ id }: { id: string }) {
  const [dependents, setDependents] = useState(true);
  const query = useQuery(ResourceHistory, { id, first: ENTRIES, dependents }, `${id} ${dependents}`);
  const entries = query.data?.resourceHistory.entries ?? [];
  const resource = entries.find((entry) => entry.resource)?.resource ?? null;
  const isGone = entries.find(({ event }) => event !== "UNREADABLE")?.event === "REMOVED";
  const name = resource?.name ?? id.split(/[/:]/).findLast(Boolean) ?? id;
  useTitle(`${name} through time`);
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <nav aria-label="Breadcrumb" class="breadcrumb">
            <a href={formatRoute(historyOf())}>History</a>
            <span aria-hidden="true"> › </span>
            {resource && !isGone ? <a href={formatRoute({ screen: "resource", id })}>{name}</a> : name}
          </nav>
          <h1 class="page-title">{name} through time</h1>
          <p class="kind-line">
            {resource && (
              <>
                <KindCode kind={resource.kind} /> {kindWords(resource.kind).one}
              </>
            )}
          </p>
          <p class="id-text small muted">
            <code>{id}</code>
          </p>
        </div>
        <div class="page-actions">
          <CopyButton text={location.href} label="Copy link" primary />
          {resource && !isGone && (
            <a class="button" href={formatRoute({ screen: "resource", id })}>
              Details now
            </a>
          )}
          {resource && !isGone && (
            <a class="button" href={formatRoute(radiusOf(id))}>
              Blast radius
            </a>
          )}
        </div>
      </header>
      <label class="check">
        <input type="checkbox" checked={dependents} onChange={(event) => setDependents(event.currentTarget.checked)} />
        <span class="check-words">
          With links of what needs it
          <span class="hint">of a cluster or a subnet mostly tasks that come and go</span>
        </span>
      </label>
      <Answer query={query}>{({ resourceHistory }) => <Story key={`${id} ${dependents}`} id={id} first={resourceHistory} dependents={dependents} />}</Answer>
    </div>
  );
}

/** The same, short, for the page of a resource. */
export function RecentHistory({ id }: { id: string }) {
  const query = useQuery(ResourceHistory, { id, first: 5, dependents: false }, `recent ${id}`);
  return (
    <Answer query={query} part>
      {({ resourceHistory: { entries, snapshots, pageInfo } }) => (
        <>
          {entries.length === 0 ? (
            <p class="empty">
              {snapshots === 0 ? "No snapshot is kept that could tell." : `In none of the ${counted(snapshots, "snapshot")} that are kept.`}
            </p>
          ) : (
            <ol class="timeline">
              {entries.map((entry) => (
                <TimelineEntry key={`${entry.snapshot.id} ${entry.event}`} id={id} entry={entry} />
              ))}
            </ol>
          )}
          {(entries.length > 0 || pageInfo.hasNextPage) && (
            <p>
              <a href={formatRoute(historyOf({ resource: id }))}>Through time{pageInfo.hasNextPage ? ", with what was before" : ""}</a>
            </p>
          )}
        </>
      )}
    </Answer>
  );
}

function Story({ id, first, dependents }: { id: string; first: Story; dependents: boolean }) {
  const { pages, load, busy, error } = useMore(first, async (known) => (await request(ResourceHistory, { id, first: ENTRIES, after: known.at(-1)?.pageInfo.endCursor ?? null, dependents })).resourceHistory);
  const entries = pages.flatMap((page) => page.entries);
  const last = pages.at(-1)?.pageInfo;
  if (entries.length === 0 && !last?.hasNextPage) return <NeverSeen id={id} snapshots={first.snapshots} />;
  return (
    <>
      <ol class="timeline">
        {entries.map((entry) => (
          <TimelineEntry key={`${entry.snapshot.id} ${entry.event}`} id={id} entry={entry} full />
        ))}
      </ol>
      {error && <Failure error={error} retry={load} hasData />}
      {last?.hasNextPage ? (
        <p>
          <button onClick={load} disabled={busy}>
            {busy ? "Reading older snapshots…" : "Look further back"}
          </button>
        </p>
      ) : (
        <p class="muted small">That is all that {counted(first.snapshots, "kept snapshot")} can tell.</p>
      )}
    </>
  );
}

function NeverSeen({ id, snapshots }: { id: string; snapshots: number }) {
  return (
    <Message title={snapshots === 0 ? "No snapshot is kept yet" : "No kept snapshot has it"}>
      <p>
        {snapshots === 0
          ? "History is told from snapshots. The first is kept when the first crawl is done."
          : `It is in none of the ${counted(snapshots, "snapshot")} that are kept: it may be misspelled, older than the oldest of them, or lie where nobody looked.`}
      </p>
      <p>
        <a href={formatRoute(searchFor(id.split(/[/:]/).findLast(Boolean) ?? id))}>Search for its name</a> · <a href="/coverage">Coverage</a>
      </p>
    </Message>
  );
}

/** Values that one entry of the short list shows. */
const FEW_LINES = 3;
const FEW_LINKS = 3;

function TimelineEntry({ id, entry, full = false }: { id: string; entry: Entry; full?: boolean }) {
  const { event, snapshot, before, attributes, linksAdded, linksAddedCount, linksRemoved, linksRemovedCount, problem } = entry;
  const lines = linesOf(attributes);
  // What went is to be seen where it was last.
  const to = (happened: Happened) => (resource: Card) => formatRoute({ screen: "resource", id: resource.id, snapshot: happened === "unlinked" && before ? before.id : snapshot.id });
  const links = [...linksRemoved.map((link) => ({ happened: "unlinked" as Happened, link })), ...linksAdded.map((link) => ({ happened: "linked" as Happened, link }))];
  const linkTotal = linksAddedCount + linksRemovedCount;
  const shownLinks = full ? links : links.slice(0, FEW_LINKS);
  return (
    <li class={`timeline-entry timeline-${event.toLowerCase()}`}>
      <p class="timeline-head">
        <EventTag event={event} />
        <time dateTime={snapshot.takenAt} title={`${age(snapshot.takenAt, now.value)} ago`}>
          {instant(snapshot.takenAt)}
        </time>
        <span class="timeline-links">
          {event !== "REMOVED" && event !== "UNREADABLE" && <a href={formatRoute({ screen: "resource", id, snapshot: snapshot.id })}>As it was then</a>}
          {event === "REMOVED" && before && <a href={formatRoute({ screen: "resource", id, snapshot: before.id })}>As it last was</a>}
          {before && <a href={formatRoute(historyOf({ from: before.id, to: snapshot.id, selected: id }))}>All that changed then</a>}
        </span>
      </p>
      <p class="muted small">{sentenceOf(entry)}</p>
      {problem && <p class="small">{problem}</p>}
      {lines.length > 0 && (full ? <Lines lines={lines} /> : <Lines lines={lines} most={FEW_LINES} />)}
      {shownLinks.length > 0 && (
        <ul class="plain-list link-changes">
          {shownLinks.map(({ happened, link }) => (
            <LinkRow key={`${happened} ${link.from.id} ${link.relation} ${link.to.id}`} happened={happened} link={link} to={to(happened)} />
          ))}
        </ul>
      )}
      {linkTotal > shownLinks.length && <p class="muted small">and {counted(linkTotal - shownLinks.length, "more link")}</p>}
    </li>
  );
}

function EventTag({ event }: { event: Entry["event"] }) {
  if (event === "ADDED" || event === "REMOVED" || event === "CHANGED") return <HappenedTag happened={event.toLowerCase() as Happened} />;
  return <span class="happened happened-other">{event === "FIRST_KNOWN" ? "first known" : "cannot be read"}</span>;
}

function sentenceOf({ event, before }: Entry): string {
  const since = before ? ` since ${instant(before.takenAt)}` : "";
  switch (event) {
    case "ADDED":
      return `It is in this snapshot and not in the one of ${before ? instant(before.takenAt) : "before"}: it came, or was first looked at,${since ? " in between" : " then"}.`;
    case "REMOVED":
      return `It is not in this snapshot any more: it went, or was no longer seen,${since}.`;
    case "CHANGED":
      return `Changed${since}.`;
    case "FIRST_KNOWN":
      return "The oldest snapshot that is kept has it already: when it came is not known.";
    case "UNREADABLE":
      return "This snapshot cannot be read: what is told of the next one may have happened here.";
  }
}
