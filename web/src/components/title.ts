import { useEffect } from "preact/hooks";

/** Names the window after what it shows, so that tabs, history and screen readers tell screens apart. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · blastmap` : "blastmap";
  }, [title]);
}
