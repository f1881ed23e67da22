import { useMemo } from "preact/hooks";
import { Graph, type CardProps } from "../../components/graph/graph";
import { NO_OWNER } from "../../components/resource-line";
import { KindCode, PresenceSign } from "../../components/signs";
import { CARD } from "../../layout/lanes";
import { litAround, NOTHING_LIT } from "../../layout/lit";
import { kindWords } from "../../words/kinds";
import { PRESENCE } from "../../words/presence";
import { COLUMNS, type Picture } from "./picture";
import { HappenedSign } from "./signs";

const WORDS = { removed: "Removed", changed: "Changed", same: "Not changed", added: "Added" } as const;

type Props = { picture: Picture; selected: string | null; onSelect: (id: string | null) => void; onTable: () => void };

/** Removed, changed and added resources as cards in columns, lanes by team, over the links that came and went. */
export function ChangesGraph({ picture, selected, onSelect, onTable }: Props) {
  const { cards, links, cardOf, leftOut } = picture;
  const chosen = selected === null ? undefined : cardOf.get(selected)?.id;
  const lit = useMemo(() => (chosen === undefined ? NOTHING_LIT : litAround(chosen, links)), [chosen, links]);
  return (
    <Graph cards={cards} links={links} cardOf={cardOf} lanes="owner" selected={selected} lit={lit} leftOut={leftOut} columnWords={(column) => WORDS[standingIn(column)]} drawCard={ChangeCard} onSelect={onSelect}>
      {leftOut.size > 0 && (
        <div class="more-cards">
          {[...leftOut].map(([column, count]) => (
            <button key={column} class="more-card" onClick={onTable}>
              <strong>{count.toLocaleString("en")} more</strong>
              <span>{WORDS[standingIn(column)].toLowerCase()}, not drawn · show in the table</span>
            </button>
          ))}
        </div>
      )}
    </Graph>
  );
}

function ChangeCard({ card, place, state, stop, onFocus, onSelect }: CardProps) {
  const resource = card.members[0]?.resource;
  if (!resource || !place) return null;
  const { presence, kind } = resource;
  const many = card.members.length > 1;
  const standing = standingIn(card.distance);
  return (
    <button
      class={`card change-card change-card-${standing}${state === "plain" ? "" : ` is-${state}`}`}
      style={{ left: `${place.x}px`, top: `${place.y}px`, width: `${CARD.width}px`, height: `${CARD.height}px` }}
      data-card={card.id}
      tabIndex={stop ? 0 : -1}
      aria-pressed={state === "selected"}
      title={many ? undefined : resource.id}
      onFocus={onFocus}
      onClick={onSelect}
    >
      {standing !== "same" ? <HappenedSign happened={standing} /> : presence !== "LIVE" && <PresenceSign presence={presence} />}
      <span class="card-words">
        <span class="card-name">{many ? kindWords(kind).many : resource.name}</span>
        <span class="card-detail">
          <KindCode kind={kind} /> {presence === "LIVE" ? (many ? resource.name : kindWords(kind).one) : PRESENCE[presence].word}
        </span>
      </span>
      {many && (
        <span class="badge" aria-hidden="true">
          {card.members.length.toLocaleString("en")}
        </span>
      )}
      <span class="visually-hidden">
        , {[presence === "LIVE" ? "" : kindWords(kind).one, many ? `${card.members.length} alike` : "", WORDS[standing].toLowerCase(), resource.owner ?? NO_OWNER].filter(Boolean).join(", ")}
      </span>
    </button>
  );
}

function standingIn(column: number) {
  return COLUMNS[column - 1] ?? "same";
}
