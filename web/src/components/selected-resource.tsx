import type { Card } from "../api/generated";
import { kindWords } from "../words/kinds";
import { PRESENCE } from "../words/presence";
import { NO_OWNER, whereOf } from "./resource-line";
import { KindCode, PresenceSign } from "./signs";

/** What every panel says of the resource that is selected: its name, and the way out of the selection. */
export function SelectedHead({ resource, title, onClear }: { resource: Card; title?: { id: string; tabIndex: number }; onClear: () => void }) {
  return (
    <header class="panel-head">
      <div>
        <p class="kind-line">
          <KindCode kind={resource.kind} /> {kindWords(resource.kind).one}
        </p>
        <h2 class="panel-title" {...title}>
          {resource.name}
        </h2>
      </div>
      <button class="icon-button" aria-label="Clear the selection" onClick={onClear}>
        ✕
      </button>
    </header>
  );
}

/** Why there is no more to say of a resource than its name. */
export function NotLive({ resource }: { resource: Card }) {
  if (resource.presence === "LIVE") return null;
  return (
    <p class={`presence-banner presence-${resource.presence.toLowerCase()}`}>
      <PresenceSign presence={resource.presence} />
      <span>
        <strong>{PRESENCE[resource.presence].claim}</strong> {PRESENCE[resource.presence].sentence}
      </span>
    </p>
  );
}

/** Whose it is, where it is, and its id. */
export function OwnFacts({ resource }: { resource: Card }) {
  return (
    <dl class="facts">
      <dt>Owner</dt>
      <dd>{resource.owner ?? <span class="muted">{NO_OWNER}</span>}</dd>
      <dt>Account</dt>
      <dd>{whereOf(resource)}</dd>
      <dt>Id</dt>
      <dd class="id-text">
        <code>{resource.id}</code>
      </dd>
    </dl>
  );
}
