import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { RequestError } from "../../api/client";
import { sendPlan } from "../../api/plans";
import { SearchBox } from "../../components/search-box";
import { Failure } from "../../components/states";
import { useTitle } from "../../components/title";
import { withCode } from "../../components/with-code";
import { noticeFailure } from "../../data/crawl";
import { keepReview } from "../../data/kept-reviews";
import { go } from "../../navigation";
import { formatRoute, reviewOf, type ReviewRoute } from "../../routes";
import { counted } from "../../words/counts";
import { openChange, type ChangeFile } from "./change-file";
import { Stages, type Stage } from "./stages";
import { dropped } from "./use-dropped";

const PASTED = "Pasted text";

type Progress = "opening" | "sending" | "judging" | null;

/** Where a plan is given: dropped, chosen or pasted; or a resource is named. */
export function NewReview({ route: { title: called, mapping } }: { route: ReviewRoute }) {
  useTitle("New change review");
  const [file, setFile] = useState<ChangeFile | null>(null);
  const [title, setTitle] = useState(called);
  const [missing, setMissing] = useState<"file" | "title" | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [progress, setProgress] = useState<Progress>(null);
  const running = useRef<AbortController | null>(null);
  const titleBox = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const newest = useRef<Promise<ChangeFile | null>>(Promise.resolve(null));

  const take = useCallback(async (name: string, given: Blob) => {
    const mine = given.size > 0 || name !== PASTED ? openChange(name, given) : Promise.resolve(null);
    newest.current = mine;
    const opened = await mine;
    // Reading takes a moment, and the next text may have come meanwhile.
    if (mine !== newest.current) return;
    setFile(opened);
    setError(null);
    setMissing(null);
    if (opened?.blob && name !== PASTED) titleBox.current?.focus();
  }, []);
  const given = dropped.value;
  useEffect(() => {
    if (given) void take(given.name, given);
    dropped.value = null;
  }, [given, take]);
  useEffect(() => () => running.current?.abort(), []);

  const review = async () => {
    if (progress !== null) return;
    const controller = new AbortController();
    running.current = controller;
    setProgress("opening");
    // Whoever asks while the file is still read has asked.
    const opened = await newest.current;
    if (controller.signal.aborted) return;
    const lacks = !opened?.blob ? "file" : title.trim() === "" ? "title" : null;
    setMissing(lacks);
    if (!opened?.blob || lacks !== null) {
      setProgress(null);
      (lacks === "file" ? picker : titleBox).current?.focus();
      return;
    }
    setError(null);
    try {
      setProgress("sending");
      const planId = await sendPlan(opened.blob, controller.signal);
      setProgress("judging");
      const change = mapping.length > 0 ? { planId, mapping } : { planId };
      go(reviewOf(await keepReview(title.trim(), change, controller.signal)));
    } catch (failure) {
      setProgress(null);
      if (!(failure instanceof RequestError)) return;
      noticeFailure(failure);
      setError(failure);
    }
  };

  return (
    <div class="page new-review">
      <nav aria-label="Breadcrumb" class="breadcrumb">
        <a href={formatRoute({ screen: "reviews" })}>Change reviews</a>
      </nav>
      <h1 class="page-title">What would this change do?</h1>
      <p class="muted">Nothing is changed in AWS: the change is judged against the newest snapshot, and the answer is kept under a link.</p>
      {mapping.length > 0 && (
        <div class="notice notice-new">
          <div>
            <strong>Give the same plan again</strong>
            <p>A plan is kept for an hour at most. With it these addresses stand for what you chose:</p>
            <dl class="values">
              {mapping.map(({ address, resource }) => (
                <div key={address}>
                  <dt>
                    <code>{address}</code>
                  </dt>
                  <dd>
                    <code>{resource}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        </div>
      )}
      <form
        class="review-form"
        onSubmit={(event) => {
          event.preventDefault();
          void review();
        }}
        aria-label="Review a change">
        <div class="drop-zone">
          <div class="drop-words">
            <p class="drop-title">Drop a file anywhere on this page, or choose one</p>
            <p class="muted small">A Terraform or OpenTofu plan as JSON, a CloudFormation change set, or a task definition.</p>
          </div>
          <input
            ref={picker}
            type="file"
            accept=".json,application/json"
            aria-label="File with the change"
            aria-invalid={missing === "file" || file?.blob === null}
            aria-describedby="file-words"
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              if (chosen) void take(chosen.name, chosen);
            }}
          />
          <div id="file-words" class="file-words" role="alert">
            {file && (
              <p class={file.blob ? "chosen-file" : "chosen-file is-refused"} data-chosen={file.name}>
                <strong>{file.name}</strong> {withCode(file.words)}
              </p>
            )}
            {missing === "file" && file === null && <p class="bad">Give a file first, or paste its text below.</p>}
          </div>
          <details class="paste">
            <summary>Paste it instead</summary>
            <textarea rows={8} spellcheck={false} aria-label="Text of the change" placeholder={'{"format_version": …'} onInput={(event) => void take(PASTED, new Blob([event.currentTarget.value.trim()]))} />
          </details>
        </div>
        <label class="title-field">
          <span>Title</span>
          <input
            ref={titleBox}
            type="text"
            maxLength={200}
            autocomplete="off"
            placeholder="What the change is for"
            value={title}
            aria-invalid={missing === "title"}
            aria-describedby={missing === "title" ? "title-missing" : undefined}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </label>
        {missing === "title" && (
          <p id="title-missing" class="bad">
            Say what the change is for: it heads the review.
          </p>
        )}
        <p class="button-row">
          <button class="primary" disabled={progress !== null}>
            {progress === null ? "Review the change" : "Reviewing…"}
          </button>
          {progress !== null && (
            <button
              type="button"
              onClick={() => {
                running.current?.abort();
                setProgress(null);
              }}
            >
              Cancel
            </button>
          )}
        </p>
        {progress !== null && progress !== "opening" && file && (
          <div role="status">
            <Stages stages={stagesWhile(progress, file)} />
          </div>
        )}
      </form>
      {error && <Failure error={error} retry={() => void review()} hasData={false} part />}
      <section class="other-ways" aria-labelledby="one-resource">
        <h2 id="one-resource" class="section-title">
          Or ask about one resource
        </h2>
        <p class="muted">What if it goes away? Choose it, and the answer is there.</p>
        <SearchBox id="review" label="The resource that goes away" placeholder="Parameter, secret, role, subnet, service, ARN…" leadsTo="review" />
        <h2 class="section-title">How to make a plan file</h2>
        <pre>
          {"terraform plan -out plan.tfplan\nterraform show -json plan.tfplan > plan.json\n\naws cloudformation describe-change-set --include-property-values \\\n  --stack-name STACK --change-set-name NAME > change-set.json"}
        </pre>
        <p class="muted small">Values that are or may be secret are left out before anything leaves this browser: fingerprints made by chance stand in their place.</p>
      </section>
    </div>
  );
}

function stagesWhile(progress: Progress, file: ChangeFile): Stage[] {
  const judging = progress === "judging";
  return [
    { name: "Read", words: judging ? counted(file.changes, "change") : `sending ${file.words}`, state: judging ? "done" : "busy" },
    { name: "Match", words: "changes to live resources", state: judging ? "busy" : "waiting" },
    { name: "Walk", words: "everything that harm can reach", state: judging ? "busy" : "waiting" },
    { name: "Grade", words: "every need, before and after", state: judging ? "busy" : "waiting" },
  ];
}
