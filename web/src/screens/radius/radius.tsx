import { useEffect, useMemo, useState } from "preact/hooks";
import { Radius as RadiusOperation } from "../../api/generated";
import { copyText } from "../../components/copy-button";
import { SnapshotGone } from "../../components/pinned";
import { SearchBox } from "../../components/search-box";
import { Answer } from "../../components/states";
import { useTitle } from "../../components/title";
import { announcement } from "../../data/announce";
import { useQuery } from "../../data/query";
import { narrow, wide } from "../../data/window";
import { keysOfScreen } from "../../keyboard";
import { readRadius } from "../../layout/radius";
import { go, route as address } from "../../navigation";
import type { RadiusRoute, View } from "../../routes";
import { Filters } from "./filters";
import { RadiusGraph } from "./radius-graph";
import { zoom, zoomBy } from "../../components/graph/zoom";
import { Head } from "./head";
import { Legend } from "./legend";
import { NotThere } from "./not-there";
import { Panel } from "./panel";
import { RadiusTable } from "./table";
import { Toolbar } from "./toolbar";

type Pane = "filters" | "panel" | "none";

/** What a change can reach, or what a resource needs: as columns by distance, and as a table of the same. */
export function RadiusScreen({ route }: { route: RadiusRoute }) {
  return route.id === null ? <Chooser /> : <RadiusOf route={route} id={route.id} />;
}

function Chooser() {
  useTitle("Blast radius");
  return (
    <div class="page">
      <h1 class="start-title">What is affected if it changes?</h1>
      <p class="start-words">Choose the resource that changes. Its blast radius shows everything that the change can reach, by distance and by team.</p>
      <div class="start-search">
        <SearchBox id="root" label="The resource that changes" placeholder="Parameter, secret, role, subnet, service, ARN…" leadsTo="radius" />
      </div>
    </div>
  );
}

function RadiusOf({ route, id }: { route: RadiusRoute; id: string }) {
  const query = useQuery(
    RadiusOperation,
    {
      of: [id],
      direction: route.direction,
      maxDepth: route.depth,
      kinds: route.kinds.length > 0 ? route.kinds : null,
      phases: route.phases.length > 0 ? route.phases : null,
      limit: route.limit,
      // The answer's links lead from resource to resource only while no type is left out.
      withPaths: route.kinds.length > 0,
      snapshot: route.snapshot ?? null,
    },
    `${id} ${route.direction} ${route.snapshot ?? ""}`,
  );
  const radius = useMemo(() => (query.data ? readRadius(query.data.blastRadius, route.detail === "folded") : null), [query.data, route.detail]);
  const root = radius?.answer.roots[0];
  useTitle(root ? `Blast radius of ${root.name}` : "Blast radius");

  const [pane, setPane] = useState<Pane>("panel");
  const view: View = route.view ?? (narrow.value ? "table" : "graph");
  useRadiusKeys(view, radius?.cards.at(-1)?.distance ?? 1, () => setPane((last) => (last === "filters" ? "panel" : "filters")));

  if (route.snapshot && query.error?.message.includes(route.snapshot)) return <SnapshotGone id={route.snapshot} message={query.error.message} />;
  if (query.error?.code === "NOT_FOUND" && !radius) return <NotThere id={id} message={query.error.message} />;
  const select = (selected: string | null) => {
    if (selected !== null) setPane("panel");
    go({ ...route, selected }, { replace: true });
  };
  const showFilters = wide.value ? pane !== "none" : pane === "filters";
  const showPanel = wide.value || pane === "panel";
  return (
    <div class="radius">
      <Answer query={query}>
        {(data) =>
          radius && (
            <>
              <Head route={route} radius={radius} />
              <div class={`radius-body${showFilters ? " has-rail" : ""}${showPanel ? " has-panel" : ""}`}>
                {showFilters && <Filters route={route} everyKind={data.everyKind} />}
                <div class="stage">
                  <Toolbar route={route} radius={radius} view={view} filtersOpen={showFilters} onFilters={() => setPane(nextPane(showFilters))} />
                  <div class={`views view-${view}`}>
                    {view !== "table" && <RadiusGraph route={route} radius={radius} onSelect={select} />}
                    {view !== "graph" && <RadiusTable route={route} radius={radius} onSelect={select} />}
                  </div>
                  <Legend radius={radius} />
                </div>
                {showPanel && <Panel route={route} radius={radius} onSelect={select} />}
              </div>
            </>
          )
        }
      </Answer>
    </div>
  );
}

function nextPane(filtersOpen: boolean): Pane {
  if (wide.value) return filtersOpen ? "none" : "panel";
  return filtersOpen ? "panel" : "filters";
}

function useRadiusKeys(shown: View, farthest: number, toggleFilters: () => void): void {
  useEffect(() => {
    // From the address as it is when the key is pressed: two keys may come between two drawings.
    const change = (part: (current: RadiusRoute) => Partial<RadiusRoute>, how?: { replace: boolean }) => {
      const current = address.peek();
      if (current.screen === "radius") go({ ...current, ...part(current) }, how);
    };
    return keysOfScreen({
      t: () => change(({ view }) => ({ view: (view ?? shown) === "table" ? "graph" : "table" })),
      f: toggleFilters,
      "[": () => change(({ depth }) => ({ depth: Math.max(1, (depth ?? farthest) - 1) })),
      "]": () => change(({ depth }) => ({ depth: depth === null ? null : depth + 1 })),
      w: () => document.getElementById("why")?.focus(),
      y: () => {
        void copyText(location.href).then((outcome) => (announcement.value = outcome));
      },
      "+": () => zoomBy(1),
      "=": () => zoomBy(1),
      "-": () => zoomBy(-1),
      "0": () => (zoom.value = 1),
      Escape: () => change(() => ({ selected: null }), { replace: true }),
    });
  });
}
