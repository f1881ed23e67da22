import type { ComponentChildren } from "preact";
import type { Impacted, Warned } from "../../api/generated";
import { OutcomeSign } from "../../components/outcome-sign";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { BlindSign } from "../../components/signs";
import { ResourceButton } from "../../components/steps";
import { withCode } from "../../components/with-code";
import { singleKeys } from "../../preferences";
import { counted } from "../../words/counts";
import { kindsInWords } from "../../words/kinds";
import { OUTCOME, WHEN } from "../../words/outcomes";
import { REASON } from "../../words/presence";
import { NotMatched } from "./not-matched";
import { decidedOf, type PartProps } from "./parts";
import { RiskCards, RiskLevel } from "./risk-card";
import { Stages, stagesOf } from "./stages";

const IMPACTS_SHOWN = 40;
/** Risks of one rule and level are one line from this many on. */
const MANY = 4;

/** Everything that a reviewer goes through: risks worst first, what is hit, what is not known, what was broken before. */
export function WalkThrough(props: PartProps) {
  const { assessed, impacts, onSelect } = props;
  const { blindSpots, mended, alreadyBroken } = assessed.judged;
  const { notJudged, risks, unknown } = assessed;
  return (
    <>
      <h2 class="panel-title">Walk through</h2>
      {impacts.length > 0 && (
        <p class="muted small screen-only">
          Worst first. {singleKeys.value ? <>Press <kbd>J</kbd> and <kbd>K</kbd> to step through what is hit.</> : <button onClick={() => onSelect(impacts[0]?.resource.id ?? null)}>Start with the worst</button>}
        </p>
      )}
      {notJudged.length > 0 && (
        <p class="screen-only">
          <button class="quiet" onClick={() => document.getElementById("not-judged")?.focus()}>
            {counted(notJudged.length, "change was", "changes were")} not judged
          </button>
        </p>
      )}
      <Section title="Risks" count={risks.length}>
        {risks.length === 0 ? <p class="muted">No rule found a risk in this change.</p> : groupsOf(risks).map((group) => <Risks key={group[0]?.id} {...props} risks={group} />)}
      </Section>
      {impacts.length > 0 && (
        <Section title="What is hit" count={impacts.length} onScreenOnly>
          <ol class="plain-list boxed-list">
            {impacts.slice(0, IMPACTS_SHOWN).map(({ resource, outcome, phase }) => (
              <li key={resource.id}>
                <ResourceButton resource={resource} sign={<OutcomeSign outcome={outcome} />} hint={`${OUTCOME[outcome].word} ${WHEN[phase]} · ${resource.owner ?? NO_OWNER}`} onSelect={onSelect} />
              </li>
            ))}
          </ol>
          {impacts.length > IMPACTS_SHOWN && <p class="muted small">and {impacts.length - IMPACTS_SHOWN} more: see the table</p>}
        </Section>
      )}
      {notJudged.length + unknown.length > 0 && (
        <Section title="Not judged" count={notJudged.length} id="not-judged">
          <NotMatched changes={notJudged} {...props} />
          <RiskCards {...props} risks={unknown} />
        </Section>
      )}
      <Section title="Blind spots" count={blindSpots.length} id="blind-spots">
        {blindSpots.length === 0 ? (
          <p class="muted">
            Nothing that could not be read could hide more. <a href="/coverage">Coverage</a>
          </p>
        ) : (
          <ul class="plain-list">
            {blindSpots.map((spot) => (
              <li key={`${spot.account} ${spot.region} ${spot.api}`} class="blind-line is-hatched">
                <BlindSign />
                <span>
                  <strong>{REASON[spot.reason].word}</strong> <code>{spot.api}</code>
                  <br />
                  <span class="muted small">
                    {kindsInWords(spot.kinds) || "data"} could be missing · {whereOf(spot)} · <a href="/coverage">coverage</a>
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Apart title="Mended by the change" impacts={mended} onSelect={onSelect} />
      <Apart title="Broken today already" impacts={alreadyBroken} onSelect={onSelect} />
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

/** Risks of one rule and level: many are one line that opens. What is critical is never folded away. */
function Risks({ risks, ...props }: PartProps & { risks: Warned[] }) {
  const [first] = risks;
  if (!first || risks.length < MANY || first.level === "CRITICAL") return <RiskCards {...props} risks={risks} />;
  const decided = props.kept ? decidedOf(risks, props.kept) : 0;
  return (
    <div class="risk-list">
      <details class={`risk risk-${first.level.toLowerCase()}`}>
        <summary>
          <RiskLevel risk={first} />
          <span class="risk-title">
            {withCode(first.title)}, and {counted(risks.length - 1, "more", "more")} alike
            {decided > 0 && <span class="count">, {decided} decided</span>}
          </span>
        </summary>
        <RiskCards {...props} risks={risks} />
      </details>
    </div>
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

/** Told apart from what the change does: it raises no risk. */
function Apart({ title, impacts, onSelect }: { title: string; impacts: Impacted[]; onSelect: (id: string) => void }) {
  if (impacts.length === 0) return null;
  return (
    <details class="walk-section apart">
      <summary>
        <h3>
          {title} <span class="count">{impacts.length}</span>
        </h3>
      </summary>
      <ul class="plain-list boxed-list">
        {impacts.map(({ resource, cause }) => (
          <li key={resource.id}>
            <ResourceButton resource={resource} hint={withCode(cause)} onSelect={onSelect} />
          </li>
        ))}
      </ul>
    </details>
  );
}
