import { useState } from "preact/hooks";

/** Longer texts start cut: a cause that lists every way that is closed can fill a screen. */
const LONG = 360;
const CUT = 260;

export function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= LONG || whole) return <p>{text}</p>;
  return (
    <p class="long-text">
      {text.slice(0, text.lastIndexOf(" ", CUT))}…{" "}
      <button class="quiet" onClick={() => setWhole(true)}>
        All of it
      </button>
    </p>
  );
}
