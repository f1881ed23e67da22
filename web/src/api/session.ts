import { problemOf, reach } from "./client";

/** Who is signed in: `signOut` is false where a balancer or a program shows it with each request. */
export type Identity = { name: string; role: "viewer" | "operator"; signOut: boolean };

/** What `/session` says: whether the server asks who somebody is, who it is, and how one signs in; `oidc` is the provider's host. */
export type Session = { guarded: boolean; identity: Identity | null; methods?: { token: boolean; oidc: string | null } };

const PATH = "/session";

/** Null where the server does not say. */
export async function fetchSession(): Promise<Session | null> {
  try {
    const response = await fetch(PATH, { headers: { accept: "application/json" } });
    // A balancer in between whose own session is over.
    if (response.status === 401) return { guarded: true, identity: null };
    return response.ok ? ((await response.json()) as Session) : null;
  } catch {
    return null;
  }
}

/** Throws a {@link RequestError}. */
export async function openSession(token: string): Promise<Session> {
  const response = await reach(PATH, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token }) });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Session;
}

export async function endSession(): Promise<void> {
  await reach(PATH, { method: "DELETE" });
}
