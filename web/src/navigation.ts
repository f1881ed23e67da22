import { computed, signal } from "@preact/signals";
import { formatRoute, parseRoute, type Route } from "./routes";

const address = signal(new URL(location.href));

/** What the address says is shown; the only state of the page beside preferences. */
export const route = computed(() => parseRoute(address.value));

type How = {
  /** True where the step is no place to come back to: a selection, a column sorted. */
  replace?: boolean;
};

/** Goes to a route, as a step that Back undoes unless told otherwise. */
export function go(to: Route | string, { replace = false }: How = {}): void {
  const url = new URL(typeof to === "string" ? to : formatRoute(to), location.href);
  if (url.href === location.href) return;
  const samePage = url.pathname === location.pathname;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  address.value = url;
  if (!samePage) arrive();
}

/** A new screen starts at its top, with the keyboard and the screen reader in it. */
function arrive(): void {
  window.scrollTo(0, 0);
  requestAnimationFrame(() => document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true }));
}

/** Lets plain links to our own pages change the route in place. Call once. */
export function followLinks(): void {
  window.addEventListener("popstate", () => {
    address.value = new URL(location.href);
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link?.href || link.target || link.hasAttribute("download") || link.hash) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || parseRoute(url).screen === "unknown") return;
    event.preventDefault();
    go(url.href);
  });
}
