import { signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const LEAST = 0.5;
const MOST = 1.5;
const STEP = 0.1;

/** How large the graph is drawn; 1 is its own size. */
export const zoom = signal(1);

export function zoomBy(steps: number): void {
  const wanted = zoom.value + steps * STEP;
  zoom.value = Math.round(Math.min(MOST, Math.max(LEAST, wanted)) * 100) / 100;
}

/** Ctrl and the wheel zoom, as everywhere; the wheel alone scrolls. */
export function useWheelZoom(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const target = element.current;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoomBy(-Math.sign(event.deltaY));
    };
    target?.addEventListener("wheel", onWheel, { passive: false });
    return () => target?.removeEventListener("wheel", onWheel);
  }, [element]);
}

export function ZoomButtons() {
  return (
    <div class="zoom" role="group" aria-label="Zoom">
      <button aria-label="Zoom in" onClick={() => zoomBy(1)}>
        +
      </button>
      <button aria-label="Zoom out" onClick={() => zoomBy(-1)}>
        −
      </button>
      <button
        title="Back to 100 %"
        onClick={() => {
          zoom.value = 1;
        }}
      >
        {Math.round(zoom.value * 100)} %
      </button>
    </div>
  );
}
