import type { Presence } from "../api/generated";
import { kindWords } from "../words/kinds";
import { PRESENCE } from "../words/presence";

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <circle cx="5.500" cy="12" r="3" fill="currentColor" />
      <path d="M11 6.800a7.400 7.400 0 0 1 0 10.400M15.600 3.200a12.500 12.500 0 0 1 0 17.600" fill="none" stroke="currentColor" stroke-width="2.200" stroke-linecap="round" />
    </svg>
  );
}

/** A shape for each presence other than LIVE; always beside its word, or inside something that is named with it. */
export function PresenceSign({ presence }: { presence: Presence }) {
  return (
    <svg class={`sign sign-${presence.toLowerCase()}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {presence === "LIVE" && <circle cx="8" cy="8" r="3.500" fill="currentColor" />}
      {presence === "MISSING" && (
        <g fill="none" stroke="currentColor" stroke-width="1.800" stroke-linecap="round">
          <circle cx="8" cy="8" r="5.600" />
          <path d="M4.200 11.800 11.800 4.200" />
        </g>
      )}
      {presence === "UNREADABLE" && (
        <g fill="none" stroke="currentColor" stroke-linecap="round">
          <rect x="1.500" y="1.500" width="13" height="13" rx="3" stroke-width="1.400" stroke-dasharray="2.600 2.200" />
          <path d="M6.200 6.300a1.900 1.900 0 1 1 2.700 1.700c-.600.300-.900.700-.900 1.300" stroke-width="1.600" />
          <circle cx="8" cy="11.600" r=".500" fill="currentColor" stroke-width=".900" />
        </g>
      )}
      {presence === "OUTSIDE" && (
        <g fill="none" stroke="currentColor" stroke-width="1.600" stroke-linecap="round" stroke-linejoin="round">
          <path d="M6.500 3H3.500A1 1 0 0 0 2.500 4v8.500a1 1 0 0 0 1 1H12a1 1 0 0 0 1-1v-3" />
          <path d="M9 2.500h4.500V7M13.200 2.800 7.500 8.500" />
        </g>
      )}
      {presence === "STATED" && <circle cx="8" cy="8" r="4.500" fill="none" stroke="currentColor" stroke-width="1.600" />}
      {presence === "PLANNED" && <path d="M8 2.500v11M2.500 8h11" stroke="currentColor" stroke-width="2" stroke-linecap="round" />}
    </svg>
  );
}

/** Sign and word, for whatever is not simply there. */
export function PresenceTag({ presence }: { presence: Presence }) {
  return (
    <span class={`presence presence-${presence.toLowerCase()}`} title={PRESENCE[presence].sentence}>
      <PresenceSign presence={presence} />
      {PRESENCE[presence].word}
    </span>
  );
}

export function KindCode({ kind }: { kind: string }) {
  return (
    <span class="kind-code" aria-hidden="true">
      {kindWords(kind).code}
    </span>
  );
}

/** The sign of a blind spot: what nobody could look at. */
export function BlindSign() {
  return <PresenceSign presence="UNREADABLE" />;
}
