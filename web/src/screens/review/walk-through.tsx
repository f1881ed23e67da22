import type { ComponentChildren } from "preact";
import type { Impacted, Warned } from "../../api/generated";
import { OutcomeSign } from "../../components/outcome-sign";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { BlindSign } from "../../components/signs";
import { singleKeys } from "../../preferences";
import { counted, joined } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { LEVEL, OUTCOME, SIGN_OF_LEVEL, WHEN } from "../../words/outcomes";
import { REASON } from "../../words/presence";
import { NotMatched } from "./not-matched";
import { decidedOf, type PartProps } from "./parts";
import { RiskCard } from "./risk-card";
import { Stages, stagesOf } from "./stages";
import { withCode } from "../../components/with-code";

const IMPACTS_SHOWN = 40;
/** Risks of one rule and level are one line from this many on. */
const MANY = 4;

/** Everything that a reviewer goes through: risks worst first, what is hit, what is not known, what was broken before. */
export function WalkThrough(props: PartProps) {
  const { assessed, impacts, onSelect } = props;
  const { judged } = assessed;
  return (
    <>
      <h2 class="panel-title">Walk through</h2>
      {impacts.length > 0 && (
        <p class="muted small screen-only">
          Worst first. {singleKeys.value ? <>Press <kbd>J</kbd> and <kbd>K</kbd> to step through what is hit.</> : <button onClick={() => onSelect(impacts[0]?.resource.id ?? null)}>Start with the worst</button>}
        </p>
      )}
      {assessed.notJudged.length > 0 && (
        <p class="screen-only">
          <button class="quiet" onClick={() => document.getElementById("not-judged")?.focus()}>
            {counted(assessed.notJudged.length, "change was", "changes were")} not judged
          </button>
        </p>
      )}
      <Section title="Risks" count={assessed.risks.length}>
        {assessed.risks.length === 0 ? <p class="muted">No rule found a risk in this change.</p> : <Risks {...props} risks={assessed.risks} />}
      </Section>
      {impacts.length > 0 && (
        <Section title="What is hit" count={impacts.length} onScreenOnly>
          <ol class="plain-list boxed-list">
            {impacts.slice(0, IMPACTS_SHOWN).map((impact) => (
              <ImpactLine key={impact.resource.id} impact={impact} onSelect={onSelect} />
            ))}
          </ol>
          {impacts.length > IMPACTS_SHOWN && <p class="muted small">and {impacts.length - IMPACTS_SHOWN} more: see the table</p>}
        </Section>
      )}
      {assessed.notJudged.length + assessed.unknown.length > 0 && (
        <Section title="Not judged" count={assessed.notJudged.length} id="not-judged">
          <NotMatched changes={assessed.notJudged} {...props} />
          <ul class="plain-list risk-list">
            {assessed.unknown.map((risk) => (
              <li key={risk.id}>
                <RiskCard risk={risk} {...props} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Blind spots" count={judged.blindSpots.length} id="blind-spots">
        {judged.blindSpots.length === 0 ? (
          <p class="muted">
            Nothing that could not be read could hide more. <a href="/coverage">Coverage</a>
          </p>
        ) : (
          <ul class="plain-list">
            {judged.blindSpots.map((spot) => (
              <li key={`${spot.account} ${spot.region} ${spot.api}`} class="blind-line is-hatched">
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
      </Section>
      <Apart title="Mended by the change" impacts={judged.mended} onSelect={onSelect} />
      <Apart title="Broken today already" impacts={judged.alreadyBroken} onSelect={onSelect} />
      <Section title="How it was judged">
        <Stages stages={stagesOf(assessed)} />
      </Section>
    </>
  );
}

type SectionProps = {
  title: string;
  count?: number;
  id?: string;
  /** True where the table says the same on paper. */
  onScreenOnly?: boolean;
  children: ComponentChildren;
};

function Section({ title, count, id, onScreenOnly = false, children }: SectionProps) {
  return (
    <section class={onScreenOnly ? "walk-section screen-only" : "walk-section"}>
      <h3 id={id} tabIndex={id ? -1 : undefined}>
        {title} {count !== undefined && <span class="count">{count.toLocaleString("en")}</span>}
      </h3>
      {children}
    </section>
  );
}

function Risks({ risks, ...props }: PartProps & { risks: Warned[] }) {
  return (
    <ol class="plain-list risk-list">
      {groupsOf(risks).map((group) => {
        const [first] = group;
        if (!first) return null;
        // What is critical is never folded away.
        if (group.length < MANY || first.level === "CRITICAL") {
          return group.map((risk) => (
            <li key={risk.id}>
              <RiskCard risk={risk} {...props} />
            </li>
          ));
        }
        return (
          <li key={`${first.level} ${first.rule}`}>
            <details class={`risk risk-${first.level.toLowerCase()}`}>
              <summary>
                <span class="risk-level">
                  <OutcomeSign outcome={SIGN_OF_LEVEL[first.level]} /> {LEVEL[first.level].word}
                  <code class="risk-rule">{first.rule}</code>
                </span>
                <span class="risk-title">
                  {withCode(first.title)}, and {counted(group.length - 1, "more", "more")} alike
                  {props.kept && decidedOf(group, props.kept) > 0 && <span class="count">, {decidedOf(group, props.kept)} decided</span>}
                </span>
              </summary>
              <ol class="plain-list risk-list">
                {group.map((risk) => (
                  <li key={risk.id}>
                    <RiskCard risk={risk} {...props} />
                  </li>
                ))}
              </ol>
            </details>
          </li>
        );
      })}
    </ol>
  );
}

/** Risks of one rule and level together, in the order of the first. */
function groupsOf(risks: Warned[]): Warned[][] {
  const groups = new Map<string, Warned[]>();
  for (const risk of risks) {
    const key = `${risk.level} ${risk.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), risk]);
  }
  return [...groups.values()];
}

function ImpactLine({ impact, onSelect }: { impact: Impacted; onSelect: (id: string) => void }) {
  const { resource, outcome, phase } = impact;
  return (
    <li>
      <button onClick={() => onSelect(resource.id)}>
        <OutcomeSign outcome={outcome} />
        <span class="why-name">
          {resource.name}
          <span class="hint">
            {OUTCOME[outcome].word} {WHEN[phase]} · {resource.owner ?? NO_OWNER}
          </span>
        </span>
        <span class="muted small">{kindWords(resource.kind).one}</span>
      </button>
    </li>
  );
}

/** Told apart from what the change does: it raises no risk. */
function Apart({ title, impacts, onSelect }: { title: string; impacts: Impacted[]; onSelect: (id: string) => void }) {
  if (impacts.length === 0) return null;
  return (
    <section class="walk-section">
      <details class="apart">
        <summary>
          <h3>
            {title} <span class="count">{impacts.length}</span>
          </h3>
        </summary>
        <ul class="plain-list boxed-list">
          {impacts.map(({ resource, cause }) => (
            <li key={resource.id}>
              <button onClick={() => onSelect(resource.id)}>
                <span class="why-name">
                  {resource.name}
                  <span class="hint">{withCode(cause)}</span>
                </span>
                <span class="muted small">{kindWords(resource.kind).one}</span>
              </button>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
