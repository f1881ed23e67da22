/** A JSON value as a tree that folds; what is long starts folded. */
export function Json({ value }: { value: unknown }) {
  if (isBranch(value) && entriesOf(value).length === 0) return <p class="muted">Nothing.</p>;
  return (
    <div class="json">
      <Value value={value} depth={0} />
    </div>
  );
}

const OPEN_DEPTH = 3;
const OPEN_ENTRIES = 12;

function Value({ value, depth }: { value: unknown; depth: number }) {
  if (!isBranch(value)) return <Leaf value={value} />;
  const entries = entriesOf(value);
  if (entries.length === 0) return <span class="json-empty">{Array.isArray(value) ? "empty list" : "empty"}</span>;
  return (
    <ul>
      {entries.map(([key, item]) =>
        isBranch(item) && entriesOf(item).length > 0 ? (
          <li key={key} class="json-branch">
            <details open={depth < OPEN_DEPTH && entriesOf(item).length <= OPEN_ENTRIES}>
              <summary>
                {key} <span class="count">{entriesOf(item).length}</span>
              </summary>
              <Value value={item} depth={depth + 1} />
            </details>
          </li>
        ) : (
          <li key={key} class="json-leaf">
            <span class="json-key">{key}</span> <Value value={item} depth={depth + 1} />
          </li>
        ),
      )}
    </ul>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (value === null) return <span class="json-empty">not set</span>;
  if (value === "") return <span class="json-empty">empty text</span>;
  return <code class={`json-${typeof value}`}>{String(value)}</code>;
}

function isBranch(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function entriesOf(value: object): [string, unknown][] {
  return Array.isArray(value) ? value.map((item, index) => [`[${index}]`, item]) : Object.entries(value);
}
