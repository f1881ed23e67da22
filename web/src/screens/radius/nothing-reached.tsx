import type { Radius } from "../../layout/radius";
import { formatRoute, type RadiusRoute } from "../../routes";
import { counted } from "../../words/counts";

/** Nothing was reached: because filters hide it, because nothing is there, or because somebody could not look. */
export function NothingReached({ route, radius }: { route: RadiusRoute; radius: Radius }) {
  const isFiltered = route.kinds.length + route.phases.length > 0;
  const blind = radius.answer.blindSpots.length;
  const words = route.direction === "DEPENDENTS" ? "Nothing depends on it" : "It needs nothing else";
  return (
    <div class="empty">
      {isFiltered ? (
        <>
          <p>
            <strong>The filters leave nothing.</strong>
          </p>
          <p>
            <a href={formatRoute({ ...route, kinds: [], phases: [], depth: null })}>Clear the filters</a>
          </p>
        </>
      ) : blind === 0 ? (
        <>
          <p>
            <strong>{words}.</strong>
          </p>
          <p>
            <a href="/coverage">Coverage</a> was full here: every call that could have shown something was answered.
          </p>
        </>
      ) : (
        <>
          <p>
            <strong>{words}, as far as could be seen.</strong>
          </p>
          <p>
            Coverage was not full: <a href="/coverage">{counted(blind, "blind spot")}</a> could hide more.
          </p>
        </>
      )}
    </div>
  );
}
