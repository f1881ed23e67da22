import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** What a screen reader says next; the frame holds the one place that it listens to. */
export const announcement = signal("");

/** Says a text once it stands on screen, and again when it changes. */
export function useAnnouncement(text: string): void {
  useEffect(() => {
    announcement.value = text;
  }, [text]);
}
