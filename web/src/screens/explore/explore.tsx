import { useEffect, useRef, useState } from "preact/hooks";
import { copyText } from "../../components/copy-button";
import { FilterRail } from "../../components/filter-rail";
import { lazy } from "../../components/lazy";
import { ResourceList } from "../../components/resource-list";
import { Answer, Loading } from "../../components/states";
import { useTitle } from "../../components/title";
import { announcement, useAnnouncement } from "../../data/announce";
import type { Query } from "../../data/query";
import { narrow } from "../../data/window";
import { keysOfScreen } from "../../keyboard";
import { trailTo, type Box } from "../../layout/estate";
import { go, route as address } from "../../navigation";
import type { ExploreRoute } from "../../routes";
import { counted } from "../../words/counts";
import { groupName, levelsOf } from "../../words/groups";
import { Crumbs } from "./crumbs";
import { GroupsTable } from "./groups-table";
import { narrowed } from "./narrowed";
import { ChooseTag, NothingHere, NotThere } from "./nothing";
import { useSince, type Since } from "./since";
import { Toolbar } from "./toolbar";
import { useEstate } from "./use-estate";

/** A group this small is listed at once. */
const LIST_UP_TO = 60;

const EstateMap = lazy(() => import("./map").then((module) => module.EstateMap), { part: true });

/** The estate as a map or as a table of the same groups, opened level by level down to its resources. */
export function ExploreScreen({ route }: { route: ExploreRoute }) {
  const { groupBy, tag, path } = route;
  const since = useSince(route);
  const query = useEstate(route, since);
  const boxes = query.data;
  const trail = boxes && trailTo(boxes, path);
  const place = trail?.at(-1) ?? null;
  useTitle(place ? groupName(place.by, place) : "");

  const [filtersOpen, setFiltersOpen] = useState(true);
  const view = route.view ?? (narrow.value ? "table" : "map");
  useExploreKeys(view, () => setFiltersOpen((last) => !last));
  useFocusKept(path);

  const selected = (boxes && route.selected.length > 0 && trailTo(boxes, route.selected)?.at(-1)) || null;
  const isList = place !== null && isListed(place, route);
  const needsTag = groupBy === "TAG" && tag === "";
  return (
    <div class="explore">
      {filtersOpen && <FilterRail filters={route.filters} onChange={(filters, how) => go({ ...route, filters, selected: [] }, how)} />}
      <div class="stage">
        <Toolbar route={route} view={isList ? null : view} since={since} filtersOpen={filtersOpen} onFilters={() => setFiltersOpen(!filtersOpen)} />
        <Crumbs route={route} trail={trail ?? []} total={sumOf(boxes ?? [])} />
        {needsTag ? (
          <ChooseTag route={route} />
        ) : (
          <Answer query={query} part>
            {() => boxes && <Place route={route} view={view} boxes={boxes} trail={trail} query={query} selected={selected} since={since} />}
          </Answer>
        )}
      </div>
    </div>
  );
}

type PlaceProps = { route: ExploreRoute; view: "map" | "table"; boxes: Box[]; trail: Box[] | null; query: Query<Box[]>; selected: Box | null; since: Since };

/** What is in the opened group: further groups, or resources. */
function Place({ route, view, boxes, trail, query, selected, since }: PlaceProps) {
  const place = trail?.at(-1);
  const inside = place ? place.boxes : boxes;
  const isDeepest = place !== undefined && isListed(place, route);
  useAnnouncement(trail === null ? "" : `${place ? groupName(place.by, place) : "Estate"}: ${contentWords(place, boxes, isDeepest ? 0 : inside.length)}`);

  if (trail && inside.length === 0 && !isDeepest && boxes.length > 0 && query.loading) return <Loading cancel={query.cancel} />;
  if (!trail) return query.loading || query.error ? null : <NotThere route={route} />;
  if (boxes.length === 0) return <NothingHere route={route} />;
  if (isDeepest) {
    return (
      <div class="explore-list">
        <ResourceList filter={narrowed(route)} sort={route.sort} onSort={(sort) => go({ ...route, sort }, { replace: true })} />
      </div>
    );
  }
  if (view === "table") return <GroupsTable route={route} boxes={inside} />;
  return <EstateMap route={route} boxes={inside} selected={selected} since={since} />;
}

/** Its resources are listed: there are few, or no further groups. */
function isListed(place: Box, { groupBy, path }: ExploreRoute): boolean {
  return place.count <= LIST_UP_TO || path.length >= levelsOf(groupBy).length;
}

function contentWords(place: Box | undefined, boxes: Box[], groups: number): string {
  const resources = counted(place ? place.count : sumOf(boxes), "resource");
  return groups > 0 ? `${resources} in ${counted(groups, "group")}` : resources;
}

function sumOf(boxes: Box[]): number {
  return boxes.reduce((sum, box) => sum + box.count, 0);
}

function useExploreKeys(shown: "map" | "table", toggleFilters: () => void): void {
  useEffect(() => {
    const change = (part: (current: ExploreRoute) => Partial<ExploreRoute>, how?: { replace: boolean }) => {
      const current = address.peek();
      if (current.screen === "explore") go({ ...current, ...part(current) }, how);
    };
    return keysOfScreen({
      t: () => change(({ view }) => ({ view: (view ?? shown) === "table" ? "map" : "table" })),
      f: toggleFilters,
      y: () => {
        void copyText(location.href).then((outcome) => (announcement.value = outcome));
      },
      Backspace: () => change(({ path }) => (path.length > 0 ? { path: path.slice(0, -1), selected: [] } : {})),
      Escape: () => change(() => ({ selected: [] }), { replace: true }),
    });
  });
}

/** Whoever opens a group stands in it afterwards: what they opened it with may be gone. */
function useFocusKept(path: string[]): void {
  const key = path.join("\n");
  const before = useRef(key);
  useEffect(() => {
    if (before.current === key) return;
    before.current = key;
    requestAnimationFrame(() => {
      if (document.activeElement === document.body || document.activeElement === null) document.getElementById("place")?.focus();
    });
  }, [key]);
}
