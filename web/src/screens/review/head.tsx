import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { NO_OWNER } from "../../components/resource-line";
import { OutcomeSign } from "../../components/outcome-sign";
import { teamsOf } from "../../layout/assessment";
import { formatRoute } from "../../routes";
import { counted } from "../../words/counts";
import { LEVEL, OUTCOME, SIGN_OF_LEVEL } from "../../words/outcomes";
import { instant } from "../../words/time";
import { headline, refusedOf } from "../../words/verdict";
import { ImpactBar } from "./impact-bar";
import { decidedOf, type PartProps } from "./parts";
import { filterWords, isFiltered } from "./shown";

const TEAMS_SHOWN = 10;

type HeadProps = PartProps & { title: ComponentChildren; about: string; actions: ComponentChildren };

/** The verdict, its numbers, and whom to invite. */
export function Head(props: HeadProps) {
  const { route, assessed, kept, title, about, actions } = props;
  const decidable = [...assessed.risks, ...assessed.unknown];
  const { risk, risks, impacts, notJudged, snapshot } = assessed.judged;
  // A low risk that comes of nothing but what nobody could judge is no verdict.
  const isJudged = notJudged.length === 0 || notJudged.length < assessed.changes.length || impacts.length + assessed.risks.length > 0;
  return (
    <header class="radius-head review-head">
      <div class="radius-question">
        <nav aria-label="Breadcrumb" class="breadcrumb">
          <a href={formatRoute({ screen: "reviews" })}>Change reviews</a>
        </nav>
        {title}
        <p class={`verdict verdict-${risk.toLowerCase()}`}>
          <OutcomeSign outcome={SIGN_OF_LEVEL[risk]} />
          <strong>{isJudged ? LEVEL[risk].verdict : "Not judged"}</strong>
          {kept && decidable.length > 0 && (
            <span class="decided">
              {decidedOf(decidable, kept)} of {counted(decidable.length, "risk")} decided
            </span>
          )}
        </p>
        <p class="verdict-words">{headline(impacts, notJudged.length, refusedOf(risks))}.</p>
        <p class="paper-only small">
          {location.href}
          {isFiltered(route) && <> · shows only {filterWords(route)}</>}
        </p>
        <p class="muted small">
          {about}. Judged against the <span title={snapshot.id}>snapshot of {instant(snapshot.takenAt)}</span>.
        </p>
      </div>
      <div class="review-numbers">
        <ImpactBar {...props} />
        <Teams {...props} />
      </div>
      {actions}
    </header>
  );
}

/** Owners of what is hit, each with its worst; a team is also a filter. */
function Teams({ route, assessed }: PartProps) {
  const teams = teamsOf(assessed.judged.impacts);
  const [all, setAll] = useState(false);
  if (teams.length === 0) return null;
  const named = teams.filter(({ owner }) => owner !== null).length;
  return (
    <div class="teams review-teams">
      <p class="muted small">{named === 0 ? "Nobody to invite by tag" : `${counted(named, "team")} to invite`}</p>
      <ul>
        {teams.slice(0, all ? undefined : TEAMS_SHOWN).map(({ owner, outcome, count }) => {
          const key = owner ?? "";
          const chosen = route.team === key;
          return (
            <li key={key}>
              <a class={owner === null ? "muted" : undefined} href={formatRoute({ ...route, team: chosen ? null : key })} aria-current={chosen ? "true" : undefined} title={`${counted(count, "resource")} hit, at worst ${OUTCOME[outcome].word}`}>
                <OutcomeSign outcome={outcome} />
                {owner ?? NO_OWNER}
                <span class="visually-hidden">, at worst {OUTCOME[outcome].word},</span> <span class="count">{count}</span>
              </a>
            </li>
          );
        })}
        {teams.length > TEAMS_SHOWN && !all && (
          <li>
            <button class="quiet" onClick={() => setAll(true)}>
              {teams.length - TEAMS_SHOWN} more<span class="visually-hidden"> teams</span>
            </button>
          </li>
        )}
      </ul>
    </div>
  );
}
