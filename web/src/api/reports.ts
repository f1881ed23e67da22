import { problemOf, reach } from "./client";

/** Where a kept review lies as a file. */
export function reportAddress(id: string, format: string): string {
  return `/reviews/${encodeURIComponent(id)}.${format}`;
}

/** The text of a report. Throws a {@link RequestError}. */
export async function fetchReport(id: string, format: string): Promise<string> {
  const response = await reach(reportAddress(id, format), {});
  if (!response.ok) throw await problemOf(response);
  return response.text();
}
