import type { DiffResult, Kept } from "../../api/generated";
import { CopyButton } from "../../components/copy-button";
import { CsvButton } from "../../components/data-table";
import { formatRoute } from "../../routes";
import { between, instant } from "../../words/time";
import { HAPPENED, type HistoryRoute } from "./address";
import { HAPPENED_WORDS, readChanges, totalsOf, type Changes } from "./changes";
import { COLUMNS, rowsOf } from "./csv";
import { wholeDiff } from "./load";
import { HappenedSign } from "./signs";

type Props = { route: HistoryRoute; changes: Changes | null; pages: DiffResult["diff"][]; from: string | null; to: string | null; snapshots: Kept[] };

/** Which two snapshots, and what changed between them in figures. */
export function Head({ route, changes, pages, from, to, snapshots }: Props) {
  const place = (id: string | null) => snapshots.findIndex((snapshot) => snapshot.id === id);
  const taken = (id: string | null) => snapshots[place(id)]?.takenAt ?? (changes?.diff.from.id === id ? changes?.diff.from.takenAt : changes?.diff.to.id === id ? changes?.diff.to.takenAt : undefined);
  const [start, end] = [taken(from), taken(to)];
  const shifted = (step: 1 | -1) => {
    const [first, last] = [snapshots[place(from) + step], snapshots[place(to) + step]];
    return place(from) >= 0 && place(to) >= 0 && first && last ? formatRoute({ ...route, from: first.id, to: last.id, selected: null }) : null;
  };
  return (
    <header class="radius-head history-head">
      <div class="radius-question">
        <h1>What changed</h1>
        <p class="history-times">
          <Shift to={shifted(1)} words="One snapshot back" sign="‹" />
          <span>
            {start ? <time dateTime={start}>{instant(start)}</time> : "…"} <span aria-hidden="true">→</span>
            <span class="visually-hidden"> to </span> {end ? <time dateTime={end}>{instant(end)}</time> : "…"}
            {start && end && <span class="muted"> · {between(start, end)}</span>}
          </span>
          <Shift to={shifted(-1)} words="One snapshot on" sign="›" />
        </p>
      </div>
      {changes && <Figures changes={changes} />}
      <div class="page-actions">
        <CopyButton text={location.href} label="Copy link" primary />
        <Export pages={pages} />
      </div>
    </header>
  );
}

function Shift({ to, words, sign }: { to: string | null; words: string; sign: string }) {
  return to === null ? (
    <span class="shift" aria-hidden="true">
      {sign}
    </span>
  ) : (
    <a class="shift" href={to} aria-label={words} title={words}>
      {sign}
    </a>
  );
}

function Figures({ changes: { diff } }: { changes: Changes }) {
  const totals = totalsOf(diff);
  return (
    <dl class="figures" aria-label="In figures">
      {HAPPENED.map((happened) => (
        <div key={happened}>
          <dt>{totals[happened] === 1 ? HAPPENED_WORDS[happened].one : HAPPENED_WORDS[happened].many.toLowerCase()}</dt>
          <dd class={totals[happened] === 0 ? "muted" : undefined}>
            <HappenedSign happened={happened} />
            {totals[happened].toLocaleString("en")}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Everything that changed as a file, whatever is filtered or loaded here. */
function Export({ pages }: { pages: DiffResult["diff"][] }) {
  const [first] = pages;
  if (!first) return null;
  const rows = async () => {
    const all = readChanges(await wholeDiff(pages));
    return all ? rowsOf(all) : [];
  };
  return <CsvButton label="everything that changed" file={`changes-${first.from.id}-${first.to.id}`} columns={COLUMNS} rows={rows} />;
}
