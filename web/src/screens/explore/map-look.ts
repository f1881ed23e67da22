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

export function readLook(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const each = (name: string) => Array.from({ length: SHADES }, (_, shade) => colour(`${name}-${shade}`));
  return {
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
}

/** Another number whenever the colours may have changed. */
export function useLookVersion(): string {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
    const next = () => setVersion((last) => last + 1);
    for (const query of queries) query.addEventListener("change", next);
    return () => {
      for (const query of queries) query.removeEventListener("change", next);
    };
  }, []);
  return `${theme.value} ${version}`;
}
