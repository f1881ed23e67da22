import type { RadiusResult, ResourceKind } from "../../api/generated";
import { KindCode } from "../../components/signs";
import { go } from "../../navigation";
import type { RadiusRoute } from "../../routes";
import { kindWords } from "../../words/kinds";
import { PHASE, PHASES } from "../../words/presence";

/** The slider's last stop stands for no bound. */
const FARTHEST = 8;

/** What the walk follows, and what of it is shown. All of it is in the address. */
export function Filters({ route, everyKind }: { route: RadiusRoute; everyKind: RadiusResult["everyKind"] }) {
  const change = (part: Partial<RadiusRoute>) => go({ ...route, ...part });
  const kinds = everyKind.byKind.map(({ kind }) => kind);
  const chosenKinds = route.kinds.length > 0 ? route.kinds : kinds;
  const chosenPhases = route.phases.length > 0 ? route.phases : PHASES;
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
      <fieldset>
        <legend>When it is needed</legend>
        {PHASES.map((phase) => (
          <label key={phase} class="check">
            <input type="checkbox" checked={chosenPhases.includes(phase)} onChange={() => change({ phases: without(toggled(chosenPhases, phase), PHASES) })} />
            <span class="check-words">
              {PHASE[phase].word}
              <span class="hint">{PHASE[phase].sentence}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Resource type</legend>
        {everyKind.byKind.map(({ kind, count }) => (
          <label key={kind} class="check">
            <input type="checkbox" checked={chosenKinds.includes(kind)} onChange={() => change({ kinds: without<ResourceKind>(toggled(chosenKinds, kind), kinds) })} />
            <KindCode kind={kind} />
            <span class="check-words">{kindWords(kind).many}</span>
            <span class="check-count">{count.toLocaleString("en")}</span>
          </label>
        ))}
      </fieldset>
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

function toggled<T>(list: T[], item: T): T[] {
  return list.includes(item) ? list.filter((one) => one !== item) : [...list, item];
}

/** All chosen, and none chosen, are both said by an empty list. */
function without<T>(chosen: T[], all: T[]): T[] {
  return all.every((one) => chosen.includes(one)) ? [] : chosen;
}
