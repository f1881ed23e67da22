import { useAnnouncement } from "../../data/announce";
import { BlindSign, KindCode } from "../../components/signs";
import type { Box } from "../../layout/estate";
import { go } from "../../navigation";
import { formatRoute, radiusOf, type ExploreRoute } from "../../routes";
import { counted } from "../../words/counts";
import { groupName, groupWords } from "../../words/groups";
import { MOST_INSIDE, STRONGEST, total, type Linked } from "./box-links";

const SHOWN = 8;

/** The selected box in words, and the ways on from it. */
export function Selected({ route, box, linked, side }: { route: ExploreRoute; box: Box; linked: Linked | null; side: "left" | "right" }) {
  const isOne = box.key.startsWith("arn:");
  return (
    <aside class={`panel at-${side}`} aria-label="Selected group">
      <div class="panel-head">
        <div>
          <p class="kind-line">
            {box.by === "KIND" && <KindCode kind={box.key} />} {groupWords(box.by).one}
          </p>
          <h2 class="panel-title">{groupName(box.by, box)}</h2>
        </div>
        <button class="icon-button" aria-label="Clear the selection" onClick={() => go({ ...route, selected: [] }, { replace: true })}>
          ✕
        </button>
      </div>
      <p class="button-row">
        <a class="button primary" href={formatRoute({ ...route, path: box.path, selected: [], sort: "" })}>
          Open
        </a>
        {isOne && (
          <>
            <a class="button" href={formatRoute(radiusOf(box.key))}>
              Blast radius
            </a>
            <a class="button" href={formatRoute({ screen: "resource", id: box.key })}>
              Its own page
            </a>
          </>
        )}
      </p>
      <dl class="facts">
        <dt>Resources</dt>
        <dd>{box.count.toLocaleString("en")}</dd>
        <dt>Dependents</dt>
        <dd>{box.dependents === 0 ? "none outside of it" : `${counted(box.dependents, "resource")} outside of it`}</dd>
        {box.changed !== null && (
          <>
            <dt>Changed</dt>
            <dd>{box.changed === 0 ? "none came or changed" : `${counted(box.changed, "resource")} came or changed`}</dd>
          </>
        )}
        <dt>Blind spots</dt>
        <dd>
          {box.blindSpots === 0 ? (
            "none"
          ) : (
            <a class="presence presence-unreadable" href="/coverage">
              <BlindSign />
              {counted(box.blindSpots, "call")} failed
            </a>
          )}
        </dd>
      </dl>
      <Links route={route} box={box} linked={linked} />
      {box.boxes.length > 0 && (
        <>
          <h3>
            Inside <span class="count">{counted(box.boxes.length, "group")}</span>
          </h3>
          <ul class="plain-list inside-list">
            {box.boxes.slice(0, SHOWN).map((inner) => (
              <li key={inner.path.join("\n")}>
                <a href={formatRoute({ ...route, path: inner.path, selected: [] })}>{groupName(inner.by, inner)}</a>
                <span class="count">{inner.count.toLocaleString("en")}</span>
              </li>
            ))}
          </ul>
          {box.boxes.length > SHOWN && <p class="muted">and {counted(box.boxes.length - SHOWN, "more group")}</p>}
        </>
      )}
    </aside>
  );
}

/** What its lines on the map lead to, the most links first. */
function Links({ route, box, linked }: { route: ExploreRoute; box: Box; linked: Linked | null }) {
  const shown = linked?.boxes.slice(0, STRONGEST) ?? [];
  const rest = linked ? linked.others + linked.boxes.slice(STRONGEST).reduce((sum, one) => sum + total(one), 0) : 0;
  useAnnouncement(linked ? `${counted(linked.boxes.length, "linked box", "linked boxes")}` : "");
  return (
    <>
      <h3>
        Links <span class="count">{linked && counted(linked.boxes.length, "box", "boxes")}</span>
      </h3>
      {!linked && <p class="muted">{box.count > MOST_INSIDE ? `Drawn for boxes of up to ${MOST_INSIDE} resources: select one inside of it.` : "Looking for its links…"}</p>}
      {linked && shown.length === 0 && <p class="muted">None with another box that is drawn.</p>}
      <ul class="plain-list inside-list">
        {shown.map(({ tile: { box: other }, ...strength }) => (
          <li key={other.path.join("\n")}>
            <a href={formatRoute({ ...route, selected: other.path })}>{groupName(other.by, other)}</a>
            <span class="count">{strengthWords(strength)}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p class="muted">and {counted(rest, "more link")}, thin on the map or to what is not drawn</p>}
    </>
  );
}

function strengthWords({ needs, neededBy }: { needs: number; neededBy: number }): string {
  return [needs > 0 && `needs ${needs}`, neededBy > 0 && `needed by ${neededBy}`].filter(Boolean).join(", ");
}
