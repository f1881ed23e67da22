import { BlindSign } from "../../components/signs";
import { SHADES, shadeWords } from "../../layout/shades";
import type { ExploreRoute } from "../../routes";

/** What area, colour and hatching say. */
export function Legend({ route, limits, hasLines }: { route: ExploreRoute; limits: number[]; hasLines: boolean }) {
  return (
    <div class="legend" role="group" aria-label="Legend">
      {route.colour === "dependents" ? (
        <span class="legend-item">
          others that depend on it
          <span class="shades">
            {Array.from({ length: SHADES }, (_, shade) => (
              <span key={shade} class={`shade shade-${shade}`}>
                {shadeWords(shade, limits)}
              </span>
            ))}
          </span>
          <span class="shade shade-rest">in none of the groups</span>
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
