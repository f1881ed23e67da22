import { OutcomeSign } from "../../components/outcome-sign";
import { go } from "../../navigation";
import type { Outcome } from "../../api/generated";
import { HIT, OUTCOME, OUTCOMES } from "../../words/outcomes";
import { wasMatched } from "../../layout/assessment";
import { ChangeList } from "./change-list";
import { NotMatched } from "./not-matched";
import type { PartProps } from "./parts";
import { countOf, isFiltered, outcomesShown } from "./shown";

const SHOWN = 40;

/** What is shown of the answer, and the change as it was understood. */
export function Rail({ route, assessed, kept }: PartProps) {
  const chosen = outcomesShown(route);
  const { changes } = assessed;
  const matched = changes.filter(wasMatched);
  return (
    <aside class="rail" aria-label="Changes and filters">
      <fieldset>
        <legend>Impact</legend>
        {OUTCOMES.map((outcome) => (
          <label key={outcome} class="check">
            <input type="checkbox" checked={chosen.includes(outcome)} onChange={() => go({ ...route, outcomes: usual(toggled(chosen, outcome)) })} />
            <OutcomeSign outcome={outcome} />
            <span class="check-words">
              {OUTCOME[outcome].word}
              <span class="hint">{OUTCOME[outcome].sentence}</span>
            </span>
            <span class="check-count">{countOf(assessed, outcome).toLocaleString("en")}</span>
          </label>
        ))}
      </fieldset>
      {isFiltered(route) && (
        <button class="quiet" onClick={() => go({ ...route, outcomes: [], team: null })}>
          Clear filters
        </button>
      )}
      <h2>
        Changes <span class="count">{changes.length.toLocaleString("en")}</span>
      </h2>
      <NotMatched changes={changes.filter((change) => !wasMatched(change))} route={route} kept={kept} />
      <ChangeList changes={matched.slice(0, SHOWN)} />
      {matched.length > SHOWN && <p class="muted small">and {matched.length - SHOWN} more: the report has them all</p>}
    </aside>
  );
}

function toggled(list: Outcome[], item: Outcome): Outcome[] {
  return OUTCOMES.filter((outcome) => (outcome === item ? !list.includes(item) : list.includes(outcome)));
}

/** Everything that is hit, and nothing, are both said by an empty list. */
function usual(chosen: Outcome[]): Outcome[] {
  return chosen.length === HIT.length && HIT.every((outcome) => chosen.includes(outcome)) ? [] : chosen;
}
