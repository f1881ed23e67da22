import type { Radius } from "../../layout/radius";
import type { RadiusRoute } from "../../routes";
import { Selected } from "./selected";
import { Summary } from "./summary";

export type PanelProps = { route: RadiusRoute; radius: Radius; onSelect: (id: string | null) => void };

/** The most lines of a list in the panel. */
export const SHOWN = 12;

/** Why the selected resource is reached; without a selection, what to know about the whole. */
export function Panel({ route, radius, onSelect }: PanelProps) {
  const selected = route.selected === null ? undefined : radius.resources.get(route.selected);
  return (
    <aside class="panel" aria-label={selected ? "Selected resource" : "About this radius"}>
      {selected ? <Selected resource={selected} route={route} radius={radius} onSelect={onSelect} /> : <Summary route={route} radius={radius} onSelect={onSelect} />}
    </aside>
  );
}
