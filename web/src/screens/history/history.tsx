import { useEffect, useMemo, useState } from "preact/hooks";
import type { Card, Kept } from "../../api/generated";
import { copyText } from "../../components/copy-button";
import { Answer, Failure } from "../../components/states";
import { useTitle } from "../../components/title";
import { announcement } from "../../data/announce";
import { narrow, wide } from "../../data/window";
import { keysOfScreen } from "../../keyboard";
import { go, route as address } from "../../navigation";
import { formatRoute } from "../../routes";
import { counted } from "../../words/counts";
import { instant } from "../../words/time";
import type { HistoryRoute } from "./address";
import { filtered, grouped, readChanges, type Changes } from "./changes";
import { Chooser } from "./chooser";
import { Filters } from "./filters";
import { ChangesGraph } from "./graph";
import { Head } from "./head";
import { useDiff, useSnapshots } from "./load";
import { Panel } from "./panel";
import { pictureOf, type Picture } from "./picture";
import { NoSnapshots, NothingChanged, NotUsable, OneSnapshot, SameSnapshot } from "./states";
import { Strip } from "./strip";
import { ChangesTable } from "./table";
import { ResourceThroughTime } from "./through-time";
import { Toolbar } from "./toolbar";
import "../../styles/history.css";

type Pane = "rail" | "panel" | "none";

/** What changed between any two snapshots; with a resource in the address, that resource through all of them. */
export function HistoryScreen({ route }: { route: HistoryRoute }) {
  return route.resource === null ? <Comparison route={route} /> : <ResourceThroughTime key={route.resource} id={route.resource} />;
}

function Comparison({ route }: { route: HistoryRoute }) {
  useTitle("History");
  const { query, snapshots, unreadable, total, more } = useSnapshots();
  return (
    <Answer query={query}>
      {() => {
        const [newest] = snapshots ?? [];
        if (!snapshots || !newest) return <NoSnapshots />;
        if (snapshots.length === 1 && route.from === null && route.to === null) return <OneSnapshot snapshot={newest} />;
        return <Between route={route} snapshots={snapshots} unreadable={unreadable} total={total} more={more} />;
      }}
    </Answer>
  );
}

type BetweenProps = { route: HistoryRoute; snapshots: Kept[]; unreadable: Kept[]; total: number; more: (() => void) | null };

function Between({ route, snapshots, unreadable, total, more }: BetweenProps) {
  const to = route.to ?? snapshots[0]?.id ?? null;
  const from = route.from ?? snapshots[snapshots.findIndex(({ id }) => id === to) + 1]?.id ?? null;
  useEffect(() => {
    // An address without them would show another difference after the next crawl: to whoever gets it, and here.
    if (from !== null && to !== null && (route.from === null || route.to === null)) go({ ...route, from, to }, { replace: true });
  }, [route, from, to]);
  const { query, pages, more: moreOfDiff, failure } = useDiff(from, to);
  // `pages` is a new list at each turn: what it holds decides.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const changes = useMemo(() => readChanges(pages), [pages[0], pages.length]);
  const [pane, setPane] = useState<Pane>(route.selected !== null ? "panel" : narrow.value ? "none" : "rail");
  const showRail = wide.value ? pane !== "none" : pane === "rail";
  const toggleRail = () => setPane(showRail ? (route.selected !== null && !wide.value ? "panel" : "none") : "rail");

  const shown = useMemo(() => changes && filtered(changes, route), [changes, route]);
  const groups = useMemo(() => (shown ? grouped(shown.resources, shown.links, route.group) : []), [shown, route.group]);
  const picture = useMemo(() => (shown && route.view !== "table" ? pictureOf(shown.resources, shown.links) : null), [shown, route.view]);
  const alike = (route.selected !== null && picture?.cardOf.get(route.selected)?.members.map(({ resource }) => resource)) || [];
  const selected = changes?.resources.find(({ resource }) => resource.id === route.selected);
  const select = (id: string | null) => {
    if (id !== null) setPane("panel");
    else if (!wide.value && pane === "panel") setPane(narrow.value ? "none" : "rail");
    go({ ...route, selected: id }, { replace: true });
  };
  useHistoryKeys(snapshots, from, to, groups.flatMap((group) => group.changes.map(({ resource }) => resource.id)), toggleRail, select);

  const isBackwards = snapshots.findIndex(({ id }) => id === from) < snapshots.findIndex(({ id }) => id === to) && snapshots.some(({ id }) => id === from);
  const body = () => {
    if (query.error?.code === "NOT_FOUND") return <NotUsable message={query.error.message} />;
    if (from === to) return <SameSnapshot route={route} before={snapshots[snapshots.findIndex(({ id }) => id === to) + 1]} />;
    if (from === null) {
      return (
        <div class="empty history-empty">
          <p>
            <strong>This is the oldest snapshot that is kept:</strong> nothing is known of what was before it.
          </p>
        </div>
      );
    }
    return (
      <Answer query={query}>
        {() =>
          changes &&
          shown && (
            <>
              {failure && <Failure error={failure} retry={moreOfDiff} hasData />}
              <Views route={route} changes={changes} shown={shown} groups={groups} picture={picture} newest={snapshots[0]?.id ?? null} onSelect={select} onMore={moreOfDiff} />
            </>
          )
        }
      </Answer>
    );
  };
  return (
    <div class="radius history">
      <Head route={route} changes={changes} pages={pages} from={from} to={to} snapshots={snapshots} />
      <Strip route={route} snapshots={snapshots} from={from} to={to} />
      {isBackwards && (
        <p class="notice notice-warn notice-bar">
          From is the later of the two: what is called added here went away since.
          <a class="button" href={formatRoute({ ...route, from: to, to: from })}>
            Turn round
          </a>
        </p>
      )}
      <div class={`radius-body${showRail ? " has-rail" : ""}${selected ? " has-panel" : ""}`}>
        {showRail && (
          <aside class="rail" aria-label="Snapshots and filters">
            <Chooser route={route} snapshots={snapshots} unreadable={unreadable} total={total} from={from} to={to} onMore={more} />
            {changes && <Filters route={route} changes={changes} />}
          </aside>
        )}
        <div class="stage">
          <Toolbar route={route} shown={shown} railOpen={showRail} onRail={toggleRail} />
          {body()}
        </div>
        {selected && changes && (wide.value || pane === "panel") && <Panel change={selected} alike={alike} changes={changes} pinOf={pinIn(changes, snapshots[0]?.id ?? null)} to={addressIn(changes, snapshots[0]?.id ?? null)} onSelect={select} />}
      </div>
    </div>
  );
}

type ViewsProps = {
  route: HistoryRoute;
  changes: Changes;
  shown: NonNullable<ReturnType<typeof filtered>>;
  groups: ReturnType<typeof grouped>;
  picture: Picture | null;
  newest: string | null;
  onSelect: (id: string | null) => void;
  onMore: () => void;
};

function Views({ route, changes, shown, groups, picture, newest, onSelect, onMore }: ViewsProps) {
  const { diff, beyond } = changes;
  const isEmpty = shown.resources.length + shown.links.length === 0;
  const notLoaded = Object.values(beyond).reduce((sum, count) => sum + count, 0);
  if (isEmpty && notLoaded === 0) {
    return changes.resources.length + changes.links.length === 0 ? (
      <NothingChanged from={diff.from} to={diff.to} />
    ) : (
      <div class="empty history-empty">
        <p>
          <strong>The filters leave nothing.</strong> {counted(changes.resources.length, "resource")} and {counted(changes.links.length, "link")} changed.
        </p>
        <p>
          <button onClick={() => go({ ...route, happened: [], kinds: [] })}>Clear filters</button>
        </p>
      </div>
    );
  }
  return (
    <>
      {notLoaded > 0 && (
        <p class="notice notice-warn notice-bar">
          <span>
            <strong>{notLoaded.toLocaleString("en")} more</strong> ({beyondWords(beyond)}) are not loaded: what is below, and what the filters leave, is not all. The counts above and the export are.
          </span>
          <button onClick={onMore}>Load more</button>
        </p>
      )}
      <div class={`views view-${route.view}`}>
        {picture && <ChangesGraph picture={picture} selected={route.selected} onSelect={onSelect} onTable={() => go({ ...route, view: "table" })} />}
        {route.view !== "graph" && <ChangesTable groups={groups} links={shown.links} by={route.group} selected={route.selected} onSelect={onSelect} to={addressIn(changes, newest)} allLinks={beyond.linked + beyond.unlinked === 0} />}
      </div>
    </>
  );
}

function beyondWords(beyond: Changes["beyond"]): string {
  const parts = [
    beyond.removed > 0 && `${beyond.removed.toLocaleString("en")} removed`,
    beyond.changed > 0 && `${beyond.changed.toLocaleString("en")} changed`,
    beyond.added > 0 && `${beyond.added.toLocaleString("en")} added`,
    beyond.linked + beyond.unlinked > 0 && counted(beyond.linked + beyond.unlinked, "link"),
  ];
  return parts.filter(Boolean).join(", ");
}

/** Where a resource of the difference can be looked at: what is gone in the earlier snapshot, the rest in the later one, or now where that is the newest. */
function pinIn({ diff, resources }: Changes, newest: string | null): (resource: Card) => string | undefined {
  const gone = new Set(resources.filter(({ happened }) => happened === "removed").map(({ resource }) => resource.id));
  return ({ id }) => (gone.has(id) ? diff.from.id : diff.to.id === newest ? undefined : diff.to.id);
}

function addressIn(changes: Changes, newest: string | null): (resource: Card) => string {
  const pinOf = pinIn(changes, newest);
  return (resource) => {
    const snapshot = pinOf(resource);
    return formatRoute({ screen: "resource", id: resource.id, ...(snapshot ? { snapshot } : {}) });
  };
}

function useHistoryKeys(snapshots: Kept[], from: string | null, to: string | null, order: string[], toggleRail: () => void, select: (id: string | null) => void): void {
  useEffect(() => {
    const change = (part: (current: HistoryRoute) => Partial<HistoryRoute>, how?: { replace: boolean }) => {
      const current = address.peek();
      if (current.screen === "history") go({ ...current, ...part(current) }, how);
    };
    const shift = (step: 1 | -1) => {
      const [start, end] = [from, to].map((id) => snapshots[snapshots.findIndex((snapshot) => snapshot.id === id) + step]);
      if (!start || !end || from === null) {
        announcement.value = step === 1 ? "No older snapshot is kept" : "No newer snapshot is kept";
        return;
      }
      announcement.value = `From ${instant(start.takenAt)} to ${instant(end.takenAt)}`;
      change(() => ({ from: start.id, to: end.id, selected: null }));
    };
    const step = (by: 1 | -1) => {
      const current = address.peek();
      if (current.screen !== "history" || order.length === 0) return;
      const place = current.selected === null ? -1 : order.indexOf(current.selected);
      const next = place === -1 && by === -1 ? order.length - 1 : (place + by + order.length) % order.length;
      select(order[next] ?? null);
      requestAnimationFrame(() => document.querySelector(`[data-change="${CSS.escape(order[next] ?? "")}"]`)?.scrollIntoView({ block: "nearest" }));
    };
    return keysOfScreen({
      t: () => change(({ view }) => ({ view: view === "table" ? "graph" : "table" })),
      f: toggleRail,
      "[": () => shift(1),
      "]": () => shift(-1),
      j: () => step(1),
      k: () => step(-1),
      w: () => document.getElementById("why")?.focus(),
      y: () => {
        void copyText(location.href).then((outcome) => (announcement.value = outcome));
      },
      Escape: () => select(null),
    });
  });
}
