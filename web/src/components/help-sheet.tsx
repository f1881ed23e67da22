import { singleKeys } from "../preferences";

const KEYS: [string, string[][]][] = [
  [
    "Everywhere",
    [
      ["/", "search"],
      ["g e", "explore"],
      ["g b", "blast radius, of the resource on screen if there is one"],
      ["g c", "change reviews"],
      ["g h", "history, of the resource on screen if there is one"],
      ["g v", "coverage"],
      ["D", "light or dark"],
      ["?", "this sheet"],
      ["Esc", "close, clear the selection"],
    ],
  ],
  [
    "Explore",
    [
      ["T", "map or table"],
      ["F", "filters"],
      ["↑ ↓", "from box to box"],
      ["→ ←", "into a box, and out"],
      ["Enter", "open the box"],
      ["Space", "select it"],
      ["⌫", "up"],
    ],
  ],
  [
    "Change review",
    [
      ["J K", "next and last of what is hit, worst first"],
      ["A X", "to the next risk; on one: accept it, or call it wrong"],
      ["T", "graph or table"],
      ["F", "changes and filters"],
      ["W", "to the why of the selection"],
      ["P", "larger, for a room"],
      ["Y", "copy the link to this view"],
    ],
  ],
  [
    "Blast radius",
    [
      ["T", "graph or table"],
      ["F", "filters"],
      ["[ ]", "fewer or more links away"],
      ["← →", "along a link"],
      ["↑ ↓", "within a column"],
      ["Enter", "select: why it is reached"],
      ["W", "to the why of the selection"],
      ["+ − 0", "zoom in, out, back"],
      ["Y", "copy the link to this view"],
    ],
  ],
  [
    "History",
    [
      ["T", "table or graph"],
      ["F", "snapshots and filters"],
      ["[ ]", "one snapshot back or on"],
      ["J K", "next or last change"],
      ["W", "to what the selection is about"],
      ["Y", "copy the link to this view"],
    ],
  ],
];

const ID = "help-sheet";

export function openHelp(): void {
  const sheet = document.getElementById(ID);
  if (sheet instanceof HTMLDialogElement && !sheet.open) sheet.showModal();
}

export function HelpSheet() {
  return (
    <dialog id={ID} class="help-sheet" aria-labelledby="help-title">
      <form method="dialog">
        <h2 id="help-title">Keys</h2>
        <button class="icon-button" aria-label="Close">
          ✕
        </button>
      </form>
      <div class="help-columns">
        {KEYS.map(([where, keys]) => (
          <section key={where}>
            <h3>{where}</h3>
            <dl class="keys">
              {keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    {key?.split(" ").map((part) => (
                      <kbd key={part}>{part}</kbd>
                    ))}
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="check">
        <input type="checkbox" checked={singleKeys.value} onChange={(event) => (singleKeys.value = event.currentTarget.checked)} />
        Keys of a single letter are on
      </label>
      <p class="muted small">
        <a href="/graphiql" target="_blank" rel="noopener">
          Query console
        </a>{" "}
        for the GraphQL API. Every view here has its own address: copy it to share what you see.
      </p>
    </dialog>
  );
}
