import type { PartProps } from "./parts";
import { SelectedImpact } from "./selected";
import { WalkThrough } from "./walk-through";

/** Why the selected resource is hit; without a selection, everything that a reviewer goes through, worst first. */
export function ReviewPanel(props: PartProps) {
  const { selected } = props.route;
  const resource = selected === null ? undefined : props.assessed.resources.get(selected);
  return (
    <aside class="panel review-panel" aria-label={resource ? "Selected resource" : "Walk through"}>
      {resource ? <SelectedImpact {...props} resource={resource} /> : <WalkThrough {...props} />}
    </aside>
  );
}
