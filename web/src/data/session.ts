import { computed, signal } from "@preact/signals";
import { endSession, fetchSession, type Session } from "../api/session";
import { unauthenticated } from "../api/unauthenticated";

/** Who is signed in; null while unknown, or where the server does not say. */
export const session = signal<Session | null>(null);

/** True where the server wants to know who somebody is, and nobody is signed in. */
export const signedOut = computed(() => session.value?.guarded === true && session.value.identity === null);

/** False where a crawl would be refused: the server's own answer says why. */
export const mayCrawl = computed(() => session.value?.identity?.role !== "viewer");

/** Asks who is signed in: now, and whenever the server refuses to answer. */
export function followSession(): void {
  unauthenticated.subscribe(() => void askWho());
}

export async function askWho(): Promise<void> {
  const said = await fetchSession();
  if (said) session.value = said;
}

/** Leaves nothing of the estate in this window. */
export async function signOut(): Promise<void> {
  await endSession();
  location.assign("/");
}
