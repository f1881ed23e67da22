import type { ComponentChildren } from "preact";

/** A line as the graph draws it, and what it means. */
export function LineMeans({ of = "", children }: { of?: "" | "is-inferred" | "is-bridge"; children: ComponentChildren }) {
  return (
    <span class="legend-item">
      <svg width="34" height="8" aria-hidden="true">
        <path d="M0 4h34" class={of ? `line ${of}` : "line"} />
      </svg>
      {children}
    </span>
  );
}

/** The number on a card that stands for several. */
export function BadgeMeans({ children }: { children: ComponentChildren }) {
  return (
    <span class="legend-item">
      <span class="badge" aria-hidden="true">
        3
      </span>
      {children}
    </span>
  );
}
