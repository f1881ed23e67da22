import { CopyButton } from "../../components/copy-button";
import { EvidenceLine, Phases } from "../../components/evidence";
import { samePin } from "../../components/pinned";
import { NotLive, OwnFacts, SelectedHead } from "../../components/selected-resource";
import { PresenceSign } from "../../components/signs";
import { pathTo } from "../../layout/path";
import type { Card } from "../../layout/types";
import { formatRoute, radiusOf } from "../../routes";
import { counted } from "../../words/counts";
import { countOfKind, kindWords } from "../../words/kinds";
import { SHOWN, type PanelProps } from "./panel";
import { stepWords } from "./step-words";

/** One resource, and step by step why it is reached. */
export function Selected({ resource, route, radius, onSelect }: PanelProps & { resource: Card }) {
  const path = pathTo(resource.id, radius.steps);
  const card = radius.cardOf.get(resource.id);
  const isRoot = radius.answer.roots.some((root) => root.id === resource.id);
  return (
    <>
      <SelectedHead resource={resource} onClear={() => onSelect(null)} />
      <NotLive resource={resource} />
      <OwnFacts resource={resource} />
      <p class="button-row">
        <a class="button" href={formatRoute(samePin({ screen: "resource", id: resource.id }))}>
          Details
        </a>
        {!isRoot && (
          <a class="button" href={formatRoute(samePin(radiusOf(resource.id, { direction: route.direction })))}>
            Start from here
          </a>
        )}
        <CopyButton text={resource.id} label="Copy id" />
      </p>
      {card && card.members.length > 1 && (
        <details class="members">
          <summary>
            {countOfKind(card.members.length, resource.kind)} <span class="muted">that nothing here tells apart</span>
          </summary>
          <ul class="plain-list">
            {card.members.map((member) => (
              <li key={member.resource.id}>
                <a href={formatRoute(samePin({ screen: "resource", id: member.resource.id }))}>{member.resource.name}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
      {!isRoot && (
        <>
          <h3 id="why" tabIndex={-1}>
            {route.direction === "DEPENDENTS" ? "Why it is reached" : "Why it is needed"} <span class="count">{counted(path.length, "step")}</span>
          </h3>
          {path.length > 0 ? (
            <ol class="why">
              <PathEnd resource={path[0] && radius.resources.get(path[0].near)} onSelect={onSelect} />
              {path.map((step) => (
                <>
                  <li key={`${step.far} link`} class={step.hop.evidence.inferred ? "why-link is-inferred" : "why-link"}>
                    <span class="why-words">
                      {stepWords(step)} <Phases phases={step.hop.phases} />
                    </span>
                    <EvidenceLine evidence={step.hop.evidence} />
                  </li>
                  <PathEnd key={step.far} resource={radius.resources.get(step.far)} onSelect={onSelect} current={step.far === resource.id} />
                </>
              ))}
            </ol>
          ) : (
            <p class="muted">The steps in between are not among what was asked for.</p>
          )}
        </>
      )}
      <Onward resource={resource} route={route} radius={radius} onSelect={onSelect} />
    </>
  );
}

function PathEnd({ resource, onSelect, current = false }: { resource: Card | undefined; onSelect: (id: string) => void; current?: boolean }) {
  if (!resource) return null;
  return (
    <li class={current ? "why-end is-current" : "why-end"}>
      <button onClick={() => onSelect(resource.id)} aria-current={current ? "true" : undefined}>
        {resource.presence !== "LIVE" && <PresenceSign presence={resource.presence} />}
        <span class="why-name">{resource.name}</span>
        <span class="muted small">{kindWords(resource.kind).one}</span>
      </button>
    </li>
  );
}

/** What is reached from here in turn. */
function Onward({ resource, route, radius, onSelect }: PanelProps & { resource: Card }) {
  const onward = [...radius.steps.values()].filter((step) => step.near === resource.id && radius.resources.has(step.far));
  const title = route.direction === "DEPENDENTS" ? "Reached through it" : "Needed through it";
  return (
    <>
      <h3>
        {title} <span class="count">{onward.length.toLocaleString("en")}</span>
      </h3>
      {onward.length === 0 && <p class="muted">{route.depth === null ? "Nothing else, first." : "Nothing else, within the chosen distance."}</p>}
      <ul class="plain-list boxed-list">
        {onward.slice(0, SHOWN).map((step) => (
          <li key={step.far}>
            <button onClick={() => onSelect(step.far)}>
              <span class="why-name">
                <span class="muted small">{stepWords(step)}</span> {radius.resources.get(step.far)?.name}
              </span>
              <span class="muted small">{kindWords(radius.resources.get(step.far)?.kind ?? "").one}</span>
            </button>
          </li>
        ))}
      </ul>
      {onward.length > SHOWN && <p class="muted small">and {counted(onward.length - SHOWN, "more resource")}: see the table</p>}
    </>
  );
}
