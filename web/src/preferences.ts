import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const THEME = "blastmap.theme";
const SINGLE_KEYS = "blastmap.single-keys";

/** What the browser keeps for its user: nothing else is stored. */
export const theme = signal<Theme>(readTheme());
/** Shortcuts of one letter can be switched off (WCAG 2.1.4). */
export const singleKeys = signal(read(SINGLE_KEYS) !== "off");

export function applyPreferences(): void {
  effect(() => {
    if (theme.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    write(THEME, theme.value === "system" ? null : theme.value);
  });
  effect(() => write(SINGLE_KEYS, singleKeys.value ? null : "off"));
}

/** From what is seen now to the other. */
export function toggleTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const seen = theme.value === "system" ? system : theme.value;
  const wanted = seen === "dark" ? "light" : "dark";
  theme.value = wanted === system ? "system" : wanted;
}

function readTheme(): Theme {
  const stored = read(THEME);
  return stored === "light" || stored === "dark" ? stored : "system";
}

// Storage may be forbidden by the browser's settings: the page works without it.
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Nothing to do: the preference holds until the page is closed.
  }
}
