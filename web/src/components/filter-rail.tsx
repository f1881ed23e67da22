import { useEffect, useState } from "preact/hooks";
import { Facets } from "../api/generated";
import { useQuery } from "../data/query";
import { isFiltered, NO_FILTERS, toggled, toResourceFilter, type Filters } from "../filters";
import { isKind, kindWords } from "../words/kinds";
import { PRESENCE, PRESENCES } from "../words/presence";
import { NO_OWNER, whereOf } from "./resource-line";
import { KindCode, PresenceSign } from "./signs";

const TYPING_PAUSE_MS = 200;
/** The choices of a filter that are shown before somebody asks for all. */
const SHOWN = 8;

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
  const kinds = query.data?.kinds ?? [];
  return (
    <aside class="rail" aria-label="Filters">
      <TextFilter text={filters.text} onChange={(text) => onChange({ ...filters, text }, { replace: true })} />
      {isFiltered(filters) && (
        <button class="quiet" onClick={() => onChange(NO_FILTERS)}>
          Clear filters
        </button>
      )}
      <Choices title="Type" all={kinds.filter(({ key }) => isKind(key))} chosen={filters.kinds} onChange={(chosen) => change({ kinds: chosen.filter(isKind) })}>
        {(key) => (
          <>
            <KindCode kind={key} />
            <span class="check-words">{kindWords(key).many}</span>
          </>
        )}
      </Choices>
      <fieldset>
        <legend>State</legend>
        {PRESENCES.filter((presence) => presence !== "PLANNED" && presence !== "STATED").map((presence) => (
          <label key={presence} class="check">
            <input type="checkbox" checked={filters.presence.includes(presence)} onChange={() => change({ presence: toggled(filters.presence, presence) })} />
            <PresenceSign presence={presence} />
            {PRESENCE[presence].word}
          </label>
        ))}
      </fieldset>
      <Choices title="Team" all={query.data?.teams ?? []} chosen={filters.teams} onChange={(teams) => change({ teams })}>
        {(key) => <span class="check-words">{key || NO_OWNER}</span>}
      </Choices>
      <Choices title="Account" all={query.data?.accounts ?? []} chosen={filters.accounts} onChange={(accounts) => change({ accounts })} isAsked={(key) => key !== ""}>
        {(key) => <span class="check-words">{whereOf({ account: key, region: "" })}</span>}
      </Choices>
      <Choices title="Region" all={query.data?.regions ?? []} chosen={filters.regions} onChange={(regions) => change({ regions })} isAsked={(key) => key !== ""}>
        {(key) => <span class="check-words">{key}</span>}
      </Choices>
      <TagFilters tags={filters.tags} onChange={(tags) => change({ tags })} />
    </aside>
  );
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

type ChoicesProps = {
  title: string;
  all: { key: string; count: number }[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
  isAsked?: (key: string) => boolean;
  children: (key: string) => preact.ComponentChildren;
};

function Choices({ title, all, chosen, onChange, isAsked = () => true, children }: ChoicesProps) {
  const [shown, setShown] = useState(SHOWN);
  const known = all.filter(({ key }) => isAsked(key));
  // What is chosen stands even where nothing of it is left, so that it can be taken back.
  const gone = chosen.filter((key) => !known.some((one) => one.key === key)).map((key) => ({ key, count: 0 }));
  const ordered = [...gone, ...known.toSorted((a, b) => Number(chosen.includes(b.key)) - Number(chosen.includes(a.key)) || b.count - a.count)];
  const least = Math.max(shown, chosen.length);
  if (ordered.length === 0) return null;
  return (
    <fieldset>
      <legend>{title}</legend>
      {ordered.slice(0, least).map(({ key, count }) => (
        <label key={key} class="check">
          <input type="checkbox" checked={chosen.includes(key)} onChange={() => onChange(toggled(chosen, key))} />
          {children(key)}
          <span class="check-count">{count.toLocaleString("en")}</span>
        </label>
      ))}
      {ordered.length > least && (
        <button class="quiet more-choices" onClick={() => setShown(ordered.length)}>
          {ordered.length - least} more<span class="visually-hidden"> to choose from: {title}</span>
        </button>
      )}
    </fieldset>
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
