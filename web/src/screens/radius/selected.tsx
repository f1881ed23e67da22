import { CopyButton } from "../../components/copy-button";
import { samePin } from "../../components/pinned";
import { NotLive, OwnFacts, SelectedHead } from "../../components/selected-resource";
import { pathTo } from "../../layout/path";
import type { Card } from "../../layout/types";
import { formatRoute, radiusOf } from "../../routes";
import { counted } from "../../words/counts";
import { countOfKind, kindWords } from "../../words/kinds";
import { SHOWN, type PanelProps } from "./panel";
import { Steps, stepWords } from "../../components/steps";

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
            <Steps steps={path} resources={radius.resources} end={resource.id} onSelect={onSelect} />
          ) : (
            <p class="muted">The steps in between are not among what was asked for.</p>
          )}
        </>
      )}
      <Onward resource={resource} route={route} radius={radius} onSelect={onSelect} />
    </>
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
