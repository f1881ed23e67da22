import type { Operation } from "./operation";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/**
 * Follows a subscription over `graphql-transport-ws` until the returned function is called.
 * A lost connection, and a stream that the server ends, are opened again with growing pauses.
 */
export function subscribe<Result>(operation: Operation<Result, Record<string, never>>, onNext: (result: Result) => void): () => void {
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let pause = FIRST_RETRY_MS;
  let stopped = false;

  const open = () => {
    const url = new URL("/graphql", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const current = new WebSocket(url, "graphql-transport-ws");
    socket = current;
    const reply = (message: unknown) => current.send(JSON.stringify(message));
    current.addEventListener("open", () => reply({ type: "connection_init" }));
    current.addEventListener("message", (event) => {
      const message = JSON.parse(String(event.data)) as { type: string; payload?: { data?: Result } };
      if (message.type === "connection_ack") {
        reply({ id: "1", type: "subscribe", payload: { operationName: operation.name, query: operation.text } });
      } else if (message.type === "ping") {
        reply({ type: "pong" });
      } else if (message.type === "next" && message.payload?.data) {
        pause = FIRST_RETRY_MS;
        onNext(message.payload.data);
      } else if (message.type === "complete" || message.type === "error") {
        current.close(1000);
      }
    });
    current.addEventListener("close", () => {
      if (stopped) return;
      timer = window.setTimeout(open, pause);
      pause = Math.min(pause * 2, LAST_RETRY_MS);
    });
  };

  open();
  return () => {
    stopped = true;
    window.clearTimeout(timer);
    socket?.close(1000);
  };
}
