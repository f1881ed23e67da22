import { useMemo } from "preact/hooks";
import { Graph, type CardProps } from "../../components/graph/graph";
import { ResourceCard } from "../../components/graph/resource-card";
import { litAround, NOTHING_LIT } from "../../layout/lit";
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

function ChangeCard(props: CardProps) {
  const standing = standingIn(props.card.distance);
  return <ResourceCard {...props} classes={["change-card", `change-card-${standing}`]} sign={standing === "same" ? undefined : <HappenedSign happened={standing} />} column={WORDS[standing].toLowerCase()} />;
}

function standingIn(column: number) {
  return COLUMNS[column - 1] ?? "same";
}
