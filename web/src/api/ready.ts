/** What `/readyz` says of the server: the newest snapshot, and whether it is older than two crawl intervals. */
export type Readiness = { snapshot: string; takenAt: string; stale: boolean };

/** Null where the server has no graph yet or does not say; whether it is there at all, the API's requests tell. */
export async function readiness(): Promise<Readiness | null> {
  try {
    const response = await fetch("/readyz", { headers: { accept: "application/json" } });
    if (!response.ok) return null;
    const said = (await response.json()) as Partial<Readiness>;
    return typeof said.snapshot === "string" && typeof said.takenAt === "string" ? { snapshot: said.snapshot, takenAt: said.takenAt, stale: said.stale === true } : null;
  } catch {
    return null;
  }
}
