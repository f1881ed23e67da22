import { CopyButton } from "../../components/copy-button";
import { OutcomeSign } from "../../components/outcome-sign";
import { NotLive, OwnFacts, SelectedHead } from "../../components/selected-resource";
import { KindCode } from "../../components/signs";
import { useAnnouncement } from "../../data/announce";
import type { Card } from "../../layout/types";
import { formatRoute, radiusOf } from "../../routes";
import { counted } from "../../words/counts";
import { OUTCOME, WHEN } from "../../words/outcomes";
import { share } from "../../words/verdict";
import { ChangeList } from "./change-list";
import { LongText } from "./long-text";
import type { PartProps } from "./parts";
import { RiskCards } from "./risk-card";
import { Why } from "./why";
import { withCode } from "../../components/with-code";

/** One resource: what happens to it and when, who owns it, step by step why, and what to do. */
export function SelectedImpact({ resource, ...props }: PartProps & { resource: Card }) {
  const { assessed, impacts, drawing, onSelect } = props;
  const { judged } = assessed;
  const impact = assessed.impactOf.get(resource.id);
  const broken = judged.alreadyBroken.find((one) => one.resource.id === resource.id);
  const mended = judged.mended.find((one) => one.resource.id === resource.id);
  const changes = assessed.changesOf.get(resource.id) ?? [];
  const risks = assessed.risksOf.get(resource.id) ?? [];
  const place = impacts.findIndex((one) => one.resource.id === resource.id);
  const lost = impact ? share(impact) : "";
  const folded = drawing.cardOf.get(resource.id)?.members ?? [];
  useAnnouncement([resource.name, impact && `${OUTCOME[impact.outcome].word}, ${WHEN[impact.phase]}`, place !== -1 && `${place + 1} of ${impacts.length}`].filter(Boolean).join(", "));
  return (
    <>
      <SelectedHead resource={resource} onClear={() => onSelect(null)} />
      {impact && (
        <div class={`impact-box box-${impact.outcome.toLowerCase()}`}>
          <OutcomeSign outcome={impact.outcome} />
          <div>
            <p class="impact-box-title">
              {capital(OUTCOME[impact.outcome].word)}, {WHEN[impact.phase]}
            </p>
            {lost && <p>{lost} lost.</p>}
            <LongText text={impact.cause} />
            {impact.awsError && (
              <p class="small">
                AWS reports <code>{impact.awsError}</code>
              </p>
            )}
          </div>
        </div>
      )}
      {!impact && changes.length === 0 && !broken && !mended && <p class="muted">{assessed.judged.blastRadius.roots.some(({ id }) => id === resource.id) ? "It goes with what is changed." : "The way leads over it; it is not hit itself."}</p>}
      {[broken && { told: broken, title: "Broken today already, change or not" }, mended && { told: mended, title: "Broken today, whole after the change" }].map(
        (one) =>
          one && (
            <div key={one.title} class="impact-box">
              <div>
                <p class="impact-box-title">{one.title}</p>
                <p>{withCode(one.told.cause)}</p>
              </div>
            </div>
          ),
      )}
      <NotLive resource={resource} />
      <OwnFacts resource={resource} />
      <p class="button-row">
        {place !== -1 && (
          <>
            <button disabled={place === 0} onClick={() => onSelect(impacts[place - 1]?.resource.id ?? null)}>
              ← Worse<span class="visually-hidden"> one</span>
            </button>
            <button disabled={place === impacts.length - 1} onClick={() => onSelect(impacts[place + 1]?.resource.id ?? null)}>
              Next →
            </button>
            <span class="muted walk-place">
              {place + 1} of {impacts.length}
            </span>
          </>
        )}
      </p>
      {folded.length > 1 && (
        <details class="members">
          <summary>
            {counted(folded.length, "resource")} <span class="muted">on this card</span>
          </summary>
          <ul class="chips">
            {folded.map((member) => (
              <li key={member.resource.id}>
                <button aria-current={member.resource.id === resource.id ? "true" : undefined} onClick={() => onSelect(member.resource.id)}>
                  <KindCode kind={member.resource.kind} /> {member.resource.name}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
      {changes.length > 0 && (
        <>
          <h3>
            What the change does to it <span class="count">{changes.length}</span>
          </h3>
          <ChangeList changes={changes} open />
        </>
      )}
      {(impact ?? broken ?? mended) && <Why resource={resource} assessed={assessed} onSelect={onSelect} />}
      {risks.length > 0 && (
        <>
          <h3>
            What to do <span class="count">{risks.length}</span>
          </h3>
          <RiskCards {...props} risks={risks} brief />
        </>
      )}
      <p class="button-row">
        {resource.presence !== "PLANNED" && (
          <>
            <a class="button" href={formatRoute({ screen: "resource", id: resource.id })}>
              Details
            </a>
            <a class="button" href={formatRoute(radiusOf(resource.id))}>
              Blast radius
            </a>
          </>
        )}
        <CopyButton text={resource.id} label="Copy id" />
      </p>
    </>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
