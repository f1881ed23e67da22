import type { Linked } from "../../api/generated";
import { EvidenceLine } from "../../components/evidence";
import { ChangeSign, OutcomeSign } from "../../components/outcome-sign";
import { Steps } from "../../components/steps";
import type { Assessed } from "../../layout/assessment";
import type { Card } from "../../layout/types";
import { counted } from "../../words/counts";
import { relationWords } from "../../words/relations";

type Props = { resource: Card; assessed: Assessed; onSelect: (id: string) => void };

/** From the change to the resource, link by link, each with its evidence. */
export function Why({ resource, assessed, onSelect }: Props) {
  const steps = assessed.reasonOf.get(resource.id) ?? [];
  const signOf = ({ id }: Card) => {
    const outcome = assessed.impactOf.get(id)?.outcome;
    return assessed.changesOf.has(id) ? <ChangeSign /> : outcome && <OutcomeSign outcome={outcome} />;
  };
  return (
    <>
      <h3 id="why" tabIndex={-1}>
        Why it is affected <span class="count">{counted(steps.length, "step")}</span>
      </h3>
      {steps.length === 0 ? <p class="muted">No link leads here: the cause above is all that it rests on.</p> : <Steps steps={steps} resources={assessed.resources} end={resource.id} sign={signOf} onSelect={onSelect} />}
    </>
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
