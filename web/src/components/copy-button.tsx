import { useState } from "preact/hooks";

const SAID_FOR_MS = 2_000;

/** Copies a text, and says so. Where the browser refuses, it says that. */
export function CopyButton({ text, label, primary = false }: { text: string; label: string; primary?: boolean }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    const outcome = await write(text);
    setSaid(outcome);
    window.setTimeout(() => setSaid(null), SAID_FOR_MS);
  };
  return (
    <button class={primary ? "primary" : undefined} onClick={copy}>
      {said ?? label}
      <span class="visually-hidden" role="status">
        {said}
      </span>
    </button>
  );
}

async function write(text: string): Promise<string> {
  // Absent where the page is neither https nor localhost.
  if (!navigator.clipboard) return "Copying is not allowed here";
  return navigator.clipboard.writeText(text).then(
    () => "Copied",
    () => "Copying is not allowed here",
  );
}
