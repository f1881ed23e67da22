import type { Phase } from "../api/generated";
import { PHASE } from "../words/presence";
import { instant } from "../words/time";

type Known = { api: string; field: string; inferred: boolean; observedAt?: string | null };

/** How a link is known: the call and the field it was read from, and whether it is stated or concluded. */
export function EvidenceLine({ evidence }: { evidence: Known }) {
  return (
    <span class="evidence">
      <code>
        {evidence.api} › {breakable(evidence.field)}
      </code>{" "}
      <span class={evidence.inferred ? "how inferred" : "how"}>
        {evidence.inferred ? "inferred" : "observed"}
        {evidence.observedAt && ` ${instant(evidence.observedAt)}`}
      </span>
    </span>
  );
}

/** A path of fields that may break after a dot, so that it wraps where a reader would. */
function breakable(field: string) {
  return field.split(".").map((part, index) => (
    <>
      {index > 0 && (
        <>
          .<wbr />
        </>
      )}
      {part}
    </>
  ));
}

export function Phases({ phases }: { phases: Phase[] }) {
  return (
    <span class="phases">
      {phases.map((phase) => (
        <span key={phase} class="chip" title={PHASE[phase]?.sentence}>
          {PHASE[phase]?.word ?? phase.toLowerCase()}
        </span>
      ))}
    </span>
  );
}
