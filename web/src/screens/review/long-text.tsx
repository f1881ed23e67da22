import { useState } from "preact/hooks";
import { withCode } from "../../components/with-code";

/** A cause that lists every way that is closed can fill a screen: longer texts show their first lines. On paper nothing is cut. */
const LONG = 360;

export function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= LONG || whole) return <p>{withCode(text)}</p>;
  return (
    <div class="long-text">
      <p class="is-cut">{withCode(text)}</p>
      <button class="quiet" onClick={() => setWhole(true)}>
        All of it
      </button>
    </div>
  );
}
