import { useMemo } from "preact/hooks";
import { Graph, type CardProps } from "../../components/graph/graph";
import { BlindSign } from "../../components/signs";
import { litAlong, NOTHING_LIT } from "../../layout/lit";
import { formatRoute, reviewOf } from "../../routes";
import { counted } from "../../words/counts";
import { REASON } from "../../words/presence";
import { ReviewCard } from "./card";
import type { PartProps } from "./parts";
import { isFiltered, NO_FILTER, unaffectedCount } from "./shown";

const BLIND_SHOWN = 6;
/** What may not be drawn, and why it may be left out. */
const LEFT_OUT = [
  ["hit", "hit", "no worse than those drawn"],
  ["changed", "changed", "nothing drawn hangs on them"],
  ["unaffected", "without effect", "not drawn"],
] as const;

/** The change, what it hits, and what the reasons lead over, in columns by distance. */
export function ReviewGraph({ route, assessed, drawing, impacts, onSelect }: PartProps) {
  const { selected } = route;
  const { faces, cardOf, links } = drawing;
  const lit = useMemo(() => {
    if (selected === null || !cardOf.has(selected)) return NOTHING_LIT;
    const steps = assessed.reasonOf.get(selected) ?? [];
    return litAlong([steps[0]?.near ?? selected, ...steps.map((step) => step.far)], cardOf, links);
  }, [selected, assessed, cardOf, links]);
  const drawCard = (props: CardProps) => {
    const face = faces.get(props.card.id);
    return face ? <ReviewCard {...props} face={face} changes={assessed.changesOf.get(props.card.id) ?? []} /> : null;
  };
  const { blindSpots } = assessed.judged;
  const { leftOut } = drawing;
  return (
    <Graph
      cards={drawing.cards}
      links={links}
      cardOf={cardOf}
      lanes={route.lanes}
      selected={selected}
      lit={lit}
      columnWords={(distance) => (distance === 0 ? "Changed" : counted(distance, "hop"))}
      drawCard={drawCard}
      onSelect={onSelect}
    >
      {impacts.length === 0 && <NothingHit route={route} assessed={assessed} />}
      {leftOut.hit + leftOut.changed + leftOut.unaffected + blindSpots.length > 0 && (
        <div class="more-cards">
          {LEFT_OUT.map(
            ([what, words, why]) =>
              leftOut[what] > 0 && (
                <a key={what} class="more-card" href={formatRoute({ ...route, view: "table" })}>
                  <strong>
                    {leftOut[what].toLocaleString("en")} more {words}
                  </strong>
                  <span>{why} · to the table</span>
                </a>
              ),
          )}
          {blindSpots.slice(0, BLIND_SHOWN).map((spot) => (
            <a key={`${spot.account} ${spot.region} ${spot.api}`} class="more-card blind-card" href="/coverage">
              <strong>
                <BlindSign /> {spot.api}
              </strong>
              <span>
                {REASON[spot.reason].word.toLowerCase()}: could hide more · {spot.account} {spot.region}
              </span>
            </a>
          ))}
          {blindSpots.length > BLIND_SHOWN && (
            <a class="more-card blind-card" href="/coverage">
              <strong>{counted(blindSpots.length - BLIND_SHOWN, "more blind spot")}</strong>
              <span>to coverage</span>
            </a>
          )}
        </div>
      )}
    </Graph>
  );
}

/** Nothing is hit: because a filter hides it, because nothing was judged, or because it is so. */
export function NothingHit({ route, assessed }: Pick<PartProps, "route" | "assessed">) {
  const { judged } = assessed;
  const unaffected = unaffectedCount(assessed);
  const shown = route.outcomes.includes("UNAFFECTED");
  if (judged.impacts.length > 0) {
    if (shown) return null;
    return (
      <div class="empty">
        <p>
          <strong>The filters leave nothing.</strong>
        </p>
        <p>
          {counted(judged.impacts.length, "resource")} {judged.impacts.length === 1 ? "is" : "are"} hit: <a href={formatRoute({ ...route, ...NO_FILTER })}>clear the filters</a>
        </p>
      </div>
    );
  }
  if (shown && isFiltered(route)) return null;
  return (
    <div class="empty">
      <p>
        <strong>{judged.notJudged.length > 0 ? "Nothing is hit by what was judged." : "Nothing is hit."}</strong>{" "}
        {judged.blindSpots.length > 0 && <>But not all could be seen: {counted(judged.blindSpots.length, "blind spot")} could hide more.</>}
      </p>
      {judged.notJudged.length > 0 && <p>{counted(judged.notJudged.length, "change was", "changes were")} not judged: what it does is not known.</p>}
      <p>
        {unaffected > 0 ? (
          <>
            {counted(unaffected, "resource")} {unaffected === 1 ? "was" : "were"} reached, judged, and found to go on as before.{" "}
            <a href={formatRoute({ ...route, ...NO_FILTER, outcomes: ["UNAFFECTED"] })}>Show them</a>
          </>
        ) : (
          <>
            The change reaches nothing else. <a href={formatRoute(reviewOf(null))}>Review another change</a>
          </>
        )}
      </p>
    </div>
  );
}
