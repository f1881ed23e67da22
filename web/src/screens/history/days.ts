import type { Kept } from "../../api/generated";
import { clock, day } from "../../words/time";

const DAY = 86_400_000;
/** Snapshots of fewer days than these are told apart one by one: a bar or two would say nothing. */
const LEAST_DAYS = 3;
const MOST_DAYS = 366;

/** A day, or one snapshot where there are few days. */
export type Bar = {
  label: string;
  /** Oldest first; none where nothing was crawled. */
  snapshots: Kept[];
  /** How many resources came, went or changed; null where no snapshot says. */
  changes: number | null;
};

/** A snapshot's place along the bars, from 0 to 1. */
export type Mark = { snapshot: Kept; at: number };

/** The bars of a strip up to a year long, and on it each snapshot, oldest first. */
export function barsOf(newestFirst: Kept[]): { bars: Bar[]; marks: Mark[] } {
  const newest = newestFirst[0];
  const last = newest ? dayOf(newest) : 0;
  const kept = newestFirst.filter((snapshot) => dayOf(snapshot) > last - MOST_DAYS).toReversed();
  const first = kept[0] ? dayOf(kept[0]) : last;
  const groups =
    last - first + 1 < LEAST_DAYS
      ? kept.map((snapshot) => ({ label: clock(snapshot.takenAt), snapshots: [snapshot] }))
      : Array.from({ length: last - first + 1 }, (_, index) => ({ label: day(new Date((first + index) * DAY).toISOString()), snapshots: kept.filter((snapshot) => dayOf(snapshot) === first + index) }));
  return {
    bars: groups.map((group) => ({ ...group, changes: sumOf(group.snapshots) })),
    marks: groups.flatMap(({ snapshots }, index) => snapshots.map((snapshot, place) => ({ snapshot, at: (index + (place + 1) / (snapshots.length + 1)) / groups.length }))),
  };
}

function dayOf({ takenAt }: Kept): number {
  return Math.floor(Date.parse(takenAt) / DAY);
}

export function changesOf({ changes }: Kept): number | null {
  return changes && changes.added + changes.removed + changes.changed;
}

function sumOf(snapshots: Kept[]): number | null {
  const counts = snapshots.map(changesOf).filter((count) => count !== null);
  return counts.length > 0 ? counts.reduce((sum, count) => sum + count, 0) : null;
}
