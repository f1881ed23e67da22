import { Fragment, type ComponentChildren, type RefObject, type VNode } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { placeInLanes, type LaneOf } from "../../layout/lanes";
import { linePath } from "../../layout/lines";
import { lineKey, type Lit } from "../../layout/lit";
import { moveFrom, type Arrow } from "../../layout/move";
import type { DrawnCard, DrawnLink } from "../../layout/types";
import type { LaneBy } from "../../routes";
import { counted } from "../../words/counts";
import { NO_OWNER, whereOf } from "../resource-line";
import { drawsAllLines } from "./draws-all-lines";
import { MiniMap } from "./mini-map";
import { useKeptPlace } from "./use-kept-place";
import { useWheelZoom, zoom, ZoomButtons } from "./zoom";

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/** The heads of lines: id, size and class. */
const TIPS = [
  ["tip", 6, "tip"],
  ["tip-lit", 9, "tip is-lit"],
  ["tip-linked", 7, "tip is-linked"],
  ["tip-unlinked", 7, "tip is-unlinked"],
] as const;

export type CardProps = {
  card: DrawnCard;
  place: { x: number; y: number } | undefined;
  state: "selected" | "lit" | "plain";
  /** Whether Tab stops here: one card of the whole graph. */
  stop: boolean;
  onFocus: () => void;
  onSelect: () => void;
};

type Props = {
  cards: DrawnCard[];
  links: DrawnLink[];
  /** By resource, the card that shows it. */
  cardOf: Map<string, DrawnCard>;
  lanes: LaneBy;
  selected: string | null;
  lit: Lit;
  /** By column, how many resources are not drawn, where the heads count them, too. */
  leftOut?: Map<number, number>;
  columnWords: (distance: number) => string;
  drawCard: (props: CardProps) => VNode | null;
  /** What stands below the cards: what is not drawn, and why nothing is. */
  children?: ComponentChildren;
  onSelect: (id: string | null) => void;
};

/** Cards in columns by distance and lanes by team, over one drawing of their links. */
export function Graph({ cards, links, cardOf, lanes, selected: selectedId, lit, leftOut, columnWords, drawCard, children, onSelect }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  useWheelZoom(scroller);
  const scale = zoom.value;
  const layout = useMemo(() => placeInLanes(cards, links, laneBy(lanes), width / scale), [cards, links, lanes, width, scale]);
  const { places } = layout;

  const selected = selectedId === null ? undefined : cardOf.get(selectedId);
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
    (link) =>
      drawAll || places.get(link.near)?.lane === places.get(link.far)?.lane || lit.lines.has(lineKey(link)) || [selected?.id, focused].some((id) => id === link.near || id === link.far),
  );
  return (
    <div class="graph">
      <div class="graph-scroll" ref={scroller}>
        <div class="graph-size" style={{ width: `${layout.width * scale}px` }}>
          <div class="columns" aria-hidden="true">
            {layout.columns.map((column) => (
              <span key={column.distance} style={{ left: `${column.x * scale}px` }}>
                <strong>{columnWords(column.distance)}</strong> {column.distance > 0 && (column.resources + (leftOut?.get(column.distance) ?? 0)).toLocaleString("en")}
              </span>
            ))}
          </div>
          <div class="world-size" style={{ height: `${layout.height * scale}px` }}>
            <div class={selected ? "world has-selection" : "world"} style={{ width: `${layout.width}px`, height: `${layout.height}px`, transform: scale === 1 ? "none" : `scale(${scale})` }} onKeyDown={onKeyDown} role="group" aria-label="Graph: arrow keys go along links">
              <svg class="lines" width={layout.width} height={layout.height} aria-hidden="true">
                <defs>
                  {TIPS.map(([tip, size, classes]) => (
                    <marker key={tip} id={tip} viewBox="0 0 6 6" refX="1" refY="3" markerWidth={size} markerHeight={size} orient="auto-start-reverse" markerUnits="userSpaceOnUse">
                      <path d="M0 0 6 3 0 6z" class={classes} />
                    </marker>
                  ))}
                </defs>
                {layout.lanes.slice(1).map((lane) => (
                  <path key={lane.key} class="lane-line" d={`M0 ${lane.y + 0.5}H${layout.width}`} />
                ))}
                {shownLinks.map((link) => {
                  const [near, far] = [places.get(link.near), places.get(link.far)];
                  const key = lineKey(link);
                  if (!near || !far) return null;
                  const isLit = lit.lines.has(key);
                  const classes = ["line", link.mark ? `is-${link.mark}` : link.inferred && "is-inferred", link.bridge && "is-bridge", isLit && "is-lit"];
                  const tip = `url(#tip${link.mark ? `-${link.mark}` : isLit ? "-lit" : ""})`;
                  return <path key={key} class={classes.filter(Boolean).join(" ")} d={linePath(near, far)} {...{ [link.backward ? "marker-start" : "marker-end"]: tip }} />;
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
