import type { Blind } from "../../api/generated";
import { CopyButton } from "../../components/copy-button";
import { CsvButton, type Column } from "../../components/data-table";
import { whereOf } from "../../components/resource-line";
import { BlindSign } from "../../components/signs";
import { groupBy } from "../../layout/group";
import { counted, joined } from "../../words/counts";
import { kindWords, kindsInWords } from "../../words/kinds";
import { REASON } from "../../words/presence";

/** The scopes that a card names before somebody asks for all. */
const SCOPES = 6;

const COLUMNS: Column<Blind>[] = [
  { id: "account", label: "Account", value: ({ account }) => account },
  { id: "region", label: "Region", value: ({ region }) => region },
  { id: "action", label: "Action", value: ({ api }) => api },
  { id: "reason", label: "Reason", value: ({ reason }) => REASON[reason].word },
  { id: "kinds", label: "Incomplete", value: ({ kinds }) => kinds.map((kind) => kindWords(kind).many).join(", ") },
  { id: "message", label: "Message", value: ({ message }) => message },
];

/** What could not be read, why, and what would make it readable. */
export function BlindSpots({ blindSpots }: { blindSpots: Blind[] }) {
  const groups = alike(blindSpots);
  const denied = [...new Set(blindSpots.filter(({ reason }) => reason === "ACCESS_DENIED").map(({ api }) => api))].toSorted();
  return (
    <section aria-labelledby="blind">
      <div class="section-head">
        <h2 id="blind" class="section-title">
          What could not be read <span class="count">{blindSpots.length}</span>
        </h2>
        {blindSpots.length > 0 && <CsvButton label="what could not be read" file="blind-spots" columns={COLUMNS} rows={() => Promise.resolve(blindSpots)} />}
      </div>
      {blindSpots.length === 0 && <p class="empty">Every call of the crawl was answered. “Nothing depends on it” means just that, within the scopes above.</p>}
      {denied.length > 1 && (
        <div class="box all-denied">
          <p>
            <strong>{denied.length} actions are denied.</strong> One statement allows them all; <code>blastmap policy</code> prints the whole policy.
          </p>
          <Statement actions={denied} summary="The statement that allows them all" />
        </div>
      )}
      <ul class="blind-list">
        {groups.map((spots) => (
          <BlindCard key={`${spots[0]?.reason} ${spots[0]?.api}`} spots={spots} />
        ))}
      </ul>
    </section>
  );
}

function BlindCard({ spots }: { spots: Blind[] }) {
  const [first] = spots;
  if (!first) return null;
  const kinds = kindsInWords(spots.flatMap((spot) => spot.kinds));
  const messages = [...new Set(spots.map(({ message }) => message))];
  return (
    <li class="blind-spot">
      <h3>
        <BlindSign />
        <span>
          {REASON[first.reason].word}: <code>{first.api}</code>
        </span>
      </h3>
      <p>
        {first.reason === "STALE" ? "What is shown is old" : `${kinds || "Some data"} could be incomplete`} in {joined(spots.slice(0, SCOPES).map(whereOf))}
        {spots.length > SCOPES && ` and ${counted(spots.length - SCOPES, "more scope")}`}. {REASON[first.reason].remedy}
      </p>
      {messages[0] && <p class="muted small message-text">{messages[0]}</p>}
      {messages.length > 1 && (
        <details>
          <summary>{counted(messages.length - 1, "more message")}</summary>
          {messages.slice(1).map((message) => (
            <p key={message} class="muted small message-text">
              {message}
            </p>
          ))}
        </details>
      )}
      {first.reason === "ACCESS_DENIED" && <Statement actions={[first.api]} summary="The statement that allows it" />}
    </li>
  );
}

function Statement({ actions, summary }: { actions: string[]; summary: string }) {
  const statement = JSON.stringify({ Effect: "Allow", Action: actions, Resource: "*" }, null, 2);
  return (
    <details>
      <summary>{summary}</summary>
      <pre tabIndex={0} aria-label="Policy statement">
        <code>{statement}</code>
      </pre>
      <CopyButton text={statement} label="Copy statement" />
    </details>
  );
}

/** The same call that failed for the same reason, in however many accounts and regions. */
function alike(blindSpots: Blind[]): Blind[][] {
  return [...groupBy(blindSpots, ({ reason, api }) => `${reason} ${api}`).values()];
}
