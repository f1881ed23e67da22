import type { Changed } from "../../api/generated";
import { ChangeSign, OutcomeSign } from "../../components/outcome-sign";
import { NO_OWNER } from "../../components/resource-line";
import { KindCode, PresenceSign } from "../../components/signs";
import { CARD } from "../../layout/lanes";
import type { Face } from "../../layout/review-cards";
import { counted, joined } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { ACTION, OUTCOME } from "../../words/outcomes";
import { PRESENCE } from "../../words/presence";
import type { CardProps } from "../../components/graph/graph";

/** A resource of a review, with what happens to it as sign, band and word. */
export function ReviewCard({ card, place, state, stop, onFocus, onSelect, face, changes }: CardProps & { face: Face; changes: Changed[] }) {
  const resource = card.members[0]?.resource;
  if (!resource || !place) return null;
  const { kind, presence } = resource;
  const alike = face.label !== null;
  const title = alike ? (face.role === "unaffected" ? face.label : kindWords(kind).many) : resource.name;
  const detail = detailOf(face, changes, kind);
  const classes = [
    "card",
    "review-card",
    face.role === "changed" && "is-root",
    face.role === "way" && "is-way",
    face.outcome && `card-${face.outcome.toLowerCase()}`,
    presence !== "LIVE" && presence !== "PLANNED" && `card-${presence.toLowerCase()}`,
    state === "lit" && "is-lit",
    state === "selected" && "is-selected",
  ];
  return (
    <button
      class={classes.filter(Boolean).join(" ")}
      style={{ left: `${place.x}px`, top: `${place.y}px`, width: `${CARD.width}px`, height: `${CARD.height}px` }}
      data-card={card.id}
      tabIndex={stop ? 0 : -1}
      aria-pressed={state === "selected"}
      title={alike ? undefined : resource.id}
      onFocus={onFocus}
      onClick={onSelect}
    >
      {face.role === "changed" ? <ChangeSign /> : face.outcome ? <OutcomeSign outcome={face.outcome} /> : presence !== "LIVE" && <PresenceSign presence={presence} />}
      <span class="card-words">
        <span class="card-name">{title}</span>
        <span class="card-detail">
          <KindCode kind={kind} /> {detail}
        </span>
      </span>
      {face.count > 1 && (
        <span class="badge" aria-hidden="true">
          {face.count.toLocaleString("en")}
        </span>
      )}
      <span class="visually-hidden">
        , {[kindWords(kind).one, face.count > 1 && `${face.count} folded`, presence !== "LIVE" && PRESENCE[presence].word, card.distance > 0 && counted(card.distance, "hop"), resource.owner ?? NO_OWNER].filter(Boolean).join(", ")}
      </span>
    </button>
  );
}

function detailOf({ role, impact, outcome }: Face, changes: Changed[], kind: string): string {
  if (role === "changed") return [joined([...new Set(changes.map(({ action }) => ACTION[action].done))]), impact && OUTCOME[impact.outcome].word].filter(Boolean).join(", ");
  if (!impact) return outcome === "UNAFFECTED" ? OUTCOME.UNAFFECTED.word : kindWords(kind).one;
  const { short } = OUTCOME[impact.outcome];
  return impact.lost && impact.of ? `${short} · ${impact.lost} of ${impact.of}` : short;
}
