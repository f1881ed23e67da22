import { problemOf, reach } from "./client";

/** Sends a plan, change set or task definition as it is; answers the id by which it can be judged for an hour. Throws a {@link RequestError}. */
export async function sendPlan(file: Blob, signal: AbortSignal): Promise<string> {
  const response = await reach("/plans", { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: file, signal });
  if (!response.ok) throw await problemOf(response);
  return ((await response.json()) as { id: string }).id;
}
