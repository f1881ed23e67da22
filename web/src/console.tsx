import { render } from "preact";
import { useState } from "preact/hooks";
import { RequestError, send } from "./api/client";
import { applyPreferences } from "./preferences";

const EXAMPLES: { name: string; query: string; variables: string }[] = [
  {
    name: "Search",
    query: "query ($text: String!) {\n  search(text: $text, first: 10) {\n    id\n    kind\n    name\n    presence\n    owner\n  }\n}\n",
    variables: '{ "text": "api" }',
  },
  {
    name: "Blast radius",
    query:
      "query ($of: [ID!]!) {\n  blastRadius(of: $of, direction: DEPENDENTS, maxDepth: 3, limit: 50) {\n    totalCount\n    truncated\n    byKind { kind count }\n    nodes {\n      distance\n      resource { id kind name owner }\n      path { relation evidence { api field inferred } }\n    }\n    blindSpots { api reason message }\n  }\n}\n",
    variables: '{ "of": ["arn:aws:..."] }',
  },
  {
    name: "Coverage",
    query: "{\n  coverage {\n    scopes { account region crawledAt apiCalls resources links }\n    blindSpots { account region api reason message kinds }\n  }\n}\n",
    variables: "",
  },
];

const first = EXAMPLES[0] ?? { query: "", variables: "" };

/** A plain console for the API: a query, its variables, the answer as it came. */
function Console() {
  const [query, setQuery] = useState(first.query);
  const [variables, setVariables] = useState(first.variables);
  const [answer, setAnswer] = useState("");
  const [status, setStatus] = useState("");

  const run = async () => {
    let parsed: unknown = {};
    try {
      parsed = variables.trim() === "" ? {} : JSON.parse(variables);
    } catch (error) {
      setStatus("The variables are not JSON");
      setAnswer(String(error));
      return;
    }
    setStatus("Running…");
    const started = performance.now();
    try {
      const response = await send({ query, variables: parsed });
      const text = await response.text();
      setStatus(`${response.status} ${response.statusText}, ${Math.round(performance.now() - started)} ms, ${text.length.toLocaleString("en")} characters`);
      setAnswer(indented(text));
    } catch (error) {
      setStatus(error instanceof RequestError ? error.message : String(error));
      setAnswer("");
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void run();
    }
  };

  return (
    <>
      <header class="console-bar">
        <h1>Query console</h1>
        <a href="/">blastmap</a>
        <div class="console-actions">
          {EXAMPLES.map((example) => (
            <button
              key={example.name}
              onClick={() => {
                setQuery(example.query);
                setVariables(example.variables);
              }}
            >
              {example.name}
            </button>
          ))}
          <button class="primary" onClick={run}>
            Run <kbd>Ctrl Enter</kbd>
          </button>
        </div>
      </header>
      <main class="console" onKeyDown={onKeyDown}>
        <div class="console-input">
          <label htmlFor="query">Query</label>
          <textarea id="query" rows={18} spellcheck={false} value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
          <label htmlFor="variables">Variables (JSON)</label>
          <textarea id="variables" class="variables" rows={4} spellcheck={false} value={variables} onInput={(event) => setVariables(event.currentTarget.value)} />
        </div>
        <section class="console-output" aria-labelledby="answer">
          <h2 id="answer">Answer</h2>
          <p class="muted small" role="status">
            {status}
          </p>
          <pre tabIndex={0} aria-labelledby="answer">
            {answer}
          </pre>
        </section>
      </main>
    </>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

applyPreferences();
const root = document.getElementById("app");
if (root) render(<Console />, root);
