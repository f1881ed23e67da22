import { useEffect, useState } from "preact/hooks";
import { theme } from "../../preferences";
import { SHADES } from "../../layout/shades";

/** The colours and type of the drawing: those of the style sheet. */
export type Look = {
  font: string;
  canvas: string;
  surface: string;
  raised: string;
  text: string;
  muted: string;
  border: string;
  accent: string;
  rest: string;
  shades: string[];
  onShades: string[];
  seen: string;
  onSeen: string;
  hatch: string;
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const forced = matchMedia("(forced-colors: active)");
let read: { from: string; look: Look } | null = null;

/** Read anew only when the theme or a setting of the system changed: a probe's colour costs a pass over the styles. */
export function readLook(element: HTMLElement): Look {
  const from = `${theme.value} ${dark.matches} ${forced.matches}`;
  if (read?.from !== from) read = { from, look: probe(element) };
  return read.look;
}

function probe(element: HTMLElement): Look {
  const sample = element.appendChild(document.createElement("i"));
  sample.style.forcedColorAdjust = "none";
  const style = getComputedStyle(sample);
  // A custom property is told as it is written; what it comes to in this theme, only a property that uses it tells.
  const colour = (name: string) => {
    sample.style.color = `var(--${name})`;
    return style.color;
  };
  const each = (name: string) => Array.from({ length: SHADES }, (_, shade) => colour(`${name}-${shade}`));
  const look = {
    font: style.fontFamily,
    canvas: colour("canvas"),
    surface: colour("surface"),
    raised: colour("raised"),
    text: colour("text"),
    muted: colour("muted"),
    border: colour("border"),
    accent: colour("accent"),
    rest: colour("shade-rest"),
    shades: each("shade"),
    onShades: each("on-shade"),
    seen: colour("shade-seen"),
    onSeen: colour("text"),
    hatch: colour("degraded"),
  };
  sample.remove();
  return look;
}

/** Another number whenever the colours may have changed. */
export function useLookVersion(): string {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const queries = [dark, forced];
    const next = () => setVersion((last) => last + 1);
    for (const query of queries) query.addEventListener("change", next);
    return () => {
      for (const query of queries) query.removeEventListener("change", next);
    };
  }, []);
  return `${theme.value} ${version}`;
}
