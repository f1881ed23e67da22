import { useRef, useState } from "preact/hooks";
import type { Kept } from "../../api/generated";
import { go } from "../../navigation";
import { counted } from "../../words/counts";
import { instant } from "../../words/time";
import type { HistoryRoute } from "./address";
import { barsOf, changesOf, type Bar } from "./days";

type End = "from" | "to";
type Props = { route: HistoryRoute; snapshots: Kept[]; from: string | null; to: string | null };

/** The height of the drawing in its own units; each bar is one wide. */
const HIGH = 40;
/** The most CSS pixels of a bar, its gap included. */
const WIDEST = 44;

/** How much changed day by day, under two handles that pick the snapshots. The list of snapshots says the same in words. */
export function Strip({ route, snapshots, from, to }: Props) {
  const track = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<{ end: End; at: number } | null>(null);
  const [pointed, setPointed] = useState<Bar | undefined>();
  const { bars, marks } = barsOf(snapshots);
  const indexOf = (id: string | null) => marks.findIndex(({ snapshot }) => snapshot.id === id);
  const ends = { from: indexOf(from), to: indexOf(to), ...(dragged && { [dragged.end]: dragged.at }) };
  const [left, right] = [ends.from, ends.to].map((end) => marks[end]?.at ?? 0).toSorted((a, b) => a - b);

  const pick = (picked: Record<End, number>, how?: { replace: boolean }) => {
    const [start, end] = [marks[picked.from]?.snapshot.id ?? from, marks[picked.to]?.snapshot.id ?? to];
    if (start !== from || end !== to) go({ ...route, from: start, to: end, selected: null }, how);
  };
  /** A handle stops short of the other one. */
  const held = (end: End, wanted: number) => {
    const least = end === "to" && ends.from < ends.to ? ends.from + 1 : 0;
    const most = end === "from" && ends.from < ends.to ? ends.to - 1 : marks.length - 1;
    return Math.max(least, Math.min(most, wanted));
  };
  const under = (event: PointerEvent) => {
    const bounds = track.current?.getBoundingClientRect();
    return bounds ? (event.clientX - bounds.left) / bounds.width : 0;
  };
  const barAt = (event: PointerEvent) => bars[Math.floor(under(event) * bars.length)];
  const pickBar = (bar: Bar | undefined) => {
    const [first] = bar?.snapshots ?? [];
    if (bar && first) pick({ from: Math.max(0, indexOf(first.id) - 1), to: indexOf(bar.snapshots.at(-1)?.id ?? null) });
  };
  return (
    <section class="strip" aria-label="Changes over time">
      <div
        ref={track}
        class="strip-track"
        style={{ maxWidth: `${bars.length * WIDEST}px` }}
        onPointerMove={(event) => {
          if (!dragged) return setPointed(barAt(event));
          const at = under(event);
          const nearest = marks.reduce((best, mark, index) => (Math.abs(mark.at - at) < Math.abs((marks[best]?.at ?? 0) - at) ? index : best), 0);
          setDragged({ ...dragged, at: held(dragged.end, nearest) });
        }}
        onPointerLeave={() => setPointed(undefined)}
        onPointerUp={(event) => {
          if (dragged) pick(ends);
          else pickBar(barAt(event));
          setDragged(null);
        }}
        onPointerCancel={() => setDragged(null)}
      >
        {ends.from >= 0 && ends.to >= 0 && <div class="strip-picked" style={{ left: `${(left ?? 0) * 100}%`, right: `${(1 - (right ?? 0)) * 100}%` }} />}
        <svg viewBox={`0 0 ${bars.length} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
          {shapesOf(bars).map(([name, d]) => (
            <path key={name} class={name} d={d} />
          ))}
        </svg>
        {(["from", "to"] as const).map((end) => {
          const mark = marks[ends[end]];
          return (
            mark && (
              <div
                key={end}
                class={`strip-handle strip-${end === (ends.from <= ends.to ? "from" : "to") ? "left" : "right"}`}
                style={{ left: `${mark.at * 100}%` }}
                role="slider"
                tabIndex={0}
                aria-label={end === "from" ? "From" : "To"}
                aria-valuemin={held(end, 0)}
                aria-valuemax={held(end, marks.length - 1)}
                aria-valuenow={ends[end]}
                aria-valuetext={`${instant(mark.snapshot.takenAt)}, ${changesWords(changesOf(mark.snapshot))}`}
                onPointerDown={(event) => {
                  track.current?.setPointerCapture(event.pointerId);
                  setDragged({ end, at: ends[end] });
                }}
                onKeyDown={(event) => {
                  const [back, on] = [ends[end] - 1, ends[end] + 1];
                  const wanted = { ArrowLeft: back, ArrowDown: back, ArrowRight: on, ArrowUp: on, Home: 0, End: marks.length - 1 }[event.key];
                  if (wanted === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
                  event.preventDefault();
                  pick({ ...ends, [end]: held(end, wanted) }, { replace: true });
                }}
              />
            )
          );
        })}
      </div>
      <p class="strip-words small muted" aria-hidden="true">
        <span>{pointed ? barWords(pointed) : `${bars[0]?.label} – ${bars.at(-1)?.label}`}</span>
        <span>
          height: what changed
          {bars.some(isNone) && " · dots: no crawl"}
          {bars.some((bar) => !isNone(bar) && bar.changes === null) && " · hollow: not counted"}
        </span>
      </p>
    </section>
  );
}

/** The drawing by what a bar says: so much changed, nothing did, nobody counted, nobody looked. */
function shapesOf(bars: Bar[]): [string, string][] {
  const most = Math.max(1, ...bars.map(({ changes }) => changes ?? 0));
  const shapes: Record<string, string> = { "strip-none": "", "strip-unknown": "", "strip-bar": "" };
  for (const [index, bar] of bars.entries()) {
    const name = isNone(bar) ? "strip-none" : bar.changes === null ? "strip-unknown" : "strip-bar";
    // By its root: one large deployment leaves the small changes of other days to be seen.
    const height = bar.changes === null ? HIGH / 2 : 2 + Math.sqrt(bar.changes / most) * (HIGH - 2);
    shapes[name] += isNone(bar) ? `M${index + 0.5} ${HIGH - 1}h0` : `M${index + 0.1} ${HIGH}v${-height}h.8v${height}z`;
  }
  return Object.entries(shapes);
}

function isNone({ snapshots }: Bar): boolean {
  return snapshots.length === 0;
}

function barWords({ label, snapshots, changes }: Bar): string {
  if (snapshots.length === 0) return `${label}: no crawl`;
  return `${label}: ${changesWords(changes)}${snapshots.length > 1 ? ` in ${counted(snapshots.length, "snapshot")}` : ""}`;
}

function changesWords(changes: number | null): string {
  return changes === null ? "changes not counted" : changes === 0 ? "nothing changed" : counted(changes, "change");
}
