import { CopyButton } from "../../components/copy-button";
import { EvidenceLine, Phases } from "../../components/evidence";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { BlindSign, KindCode, PresenceSign } from "../../components/signs";
import { pathTo } from "../../layout/path";
import type { Radius } from "../../layout/radius";
import type { Card } from "../../layout/types";
import { formatRoute, radiusOf, type RadiusRoute } from "../../routes";
import { counted, joined } from "../../words/counts";
import { countOfKind, kindWords } from "../../words/kinds";
import { PRESENCE, REASON } from "../../words/presence";
import { stepWords } from "./step-words";

type Props = { route: RadiusRoute; radius: Radius; onSelect: (id: string | null) => void };

/** Why the selected resource is reached; without a selection, what to know about the whole. */
export function Panel({ route, radius, onSelect }: Props) {
  const selected = route.selected === null ? undefined : radius.resources.get(route.selected);
  return (
    <aside class="panel" aria-label={selected ? "Selected resource" : "About this radius"}>
      {selected ? <Selected resource={selected} route={route} radius={radius} onSelect={onSelect} /> : <Summary route={route} radius={radius} onSelect={onSelect} />}
    </aside>
  );
}

function Selected({ resource, route, radius, onSelect }: Props & { resource: Card }) {
  const path = pathTo(resource.id, radius.steps);
  const card = radius.cardOf.get(resource.id);
  const isRoot = radius.answer.roots.some((root) => root.id === resource.id);
  return (
    <>
      <header class="panel-head">
        <div>
          <p class="kind-line">
            <KindCode kind={resource.kind} /> {kindWords(resource.kind).one}
          </p>
          <h2 class="panel-title">{resource.name}</h2>
        </div>
        <button class="icon-button" aria-label="Clear the selection" onClick={() => onSelect(null)}>
          ✕
        </button>
      </header>
      {resource.presence !== "LIVE" && (
        <p class={`presence-banner presence-${resource.presence.toLowerCase()}`}>
          <PresenceSign presence={resource.presence} />
          <span>
            <strong>{PRESENCE[resource.presence].claim}</strong> {PRESENCE[resource.presence].sentence}
          </span>
        </p>
      )}
      <dl class="facts">
        <dt>Owner</dt>
        <dd>{resource.owner ?? <span class="muted">{NO_OWNER}</span>}</dd>
        <dt>Account</dt>
        <dd>{whereOf(resource)}</dd>
        <dt>Id</dt>
        <dd class="id-text">
          <code>{resource.id}</code>
        </dd>
      </dl>
      <p class="button-row">
        <a class="button" href={formatRoute({ screen: "resource", id: resource.id })}>
          Details
        </a>
        {!isRoot && (
          <a class="button" href={formatRoute(radiusOf(resource.id, { direction: route.direction }))}>
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
                <a href={formatRoute({ screen: "resource", id: member.resource.id })}>{member.resource.name}</a>
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
                    <span>
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

const ONWARD_SHOWN = 12;

/** What is reached from here in turn. */
function Onward({ resource, route, radius, onSelect }: Props & { resource: Card }) {
  const onward = [...radius.steps.values()].filter((step) => step.near === resource.id && radius.resources.has(step.far));
  const title = route.direction === "DEPENDENTS" ? "Reached through it" : "Needed through it";
  return (
    <>
      <h3>
        {title} <span class="count">{onward.length.toLocaleString("en")}</span>
      </h3>
      {onward.length === 0 && <p class="muted">{route.depth === null ? "Nothing else, first." : "Nothing else, within the chosen distance."}</p>}
      <ul class="plain-list boxed-list">
        {onward.slice(0, ONWARD_SHOWN).map((step) => (
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
      {onward.length > ONWARD_SHOWN && <p class="muted small">and {counted(onward.length - ONWARD_SHOWN, "more resource")}: see the table</p>}
    </>
  );
}

/** What the whole is made of, and what could hide more of it. */
function Summary({ radius, onSelect }: Props) {
  const { blindSpots, byKind } = radius.answer;
  const doubtful = radius.reached.filter(({ resource }) => resource.presence !== "LIVE");
  return (
    <>
      <h2 class="panel-title">In this radius</h2>
      <p class="muted small">Select a card to see why it is reached, step by step, with the API call and field that say so.</p>
      <ul class="kind-list">
        {byKind.map(({ kind, count }) => (
          <li key={kind}>
            <KindCode kind={kind} />
            <span>{kindWords(kind).many}</span>
            <span class="check-count">{count.toLocaleString("en")}</span>
          </li>
        ))}
      </ul>
      {doubtful.length > 0 && (
        <>
          <h3>
            Known by name only <span class="count">{doubtful.length}</span>
          </h3>
          <ul class="plain-list boxed-list">
            {doubtful.slice(0, ONWARD_SHOWN).map(({ resource }) => (
              <li key={resource.id}>
                <button onClick={() => onSelect(resource.id)}>
                  <PresenceSign presence={resource.presence} />
                  <span class="why-name">{resource.name}</span>
                  <span class="muted small">{PRESENCE[resource.presence].word}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>
        Blind spots <span class="count">{blindSpots.length}</span>
      </h3>
      {blindSpots.length === 0 ? (
        <p class="muted">
          <a href="/coverage">Coverage</a> was full: nothing unread could hide more.
        </p>
      ) : (
        <ul class="plain-list">
          {blindSpots.map((spot) => (
            <li key={`${spot.account} ${spot.region} ${spot.api}`} class="blind-line">
              <BlindSign />
              <span>
                <strong>{REASON[spot.reason].word}</strong> <code>{spot.api}</code>
                <br />
                <span class="muted small">
                  {joined(spot.kinds.map((kind) => kindWords(kind).many)) || "data"} could be missing · {whereOf(spot)} · <a href="/coverage">coverage</a>
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
