// Reads what was given as a change beside the page: a plan of 30 MB would hold it up.
import { readChange } from "../../data/change-text";

export type Answer = { kind: string; changes: number; blob: Blob } | { problem: string };

addEventListener("message", ({ data }: MessageEvent<Blob>) => {
  void data.arrayBuffer().then(answerTo).catch(unreadable).then((answer) => postMessage(answer));
});

function answerTo(buffer: ArrayBuffer): Answer {
  const given = readChange(new Uint8Array(buffer));
  if ("problem" in given) return given;
  const { kind, changes, value } = given;
  return { kind, changes, blob: new Blob([JSON.stringify(value)], { type: "application/json" }) };
}

/** The file is gone meanwhile, or nested beyond measure. */
function unreadable(): Answer {
  return { problem: "This could not be read. Choose it again." };
}
