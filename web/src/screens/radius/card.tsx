import type { CardProps } from "../../components/graph/graph";
import { NO_OWNER } from "../../components/resource-line";
import { KindCode, PresenceSign } from "../../components/signs";
import { CARD } from "../../layout/lanes";
import type { Card, DrawnCard } from "../../layout/types";
import { counted } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { PRESENCE } from "../../words/presence";

/** What people run: marked, so that the eye finds it among what it is made of. */
const WORKLOADS = new Set<string>(["ECS_SERVICE", "ECS_TASK", "ECS_TASK_SET"]);

/** One resource, or several that nothing tells apart, as a button that selects it. */
export function CardButton({ card, place, state, stop, onFocus, onSelect }: CardProps) {
  const resource = card.members[0]?.resource;
  if (!resource || !place) return null;
  const { presence, kind } = resource;
  const many = card.members.length > 1;
  const title = many ? kindWords(kind).many : resource.name;
  const detail = presence === "LIVE" ? (many ? resource.name : kindWords(kind).one) : PRESENCE[presence].word;
  const classes = ["card", `card-${presence.toLowerCase()}`, card.distance === 0 && "is-root", WORKLOADS.has(kind) && "is-workload", state === "lit" && "is-lit", state === "selected" && "is-selected"];
  return (
    <button
      class={classes.filter(Boolean).join(" ")}
      style={{ left: `${place.x}px`, top: `${place.y}px`, width: `${CARD.width}px`, height: `${CARD.height}px` }}
      data-card={card.id}
      tabIndex={stop ? 0 : -1}
      aria-pressed={state === "selected"}
      title={many ? undefined : resource.id}
      onFocus={onFocus}
      onClick={onSelect}
    >
      {presence !== "LIVE" && <PresenceSign presence={presence} />}
      <span class="card-words">
        <span class="card-name">{title}</span>
        <span class="card-detail">
          <KindCode kind={kind} /> {detail}
        </span>
      </span>
      {many && (
        <span class="badge" aria-hidden="true">
          {card.members.length.toLocaleString("en")}
        </span>
      )}
      <span class="visually-hidden">, {restOf(card, resource)}</span>
    </button>
  );
}

/** What the card shows by its place and shape, in words. */
function restOf({ members, distance }: DrawnCard, { kind, presence, owner }: Card): string {
  return [
    presence === "LIVE" ? "" : kindWords(kind).one,
    members.length > 1 ? `${members.length} alike` : "",
    distance === 0 ? "where it starts" : counted(distance, "hop"),
    owner ?? NO_OWNER,
  ]
    .filter(Boolean)
    .join(", ");
}
