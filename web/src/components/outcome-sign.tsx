import type { Outcome } from "../api/generated";
import { OUTCOME } from "../words/outcomes";

/** A shape for each outcome, told apart without colour; always beside its word, or inside something that is named with it. */
export function OutcomeSign({ outcome }: { outcome: Outcome }) {
  return (
    <svg class={`sign outcome-sign sign-${outcome.toLowerCase()}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {outcome === "DOWN" && (
        <>
          <path d="M5 .8h6L15.200 5v6L11 15.200H5L.8 11V5z" fill="currentColor" />
          <path d="m5.400 5.400 5.200 5.200m0-5.200-5.200 5.200" class="sign-cut" stroke-width="1.900" stroke-linecap="round" />
        </>
      )}
      {outcome === "DEGRADED" && <path d="M8 1.600 15 14.400H1z" fill="currentColor" />}
      {outcome === "FAILS_ON_NEXT_START" && <path d="M2.200 1h11.600L9.300 8l4.500 7H2.200l4.500-7z" fill="currentColor" />}
      {outcome === "AT_RISK" && <path d="m8 .8 6 7.200-6 7.200L2 8z" fill="currentColor" />}
      {outcome === "UNAFFECTED" && <circle cx="8" cy="8" r="5.400" fill="none" stroke="currentColor" stroke-width="1.800" />}
    </svg>
  );
}

/** Sign and word. */
export function OutcomeTag({ outcome }: { outcome: Outcome }) {
  return (
    <span class={`outcome outcome-${outcome.toLowerCase()}`} title={OUTCOME[outcome].sentence}>
      <OutcomeSign outcome={outcome} />
      {OUTCOME[outcome].word}
    </span>
  );
}

/** What the change itself touches. */
export function ChangeSign() {
  return (
    <svg class="sign change-sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <rect x="1" y="1" width="14" height="14" rx="3" fill="currentColor" />
      <path d="m8 4.200 3.900 7.400H4.100z" class="sign-cut" stroke-width="1.600" stroke-linejoin="round" />
    </svg>
  );
}
