import { signal } from "@preact/signals";

/** Raised whenever the server wants to know first who somebody is. */
export const unauthenticated = signal(0);
