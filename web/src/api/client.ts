import type { Operation } from "./operation";
import { unauthenticated } from "./unauthenticated";

/** Why a request gave no answer: the server's own code (`NOT_FOUND`, `NOT_READY`, ...), or `OFFLINE`. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly code: string,
    /** What the server's log calls this request, when it said so. */
    readonly requestId: string | null,
  ) {
    super(message);
    this.name = "RequestError";
  }
}

/** Whatever failed on the way to an answer. */
export function asRequestError(error: unknown): RequestError {
  return error instanceof RequestError ? error : new RequestError(String(error), "INTERNAL", null);
}

type Answer = { data?: unknown; errors?: { message: string; extensions?: { code?: string } }[] };

/** Sends one operation. Throws a {@link RequestError}, or an `AbortError` when the signal ends it. */
export async function request<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const response = await send({ query: operation.text, operationName: operation.name, variables }, signal);
  const requestId = response.headers.get("x-request-id");
  const answer = (await response.json().catch(() => null)) as Answer | null;
  const error = answer?.errors?.[0];
  if (error) throw new RequestError(error.message, error.extensions?.code ?? "INTERNAL", requestId);
  if (!response.ok || !answer?.data) {
    throw new RequestError(`The server answered ${response.status} ${response.statusText}`.trim(), `HTTP_${response.status}`, requestId);
  }
  return answer.data as Result;
}

/** Posts a body to the API as it is; the query console shows whatever comes back. */
export function send(body: unknown, signal?: AbortSignal): Promise<Response> {
  return reach("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

/** Asks the server; where it cannot be reached, says so in its own words. */
export async function reach(path: string, how: RequestInit): Promise<Response> {
  try {
    const response = await fetch(path, how);
    if (response.status === 401) unauthenticated.value++;
    return response;
  } catch (error) {
    if (how.signal?.aborted) throw error;
    throw new RequestError("The blastmap server cannot be reached", "OFFLINE", null);
  }
}

/** What a refusal outside of GraphQL says: it has the form of GraphQL's errors. */
export async function problemOf(response: Response): Promise<RequestError> {
  const answer = (await response.json().catch(() => null)) as Answer | null;
  const error = answer?.errors?.[0];
  const message = error?.message ?? `The server answered ${response.status} ${response.statusText}`.trim();
  return new RequestError(message, error?.extensions?.code ?? `HTTP_${response.status}`, response.headers.get("x-request-id"));
}
