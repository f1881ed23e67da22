import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ResourceKind } from "../api/generated";
import { kindWords } from "../words/kinds";
import { KindCode } from "./signs";

/** The choices that are shown before somebody asks for all. */
const SHOWN = 8;

type Props<Key extends string> = {
  title: string;
  all: { key: Key; count?: number }[];
  /** Those that are shown; empty for all. */
  chosen: Key[];
  onChange: (chosen: Key[]) => void;
  name: (key: Key) => string;
  sign?: (key: Key) => ComponentChildren;
  hint?: (key: Key) => string;
};

/** What is checked is shown. Everything is, until somebody says otherwise: by unchecking some, or by asking for one only. */
export function Choices<Key extends string>({ title, all, chosen, onChange, name, sign, hint }: Props<Key>) {
  const [shown, setShown] = useState(SHOWN);
  // What is chosen stands even where nothing of it is left, so that it can be taken back.
  const gone = chosen.filter((key) => !all.some((one) => one.key === key)).map((key) => ({ key, count: 0 }));
  const known: Props<Key>["all"] = [...gone, ...all];
  // A few that were chosen are in sight, however far down.
  const listed = known.filter(({ key }, index) => index < shown || (chosen.length <= SHOWN && chosen.includes(key)));
  const keys = known.map(({ key }) => key);
  const isShown = (key: Key) => chosen.length === 0 || chosen.includes(key);
  const toggle = (key: Key) => {
    const next = keys.filter((one) => isShown(one) !== (one === key));
    // All, and none, are both said by an empty list.
    onChange(next.length === keys.length ? [] : next);
  };
  if (known.length === 0) return null;
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      {chosen.length > 0 && (
        <button class="quiet all-choices" aria-label={`all: ${title}`} onClick={() => onChange([])}>
          all
        </button>
      )}
      {listed.map(({ key, count }) => (
        <div key={key} class="choice">
          <label class="check">
            <input type="checkbox" checked={isShown(key)} onChange={() => toggle(key)} />
            {sign?.(key)}
            <span class="check-words">
              {name(key)}
              {hint && <span class="hint">{hint(key)}</span>}
            </span>
            {count !== undefined && <span class="check-count">{count.toLocaleString("en")}</span>}
          </label>
          {known.length > 1 && (
            <button class="only" aria-label={`only ${name(key)}`} onClick={() => onChange([key])}>
              only
            </button>
          )}
        </div>
      ))}
      {known.length > listed.length && (
        <button class="quiet more-choices" onClick={() => setShown(known.length)}>
          {known.length - listed.length} more<span class="visually-hidden"> to choose from: {title}</span>
        </button>
      )}
    </fieldset>
  );
}

/** Types of resources to choose from. */
export function KindChoices(props: Pick<Props<ResourceKind>, "all" | "chosen" | "onChange">) {
  return <Choices title="Type" {...props} name={kindName} sign={kindSign} />;
}

function kindName(kind: ResourceKind): string {
  return kindWords(kind).many;
}

function kindSign(kind: ResourceKind) {
  return <KindCode kind={kind} />;
}
