import type { Step } from "../../layout/path";
import { relationWords } from "../../words/relations";

/** A step read from the nearer resource to the farther one: "is read by", or "is part of" where harm climbs along the link. */
export function stepWords({ far, hop }: Step): string {
  const words = relationWords(hop.relation);
  return hop.from.id === far ? words.back : words.forward;
}
