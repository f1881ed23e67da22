// Reads what was given as a change, and takes its secrets out, beside the page: a plan of 30 MB would hold it up for two seconds.
import { readChange } from "../../data/change-text";
import { withoutSecrets } from "../../data/secrets";

/** `hidden` is how many values were taken out. */
export type Answer = { kind: string; changes: number; hidden: number; blob: Blob } | { problem: string };

addEventListener("message", ({ data }: MessageEvent<Blob>) => {
  void data.arrayBuffer().then(answerTo).catch(unreadable).then((answer) => postMessage(answer));
});

function answerTo(buffer: ArrayBuffer): Answer {
  const given = readChange(new Uint8Array(buffer));
  if ("problem" in given) return given;
  const { value, count } = withoutSecrets(given.value);
  return { kind: given.kind, changes: given.changes, hidden: count, blob: new Blob([JSON.stringify(value)], { type: "application/json" }) };
}

/** The file is gone meanwhile, or nested beyond measure. */
function unreadable(): Answer {
  return { problem: "This could not be read. Choose it again." };
}
