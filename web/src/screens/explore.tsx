import { Estate, type EstateResult, type GroupBy } from "../api/generated";
import { whereOf } from "../components/resource-line";
import { SearchBox } from "../components/search-box";
import { BlindSign, KindCode } from "../components/signs";
import { Answer } from "../components/states";
import { useTitle } from "../components/title";
import { useQuery } from "../data/query";
import { go } from "../navigation";
import { formatRoute, GROUPINGS, radiusOf, searchFor } from "../routes";
import { counted } from "../words/counts";
import { isKind, kindWords } from "../words/kinds";

type Group = EstateResult["estate"][number];

const GROUP_WORDS: Record<GroupBy, { label: string; column: string; none: string }> = {
  KIND: { label: "Type", column: "Type", none: "No type" },
  OWNER: { label: "Team", column: "Team", none: "No owner tag" },
  CLUSTER: { label: "Cluster", column: "Cluster", none: "In no cluster" },
  VPC: { label: "VPC", column: "VPC", none: "In no VPC" },
  ACCOUNT: { label: "Account", column: "Account", none: "Account not known" },
  REGION: { label: "Region", column: "Region", none: "No region" },
  SERVICE: { label: "Service", column: "Service", none: "In no service" },
  TAG: { label: "Tag", column: "Tag", none: "Without the tag" },
};

/** The start: search, and the estate in groups, each leading on to its resources. */
export function ExploreScreen({ route }: { route: { screen: "explore"; groupBy: GroupBy } }) {
  useTitle("");
  const { groupBy } = route;
  const query = useQuery(Estate, { groupBy: [groupBy] });
  return (
    <div class="page">
      <h1 class="start-title">What happens if it changes?</h1>
      <p class="start-words">Find a resource, and see what depends on it, how far a change to it can reach, and how blastmap knows.</p>
      <div class="start-search">
        <SearchBox id="start" label="Find the resource that changes" placeholder="Service, parameter, role, subnet, ARN, tag, team…" />
      </div>
      <fieldset class="group-by">
        <legend>Estate by</legend>
        <div class="segmented">
          {GROUPINGS.map((by) => (
            <label key={by}>
              <input type="radio" name="group" checked={by === groupBy} onChange={() => go({ screen: "explore", groupBy: by }, { replace: true })} />
              <span>{GROUP_WORDS[by].label}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <Answer query={query}>{({ estate }) => <Groups groups={estate} by={groupBy} />}</Answer>
    </div>
  );
}

function Groups({ groups, by }: { groups: Group[]; by: GroupBy }) {
  const ordered = groups.toSorted((a, b) => Number(a.key === "") - Number(b.key === "") || b.dependents - a.dependents || b.count - a.count);
  const most = Math.max(1, ...groups.map((group) => group.dependents));
  const resources = groups.reduce((sum, group) => sum + group.count, 0);
  if (groups.length === 0) return <p class="muted">The crawl found nothing here. Coverage says where it looked.</p>;
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Estate">
      <table>
        <caption>
          {counted(resources, "resource")} in {counted(groups.length, "group")}, most depended upon first
        </caption>
        <thead>
          <tr>
            <th scope="col">{GROUP_WORDS[by].column}</th>
            <th scope="col" class="number">
              Resources
            </th>
            <th scope="col" class="wide-cell">
              Others that depend on them
            </th>
            <th scope="col">Blind spots</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((group) => (
            <tr key={group.key}>
              <th scope="row">
                <GroupName group={group} by={by} />
              </th>
              <td class="number">{group.count.toLocaleString("en")}</td>
              <td class="wide-cell">
                <span class="measure">
                  <meter min={0} max={most} value={group.dependents} aria-hidden="true" />
                  {group.dependents.toLocaleString("en")}
                </span>
              </td>
              <td>
                {group.blindSpots > 0 ? (
                  <a class="presence presence-unreadable" href="/coverage">
                    <BlindSign />
                    {counted(group.blindSpots, "blind spot")}
                  </a>
                ) : (
                  <span class="muted">none</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function GroupName({ group, by }: { group: Group; by: GroupBy }) {
  const { key, label } = group;
  if (by === "KIND" && isKind(key)) {
    return (
      <span class="resource-line">
        <KindCode kind={key} />
        <a href={formatRoute(searchFor("", { kinds: [key] }))}>{kindWords(key).many}</a>
      </span>
    );
  }
  if (key === "") return <span class="muted">{label || GROUP_WORDS[by].none}</span>;
  if (by === "ACCOUNT") return <a href={formatRoute(searchFor("", { account: key }))}>{whereOf({ account: label || key, region: "" })}</a>;
  if (by === "REGION") return <a href={formatRoute(searchFor("", { region: key }))}>{label || key}</a>;
  if (key.startsWith("arn:")) {
    return (
      <span class="resource-line">
        <a href={formatRoute({ screen: "resource", id: key })}>{label || key}</a>
        <a class="small" href={formatRoute(radiusOf(key))}>
          blast radius<span class="visually-hidden"> of {label || key}</span>
        </a>
      </span>
    );
  }
  return <a href={formatRoute(searchFor(key))}>{label || key}</a>;
}
