import { Fragment, type ComponentChildren, type RefObject, type VNode } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { placeInLanes, type LaneOf } from "../../layout/lanes";
import { linePath } from "../../layout/lines";
import { moveFrom, type Arrow } from "../../layout/move";
import type { DrawnCard, DrawnLink } from "../../layout/types";
import type { LaneBy } from "../../routes";
import { counted } from "../../words/counts";
import { drawsAllLines } from "./draws-all-lines";
import type { CardProps } from "./graph-card";
import { MiniMap } from "./graph-map";
import { useWheelZoom, zoom, ZoomButtons } from "./graph-zoom";
import { useKeptPlace } from "./use-kept-place";

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

type Props = {
  cards: DrawnCard[];
  links: DrawnLink[];
  /** By resource, the card that shows it. */
  cardOf: Map<string, DrawnCard>;
  lanes: LaneBy;
  selected: string | null;
  /** The resources on the way to the selected one, the start first. */
  way: string[];
  columnWords: (distance: number) => string;
  drawCard: (props: CardProps) => VNode | null;
  /** What stands below the cards: what is not drawn, and why nothing is. */
  children?: ComponentChildren;
  onSelect: (id: string | null) => void;
};

/** Cards in columns by distance and lanes by team, over one drawing of their links. */
export function Graph({ cards, links, cardOf, lanes, selected: selectedId, way, columnWords, drawCard, children, onSelect }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  useWheelZoom(scroller);
  const scale = zoom.value;
  const layout = useMemo(() => placeInLanes(cards, links, laneBy(lanes), width / scale), [cards, links, lanes, width, scale]);
  const { places } = layout;

  const selected = selectedId === null ? undefined : cardOf.get(selectedId);
  const lit = useMemo(() => litBy(selected ? way : [], cardOf, links), [selected, way, cardOf, links]);
  const [focused, setFocused] = useState<string | null>(null);
  const stop = [focused, selected?.id, cards[0]?.id].find((id) => id && places.has(id));

  useKeptPlace(scroller, places, scale, selected?.id);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!stop || !ARROWS.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const to = moveFrom(stop, event.key as Arrow, places, links);
    if (to === null) return;
    setFocused(to);
    scroller.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(to)}"]`)?.focus();
  };

  const drawAll = drawsAllLines(cards);
  const shownLinks = links.filter(
    ({ near, far }) =>
      drawAll || places.get(near)?.lane === places.get(far)?.lane || lit.lines.has(`${near}\n${far}`) || [selected?.id, focused].some((id) => id === near || id === far),
  );
  return (
    <div class="graph">
      <div class="graph-scroll" ref={scroller}>
        <div class="graph-size" style={{ width: `${layout.width * scale}px` }}>
          <div class="columns" aria-hidden="true">
            {layout.columns.map((column) => (
              <span key={column.distance} style={{ left: `${column.x * scale}px` }}>
                <strong>{columnWords(column.distance)}</strong> {column.distance > 0 && column.resources.toLocaleString("en")}
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
                  {cards
                    .filter((card) => places.get(card.id)?.lane === index)
                    .toSorted((a, b) => a.distance - b.distance || (places.get(a.id)?.y ?? 0) - (places.get(b.id)?.y ?? 0))
                    .map((card) => (
                      <Fragment key={card.id}>
                        {drawCard({
                          card,
                          place: places.get(card.id),
                          state: card === selected ? "selected" : lit.cards.has(card.id) ? "lit" : "plain",
                          stop: card.id === stop,
                          onFocus: () => setFocused(card.id),
                          onSelect: () => onSelect(card === selected ? null : card.id),
                        })}
                      </Fragment>
                    ))}
                </section>
              ))}
            </div>
          </div>
          {children}
        </div>
      </div>
      <ZoomButtons />
      <MiniMap scroller={scroller} layout={layout} zoom={scale} lit={lit.cards} />
    </div>
  );
}

function laneBy(lanes: LaneBy): LaneOf {
  return (card) => {
    const resource = card.members[0]?.resource;
    if (!resource || lanes === "none") return { key: "all", label: "All" };
    if (lanes === "owner") return { key: resource.owner ?? "", label: resource.owner ?? NO_OWNER };
    if (lanes === "cluster") return { key: clusterOf(resource.id), label: clusterOf(resource.id) || "In no cluster" };
    if (lanes === "region") return { key: resource.region, label: resource.region || "Region not known" };
    return { key: resource.account, label: whereOf({ account: resource.account, region: "" }) };
  };
}

/** The cluster that the ARN of a cluster, service, task or instance names. */
function clusterOf(id: string): string {
  return /^arn:[^:]*:ecs:[^:]*:[^:]*:(?:cluster|service|task|task-set|container-instance)\/([^/]+)/.exec(id)?.[1] ?? "";
}

/** The cards and lines on a way. */
function litBy(way: string[], cardOf: Map<string, DrawnCard>, links: DrawnLink[]): { cards: Set<string>; lines: Set<string> } {
  const onTheWay = [...new Set(way.map((id) => cardOf.get(id)?.id).filter((id) => id !== undefined))];
  const drawn = new Set(links.map((link) => `${link.near}\n${link.far}`));
  const pairs = onTheWay.slice(1).flatMap((far, index) => [`${onTheWay[index]}\n${far}`, `${far}\n${onTheWay[index]}`]);
  return { cards: new Set(onTheWay), lines: new Set(pairs.filter((pair) => drawn.has(pair))) };
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
