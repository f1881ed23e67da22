import { counted } from "../../words/counts";
import type { Answer } from "./change-worker";

/** A plan, change set or task definition that somebody gave. */
export type ChangeFile = {
  /** The name of the file, or what a pasted text is called. */
  name: string;
  /** What is sent; null where the file cannot be a change. */
  blob: Blob | null;
  /** What it seems to be and how large it is, or why it is none and what to give instead. The server reads it in earnest. */
  words: string;
  changes: number;
};

export async function openChange(name: string, given: Blob): Promise<ChangeFile> {
  const answer = await readBeside(given).catch((): Answer => ({ problem: "This could not be read. Choose it again." }));
  if ("problem" in answer) return { name, blob: null, words: answer.problem, changes: 0 };
  const { kind, changes, hidden, blob } = answer;
  const words = [kind, counted(changes, "change"), size(given.size), hidden > 0 && `${counted(hidden, "value")} that may be secret left out`];
  return { name, blob, words: words.filter(Boolean).join(" · "), changes };
}

function readBeside(given: Blob): Promise<Answer> {
  const worker = new Worker(new URL("./change-worker.ts", import.meta.url), { type: "module" });
  const answer = new Promise<Answer>((found, failed) => {
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => found(data));
    worker.addEventListener("error", failed);
    worker.addEventListener("messageerror", failed);
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
  worker.postMessage(given);
  return answer.finally(() => worker.terminate());
}

/** `840 B`, `95 KB`, `12.4 MB`. */
function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
