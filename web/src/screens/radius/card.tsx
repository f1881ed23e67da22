import type { CardProps } from "../../components/graph/graph";
import { ResourceCard } from "../../components/graph/resource-card";
import { counted } from "../../words/counts";

/** What people run: marked, so that the eye finds it among what it is made of. */
const WORKLOADS = new Set<string>(["ECS_SERVICE", "ECS_TASK", "ECS_TASK_SET"]);

export function CardButton(props: CardProps) {
  const { members, distance } = props.card;
  const { presence = "LIVE", kind = "" } = members[0]?.resource ?? {};
  return <ResourceCard {...props} classes={[`card-${presence.toLowerCase()}`, distance === 0 && "is-root", WORKLOADS.has(kind) && "is-workload"]} column={distance === 0 ? "where it starts" : counted(distance, "hop")} />;
}
