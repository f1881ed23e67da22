import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { shiftToKeep } from "../../layout/keep-place";
import type { Place } from "../../layout/lanes";

/** Brings what is selected into sight once, and keeps what is looked at in its place when the drawing changes: by newer data, by zoom, by width. */
export function useKeptPlace(scroller: RefObject<HTMLElement | null>, places: Map<string, Place>, scale: number, selected: string | undefined): void {
  const scrolled = useRef({ left: 0, top: 0 });
  const last = useRef<{ places: Map<string, Place>; scale: number } | null>(null);

  useEffect(() => {
    const element = scroller.current;
    const note = () => {
      if (element) scrolled.current = { left: element.scrollLeft, top: element.scrollTop };
    };
    element?.addEventListener("scroll", note, { passive: true });
    return () => element?.removeEventListener("scroll", note);
  }, [scroller]);

  useLayoutEffect(() => {
    const element = scroller.current;
    const before = last.current;
    last.current = { places, scale };
    if (!element || !before || before.places === places) return;
    // Not the scroller's own figures: a drawing that became shorter has cut them already.
    const window = { ...scrolled.current, width: element.clientWidth, height: element.clientHeight };
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.card : undefined;
    const { x, y } = shiftToKeep(window, before.places, before.scale, places, scale, [focused, selected]);
    element.scrollTo(window.left + x, window.top + y);
  }, [scroller, places, scale, selected]);

  useEffect(() => {
    if (selected !== undefined) scroller.current?.querySelector(`[data-card="${CSS.escape(selected)}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [scroller, selected]);
}
