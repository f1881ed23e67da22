import type { Presence } from "../../api/generated";
import { PresenceTag } from "../../components/signs";
import { BadgeMeans, LineMeans } from "../../components/graph/legend-parts";
import { drawsAllLines } from "../../components/graph/draws-all-lines";
import type { Radius } from "../../layout/radius";

const SIGNED: Presence[] = ["MISSING", "UNREADABLE", "OUTSIDE"];

/** Always there, so that nobody has to remember a sign. */
export function Legend({ radius }: { radius: Radius }) {
  const seen = new Set(radius.reached.map(({ resource }) => resource.presence));
  return (
    <div class="legend" role="group" aria-label="Legend">
      <span class="legend-item">
        <span class="legend-root" aria-hidden="true" />
        where it starts
      </span>
      <span class="legend-item">
        <span class="legend-workload" aria-hidden="true" />
        service or task
      </span>
      {SIGNED.map((presence) => (
        <span key={presence} class={seen.has(presence) ? "legend-item" : "legend-item muted"}>
          <PresenceTag presence={presence} />
        </span>
      ))}
      <LineMeans>observed</LineMeans>
      <LineMeans of="is-inferred">inferred</LineMeans>
      {radius.links.some((link) => link.bridge) && <LineMeans of="is-bridge">over what is not shown</LineMeans>}
      <BadgeMeans>alike, folded</BadgeMeans>
      {!drawsAllLines(radius.cards) && <span class="legend-item muted">lines between lanes: select a card</span>}
    </div>
  );
}
