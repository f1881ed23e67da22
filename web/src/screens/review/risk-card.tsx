import { useState } from "preact/hooks";
import type { Warned } from "../../api/generated";
import { OutcomeSign } from "../../components/outcome-sign";
import { withCode, withoutCode } from "../../components/with-code";
import { counted } from "../../words/counts";
import { LEVEL, SIGN_OF_LEVEL } from "../../words/outcomes";
import { LongText } from "./long-text";
import type { PartProps } from "./parts";
import { RiskMark } from "./risk-mark";
import { EvidenceList } from "./why";

const NAMED = 6;

type Props = PartProps & { brief?: boolean };

export function RiskCards({ risks, ...props }: Props & { risks: Warned[] }) {
  return (
    <ul class="plain-list risk-list">
      {risks.map((risk) => (
        <li key={risk.id}>
          <RiskCard risk={risk} {...props} />
        </li>
      ))}
    </ul>
  );
}

export function RiskLevel({ risk: { level, rule } }: { risk: Warned }) {
  return (
    <span class="risk-level">
      <OutcomeSign outcome={SIGN_OF_LEVEL[level]} /> {LEVEL[level].word}
      <code class="risk-rule">{rule}</code>
    </span>
  );
}

/** A risk: what breaks and why, what to do, whom it hits, and what says so. `brief` leaves out what stands beside it already. */
function RiskCard({ risk, assessed, kept, onSelect, brief = false }: Props & { risk: Warned }) {
  const [all, setAll] = useState(false);
  const affected = risk.affected.flatMap(({ id }) => assessed.resources.get(id) ?? []);
  return (
    <article class={`risk risk-${risk.level.toLowerCase()}`} tabIndex={-1} data-risk={risk.id} aria-label={`${LEVEL[risk.level].word} risk: ${withoutCode(risk.title)}`}>
      <RiskLevel risk={risk} />
      <p class="risk-title">{withCode(risk.title)}</p>
      {!brief && <LongText text={risk.detail} />}
      <p class="risk-remedy">
        <strong>Do:</strong> {withCode(risk.remediation)}{" "}
        {risk.documentation?.startsWith("https://") && (
          <a href={risk.documentation} target="_blank" rel="noopener noreferrer">
            AWS on this<span class="visually-hidden"> (new tab)</span> ↗
          </a>
        )}
      </p>
      {!brief && affected.length > 0 && (
        <ul class="chips" aria-label={risk.addresses.length > 0 ? "About" : "Hits"}>
          {affected.slice(0, all ? undefined : NAMED).map((resource) => {
            const outcome = assessed.impactOf.get(resource.id)?.outcome;
            return (
              <li key={resource.id}>
                <button onClick={() => onSelect(resource.id)}>
                  {outcome && <OutcomeSign outcome={outcome} />}
                  {resource.name}
                </button>
              </li>
            );
          })}
          {affected.length > NAMED && !all && (
            <li>
              <button class="quiet" onClick={() => setAll(true)}>
                {counted(affected.length - NAMED, "more", "more")}
                <span class="visually-hidden"> that it hits</span>
              </button>
            </li>
          )}
        </ul>
      )}
      {!brief && risk.evidence.length > 0 && (
        <details class="risk-evidence">
          <summary>
            Evidence <span class="count">{counted(risk.evidence.length, "link")}</span>
          </summary>
          <EvidenceList links={risk.evidence} />
        </details>
      )}
      {kept && <RiskMark risk={risk.id} kept={kept} />}
    </article>
  );
}
