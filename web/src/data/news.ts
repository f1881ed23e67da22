import { signal } from "@preact/signals";

/** How many resources a new snapshot changed. */
export type Counts = { added: number; removed: number; changed: number };

type Heard = { id: string; takenAt: string; /** Null where only its being there is known. */ counts: Counts | null };

/** What came after the snapshot on screen: one for each snapshot, the newest last. */
export type News = { from: string; steps: Heard[] };

/** The newest snapshot of the server, as far as heard. */
export const newest = signal<Heard | null>(null);
/** The snapshot that what is on screen was asked from. */
export const shown = signal<Heard | null>(null);
/** Null while nothing newer than what is on screen is known. */
export const news = signal<News | null>(null);

/** Takes in that a snapshot is the newest: by word of the change, or by asking. Word of one already known adds its counts. */
export function hearOf(heard: Heard): void {
  const last = newest.peek();
  if (last === null) {
    newest.value = heard;
    shown.value = heard;
    return;
  }
  // An answer that was on its way while word of a newer one came.
  if (heard.id !== last.id && Date.parse(heard.takenAt) < Date.parse(last.takenAt)) return;
  const current = { ...heard, counts: heard.counts ?? (heard.id === last.id ? last.counts : null) };
  newest.value = current;
  const from = shown.peek()?.id;
  if (from === undefined || current.id === from) return;
  const before = (news.peek()?.steps ?? []).filter((step) => step.id !== current.id);
  const steps = isEmpty(current.counts) ? before : [...before, current];
  news.value = steps.length > 0 ? { from, steps } : null;
  if (steps.length === 0) shown.value = current;
}

/** What is on screen is the newest from now on. */
export function forgetNews(): void {
  shown.value = newest.peek();
  news.value = null;
}

function isEmpty(counts: Counts | null): boolean {
  return counts !== null && counts.added + counts.removed + counts.changed === 0;
}
