import type { Blind } from "../../api/generated";
import { CopyButton } from "../../components/copy-button";
import { whereOf } from "../../components/resource-line";
import { BlindSign } from "../../components/signs";
import { joined } from "../../words/counts";
import { kindWords } from "../../words/kinds";
import { REASON } from "../../words/presence";

/** What could not be read, why, and what would make it readable. */
export function BlindSpots({ blindSpots }: { blindSpots: Blind[] }) {
  return (
    <section aria-labelledby="blind">
      <h2 id="blind" class="section-title">
        What could not be read <span class="count">{blindSpots.length}</span>
      </h2>
      {blindSpots.length === 0 && <p class="empty">Every call of the crawl was answered. “Nothing depends on it” means just that, within the scopes above.</p>}
      <ul class="blind-list">
        {blindSpots.map((spot) => (
          <li key={`${spot.account} ${spot.region} ${spot.api} ${spot.message}`} class="blind-spot">
            <h3>
              <BlindSign />
              <span>
                {REASON[spot.reason].word}: <code>{spot.api}</code>
              </span>
            </h3>
            <p>
              {spot.kinds.length > 0 ? `${joined(spot.kinds.map((kind) => kindWords(kind).many))} are incomplete` : "Some data is incomplete"} in {whereOf(spot)}.{" "}
              {REASON[spot.reason].remedy}
            </p>
            <p class="muted small message-text">{spot.message}</p>
            {spot.reason === "ACCESS_DENIED" && (
              <details>
                <summary>The statement that allows it</summary>
                <pre tabIndex={0} aria-label="Policy statement">
                  <code>{statementFor(spot.api)}</code>
                </pre>
                <CopyButton text={statementFor(spot.api)} label="Copy statement" />
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function statementFor(action: string): string {
  return JSON.stringify({ Effect: "Allow", Action: [action], Resource: "*" }, null, 2);
}
