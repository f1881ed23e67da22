import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ReachedToo } from "../../api/generated";
import { copyText } from "../../components/copy-button";
import { Failure } from "../../components/states";
import { announcement, useAnnouncement } from "../../data/announce";
import type { Query } from "../../data/query";
import { narrow, wide } from "../../data/window";
import { keysOfScreen } from "../../keyboard";
import type { Assessed } from "../../layout/assessment";
import { drawReview } from "../../layout/review-cards";
import { go, route as address } from "../../navigation";
import type { ReviewRoute, View } from "../../routes";
import { counted } from "../../words/counts";
import { zoom, zoomBy } from "../../components/graph/zoom";
import { Drift } from "./drift";
import { ReviewGraph } from "./graph";
import { Head } from "./head";
import { ReviewLegend } from "./legend";
import { ReviewPanel } from "./panel";
import { decide } from "./risk-mark";
import { Rail } from "./rail";
import type { KeptFacts } from "./parts";
import { impactsShown, isShown } from "./shown";
import { ReviewTable } from "./table";
import { ReviewToolbar } from "./toolbar";
import { WalkThrough } from "./walk-through";

type Props = {
  route: ReviewRoute;
  assessed: Assessed;
  kept: KeptFacts | null;
  /** What was reached and is not hit, where that is shown and has come. */
  reached: ReachedToo | null;
  reachedQuery: Query<unknown>;
  title: ComponentChildren;
  about: string;
  actions: ComponentChildren;
};

/** The size of cards for a room that looks at a wall. */
const PRESENTED_ZOOM = 1.2;

type Pane = "filters" | "panel" | "none";

/** The answer of a review: verdict and numbers, then what is hit, as graph, table or both, then why. */
export function AssessedChange({ route, assessed, kept, reached, reachedQuery, title, about, actions }: Props) {
  const view: View = route.view ?? (narrow.value ? "table" : "graph");
  // The route is a new object at each step; a new drawing would take the reader's place in it away.
  const filter = [route.outcomes, route.team, route.kinds, route.hops].join();
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const impacts = useMemo(() => impactsShown(assessed, route), [assessed, filter]);
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const others = useMemo(() => reached && { ...reached, nodes: reached.nodes.filter(({ resource, distance }) => isShown(resource, distance, route)) }, [reached, filter]);
  const drawing = useMemo(() => drawReview(assessed, impacts, others, route.detail === "folded"), [assessed, impacts, others, route.detail]);
  const [pane, setPane] = useState<Pane>("panel");
  useAnnouncement(`${counted(impacts.length, "resource")} shown that ${impacts.length === 1 ? "is" : "are"} hit`);

  const select = (selected: string | null) => {
    setPane("panel");
    go({ ...route, selected }, { replace: true });
  };
  const toggleFilters = () => setPane((last) => (last === "filters" ? "panel" : "filters"));
  useReviewKeys(view, impacts.map(({ resource }) => resource.id), select, toggleFilters);
  useEffect(() => {
    zoom.value = route.presenting ? PRESENTED_ZOOM : 1;
  }, [route.presenting]);

  const showFilters = !route.presenting && (wide.value ? pane !== "none" : pane === "filters");
  const showPanel = wide.value || route.presenting || pane === "panel";
  const parts = { route, assessed, kept, impacts, drawing, onSelect: select };
  return (
    <div class={route.presenting ? "review is-presenting" : "review"}>
      <Head {...parts} title={title} about={about} actions={actions} />
      {kept && <Drift assessed={assessed} />}
      {reachedQuery.error && <Failure error={reachedQuery.error} retry={reachedQuery.retry} hasData={false} part />}
      <div class={`radius-body review-body${showFilters ? " has-rail" : ""}${showPanel ? " has-panel" : ""}`}>
        {showFilters && <Rail {...parts} />}
        <div class="stage">
          <ReviewToolbar {...parts} view={view} filtersOpen={showFilters} onFilters={() => (wide.value ? setPane(showFilters ? "none" : "panel") : toggleFilters())} />
          <div class={`views view-${view}`}>
            {view !== "table" && <ReviewGraph {...parts} />}
            {view !== "graph" && <ReviewTable {...parts} reached={others} />}
          </div>
          {view !== "table" && <ReviewLegend drawing={drawing} />}
        </div>
        {showPanel && <ReviewPanel {...parts} />}
        {(!showPanel || route.selected !== null) && (
          // Whatever is looked at, paper has all that is said.
          <div class="paper-only review-panel">
            <WalkThrough {...parts} />
          </div>
        )}
      </div>
      {view === "graph" && (
        // On paper the graph says little: the table stands in for it.
        <div class="paper-only">
          <ReviewTable {...parts} reached={null} />
        </div>
      )}
    </div>
  );
}

function useReviewKeys(shown: View, walk: string[], select: (id: string) => void, toggleFilters: () => void): void {
  useEffect(() => {
    // From the address as it is when the key is pressed: two keys may come between two drawings.
    const change = (part: (current: ReviewRoute) => Partial<ReviewRoute>, how?: { replace: boolean }) => {
      const current = address.peek();
      if (current.screen === "review") go({ ...current, ...part(current) }, how);
    };
    const step = (by: 1 | -1) => () => {
      const current = address.peek();
      if (current.screen !== "review" || walk.length === 0) return;
      const at = current.selected === null ? -1 : walk.indexOf(current.selected);
      const next = at === -1 ? (by === 1 ? 0 : walk.length - 1) : Math.min(walk.length - 1, Math.max(0, at + by));
      const id = walk[next];
      if (id !== undefined) select(id);
    };
    return keysOfScreen({
      j: step(1),
      k: step(-1),
      t: () => change(({ view }) => ({ view: (view ?? shown) === "table" ? "graph" : "table" })),
      f: toggleFilters,
      p: () => change(({ presenting }) => ({ presenting: !presenting })),
      a: () => decide("ACCEPTED"),
      x: () => decide("WRONG"),
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
