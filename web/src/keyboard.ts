import { openHelp } from "./components/help-sheet";
import { go, route } from "./navigation";
import { singleKeys, toggleTheme } from "./preferences";
import { exploreOf, radiusOf, type Route } from "./routes";
import { historyOf } from "./screens/history/address";

const SEQUENCE_MS = 1_200;

type Action = () => void;

/** Keys of the screen on show, beside those that hold everywhere. */
let screenKeys: Record<string, Action> = {};

/** Gives the keys of a screen; call the answer when it leaves. */
export function keysOfScreen(keys: Record<string, Action>): () => void {
  screenKeys = keys;
  return () => {
    if (screenKeys === keys) screenKeys = {};
  };
}

const everywhere: Record<string, Action> = {
  "/": () => document.querySelector<HTMLInputElement>('[data-search="top"]')?.focus(),
  "?": openHelp,
  d: toggleTheme,
};

const afterG: Record<string, () => Route> = {
  e: () => exploreOf(),
  b: () => radiusOf(route.value.screen === "resource" ? route.value.id : null),
  c: () => ({ screen: "reviews" }),
  h: () => historyOf({ resource: route.value.screen === "resource" ? route.value.id : null }),
  v: () => ({ screen: "coverage" }),
};

/** Listens for shortcuts. Call once. */
export function listenForKeys(): void {
  let afterGUntil = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key.length === 1 && !singleKeys.value) return;

    if (event.timeStamp < afterGUntil) {
      afterGUntil = 0;
      const to = afterG[key];
      if (to) {
        event.preventDefault();
        go(to());
        return;
      }
    }
    if (key === "g") {
      afterGUntil = event.timeStamp + SEQUENCE_MS;
      return;
    }
    const action = screenKeys[key] ?? everywhere[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea, select"));
}
