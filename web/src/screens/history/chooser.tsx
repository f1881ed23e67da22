import type { Kept } from "../../api/generated";
import { now } from "../../data/crawl";
import { go } from "../../navigation";
import { counted } from "../../words/counts";
import { age, clock, day } from "../../words/time";
import type { HistoryRoute } from "./address";
import { changesOf } from "./days";

type Props = { route: HistoryRoute; snapshots: Kept[]; unreadable: Kept[]; total: number; from: string | null; to: string | null; onMore: (() => void) | null };

/** The stored snapshots, newest first: one to begin with, one to end with. */
export function Chooser({ route, snapshots, unreadable, total, from, to, onMore }: Props) {
  const [first, last] = [snapshots.findIndex(({ id }) => id === to), snapshots.findIndex(({ id }) => id === from)];
  return (
    <fieldset class="chooser">
      <legend>
        Snapshots <span class="count">{total.toLocaleString("en")}</span>
      </legend>
      <div class="chooser-head" aria-hidden="true">
        <span>from</span>
        <span>to</span>
        <span>changes</span>
      </div>
      <ol>
        {snapshots.map((snapshot, index) => {
          const changes = changesOf(snapshot);
          const startsDay = index === 0 || day(snapshots[index - 1]?.takenAt ?? "") !== day(snapshot.takenAt);
          return (
            <li key={snapshot.id} class={first >= 0 && last >= 0 && index > Math.min(first, last) && index < Math.max(first, last) ? "is-between" : undefined}>
              {startsDay && <p class="chooser-day">{day(snapshot.takenAt)}</p>}
              <div class="chooser-row">
                <Radio name="from" checked={snapshot.id === from} snapshot={snapshot} onChoose={() => go({ ...route, from: snapshot.id, to, selected: null })} />
                <Radio name="to" checked={snapshot.id === to} snapshot={snapshot} onChoose={() => go({ ...route, from, to: snapshot.id, selected: null })} />
                <span class="chooser-time" title={`${age(snapshot.takenAt, now.value)} ago`}>
                  {clock(snapshot.takenAt)}
                </span>
                <span class="chooser-changes muted small" title={counted(snapshot.resources, "resource")}>
                  {changes?.toLocaleString("en") ?? "–"}
                  <span class="visually-hidden">{changes === null ? " changes not counted" : " changes"}</span>
                </span>
                <a class="chooser-file small" href={`/snapshots/${encodeURIComponent(snapshot.id)}.jsonl.zst`} download={`${snapshot.id}.jsonl.zst`} title="The snapshot as a file">
                  <span aria-hidden="true">↓</span>
                  <span class="visually-hidden">
                    Download the snapshot of {day(snapshot.takenAt)}, {clock(snapshot.takenAt)}
                  </span>
                </a>
              </div>
            </li>
          );
        })}
      </ol>
      {unreadable.map(({ id, takenAt, problem }) => (
        <p key={id} class="chooser-problem small">
          {day(takenAt)}, {clock(takenAt)} cannot be read: {problem}
        </p>
      ))}
      {onMore && (
        <button class="quiet" onClick={onMore}>
          Show older ones
        </button>
      )}
    </fieldset>
  );
}

function Radio({ name, checked, snapshot, onChoose }: { name: "from" | "to"; checked: boolean; snapshot: Kept; onChoose: () => void }) {
  return <input type="radio" name={`snapshot-${name}`} aria-label={`${name} ${day(snapshot.takenAt)}, ${clock(snapshot.takenAt)} UTC`} checked={checked} onChange={onChoose} />;
}
