import type { Phase } from "../api/generated";
import { PHASE, PHASES } from "../words/presence";
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

/** When the dependent needs the dependency. */
export function Phases({ phases }: { phases: Phase[] }) {
  if (phases.length === 0) return null;
  return (
    <span class="phases" title={phases.map((phase) => `${PHASE[phase].word}: ${PHASE[phase].sentence}`).join("\n")}>
      {phases.length === PHASES.length ? "always" : phases.map((phase) => PHASE[phase].word).join(" · ")}
    </span>
  );
}
