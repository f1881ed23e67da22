import { useState } from "preact/hooks";
import { announcement } from "../data/announce";

const SAID_FOR_MS = 2_000;

type Props = {
  /** What is copied, or how it is fetched. */
  text: string | (() => Promise<string>);
  label: string;
  primary?: boolean;
};

/** Copies a text, and says so. Where the browser refuses, or the text does not come, it says that. */
export function CopyButton({ text, label, primary = false }: Props) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    if (typeof text !== "string") setSaid("Fetching…");
    const outcome = await (typeof text === "string" ? copyText(text) : text().then(copyText, (error: Error) => error.message));
    setSaid(outcome);
    announcement.value = outcome;
    window.setTimeout(() => setSaid(null), SAID_FOR_MS);
  };
  return (
    <button class={primary ? "primary" : undefined} onClick={copy}>
      {said ?? label}
    </button>
  );
}

/** Copies a text to the clipboard; answers what became of it. */
export async function copyText(text: string): Promise<string> {
  // Absent where the page is neither https nor localhost.
  if (!navigator.clipboard) return "Copying is not allowed here";
  return navigator.clipboard.writeText(text).then(
    () => "Copied",
    () => "Copying is not allowed here",
  );
}
