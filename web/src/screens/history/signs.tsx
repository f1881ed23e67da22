import type { Happened } from "./address";
import { HAPPENED_WORDS } from "./changes";

const SHAPES: Record<Happened, string> = {
  added: "M8 4.500v7M4.500 8h7",
  removed: "M4.500 8h7",
  changed: "M8 4.300 12 11.500H4z",
  linked: "M3.500 8h9M9.500 5l3 3-3 3",
  unlinked: "M3.500 8h2.500M10 8h2.500M7 4.500 9 11.500",
};

/** A shape for what happened; always beside its word. */
export function HappenedSign({ happened }: { happened: Happened }) {
  return (
    <svg class={`sign sign-${happened}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <rect x="1" y="1" width="14" height="14" rx={happened === "changed" ? 7 : 3.5} fill="currentColor" />
      <path d={SHAPES[happened]} class="sign-inner" />
    </svg>
  );
}

export function HappenedTag({ happened }: { happened: Happened }) {
  return (
    <span class={`happened happened-${happened}`}>
      <HappenedSign happened={happened} />
      {HAPPENED_WORDS[happened].one}
    </span>
  );
}
