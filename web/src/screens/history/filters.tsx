import { KindCode } from "../../components/signs";
import { go } from "../../navigation";
import { kindWords } from "../../words/kinds";
import { HAPPENED, type Happened, type HistoryRoute } from "./address";
import { HAPPENED_WORDS, totalsOf, type Changes } from "./changes";
import { HappenedSign } from "./signs";

/** What is shown of the difference. */
export function Filters({ route, changes: { diff } }: { route: HistoryRoute; changes: Changes }) {
  const totals = totalsOf(diff);
  const kinds = diff.byKind.map(({ kind }) => kind);
  const chosen = { happened: route.happened.length > 0 ? route.happened : HAPPENED, kinds: route.kinds.length > 0 ? route.kinds : kinds };
  return (
    <>
      <fieldset>
        <legend>What happened</legend>
        {HAPPENED.map((happened: Happened) => (
          <label key={happened} class="check">
            <input type="checkbox" checked={chosen.happened.includes(happened)} onChange={() => go({ ...route, happened: toggle(HAPPENED, chosen.happened, happened) })} />
            <HappenedSign happened={happened} />
            <span class="check-words">
              {HAPPENED_WORDS[happened].many}
              <span class="hint">{HAPPENED_WORDS[happened].sentence}</span>
            </span>
            <span class="check-count">{totals[happened].toLocaleString("en")}</span>
          </label>
        ))}
      </fieldset>
      {kinds.length > 0 && (
        <fieldset>
          <legend>Resource type</legend>
          {diff.byKind.map(({ kind, added, removed, changed }) => (
            <label key={kind} class="check">
              <input type="checkbox" checked={chosen.kinds.includes(kind)} onChange={() => go({ ...route, kinds: toggle(kinds, chosen.kinds, kind) })} />
              <KindCode kind={kind} />
              <span class="check-words">{kindWords(kind).many}</span>
              <span class="check-count">{(added + removed + changed).toLocaleString("en")}</span>
            </label>
          ))}
        </fieldset>
      )}
      {route.happened.length + route.kinds.length > 0 && (
        <button class="quiet" onClick={() => go({ ...route, happened: [], kinds: [] })}>
          Clear filters
        </button>
      )}
    </>
  );
}

/** All chosen, and none chosen, are both said by an empty list. */
function toggle<T extends string>(all: T[], list: T[], item: T): T[] {
  const next = list.includes(item) ? list.filter((one) => one !== item) : all.filter((one) => one === item || list.includes(one));
  return next.length === all.length ? [] : next;
}
