import type { Card } from "../api/generated";
import { formatRoute } from "../routes";
import { kindWords } from "../words/kinds";
import { samePin } from "./pinned";
import { KindCode, PresenceTag } from "./signs";

/** The name of a resource as a link to it, with its kind and what is unusual about it. */
export function ResourceLine({ resource, to }: { resource: Card; to?: string }) {
  return (
    <span class="resource-line">
      <KindCode kind={resource.kind} />
      <a class="resource-name" href={to ?? formatRoute(samePin({ screen: "resource", id: resource.id }))} title={resource.id}>
        {resource.name}
      </a>
      <span class="visually-hidden">, {kindWords(resource.kind).one}</span>
      {resource.presence !== "LIVE" && <PresenceTag presence={resource.presence} />}
    </span>
  );
}

/** Where a resource lives, in words that are never empty. */
export function whereOf({ account, region }: { account: string; region: string }): string {
  return [account === "" ? "account not known" : account === "aws" ? "owned by AWS" : account, region].filter(Boolean).join(" · ");
}

export { NO_OWNER } from "../words/owner";
