import { request } from "../../api/client";
import { ReportOfChange, type ChangeInput } from "../../api/generated";
import { fetchReport, reportAddress } from "../../api/reports";
import { CopyButton } from "../../components/copy-button";

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
    <div class="page-actions review-actions">
      <CopyButton text={location.href} label="Copy link" primary />
      <CopyButton text={() => fetchReport(id, "md")} label="Copy as Markdown" />
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
    </div>
  );
}

type ProposalProps = { change: ChangeInput; radius: string; keep: () => void; keeping: boolean };

/** The same, of an answer that nobody has kept yet. */
export function ProposalActions({ change, radius, keep, keeping }: ProposalProps) {
  return (
    <div class="page-actions review-actions">
      <button class="primary" disabled={keeping} onClick={keep}>
        {keeping ? "Keeping…" : "Keep as review"}
      </button>
      <CopyButton text={async () => (await request(ReportOfChange, { change })).assess.report} label="Copy as Markdown" />
      <a class="button" href={radius}>
        Blast radius
      </a>
      <CopyButton text={location.href} label="Copy link" />
    </div>
  );
}
