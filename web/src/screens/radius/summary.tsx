import { whereOf } from "../../components/resource-line";
import { BlindSign, KindCode, PresenceSign } from "../../components/signs";
import { kindsInWords, kindWords } from "../../words/kinds";
import { PRESENCE, REASON } from "../../words/presence";
import { SHOWN, type PanelProps } from "./panel";

/** What the whole is made of, and what could hide more of it. */
export function Summary({ radius, onSelect }: PanelProps) {
  const { blindSpots, byKind } = radius.answer;
  const doubtful = radius.reached.filter(({ resource }) => resource.presence !== "LIVE");
  return (
    <>
      <h2 class="panel-title">In this radius</h2>
      <p class="muted small">Select a card to see why it is reached, step by step, with the API call and field that say so.</p>
      <ul class="kind-list">
        {byKind.map(({ kind, count }) => (
          <li key={kind}>
            <KindCode kind={kind} />
            <span>{kindWords(kind).many}</span>
            <span class="check-count">{count.toLocaleString("en")}</span>
          </li>
        ))}
      </ul>
      {doubtful.length > 0 && (
        <>
          <h3>
            Known by name only <span class="count">{doubtful.length}</span>
          </h3>
          <ul class="plain-list boxed-list">
            {doubtful.slice(0, SHOWN).map(({ resource }) => (
              <li key={resource.id}>
                <button onClick={() => onSelect(resource.id)}>
                  <PresenceSign presence={resource.presence} />
                  <span class="why-name">{resource.name}</span>
                  <span class="muted small">{PRESENCE[resource.presence].word}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>
        Blind spots <span class="count">{blindSpots.length}</span>
      </h3>
      {blindSpots.length === 0 ? (
        <p class="muted">
          Nothing that could not be read could hide more of this radius. <a href="/coverage">Coverage</a>
        </p>
      ) : (
        <ul class="plain-list">
          {blindSpots.map((spot) => (
            <li key={`${spot.account} ${spot.region} ${spot.api}`} class="blind-line">
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
    </>
  );
}
