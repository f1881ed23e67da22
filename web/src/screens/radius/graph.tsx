import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { placeInLanes, type LaneOf } from "../../layout/lanes";
import { linePath } from "../../layout/lines";
import { moveFrom, type Arrow } from "../../layout/move";
import { pathTo } from "../../layout/path";
import type { Radius } from "../../layout/radius";
import { formatRoute, type LaneBy, type RadiusRoute } from "../../routes";
import { counted } from "../../words/counts";
import { drawsAllLines } from "./draws-all-lines";
import { CardButton } from "./graph-card";
import { MiniMap } from "./graph-map";
import { useWheelZoom, zoom, ZoomButtons } from "./graph-zoom";
import { useKeptPlace } from "./use-kept-place";
import { NothingReached } from "./nothing-reached";

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

type Props = { route: RadiusRoute; radius: Radius; onSelect: (id: string | null) => void };

/** Cards in columns by distance and lanes by team, over one drawing of their links. */
export function Graph({ route, radius, onSelect }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  useWheelZoom(scroller);
  const scale = zoom.value;
  const layout = useMemo(() => placeInLanes(radius.cards, radius.links, laneBy(route.lanes), width / scale), [radius, route.lanes, width, scale]);
  const { places } = layout;

  const selected = route.selected === null ? undefined : radius.cardOf.get(route.selected);
  const lit = useMemo(() => litBy(route.selected, radius), [route.selected, radius]);
  const [focused, setFocused] = useState<string | null>(null);
  const stop = [focused, selected?.id, radius.cards[0]?.id].find((id) => id && places.has(id));

  useKeptPlace(scroller, places, scale, selected?.id);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!stop || !ARROWS.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const to = moveFrom(stop, event.key as Arrow, places, radius.links);
    if (to === null) return;
    setFocused(to);
    scroller.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(to)}"]`)?.focus();
  };

  const drawAll = drawsAllLines(radius);
  const shownLinks = radius.links.filter(
    ({ near, far }) =>
      drawAll || places.get(near)?.lane === places.get(far)?.lane || lit.lines.has(`${near}\n${far}`) || [selected?.id, focused].some((id) => id === near || id === far),
  );
  const leftOut = [...radius.leftOut];
  const beyond = radius.answer.totalCount - radius.answer.nodes.length;
  return (
    <div class="graph">
      <div class="graph-scroll" ref={scroller}>
        <div class="graph-size" style={{ width: `${layout.width * scale}px` }}>
          <div class="columns" aria-hidden="true">
            {layout.columns.map((column) => (
              <span key={column.distance} style={{ left: `${column.x * scale}px` }}>
                <strong>{columnWords(column.distance, route)}</strong> {column.distance > 0 && column.resources.toLocaleString("en")}
              </span>
            ))}
          </div>
          <div class="world-size" style={{ height: `${layout.height * scale}px` }}>
            <div class={selected ? "world has-selection" : "world"} style={{ width: `${layout.width}px`, height: `${layout.height}px`, transform: scale === 1 ? "none" : `scale(${scale})` }} onKeyDown={onKeyDown} role="group" aria-label="Graph: arrow keys go along links">
              <svg class="lines" width={layout.width} height={layout.height} aria-hidden="true">
                <defs>
                  <marker id="tip" viewBox="0 0 6 6" refX="1" refY="3" markerWidth="6" markerHeight="6" orient="auto" markerUnits="userSpaceOnUse">
                    <path d="M0 0 6 3 0 6z" class="tip" />
                  </marker>
                  <marker id="tip-lit" viewBox="0 0 6 6" refX="1" refY="3" markerWidth="9" markerHeight="9" orient="auto" markerUnits="userSpaceOnUse">
                    <path d="M0 0 6 3 0 6z" class="tip is-lit" />
                  </marker>
                </defs>
                {layout.lanes.slice(1).map((lane) => (
                  <path key={lane.key} class="lane-line" d={`M0 ${lane.y + 0.5}H${layout.width}`} />
                ))}
                {shownLinks.map((link) => {
                  const [near, far] = [places.get(link.near), places.get(link.far)];
                  const key = `${link.near}\n${link.far}`;
                  const isLit = lit.lines.has(key);
                  return near && far && <path key={key} class={`line${link.inferred ? " is-inferred" : ""}${link.bridge ? " is-bridge" : ""}${isLit ? " is-lit" : ""}`} d={linePath(near, far)} marker-end={isLit ? "url(#tip-lit)" : "url(#tip)"} />;
                })}
              </svg>
              {layout.lanes.map((lane, index) => (
                <section key={lane.key} aria-label={`${lane.label}, ${counted(lane.resources, "resource")}`}>
                  <h2 class="lane-title" style={{ top: `${lane.y + 6}px` }}>
                    {lane.label} <span class="count">{lane.resources.toLocaleString("en")}</span>
                  </h2>
                  {radius.cards
                    .filter((card) => places.get(card.id)?.lane === index)
                    .toSorted((a, b) => a.distance - b.distance || (places.get(a.id)?.y ?? 0) - (places.get(b.id)?.y ?? 0))
                    .map((card) => (
                      <CardButton
                        key={card.id}
                        card={card}
                        place={places.get(card.id)}
                        state={card === selected ? "selected" : lit.cards.has(card.id) ? "lit" : "plain"}
                        stop={card.id === stop}
                        onFocus={() => setFocused(card.id)}
                        onSelect={() => onSelect(card === selected ? null : card.id)}
                      />
                    ))}
                </section>
              ))}
            </div>
          </div>
          {radius.answer.nodes.length === 0 && <NothingReached route={route} radius={radius} />}
          {(leftOut.length > 0 || beyond > 0) && (
            <div class="more-cards">
              {leftOut.map(([distance, count]) => (
                <a key={distance} class="more-card" href={formatRoute({ ...route, view: "table" })}>
                  <strong>{count.toLocaleString("en")} more</strong>
                  <span>at {counted(distance, "hop")}, not drawn · show in the table</span>
                </a>
              ))}
              {beyond > 0 && (
                <a class="more-card" href={formatRoute({ ...route, view: "table" })}>
                  <strong>{beyond.toLocaleString("en")} more</strong>
                  <span>beyond the {radius.answer.nodes.length.toLocaleString("en")} nearest, not asked for · to the table</span>
                </a>
              )}
            </div>
          )}
        </div>
      </div>
      <ZoomButtons />
      <MiniMap scroller={scroller} layout={layout} zoom={scale} lit={lit.cards} />
    </div>
  );
}

function columnWords(distance: number, route: RadiusRoute): string {
  if (distance === 0) return route.direction === "DEPENDENTS" ? "Changed" : "Start";
  return counted(distance, "hop");
}

function laneBy(lanes: LaneBy): LaneOf {
  return (card) => {
    const resource = card.members[0]?.resource;
    if (!resource || lanes === "none") return { key: "all", label: "All" };
    if (lanes === "owner") return { key: resource.owner ?? "", label: resource.owner ?? NO_OWNER };
    if (lanes === "region") return { key: resource.region, label: resource.region || "Region not known" };
    return { key: resource.account, label: whereOf({ account: resource.account, region: "" }) };
  };
}

/** The cards and lines on the way from the root to a resource. */
function litBy(selected: string | null, { steps, cardOf, cards, links }: Radius): { cards: Set<string>; lines: Set<string> } {
  const lit = { cards: new Set<string>(), lines: new Set<string>() };
  if (selected === null || !cardOf.has(selected)) return lit;
  const path = pathTo(selected, steps);
  const ids = [path[0]?.near ?? cards[0]?.id, ...path.map((step) => step.far)];
  const onTheWay = [...new Set(ids.map((id) => id && cardOf.get(id)?.id).filter((id) => id !== undefined && id !== ""))] as string[];
  const drawn = new Set(links.map((link) => `${link.near}\n${link.far}`));
  for (const id of onTheWay) lit.cards.add(id);
  for (const [index, far] of onTheWay.entries()) {
    const key = `${onTheWay[index - 1]}\n${far}`;
    if (index > 0 && drawn.has(key)) lit.lines.add(key);
  }
  return lit;
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1_000);
  useLayoutEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
