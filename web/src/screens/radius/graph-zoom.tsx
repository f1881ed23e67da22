import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

const ZOOM = { least: 0.5, most: 1.5, step: 0.1 };

export function ZoomButtons({ zoom, setZoom }: { zoom: number; setZoom: (zoom: number) => void }) {
  return (
    <div class="zoom" role="group" aria-label="Zoom">
      <button aria-label="Zoom in" onClick={() => setZoom(zoom + ZOOM.step)}>
        +
      </button>
      <button aria-label="Zoom out" onClick={() => setZoom(zoom - ZOOM.step)}>
        −
      </button>
      <button aria-label="Zoom back to 100 %" onClick={() => setZoom(1)}>
        {Math.round(zoom * 100)} %
      </button>
    </div>
  );
}

/** Zoom by buttons, by + - 0, and by the wheel with Ctrl; the plain wheel scrolls. */
export function useZoom(element: RefObject<HTMLElement | null>): [number, (zoom: number) => void] {
  const [zoom, set] = useState(1);
  const setZoom = (wanted: number) => set(Math.round(Math.min(ZOOM.most, Math.max(ZOOM.least, wanted)) * 100) / 100);
  useEffect(() => {
    const target = element.current;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      setZoom(zoom - Math.sign(event.deltaY) * ZOOM.step);
    };
    const onKey = (event: Event) => setZoom((event as CustomEvent<number>).detail === 0 ? 1 : zoom + (event as CustomEvent<number>).detail * ZOOM.step);
    target?.addEventListener("wheel", onWheel, { passive: false });
    document.addEventListener("blastmap:zoom", onKey);
    return () => {
      target?.removeEventListener("wheel", onWheel);
      document.removeEventListener("blastmap:zoom", onKey);
    };
  }, [element, zoom]);
  return [zoom, setZoom];
}
