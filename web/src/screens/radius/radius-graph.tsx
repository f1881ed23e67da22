import { useMemo } from "preact/hooks";
import { Graph } from "../../components/graph/graph";
import { litAlong, NOTHING_LIT } from "../../layout/lit";
import { pathTo } from "../../layout/path";
import type { Radius } from "../../layout/radius";
import { formatRoute, type RadiusRoute } from "../../routes";
import { counted } from "../../words/counts";
import { CardButton } from "./card";
import { NothingReached } from "./nothing-reached";

type Props = { route: RadiusRoute; radius: Radius; onSelect: (id: string | null) => void };

/** What a change to the root can reach, as cards, with what is not drawn below. */
export function RadiusGraph({ route, radius, onSelect }: Props) {
  const { selected } = route;
  const lit = useMemo(() => {
    if (selected === null) return NOTHING_LIT;
    const steps = pathTo(selected, radius.steps);
    const start = steps[0]?.near ?? radius.cards[0]?.id;
    return litAlong([...(start ? [start] : []), ...steps.map((step) => step.far)], radius.cardOf, radius.links);
  }, [selected, radius]);
  const leftOut = [...radius.leftOut];
  const beyond = radius.answer.totalCount - radius.answer.nodes.length;
  return (
    <Graph
      cards={radius.cards}
      links={radius.links}
      cardOf={radius.cardOf}
      lanes={route.lanes}
      selected={selected}
      lit={lit}
      columnWords={(distance) => columnWords(distance, route)}
      drawCard={CardButton}
      onSelect={onSelect}
    >
      {radius.answer.nodes.length === 0 && <NothingReached route={route} radius={radius} />}
      {(leftOut.length > 0 || beyond > 0) && (
        <div class="more-cards">
          {leftOut.map(([distance, count]) => (
            <a key={distance} class="more-card" href={formatRoute({ ...route, view: "table" })}>
              <strong>{count.toLocaleString("en")} more</strong>
              <span>at {counted(distance, "hop")}, not drawn · show in the table</span>
            </a>
          ))}
          {beyond > 0 && (
            <a class="more-card" href={formatRoute({ ...route, view: "table" })}>
              <strong>{beyond.toLocaleString("en")} more</strong>
              <span>beyond the {radius.answer.nodes.length.toLocaleString("en")} nearest, not asked for · to the table</span>
            </a>
          )}
        </div>
      )}
    </Graph>
  );
}

function columnWords(distance: number, route: RadiusRoute): string {
  if (distance === 0) return route.direction === "DEPENDENTS" ? "Changed" : "Start";
  return counted(distance, "hop");
}
