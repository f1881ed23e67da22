import type { ComponentChildren } from "preact";
import type { Step } from "../layout/path";
import type { Card } from "../layout/types";
import { kindWords } from "../words/kinds";
import { relationWords } from "../words/relations";
import { EvidenceLine, Phases } from "./evidence";
import { PresenceSign } from "./signs";

type Props = {
  steps: Step[];
  resources: Map<string, Card>;
  /** Where the way ends. */
  end: string;
  /** What a resource on the way is marked with; by default, whether it is there. */
  sign?: (resource: Card) => ComponentChildren;
  onSelect: (id: string) => void;
};

/** The way to a resource, link by link, each with its evidence. */
export function Steps({ steps, resources, end, sign, onSelect }: Props) {
  const stop = (id: string | undefined) => {
    const resource = id === undefined ? undefined : resources.get(id);
    return (
      resource && (
        <li key={id} class={id === end ? "why-end is-current" : "why-end"}>
          <ResourceButton resource={resource} sign={sign?.(resource) ?? (resource.presence !== "LIVE" && <PresenceSign presence={resource.presence} />)} current={id === end} onSelect={onSelect} />
        </li>
      )
    );
  };
  return (
    <ol class="why">
      {stop(steps[0]?.near)}
      {steps.map((step) => (
        <>
          <li key={`${step.far} link`} class={step.hop.evidence.inferred ? "why-link is-inferred" : "why-link"}>
            <span class="why-words">
              {stepWords(step)} <Phases phases={step.hop.phases} />
            </span>
            <EvidenceLine evidence={step.hop.evidence} />
          </li>
          {stop(step.far)}
        </>
      ))}
    </ol>
  );
}

/** A step read from the nearer resource to the farther one: "is read by", or "is part of" where harm climbs along the link. */
export function stepWords({ far, hop }: Step): string {
  const words = relationWords(hop.relation);
  return hop.from.id === far ? words.back : words.forward;
}

type ButtonProps = { resource: Card; sign?: ComponentChildren; hint?: ComponentChildren; current?: boolean; onSelect: (id: string) => void };

/** Selects a resource: its sign, its name with a word on it, its type. */
export function ResourceButton({ resource, sign, hint, current = false, onSelect }: ButtonProps) {
  return (
    <button onClick={() => onSelect(resource.id)} aria-current={current ? "true" : undefined}>
      {sign}
      <span class="why-name">
        {resource.name}
        {hint && <span class="hint">{hint}</span>}
      </span>
      <span class="muted small">{kindWords(resource.kind).one}</span>
    </button>
  );
}
