import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { request } from "../../api/client";
import { ReportOfChange, type ChangeInput } from "../../api/generated";
import { fetchReport, reportAddress } from "../../api/reports";
import { CopyButton, copyText } from "../../components/copy-button";
import { announcement } from "../../data/announce";

const FORMATS: [format: string, label: string][] = [
  ["md", "Markdown"],
  ["html", "HTML"],
  ["json", "JSON"],
  ["sarif", "SARIF"],
  ["txt", "Text"],
];

/** What one takes away from a review that is kept. */
export function KeptActions({ id }: { id: string }) {
  return (
    <Actions>
      <CopyButton text={location.href} label="Copy link" primary />
      <CopyReport fetch={() => fetchReport(id, "md")} />
      <a class="button" href={reportAddress(id, "html")} target="_blank" rel="noopener">
        Print<span class="visually-hidden"> the report (new tab)</span>
      </a>
      <details
        class="menu"
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          event.currentTarget.open = false;
          event.currentTarget.querySelector("summary")?.focus();
        }}
      >
        <summary class="button">Export</summary>
        <ul>
          {FORMATS.map(([format, label]) => (
            <li key={format}>
              <a href={`${reportAddress(id, format)}?download`} download>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </Actions>
  );
}

type ProposalProps = { change: ChangeInput; radius: string; keep: () => void; keeping: boolean };

/** The same, of an answer that nobody has kept yet. */
export function ProposalActions({ change, radius, keep, keeping }: ProposalProps) {
  return (
    <Actions>
      <button class="primary" disabled={keeping} onClick={keep}>
        {keeping ? "Keeping…" : "Keep as review"}
      </button>
      <CopyReport fetch={async () => (await request(ReportOfChange, { change })).assess.report} />
      <a class="button" href={radius}>
        Blast radius
      </a>
      <CopyButton text={location.href} label="Copy link" />
    </Actions>
  );
}

function Actions({ children }: { children: ComponentChildren }) {
  return <div class="page-actions review-actions">{children}</div>;
}

/** Fetches the report as Markdown, and copies it. */
function CopyReport({ fetch: fetchText }: { fetch: () => Promise<string> }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    setSaid("Fetching…");
    const outcome = await fetchText().then(copyText, (error: Error) => error.message);
    setSaid(outcome);
    announcement.value = outcome;
    window.setTimeout(() => setSaid(null), 2_000);
  };
  return <button onClick={copy}>{said ?? "Copy as Markdown"}</button>;
}
