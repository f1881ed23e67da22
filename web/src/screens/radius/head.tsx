import { CopyButton } from "../../components/copy-button";
import { pinned, samePin } from "../../components/pinned";
import { NO_OWNER, whereOf } from "../../components/resource-line";
import { BlindSign, KindCode, PresenceTag } from "../../components/signs";
import type { Radius } from "../../layout/radius";
import { formatRoute, radiusOf, searchFor, whatIf, type RadiusRoute } from "../../routes";
import { kindWords } from "../../words/kinds";

const TEAMS_SHOWN = 7;
const FIGURES = ["ECS_SERVICE", "ECS_TASK", "LOAD_BALANCER"] as const;

/** The question, its answer in figures, and who should hear of it. */
export function Head({ route, radius }: { route: RadiusRoute; radius: Radius }) {
  const { answer } = radius;
  const root = answer.roots[0];
  if (!root) return null;
  const asksDependents = route.direction === "DEPENDENTS";
  return (
    <header class="radius-head">
      <div class="radius-question">
        <nav aria-label="Breadcrumb" class="breadcrumb">
          <a href={formatRoute(radiusOf(null))}>Blast radius</a>
          <span aria-hidden="true"> › </span>
          <a href={formatRoute(samePin({ screen: "resource", id: root.id }))}>{root.name}</a>
        </nav>
        <h1>
          {asksDependents ? "What is affected if " : "What does "}
          <span class="root-name">{root.name}</span>
          {asksDependents ? " changes?" : " need?"}
        </h1>
        <p class="radius-root">
          <KindCode kind={root.kind} /> {kindWords(root.kind).one}
          <span class="muted">{whereOf(root)}</span>
          {root.presence !== "LIVE" && <PresenceTag presence={root.presence} />}
        </p>
      </div>
      <dl class="figures" aria-label="In figures">
        <Figure count={answer.totalCount} words={asksDependents ? "reached" : "needed"} />
        {FIGURES.map((kind) => {
          const count = answer.byKind.find((one) => one.kind === kind)?.count ?? 0;
          return count > 0 && <Figure key={kind} count={count} words={(count === 1 ? kindWords(kind).one : kindWords(kind).many).replace("ECS ", "").toLowerCase()} />;
        })}
        <div class={answer.blindSpots.length > 0 ? "figure-blind" : undefined}>
          <dt>{answer.blindSpots.length === 1 ? "blind spot" : "blind spots"}</dt>
          <dd>
            {answer.blindSpots.length > 0 && <BlindSign />}
            <a href="/coverage">{answer.blindSpots.length}</a>
          </dd>
        </div>
      </dl>
      <Teams radius={radius} />
      <div class="page-actions">
        {pinned.value === undefined && (
          <a class="button" href={formatRoute(whatIf(root.id))}>
            What if this goes away?
          </a>
        )}
        <CopyButton text={location.href} label="Copy link" primary />
      </div>
    </header>
  );
}

function Figure({ count, words }: { count: number; words: string }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd>{count.toLocaleString("en")}</dd>
    </div>
  );
}

function Teams({ radius }: { radius: Radius }) {
  const { byOwner } = radius.answer;
  const teams = byOwner.filter((one) => one.owner !== null);
  const nobody = byOwner.find((one) => one.owner === null)?.count ?? 0;
  if (byOwner.length === 0) return null;
  return (
    <div class="teams">
      <p class="muted small">
        {teams.length === 1 ? "1 team" : `${teams.length} teams`} to talk to
      </p>
      <ul>
        {teams.slice(0, TEAMS_SHOWN).map(({ owner, count }) => (
          <li key={owner}>
            <a href={formatRoute(searchFor("", { teams: [owner ?? ""] }))}>{owner}</a> <span class="count">{count.toLocaleString("en")}</span>
          </li>
        ))}
        {teams.length > TEAMS_SHOWN && <li class="muted">{teams.length - TEAMS_SHOWN} more</li>}
        {nobody > 0 && (
          <li class="muted">
            {NO_OWNER} <span class="count">{nobody.toLocaleString("en")}</span>
          </li>
        )}
      </ul>
    </div>
  );
}
