import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { NO_OWNER } from "../../components/resource-line";
import { KindCode, PresenceSign } from "../../components/signs";
import { CARD, placeInLanes } from "../../layout/lanes";
import { linePath } from "../../layout/lines";
import { moveFrom, type Arrow } from "../../layout/move";
import type { DrawnCard } from "../../layout/types";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { PRESENCE } from "../../words/presence";
import { MiniMap } from "../radius/graph-map";
import { useWheelZoom, zoom, ZoomButtons } from "../radius/graph-zoom";
import { useKeptPlace } from "../radius/use-kept-place";
import { HappenedSign } from "./signs";
import { COLUMNS, type Picture } from "./picture";

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);
/** Beyond this many, lines are drawn for the selection only. */
const MOST_LINES = 120;
const WORDS = { removed: "Removed", changed: "Changed", same: "Not changed", added: "Added" } as const;

type Props = { picture: Picture; selected: string | null; onSelect: (id: string | null) => void; onTable: () => void };

/** Removed, changed and added resources as cards in columns, lanes by team, over the links that came and went. */
export function ChangesGraph({ picture, selected, onSelect, onTable }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1_000);
  useLayoutEffect(() => {
    if (!scroller.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  useWheelZoom(scroller);
  const scale = zoom.value;
  const layout = useMemo(() => placeInLanes(picture.cards, picture.links, laneOf, width / scale), [picture, width, scale]);
  const { places } = layout;
  const chosen = selected === null ? undefined : picture.cardOf.get(selected);
  const [focused, setFocused] = useState<string | null>(null);
  const stop = [focused, chosen?.id, picture.cards[0]?.id].find((id) => id && places.has(id));
  useKeptPlace(scroller, places, scale, chosen?.id);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!stop || !ARROWS.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const to = moveFrom(stop, event.key as Arrow, places, picture.links);
    if (to === null) return;
    setFocused(to);
    scroller.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(to)}"]`)?.focus();
  };
  const lines = picture.links.length <= MOST_LINES ? picture.links : picture.links.filter((link) => touches(link, chosen?.id) || touches(link, focused));
  const lit = new Set(picture.links.filter((link) => touches(link, chosen?.id)).flatMap(({ near, far }) => [near, far]));

  return (
    <div class="graph changes-graph">
      <div class="graph-scroll" ref={scroller}>
        <div class="graph-size" style={{ width: `${layout.width * scale}px` }}>
          <div class="columns" aria-hidden="true">
            {layout.columns.map((column) => (
              <span key={column.distance} style={{ left: `${column.x * scale}px` }}>
                <strong>{WORDS[COLUMNS[column.distance - 1] ?? "same"]}</strong> {(column.resources + (picture.leftOut.get(column.distance) ?? 0)).toLocaleString("en")}
              </span>
            ))}
          </div>
          <div class="world-size" style={{ height: `${layout.height * scale}px` }}>
            <div class={chosen ? "world has-selection" : "world"} style={{ width: `${layout.width}px`, height: `${layout.height}px`, transform: scale === 1 ? "none" : `scale(${scale})` }} onKeyDown={onKeyDown} role="group" aria-label="Graph of what changed: arrow keys go along links">
              <svg class="lines" width={layout.width} height={layout.height} aria-hidden="true">
                <defs>
                  {(["linked", "unlinked"] as const).map((happened) => (
                    <marker key={happened} id={`tip-${happened}`} viewBox="0 0 6 6" refX="3" refY="3" markerWidth="7" markerHeight="7" orient="auto-start-reverse" markerUnits="userSpaceOnUse">
                      <path d="M0 0 6 3 0 6z" class={`tip is-${happened}`} />
                    </marker>
                  ))}
                </defs>
                {layout.lanes.slice(1).map((lane) => (
                  <path key={lane.key} class="lane-line" d={`M0 ${lane.y + 0.5}H${layout.width}`} />
                ))}
                {lines.map(({ near, far, happened, forward }) => {
                  const [start, end] = [places.get(near), places.get(far)];
                  if (!start || !end) return null;
                  const tip = `url(#tip-${happened})`;
                  return (
                    <path
                      key={`${happened} ${near} ${far}`}
                      class={`line is-${happened}${chosen && touches({ near, far }, chosen.id) ? " is-lit" : ""}`}
                      d={linePath(start, end)}
                      marker-end={forward ? tip : undefined}
                      marker-start={forward ? undefined : tip}
                    />
                  );
                })}
              </svg>
              {layout.lanes.map((lane, index) => (
                <section key={lane.key} aria-label={`${lane.label}, ${counted(lane.resources, "resource")}`}>
                  <h2 class="lane-title" style={{ top: `${lane.y + 6}px` }}>
                    {lane.label} <span class="count">{lane.resources.toLocaleString("en")}</span>
                  </h2>
                  {picture.cards
                    .filter((card) => places.get(card.id)?.lane === index)
                    .toSorted((a, b) => a.distance - b.distance || (places.get(a.id)?.y ?? 0) - (places.get(b.id)?.y ?? 0))
                    .map((card) => (
                      <ChangeCard
                        key={card.id}
                        card={card}
                        place={places.get(card.id)}
                        state={card === chosen ? "is-selected" : lit.has(card.id) ? "is-lit" : ""}
                        stop={card.id === stop}
                        onFocus={() => setFocused(card.id)}
                        onSelect={() => onSelect(card === chosen ? null : card.id)}
                      />
                    ))}
                </section>
              ))}
            </div>
          </div>
          {picture.leftOut.size > 0 && (
            <div class="more-cards">
              {[...picture.leftOut].map(([column, count]) => (
                <button key={column} class="more-card" onClick={onTable}>
                  <strong>{count.toLocaleString("en")} more</strong>
                  <span>{WORDS[COLUMNS[column - 1] ?? "same"].toLowerCase()}, not drawn · show in the table</span>
                </button>
              ))}
            </div>
          )}
        </div>
      </div>
      <ZoomButtons />
      <MiniMap scroller={scroller} layout={layout} zoom={scale} lit={lit} />
    </div>
  );
}

function touches({ near, far }: { near: string; far: string }, id: string | null | undefined): boolean {
  return id === near || id === far;
}

type CardProps = { card: DrawnCard; place: { x: number; y: number } | undefined; state: string; stop: boolean; onFocus: () => void; onSelect: () => void };

function ChangeCard({ card, place, state, stop, onFocus, onSelect }: CardProps) {
  const resource = card.members[0]?.resource;
  if (!resource || !place) return null;
  const { presence, kind } = resource;
  const many = card.members.length > 1;
  const standing = COLUMNS[card.distance - 1] ?? "same";
  return (
    <button
      class={`card change-card change-card-${standing} ${state}`}
      style={{ left: `${place.x}px`, top: `${place.y}px`, width: `${CARD.width}px`, height: `${CARD.height}px` }}
      data-card={card.id}
      tabIndex={stop ? 0 : -1}
      aria-pressed={state === "is-selected"}
      title={many ? undefined : resource.id}
      onFocus={onFocus}
      onClick={onSelect}
    >
      {standing !== "same" ? <HappenedSign happened={standing} /> : presence !== "LIVE" && <PresenceSign presence={presence} />}
      <span class="card-words">
        <span class="card-name">{many ? kindWords(kind).many : resource.name}</span>
        <span class="card-detail">
          <KindCode kind={kind} /> {presence === "LIVE" ? (many ? resource.name : kindWords(kind).one) : PRESENCE[presence].word}
        </span>
      </span>
      {many && (
        <span class="badge" aria-hidden="true">
          {card.members.length.toLocaleString("en")}
        </span>
      )}
      <span class="visually-hidden">
        , {[presence === "LIVE" ? "" : kindWords(kind).one, many ? `${card.members.length} alike` : "", WORDS[standing].toLowerCase(), resource.owner ?? NO_OWNER].filter(Boolean).join(", ")}
      </span>
    </button>
  );
}

function laneOf(card: DrawnCard) {
  const owner = card.members[0]?.resource.owner ?? null;
  return { key: owner ?? "", label: owner ?? NO_OWNER };
}
