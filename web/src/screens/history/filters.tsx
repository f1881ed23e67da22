import { Choices, KindChoices } from "../../components/choices";
import { go } from "../../navigation";
import { HAPPENED, type Happened, type HistoryRoute } from "./address";
import { HAPPENED_WORDS, totalsOf, type Changes } from "./changes";
import { HappenedSign } from "./signs";

/** What is shown of the difference. */
export function Filters({ route, changes: { diff } }: { route: HistoryRoute; changes: Changes }) {
  const totals = totalsOf(diff);
  return (
    <>
      <Choices
        title="What happened"
        all={HAPPENED.map((key) => ({ key, count: totals[key] }))}
        chosen={route.happened}
        onChange={(happened) => go({ ...route, happened })}
        name={(happened) => HAPPENED_WORDS[happened].many}
        sign={signOf}
        hint={(happened) => HAPPENED_WORDS[happened].sentence}
      />
      <KindChoices all={diff.byKind.map(({ kind, added, removed, changed }) => ({ key: kind, count: added + removed + changed }))} chosen={route.kinds} onChange={(kinds) => go({ ...route, kinds })} />
      {route.happened.length + route.kinds.length > 0 && (
        <button class="quiet" onClick={() => go({ ...route, happened: [], kinds: [] })}>
          Clear filters
        </button>
      )}
    </>
  );
}

function signOf(happened: Happened) {
  return <HappenedSign happened={happened} />;
}
