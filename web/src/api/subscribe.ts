import type { Operation } from "./operation";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** A subscription, and what to do with each of its answers. */
export type Stream = { name: string; text: string; onNext: (data: unknown) => void };

export function stream<Result>({ name, text }: Operation<Result, Record<string, never>>, onNext: (result: Result) => void): Stream {
  return { name, text, onNext: (data) => onNext(data as Result) };
}

/**
 * Follows subscriptions over one `graphql-transport-ws` connection until the returned function is called.
 * A lost connection, and one of which the server ends a stream, are opened again with growing pauses;
 * `onTurn` hears of each connection that is made, of each that is lost, and of the first try in vain after that.
 */
export function subscribe(streams: Stream[], onTurn: () => void): () => void {
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let pause = FIRST_RETRY_MS;
  let stopped = false;
  let lost = false;

  const open = () => {
    const url = new URL("/graphql", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const current = new WebSocket(url, "graphql-transport-ws");
    let greeted = false;
    socket = current;
    const reply = (message: unknown) => current.send(JSON.stringify(message));
    current.addEventListener("open", () => reply({ type: "connection_init" }));
    current.addEventListener("message", (event) => {
      const message = JSON.parse(String(event.data)) as { type: string; id?: string; payload?: { data?: unknown } };
      if (message.type === "connection_ack") {
        greeted = true;
        for (const [index, { name, text }] of streams.entries()) reply({ id: String(index), type: "subscribe", payload: { operationName: name, query: text } });
        onTurn();
      } else if (message.type === "ping") {
        reply({ type: "pong" });
      } else if (message.type === "next" && message.payload?.data) {
        pause = FIRST_RETRY_MS;
        streams[Number(message.id)]?.onNext(message.payload.data);
      } else if (message.type === "complete" || message.type === "error") {
        current.close(1000);
      }
    });
    current.addEventListener("close", () => {
      if (stopped) return;
      timer = window.setTimeout(open, pause);
      pause = Math.min(pause * 2, LAST_RETRY_MS);
      // A server that stops in good order still answers when the connection ends: the first try after that tells.
      if (greeted || lost) onTurn();
      lost = greeted;
    });
  };

  open();
  return () => {
    stopped = true;
    window.clearTimeout(timer);
    socket?.close(1000);
  };
}
