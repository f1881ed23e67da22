import type { ResourceDetailsResult } from "../../api/generated";
import { withCode } from "../../components/with-code";

type Finding = NonNullable<ResourceDetailsResult["resource"]>["findings"][number];

const LEVEL_WORDS: Record<Finding["level"], string> = { CRITICAL: "critical", HIGH: "high", MEDIUM: "medium", LOW: "low", NONE: "none" };

/** What is not as it should be about a resource, change or not. */
export function Findings({ findings }: { findings: Finding[] }) {
  return (
    <section aria-labelledby="findings">
      <h2 id="findings" class="section-title">
        Findings <span class="count">{findings.length}</span>
      </h2>
      {findings.length === 0 && <p class="muted">None.</p>}
      <ul class="plain-list">
        {findings.map((finding) => (
          <li key={finding.id} class="box finding">
            <h3>
              <span class={`level level-${finding.level.toLowerCase()}`}>{LEVEL_WORDS[finding.level]}</span> {withCode(finding.title)}
            </h3>
            <p>{withCode(finding.detail)}</p>
            <p>
              <strong>What to do:</strong> {withCode(finding.remediation)}
            </p>
            {finding.documentation?.startsWith("https://") && (
              <a href={finding.documentation} target="_blank" rel="noopener noreferrer">
                AWS's page<span class="visually-hidden"> (new tab)</span> ↗
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
