import type { Linked } from "../../api/generated";
import { EvidenceLine, Phases } from "../../components/evidence";
import { ChangeSign, OutcomeSign } from "../../components/outcome-sign";
import { PresenceSign } from "../../components/signs";
import type { Assessed } from "../../layout/assessment";
import type { Card } from "../../layout/types";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { relationWords } from "../../words/relations";
import { stepWords } from "../radius/step-words";

type Props = { resource: Card; assessed: Assessed; onSelect: (id: string) => void };

/** From the change to the resource, link by link, each with its evidence. */
export function Why({ resource, assessed, onSelect }: Props) {
  const steps = assessed.reasonOf.get(resource.id) ?? [];
  const start = steps[0] && assessed.resources.get(steps[0].near);
  return (
    <>
      <h3 id="why" tabIndex={-1}>
        Why it is affected <span class="count">{counted(steps.length, "step")}</span>
      </h3>
      {steps.length === 0 ? (
        <p class="muted">No link leads here: the cause above is all that it rests on.</p>
      ) : (
        <ol class="why">
          {start && <End resource={start} assessed={assessed} onSelect={onSelect} />}
          {steps.map((step) => {
            const end = assessed.resources.get(step.far);
            return (
              <>
                <li key={`${step.far} link`} class={step.hop.evidence.inferred ? "why-link is-inferred" : "why-link"}>
                  <span class="why-words">
                    {stepWords(step)} <Phases phases={step.hop.phases} />
                  </span>
                  <EvidenceLine evidence={step.hop.evidence} />
                </li>
                {end && <End key={step.far} resource={end} assessed={assessed} onSelect={onSelect} current={step.far === resource.id} />}
              </>
            );
          })}
        </ol>
      )}
    </>
  );
}

function End({ resource, assessed, onSelect, current = false }: Props & { current?: boolean }) {
  const outcome = assessed.impactOf.get(resource.id)?.outcome;
  return (
    <li class={current ? "why-end is-current" : "why-end"}>
      <button onClick={() => onSelect(resource.id)} aria-current={current ? "true" : undefined}>
        {assessed.changesOf.has(resource.id) ? <ChangeSign /> : outcome ? <OutcomeSign outcome={outcome} /> : resource.presence !== "LIVE" && <PresenceSign presence={resource.presence} />}
        <span class="why-name">{resource.name}</span>
        <span class="muted small">{kindWords(resource.kind).one}</span>
      </button>
    </li>
  );
}

/** The links that a risk rests on, one a line. */
export function EvidenceList({ links }: { links: Linked[] }) {
  return (
    <ul class="evidence-list">
      {links.map((link) => (
        <li key={`${link.from.id} ${link.relation} ${link.to.id}`}>
          {link.from.name} <span class="muted">{relationWords(link.relation).forward}</span> {link.to.name}
          <EvidenceLine evidence={link.evidence} />
        </li>
      ))}
    </ul>
  );
}
