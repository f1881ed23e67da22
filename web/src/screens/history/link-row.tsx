import type { Card, LinkOfDiff } from "../../api/generated";
import { EvidenceLine, Phases } from "../../components/evidence";
import { KindCode } from "../../components/signs";
import { kindWords } from "../../words/kinds";
import { relationWords } from "../../words/relations";
import type { Happened } from "./address";
import { HappenedTag } from "./signs";

type Props = { happened: Happened; link: LinkOfDiff; /** Where the end of a link leads. */ to: (resource: Card) => string };

/** A link that came or went, in words, with how it is or was known. */
export function LinkRow({ happened, link, to }: Props) {
  return (
    <li class="link-row">
      <span class="link-main">
        <span class="link-words">
          <HappenedTag happened={happened} /> <End resource={link.from} to={to} /> <span>{relationWords(link.relation).forward}</span> <End resource={link.to} to={to} />
        </span>
        <Phases phases={link.phases} />
      </span>
      <EvidenceLine evidence={link.evidence} />
    </li>
  );
}

function End({ resource, to }: { resource: Card; to: (resource: Card) => string }) {
  return (
    <span>
      <KindCode kind={resource.kind} />{" "}
      <a class="link-end" href={to(resource)} title={resource.id}>
        {resource.name}
        <span class="visually-hidden">, {kindWords(resource.kind).one}</span>
      </a>
    </span>
  );
}
