import { useRef, useState } from "preact/hooks";
import { request } from "../../api/client";
import { MarkRisk, type Mark } from "../../api/generated";
import { announcement } from "../../data/announce";
import { now } from "../../data/crawl";
import { age } from "../../words/time";
import type { KeptFacts } from "./parts";

const MARK: Record<Mark, { button: string; said: string }> = {
  ACCEPTED: { button: "Accept", said: "✓ Accepted" },
  WRONG: { button: "Wrong", said: "✗ Called wrong" },
};
const MARKS = Object.keys(MARK) as Mark[];

/** What the reviewers say of a risk, with a note. It does not lower the level: the report tells both. */
export function RiskMark({ risk, kept }: { risk: string; kept: KeptFacts }) {
  const [asked, setAsked] = useState<Mark | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const said = kept.marks.find((one) => one.risk === risk);
  const close = () => {
    setAsked(null);
    setFailure(null);
    place.current?.closest("article")?.focus();
  };
  const tell = async (mark: Mark | null, note: string | null) => {
    try {
      const { markRisk } = await request(MarkRisk, { review: kept.id, risk, mark, note });
      close();
      kept.onMarks(markRisk.marks);
      announcement.value = mark ? MARK[mark].said : "Taken back";
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    void tell(asked, String(new FormData(event.currentTarget).get("note")).trim() || null);
  };
  return (
    <div ref={place} class="risk-mark">
      {asked ? (
        <form onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), close())}>
          <label>
            Note <span class="muted">(optional)</span>
            <input ref={focus} name="note" class="field" maxLength={1_000} autocomplete="off" />
          </label>
          <button class="primary">{MARK[asked].button}</button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </form>
      ) : said ? (
        <p>
          <strong>{MARK[said.mark].said}</strong>
          {said.note && `: ${said.note}`} <span class="muted small">{age(said.markedAt, now.value)} ago</span>{" "}
          <button class="quiet screen-only" onClick={() => void tell(null, null)}>
            Take back
          </button>
        </p>
      ) : (
        MARKS.map((mark) => (
          <button key={mark} class="small" data-mark={mark} onClick={() => setAsked(mark)}>
            {MARK[mark].button}
          </button>
        ))
      )}
      {failure && (
        <p class="bad" role="alert">
          Not kept: {failure}
        </p>
      )}
    </div>
  );
}

function focus(input: HTMLInputElement | null): void {
  input?.focus();
}

/** Presses the button of the card that has the keyboard; else goes on to the next one that nobody has decided. */
export function decide(mark: Mark): void {
  const cards = [...document.querySelectorAll<HTMLElement>("aside [data-risk]")];
  const here = cards.findIndex((card) => card.contains(document.activeElement));
  const button = cards[here]?.querySelector<HTMLElement>(`[data-mark=${mark}]`);
  if (button) return button.click();
  const next = [...cards.slice(here + 1), ...cards].find((card) => card.querySelector("[data-mark]"));
  // Alike ones lie folded.
  next?.closest("details")?.setAttribute("open", "");
  next?.focus();
  return undefined;
}
