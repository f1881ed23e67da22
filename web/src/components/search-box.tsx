import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { request } from "../api/client";
import { BestMatches, type Card } from "../api/generated";
import { go } from "../navigation";
import { radiusOf, searchFor, whatIf, type Route } from "../routes";
import { kindWords } from "../words/kinds";
import { KindCode, PresenceTag } from "./signs";

const TYPING_PAUSE_MS = 120;
const SUGGESTIONS = 8;

type Props = {
  /** Distinguishes the boxes on one page. */
  id: string;
  label: string;
  placeholder: string;
  value?: string;
  /** Where a suggestion leads: to the resource, to its radius, or to what happens if it goes away. */
  leadsTo?: "resource" | "radius" | "review";
  /** Takes what is chosen, in the place of going there; the box then has the keyboard at once. */
  choose?: (resource: Card) => void;
};

/** A search box with suggestions (an ARIA combobox). Enter without one chosen opens the search screen. */
export function SearchBox({ id, label, placeholder, value = "", leadsTo = "resource", choose: take }: Props) {
  const [text, setText] = useState(value);
  const [found, setFound] = useState<Card[]>([]);
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const typed = useRef(false);

  useEffect(() => {
    typed.current = false;
    setText(value);
  }, [value]);

  useEffect(() => {
    setActive(-1);
    if (!typed.current || text.trim() === "") {
      setFound([]);
      return undefined;
    }
    const controller = new AbortController();
    const timer = window.setTimeout(() => {
      request(BestMatches, { text: text.trim(), first: SUGGESTIONS }, controller.signal).then(
        ({ search }) => setFound(search),
        // The search screen, one Enter away, says what is wrong.
        () => setFound([]),
      );
    }, TYPING_PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [text]);

  useLayoutEffect(() => {
    if (take) input.current?.focus();
    // At first only: it is given anew at each turn.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const leave = (route: Route) => {
    setOpen(false);
    input.current?.blur();
    go(route);
  };
  const choose = (resource: Card) => {
    setText("");
    if (take) take(resource);
    else leave(leadsTo === "radius" ? radiusOf(resource.id) : leadsTo === "review" ? whatIf(resource.id) : { screen: "resource", id: resource.id });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const chosen = found[active];
    if (chosen) choose(chosen);
    else if (take && found[0]) take(found[0]);
    else if (!take && text.trim() !== "") leave(searchFor(text.trim()));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (found.length === 0) return;
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((last) => (last + step + found.length + 1) % (found.length + 1));
    } else if (event.key === "Escape") {
      if (open && found.length > 0) setOpen(false);
      else input.current?.blur();
      event.stopPropagation();
    }
  };

  const shown = open && found.length > 0;
  // One place beyond the last suggestion stands for none, so that arrows go round through the text itself.
  const current = active >= 0 && active < found.length ? active : -1;
  return (
    <form class="search-box" role="search" aria-label={label} onSubmit={submit}>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && current >= 0 ? `${id}-${current}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={500}
        placeholder={placeholder}
        value={text}
        data-search={id}
        onInput={(event) => {
          typed.current = true;
          setOpen(true);
          setText(event.currentTarget.value);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Suggestions" class="suggestions" hidden={!shown}>
        {found.map((resource, index) => (
          <li
            key={resource.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            // The box would lose focus, and the list close, before a click.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(resource)}
          >
            <KindCode kind={resource.kind} />
            <span class="suggestion-name">{resource.name}</span>
            <span class="muted small">
              {kindWords(resource.kind).one}
              {resource.owner && ` · ${resource.owner}`}
            </span>
            {resource.presence !== "LIVE" && <PresenceTag presence={resource.presence} />}
          </li>
        ))}
      </ul>
    </form>
  );
}
