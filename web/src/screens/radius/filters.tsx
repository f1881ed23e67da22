import type { RadiusResult } from "../../api/generated";
import { Choices, KindChoices } from "../../components/choices";
import { go } from "../../navigation";
import type { RadiusRoute } from "../../routes";
import { PHASE, PHASES } from "../../words/presence";

/** The slider's last stop stands for no bound. */
const FARTHEST = 8;

/** What the walk follows, and what of it is shown. All of it is in the address. */
export function Filters({ route, everyKind }: { route: RadiusRoute; everyKind: RadiusResult["everyKind"] }) {
  const change = (part: Partial<RadiusRoute>) => go({ ...route, ...part });
  const isFiltered = route.kinds.length + route.phases.length > 0 || route.depth !== null;
  return (
    <aside class="rail" aria-label="Filters">
      <fieldset>
        <legend>Distance</legend>
        <label class="slider">
          <input
            type="range"
            min={1}
            max={FARTHEST}
            value={route.depth ?? FARTHEST}
            aria-label="Hops at most"
            aria-valuetext={depthWords(route.depth)}
            onChange={(event) => {
              const depth = event.currentTarget.valueAsNumber;
              change({ depth: depth === FARTHEST ? null : depth });
            }}
          />
          <span>{depthWords(route.depth)}</span>
        </label>
      </fieldset>
      <Choices title="When it is needed" all={PHASES.map((key) => ({ key }))} chosen={route.phases} onChange={(phases) => change({ phases })} name={(phase) => PHASE[phase].word} hint={(phase) => PHASE[phase].sentence} />
      <KindChoices all={everyKind.byKind.map(({ kind, count }) => ({ key: kind, count }))} chosen={route.kinds} onChange={(kinds) => change({ kinds })} />
      {isFiltered && (
        <button class="quiet" onClick={() => change({ kinds: [], phases: [], depth: null })}>
          Clear filters
        </button>
      )}
    </aside>
  );
}

function depthWords(depth: number | null): string {
  if (depth === null) return "any distance";
  return depth === 1 ? "1 hop" : `up to ${depth} hops`;
}
