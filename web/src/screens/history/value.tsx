import { Json } from "../../components/json";
import { counted } from "../../words/counts";
import { isFingerprint, type Line, type Said } from "./said";

/** Longer texts are folded: a policy in one line would fill the screen. */
const LONGEST = 160;

/** What changed, one value a line: before, then after. */
export function Lines({ lines, most }: { lines: Line[]; most?: number }) {
  const shown = most === undefined ? lines : lines.slice(0, most);
  return (
    <ul class="lines-of-change">
      {shown.map((line) => (
        <li key={`${line.path} ${JSON.stringify(line.before)}`}>
          <code class="change-path">{line.path}</code>{" "}
          <span class="change-values">
            <Value said={line.before} side="before" /> <span aria-hidden="true">→</span>
            <span class="visually-hidden"> is now </span> <Value said={line.after} side="after" />
            {line.note && <span class="muted small"> ({line.note})</span>}
          </span>
        </li>
      ))}
      {shown.length < lines.length && <li class="muted small">and {counted(lines.length - shown.length, "more value")}</li>}
    </ul>
  );
}

function Value({ said, side }: { said: Said; side: "before" | "after" }) {
  if ("why" in said) return <span class="value-why">{said.why}</span>;
  const { value } = said;
  if (value === null) return <span class="value-why">not set</span>;
  if (value === "") return <span class="value-why">empty text</span>;
  if (isFingerprint(value)) {
    return (
      <span class={`value value-${side}`} title={value}>
        fingerprint {value.slice("fingerprint:".length).slice(0, 8)}…
      </span>
    );
  }
  if (typeof value === "object") {
    const text = JSON.stringify(value).replaceAll(/"fingerprint:(\w{8})\w*"/g, "fingerprint $1…");
    if (text.length <= LONGEST / 2) return <code class={`value value-${side}`}>{text}</code>;
    return (
      <details class="value-details">
        <summary>{Array.isArray(value) ? counted(value.length, "item") : counted(Object.keys(value).length, "field")}</summary>
        <Json value={value} />
      </details>
    );
  }
  const text = String(value);
  if (text.length <= LONGEST) return <code class={`value value-${side}`}>{text}</code>;
  return (
    <details class="value-details">
      <summary>
        <code class={`value value-${side}`}>{text.slice(0, LONGEST)}…</code>
      </summary>
      <code>{text}</code>
    </details>
  );
}
