import type { ComponentChildren } from "preact";
import { CARD } from "../../layout/lanes";
import { kindWords } from "../../words/kinds";
import { NO_OWNER } from "../../words/owner";
import { PRESENCE } from "../../words/presence";
import { KindCode, PresenceSign } from "../signs";
import type { CardProps } from "./graph";

type Props = CardProps & {
  classes: (string | false)[];
  /** Instead of that of its presence. */
  sign?: ComponentChildren;
  /** What its column says, in words. */
  column: string;
};

/** One resource, or several that nothing tells apart, as a button that selects it. */
export function ResourceCard({ card, place, state, stop, onFocus, onSelect, classes, sign, column }: Props) {
  const resource = card.members[0]?.resource;
  if (!resource || !place) return null;
  const { presence, kind, name, id, owner } = resource;
  const { one, many } = kindWords(kind);
  const isLive = presence === "LIVE";
  const count = card.members.length;
  // What the card shows by its place and shape.
  const rest = [!isLive && one, count > 1 && `${count} alike`, column, owner ?? NO_OWNER];
  return (
    <button
      class={["card", ...classes, state !== "plain" && `is-${state}`].filter(Boolean).join(" ")}
      style={{ left: `${place.x}px`, top: `${place.y}px`, width: `${CARD.width}px`, height: `${CARD.height}px` }}
      data-card={card.id}
      tabIndex={stop ? 0 : -1}
      aria-pressed={state === "selected"}
      title={count > 1 ? undefined : id}
      onFocus={onFocus}
      onClick={onSelect}
    >
      {sign ?? (!isLive && <PresenceSign presence={presence} />)}
      <span class="card-words">
        <span class="card-name">{count > 1 ? many : name}</span>
        <span class="card-detail">
          <KindCode kind={kind} /> {!isLive ? PRESENCE[presence].word : count > 1 ? name : one}
        </span>
      </span>
      {count > 1 && (
        <span class="badge" aria-hidden="true">
          {count.toLocaleString("en")}
        </span>
      )}
      <span class="visually-hidden">, {rest.filter(Boolean).join(", ")}</span>
    </button>
  );
}
