import { useEffect, useState } from "preact/hooks";
import { Facets, type Presence } from "../api/generated";
import { useQuery } from "../data/query";
import { isFiltered, NO_FILTERS, toResourceFilter, type Filters } from "../filters";
import { isKind } from "../words/kinds";
import { PRESENCE, PRESENCES } from "../words/presence";
import { Choices, KindChoices } from "./choices";
import { NO_OWNER, whereOf } from "./resource-line";
import { PresenceSign } from "./signs";

const TYPING_PAUSE_MS = 200;
const STATES = PRESENCES.filter((presence) => presence !== "PLANNED" && presence !== "STATED").map((key) => ({ key }));

type Props = { filters: Filters; onChange: (filters: Filters, how?: { replace: boolean }) => void };

/** What of the estate is shown; Explore and search have the same. */
export function FilterRail({ filters, onChange }: Props) {
  // Each is counted without what is chosen of it, so that others can be chosen as well.
  const without = (part: Partial<Filters>) => toResourceFilter({ ...filters, ...part });
  const query = useQuery(
    Facets,
    { forKinds: without({ kinds: [] }), forAccounts: without({ accounts: [] }), forRegions: without({ regions: [] }), forTeams: without({ teams: [] }) },
    "facets",
  );
  const change = (part: Partial<Filters>) => onChange({ ...filters, ...part });
  const kinds = (query.data?.kinds ?? []).flatMap(({ key, count }) => (isKind(key) ? [{ key, count }] : []));
  return (
    <aside class="rail" aria-label="Filters">
      <TextFilter text={filters.text} onChange={(text) => onChange({ ...filters, text }, { replace: true })} />
      {isFiltered(filters) && (
        <button class="quiet" onClick={() => onChange(NO_FILTERS)}>
          Clear filters
        </button>
      )}
      <KindChoices all={kinds} chosen={filters.kinds} onChange={(chosen) => change({ kinds: chosen })} />
      <Choices title="State" all={STATES} chosen={filters.presence} onChange={(presence) => change({ presence })} name={(presence) => PRESENCE[presence].word} sign={signOf} />
      <Choices title="Team" all={query.data?.teams ?? []} chosen={filters.teams} onChange={(teams) => change({ teams })} name={(team) => team || NO_OWNER} />
      <Choices title="Account" all={query.data?.accounts.filter(isNamed) ?? []} chosen={filters.accounts} onChange={(accounts) => change({ accounts })} name={(account) => whereOf({ account, region: "" })} />
      <Choices title="Region" all={query.data?.regions.filter(isNamed) ?? []} chosen={filters.regions} onChange={(regions) => change({ regions })} name={(region) => region} />
      <TagFilters tags={filters.tags} onChange={(tags) => change({ tags })} />
    </aside>
  );
}

function signOf(presence: Presence) {
  return <PresenceSign presence={presence} />;
}

/** What has no account or region cannot be asked for by it. */
function isNamed({ key }: { key: string }): boolean {
  return key !== "";
}

/** Narrows while somebody types. */
function TextFilter({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed.trim() === text) return undefined;
    const timer = window.setTimeout(() => onChange(typed.trim()), TYPING_PAUSE_MS);
    return () => window.clearTimeout(timer);
    // The change is for what is typed, not for a new function.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [typed]);
  return (
    <label class="filter-text">
      Name, id or tag has
      <input type="search" class="field" autocomplete="off" spellcheck={false} maxLength={500} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
    </label>
  );
}

function TagFilters({ tags, onChange }: { tags: string[]; onChange: (tags: string[]) => void }) {
  const [typed, setTyped] = useState("");
  return (
    <fieldset>
      <legend>Tag</legend>
      {tags.map((tag) => (
        <p key={tag} class="tag-filter">
          <code>{tag}</code>
          <button class="icon-button small-button" aria-label={`Remove the filter ${tag}`} onClick={() => onChange(tags.filter((one) => one !== tag))}>
            ✕
          </button>
        </p>
      ))}
      <form
        class="tag-form"
        onSubmit={(event) => {
          event.preventDefault();
          const tag = typed.trim();
          if (tag && !tag.startsWith("=") && !tags.includes(tag)) onChange([...tags, tag]);
          setTyped("");
        }}
      >
        <input class="field" aria-label="Tag: key or key=value" placeholder="key or key=value" autocomplete="off" spellcheck={false} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        <button disabled={typed.trim() === ""}>Add</button>
      </form>
    </fieldset>
  );
}
