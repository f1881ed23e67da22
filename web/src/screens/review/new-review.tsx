import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { request, RequestError } from "../../api/client";
import { CreateReview } from "../../api/generated";
import { sendPlan } from "../../api/plans";
import { SearchBox } from "../../components/search-box";
import { useTitle } from "../../components/title";
import { announcement } from "../../data/announce";
import { noticeFailure } from "../../data/crawl";
import { go } from "../../navigation";
import { formatRoute, reviewOf } from "../../routes";
import { counted } from "../../words/counts";
import { openFile, openText, type ChangeFile } from "./change-file";
import { Stages, type Stage } from "./stages";
import { handedOver, useDropped } from "./use-dropped";

type Progress = "sending" | "judging" | null;

/** Where a plan is given: dropped, chosen or pasted; or a resource is named. */
export function NewReview() {
  useTitle("New change review");
  const [file, setFile] = useState<ChangeFile | null>(null);
  const [title, setTitle] = useState("");
  const [missing, setMissing] = useState<"file" | "title" | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [progress, setProgress] = useState<Progress>(null);
  const running = useRef<AbortController | null>(null);
  const titleBox = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);

  const take = useCallback((opened: ChangeFile | null) => {
    setFile(opened);
    setError(null);
    setMissing(null);
    if (opened === null) return;
    announcement.value = `${opened.name}: ${opened.words}`;
  }, []);
  const takeFile = useCallback(
    (given: File) => {
      void openFile(given).then((opened) => {
        take(opened);
        titleBox.current?.focus();
      });
    },
    [take],
  );
  const over = useDropped(takeFile);
  useEffect(() => {
    if (handedOver.value) takeFile(handedOver.value);
    handedOver.value = null;
    return () => running.current?.abort();
  }, [takeFile]);

  const submit = async (event: Event) => {
    event.preventDefault();
    const lacks = file === null ? "file" : title.trim() === "" ? "title" : null;
    setMissing(lacks);
    if (file === null || lacks !== null) {
      (lacks === "file" ? picker : titleBox).current?.focus();
      return;
    }
    const controller = new AbortController();
    running.current = controller;
    setError(null);
    try {
      setProgress("sending");
      const planId = await sendPlan(file.blob, controller.signal);
      setProgress("judging");
      const { createReview } = await request(CreateReview, { title: title.trim(), change: { planId } }, controller.signal);
      go(reviewOf(createReview.id));
    } catch (failure) {
      setProgress(null);
      if (!(failure instanceof RequestError)) return;
      noticeFailure(failure);
      setError(failure);
    }
  };

  return (
    <div class={over ? "page new-review is-over" : "page new-review"}>
      <nav aria-label="Breadcrumb" class="breadcrumb">
        <a href={formatRoute({ screen: "reviews" })}>Change reviews</a>
      </nav>
      <h1 class="page-title">What would this change do?</h1>
      <p class="muted">Nothing is changed in AWS: the change is judged against the newest snapshot, and the answer is kept under a link.</p>
      <form class="review-form" onSubmit={submit} aria-label="Review a change">
        <div class="drop-zone">
          <div class="drop-words">
            <p class="drop-title">{over ? "Drop it here" : "Drop a file anywhere on this page, or choose one"}</p>
            <p class="muted small">A Terraform or OpenTofu plan as JSON, a CloudFormation change set, or a task definition.</p>
          </div>
          <input
            ref={picker}
            type="file"
            accept=".json,application/json"
            aria-label="File with the change"
            aria-invalid={missing === "file"}
            aria-describedby={missing === "file" ? "file-missing" : undefined}
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              if (chosen) takeFile(chosen);
            }}
          />
          {file && (
            <p class="chosen-file" data-chosen={file.name}>
              <strong>{file.name}</strong> <span class="muted">{file.words}</span>
            </p>
          )}
          {missing === "file" && (
            <p id="file-missing" class="bad">
              Give a file first, or paste its text below.
            </p>
          )}
          <details class="paste">
            <summary>Paste it instead</summary>
            <textarea rows={8} spellcheck={false} aria-label="Text of the change" placeholder={'{"format_version": …'} onInput={(event) => take(event.currentTarget.value.trim() ? openText(event.currentTarget.value) : null)} />
          </details>
        </div>
        <label class="field">
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
        {error && (
          <div class="notice notice-bad" role="alert">
            <div>
              <strong>This could not be reviewed</strong>
              <p>{sentence(error.message)}</p>
              <p class="muted small">
                {error.code}
                {error.requestId && ` · request ${error.requestId}`}
              </p>
            </div>
          </div>
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
        {progress !== null && file && (
          <div role="status">
            <Stages stages={stagesWhile(progress, file)} />
          </div>
        )}
      </form>
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
        <p class="muted small">Values that are or may be secret become fingerprints before anything is kept.</p>
      </section>
    </div>
  );
}

function stagesWhile(progress: Progress, file: ChangeFile): Stage[] {
  const judging = progress === "judging";
  return [
    { name: "Read", words: judging ? (file.changes === null ? "sent" : counted(file.changes, "change")) : `sending ${file.words}`, state: judging ? "done" : "busy" },
    { name: "Match", words: "changes to live resources", state: judging ? "busy" : "waiting" },
    { name: "Walk", words: "everything that harm can reach", state: judging ? "busy" : "waiting" },
    { name: "Grade", words: "every need, before and after", state: judging ? "busy" : "waiting" },
  ];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, ".");
}
