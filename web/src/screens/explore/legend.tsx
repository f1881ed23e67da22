import type { Taken } from "../../api/generated";
import { BlindSign } from "../../components/signs";
import { SHADES, shadeWords } from "../../layout/shades";
import { now } from "../../data/crawl";
import { formatRoute, type ExploreRoute } from "../../routes";
import { instant } from "../../words/time";
import { historyOf } from "../history/address";
import { WEEK_MS, type Since } from "./since";

/** What area, colour and hatching say. */
export function Legend({ route, limits, since, hasLines }: { route: ExploreRoute; limits: number[]; since: Since; hasLines: boolean }) {
  return (
    <div class="legend" role="group" aria-label="Legend">
      {route.colour === "changes" && since.snapshot === null ? (
        !since.isAwaited && <span class="legend-item">One snapshot is kept: what changed shows when there is a second one.</span>
      ) : route.colour !== "coverage" ? (
        <span class="legend-item">
          {since.snapshot ? <SinceWords snapshot={since.snapshot} /> : "others that depend on it"}
          <span class="shades">
            {Array.from({ length: SHADES }, (_, shade) => (
              <span key={shade} class={`shade shade-${shade}`}>
                {shadeWords(shade, limits)}
              </span>
            ))}
          </span>
          {!since.snapshot && <span class="shade shade-rest">in none of the groups</span>}
        </span>
      ) : (
        <>
          <span class="legend-item">
            <span class="shade shade-seen" aria-hidden="true" /> read in full
          </span>
          <span class="legend-item">
            <span class="shade shade-blind" aria-hidden="true" />
            <BlindSign /> a call failed that could show more
          </span>
        </>
      )}
      <span class="legend-item muted">area: resources</span>
      {hasLines && <span class="legend-item muted">lines: links, with a tip at what is needed; dashed: inferred</span>}
      <span class="legend-item muted wide-only">
        arrow keys: from box to box · <kbd>Enter</kbd> or double click: open · <kbd>⌫</kbd> up
      </span>
    </div>
  );
}

function SinceWords({ snapshot: { id, takenAt } }: { snapshot: Taken }) {
  const isYoung = Date.parse(takenAt) > now.value - WEEK_MS;
  return (
    <span>
      came or changed since {instant(takenAt)}
      {isYoung && ", the oldest snapshot"} · <a href={formatRoute(historyOf({ from: id }))}>what, and what went</a>
    </span>
  );
}
