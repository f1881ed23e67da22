import type { Card } from "../../api/generated";
import { CopyButton } from "../../components/copy-button";
import { NotLive, OwnFacts, SelectedHead } from "../../components/selected-resource";
import { formatRoute, radiusOf } from "../../routes";
import { counted } from "../../words/counts";
import { countOfKind } from "../../words/kinds";
import { PRESENCE } from "../../words/presence";
import { clock, instant } from "../../words/time";
import { historyOf } from "./address";
import { type Change, type Changes, type LinkChange } from "./changes";
import { LinkRow } from "./link-row";
import { HappenedTag } from "./signs";
import { Lines } from "./value";

const LINKS_SHOWN = 12;
const MEMBERS_SHOWN = 50;

type Props = { change: Change; /** All that one card of the graph stands for. */ alike: Card[]; changes: Changes; /** The snapshot to look at a resource in; undefined for now. */ pinOf: (resource: Card) => string | undefined; to: (resource: Card) => string; onSelect: (id: string | null) => void };

/** One change in full: every value, every link, and where to go on. */
export function Panel({ change, alike, changes, pinOf, to, onSelect }: Props) {
  const { happened, resource, lines } = change;
  const { diff } = changes;
  const links = changes.links.filter(({ link }) => link.from.id === resource.id || link.to.id === resource.id);
  const snapshot = pinOf(resource);
  return (
    <aside class="panel" aria-label="Selected change">
      <SelectedHead resource={resource} title={{ id: "why", tabIndex: -1 }} onClear={() => onSelect(null)} />
      <p class={`change-banner change-${happened}`}>
        <HappenedTag happened={happened} />
        <span>{bannerWords(change, diff.from.takenAt, diff.to.takenAt)}</span>
      </p>
      {happened !== "changed" && <NotLive resource={resource} />}
      <OwnFacts resource={resource} />
      <p class="button-row">
        <a class="button" href={formatRoute({ screen: "resource", id: resource.id, ...(snapshot ? { snapshot } : {}) })}>
          {happened === "removed" ? "As it was" : "Details"}
        </a>
        <a class="button" href={formatRoute(radiusOf(resource.id, snapshot ? { snapshot } : {}))}>
          Blast radius{happened === "removed" ? " then" : ""}
        </a>
        <a class="button" href={formatRoute(historyOf({ resource: resource.id }))}>
          Through time
        </a>
        <CopyButton text={resource.id} label="Copy id" />
      </p>
      {alike.length > 1 && (
        <details class="members">
          <summary>
            {countOfKind(alike.length, resource.kind)} <span class="muted">in this card</span>
          </summary>
          <ul class="plain-list boxed-list">
            {alike.slice(0, MEMBERS_SHOWN).map((member) => (
              <li key={member.id}>
                <button aria-pressed={member.id === resource.id} onClick={() => onSelect(member.id)}>
                  <span class="why-name">{member.name}</span>
                </button>
              </li>
            ))}
          </ul>
          {alike.length > MEMBERS_SHOWN && <p class="muted small">and {(alike.length - MEMBERS_SHOWN).toLocaleString("en")} more: see the table</p>}
        </details>
      )}
      {happened === "changed" && (
        <>
          <h3>
            Before and after <span class="count">{counted(lines.length, "value")}</span>
          </h3>
          {lines.length > 0 ? <Lines lines={lines} /> : <p class="muted">Nothing of it that is kept.</p>}
        </>
      )}
      <LinkList title="Links that came" links={links.filter((one) => one.happened === "linked")} to={to} />
      <LinkList title="Links that went" links={links.filter((one) => one.happened === "unlinked")} to={to} />
      {links.length === 0 && <p class="muted">No link of it came or went.</p>}
    </aside>
  );
}

function LinkList({ title, links, to }: { title: string; links: LinkChange[]; to: (resource: Card) => string }) {
  if (links.length === 0) return null;
  return (
    <>
      <h3>
        {title} <span class="count">{links.length.toLocaleString("en")}</span>
      </h3>
      <ul class="plain-list panel-links">
        {links.slice(0, LINKS_SHOWN).map(({ happened, link }) => (
          <LinkRow key={`${link.from.id} ${link.relation} ${link.to.id}`} happened={happened} link={link} to={to} />
        ))}
      </ul>
      {links.length > LINKS_SHOWN && <p class="muted small">and {counted(links.length - LINKS_SHOWN, "more link")}: see the table</p>}
    </>
  );
}

function bannerWords({ happened, resource, presenceBefore }: Change, from: string, to: string): string {
  if (happened === "removed") return `Not in the snapshot of ${clock(to)}. It is gone, or nobody could or would look any more: coverage tells which.`;
  if (happened === "added") return `Not in the snapshot of ${clock(from)}. It is new, or was not looked for then.`;
  if (presenceBefore !== null && presenceBefore !== resource.presence) return `Was: ${PRESENCE[presenceBefore].word}. Is: ${PRESENCE[resource.presence].word}. ${PRESENCE[resource.presence].sentence}`;
  return `Some time between ${instant(from)} and ${instant(to)}.`;
}
