import { computed, effect, signal } from "@preact/signals";
import { endSession, fetchSession, type Session } from "../api/session";
import { unauthenticated } from "../api/unauthenticated";

/** Who is signed in; null while unknown, or where the server does not say. */
export const session = signal<Session | null>(null);

/** True where the server wants to know who somebody is, and nobody is signed in. */
export const signedOut = computed(() => session.value?.guarded === true && session.value.identity === null);

/** False where a crawl would be refused: the server's own answer says why. */
export const mayCrawl = computed(() => session.value?.identity?.role !== "viewer");

/** Asks who is signed in: now, whenever the server refuses to answer, and when somebody comes back to this tab. */
export function followSession(): void {
  effect(() => {
    void unauthenticated.value;
    void ask();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && signedOut.peek()) void ask();
  });
}

async function ask(): Promise<void> {
  const said = await fetchSession();
  if (said) session.value = said;
}

/** Leaves nothing of the estate in this window. */
export async function signOut(): Promise<void> {
  await endSession();
  location.assign("/");
}
