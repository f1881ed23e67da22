import { useState } from "preact/hooks";
import { announcement } from "../data/announce";

const SAID_FOR_MS = 2_000;

/** Copies a text, and says so. Where the browser refuses, it says that. */
export function CopyButton({ text, label, primary = false }: { text: string; label: string; primary?: boolean }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    const outcome = await copyText(text);
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
