const MINUTE = 60_000;

/** How long ago, in one unit: `<1 min`, `12 min`, `3 h`, `5 days`. */
export function age(then: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(then)) / MINUTE));
  if (minutes < 1) return "<1 min";
  if (minutes < 120) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / (24 * 60))} days`;
}

/** `16:05`, in UTC so that two people in a call read the same. */
export function clock(then: string): string {
  return then.length > 16 ? new Date(then).toISOString().slice(11, 16) : then;
}

/** `23 Nov 2026`. */
export function day(then: string): string {
  const date = new Date(then);
  return Number.isNaN(date.valueOf()) ? then : date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** `23 Nov 2026, 16:05 UTC`. */
export function instant(then: string): string {
  return Number.isNaN(Date.parse(then)) ? then : `${day(then)}, ${clock(then)} UTC`;
}

/** A duration in milliseconds as `840 ms`, `4.2 s` or `3 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds} ms`;
  if (milliseconds < 2 * MINUTE) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${Math.round(milliseconds / MINUTE)} min`;
}

/** The time from one to the other: `20 min later`, `3 days earlier`. */
export function between(from: string, to: string): string {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return start <= end ? `${age(from, end)} later` : `${age(to, start)} earlier`;
}
