import { useMemo, useState } from "preact/hooks";
import { RequestError } from "../../api/client";
import { Assess, ReachedByChange, type ChangeAction, type ChangeInput } from "../../api/generated";
import { Answer, Failure } from "../../components/states";
import { useTitle } from "../../components/title";
import { keepReview } from "../../data/kept-reviews";
import { useQuery } from "../../data/query";
import { readAssessment } from "../../layout/assessment";
import { go } from "../../navigation";
import { formatRoute, radiusOf, reviewOf, type ReviewRoute } from "../../routes";
import { ACTION } from "../../words/outcomes";
import { ProposalActions } from "./actions";
import { AssessedChange } from "./assessed";
import { MOST_REACHED, reachedWanted } from "./shown";

const OFFERED: ChangeAction[] = ["DELETE", "REPLACE", "UPDATE"];

/** "What if this goes away?": judged at once, kept only when told. */
export function ProposedChange({ route, resource }: { route: ReviewRoute; resource: string }) {
  const { action } = route;
  const change: ChangeInput = { resources: [{ id: resource, action }] };
  const query = useQuery(Assess, { change });
  const reached = useQuery(ReachedByChange, reachedWanted(route) ? { change, limit: MOST_REACHED } : null, `reached ${resource} ${action}`);
  const assessed = useMemo(() => (query.data ? readAssessment(query.data.assess) : null), [query.data]);
  const [failure, setFailure] = useState<RequestError | null>(null);
  const [keeping, setKeeping] = useState(false);

  const found = assessed?.resources.get(resource);
  const name = found?.name ?? resource.split(/[/:]/).findLast(Boolean) ?? resource;
  const question = `What if ${name} ${ACTION[action].question}?`;
  useTitle(question);

  const keep = async () => {
    setKeeping(true);
    setFailure(null);
    try {
      go({ ...route, id: await keepReview(question, change), resource: null, action: "DELETE" });
    } catch (error) {
      if (error instanceof RequestError) setFailure(error);
      setKeeping(false);
    }
  };

  return (
    <div class="radius">
      {failure && <Failure error={failure} retry={keep} hasData part />}
      <Answer query={query}>
        {() =>
          assessed && (
            <AssessedChange
              route={route}
              assessed={assessed}
              kept={null}
              reached={reached.data?.assess.blastRadius ?? null}
              reachedQuery={reached}
              title={
                <h1 class="what-if">
                  What if <a href={formatRoute({ screen: "resource", id: resource })}>{name}</a>{" "}
                  <label>
                    <span class="visually-hidden">What happens to it</span>
                    <select value={action} onChange={(event) => go({ ...reviewOf(null), resource, action: event.currentTarget.value as ChangeAction })}>
                      {[...new Set([...OFFERED, action])].map((one) => (
                        <option key={one} value={one}>
                          {ACTION[one].question}
                        </option>
                      ))}
                    </select>
                  </label>
                  ?
                </h1>
              }
              about={
                action === "UPDATE" || action === "REPLACE"
                  ? "Judged without new values: give the plan to have those judged"
                  : "Not kept: judged anew whenever it is opened"
              }
              actions={<ProposalActions change={change} radius={formatRoute(radiusOf(resource))} keep={keep} keeping={keeping} />}
            />
          )
        }
      </Answer>
    </div>
  );
}
