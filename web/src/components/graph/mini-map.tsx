import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { CARD, type Lanes } from "../../layout/lanes";

/** In CSS pixels: the map keeps the graph's proportions inside this box. */
const BOX = { width: 140, height: 110 };

/** How much larger than its window the graph is before the map helps. */
const OVERFLOW = 1.3;

type Props = { scroller: RefObject<HTMLElement | null>; layout: Lanes; zoom: number; lit: Set<string> };

/** Where the window is over a graph larger than it; a click goes there. The keyboard has the graph itself. */
export function MiniMap({ scroller, layout, zoom, lit }: Props) {
  const [view, setView] = useState<{ left: number; top: number; width: number; height: number } | null>(null);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const update = () => {
      const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = element;
      // A little out of sight is found by scrolling, and the map would cover more than it shows.
      const overflows = element.scrollWidth > width * OVERFLOW || element.scrollHeight > height * OVERFLOW;
      setView(overflows ? { left, top, width, height } : null);
    };
    update();
    const observer = new ResizeObserver(update);
    observer.observe(element);
    element.addEventListener("scroll", update, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", update);
    };
  }, [scroller, layout, zoom]);

  if (!view) return null;
  const scale = Math.min(BOX.width / layout.width, BOX.height / layout.height);
  const goTo = (event: MouseEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const x = ((event.clientX - box.left) / scale) * zoom - view.width / 2;
    const y = ((event.clientY - box.top) / scale) * zoom - view.height / 2;
    scroller.current?.scrollTo(x, y);
  };
  return (
    <svg class="mini-map" width={layout.width * scale} height={layout.height * scale} viewBox={`0 0 ${layout.width} ${layout.height}`} aria-hidden="true" onClick={goTo}>
      {[...layout.places].map(([id, { x, y, column }]) => (
        <rect key={id} class={lit.has(id) ? "mini-card is-lit" : column === 0 ? "mini-card is-root" : "mini-card"} x={x} y={y} width={CARD.width} height={CARD.height} />
      ))}
      <rect class="mini-view" x={view.left / zoom} y={view.top / zoom} width={view.width / zoom} height={view.height / zoom} />
    </svg>
  );
}
