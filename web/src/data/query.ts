import { useEffect, useRef, useState } from "preact/hooks";
import { asRequestError, request, RequestError } from "../api/client";
import type { Operation } from "../api/operation";
import { dataVersion, noticeFailure, offline } from "./crawl";

export type Query<Result> = {
  /** The last good answer about the same subject, even while a newer one is on its way or has failed. */
  data: Result | null;
  error: RequestError | null;
  loading: boolean;
  retry: () => void;
  cancel: () => void;
};

type State<Result> = { subject: string; data: Result | null; error: RequestError | null; loading: boolean };

/**
 * Asks again whenever the operation, the variables or the server's data change. Null variables ask nothing.
 * An answer about another `subject` is never shown meanwhile; by default each set of variables is its own subject.
 */
export function useQuery<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables | null,
  subject: string = JSON.stringify(variables),
): Query<Result> {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<State<Result>>({ subject, data: null, error: null, loading: variables !== null });
  const running = useRef<AbortController | null>(null);
  const key = `${operation.name} ${JSON.stringify(variables)} ${dataVersion.value} ${attempt}`;

  useEffect(() => {
    if (variables === null) return undefined;
    const controller = new AbortController();
    running.current = controller;
    setState((last) => ({ subject, data: last.subject === subject ? last.data : null, error: null, loading: true }));
    request(operation, variables, controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({ subject, data, error: null, loading: false });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const failure = asRequestError(error);
        noticeFailure(failure);
        setState((last) => ({ ...last, error: failure, loading: false }));
      },
    );
    return () => controller.abort();
    // `key` stands for the operation, the variables and the subject, which are new objects at each turn.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);

  const lost = state.error?.code === "OFFLINE" && !offline.value;
  useEffect(() => {
    // The server is back: what failed because it was gone is asked again.
    if (lost) setAttempt((last) => last + 1);
  }, [lost]);

  const current = state.subject === subject ? state : { data: null, error: null, loading: variables !== null };
  return {
    data: current.data,
    error: current.error,
    loading: current.loading,
    retry: () => setAttempt((last) => last + 1),
    cancel: () => {
      running.current?.abort();
      const cancelled = new RequestError("Cancelled before the answer came", "CANCELLED", null);
      setState((last) => ({ ...last, error: cancelled, loading: false }));
    },
  };
}
