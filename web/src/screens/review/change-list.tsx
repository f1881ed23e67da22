import type { Changed } from "../../api/generated";
import { ChangeSign } from "../../components/outcome-sign";
import { BlindSign } from "../../components/signs";
import { wasMatched } from "../../layout/assessment";
import type { ReviewRoute } from "../../routes";
import { ACTION, MATCH } from "../../words/outcomes";
import { StandsFor } from "./stands-for";

type Props = {
  changes: Changed[];
  open?: boolean;
  /** True where none of them was judged. */
  unjudged?: boolean;
  /** Where somebody may say what is meant by an address that was not found. */
  naming?: ReviewRoute | null;
};

/** Changes as they were understood, each with its new values. */
export function ChangeList({ changes, open = false, unjudged = false, naming = null }: Props) {
  return (
    <ul class="change-list">
      {changes.map((change) => (
        <li key={`${change.action} ${change.address}`}>
          {unjudged || !wasMatched(change) ? <BlindSign /> : <ChangeSign />}
          <div>
            <code class="change-address">{change.address}</code>
            <span class="hint">
              {change.resource && change.resource.id !== change.address && `${change.resource.name}, `}
              {ACTION[change.action].done}
              {(unjudged || !wasMatched(change)) && `: ${MATCH[change.match]}`}
            </span>
            {change.attributes.length > 0 && (
              <details open={open}>
                <summary class="small">
                  Values <span class="count">{change.attributes.length}</span>
                </summary>
                <dl class="values">
                  {change.attributes.map(({ name, before, after, unknown, sensitive }) => (
                    <div key={name}>
                      <dt>{name}</dt>
                      <dd>
                        {sensitive ? (
                          <span class="muted">changes, and is sensitive</span>
                        ) : (
                          <>
                            <Value value={before} /> <span aria-hidden="true">→</span>
                            <span class="visually-hidden">becomes</span> {unknown ? <span class="muted">known after apply</span> : <Value value={after} />}
                          </>
                        )}
                      </dd>
                    </div>
                  ))}
                </dl>
              </details>
            )}
            {naming && (change.match === "NOT_FOUND" || change.match === "AMBIGUOUS") && <StandsFor address={change.address} route={naming} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span class="muted">not set</span>;
  return <code>{typeof value === "string" ? value : JSON.stringify(value)}</code>;
}
