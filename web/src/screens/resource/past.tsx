import { useState } from "preact/hooks";
import { lazy } from "../../components/lazy";
import { formatRoute } from "../../routes";
import { historyOf } from "../history/address";

const RecentHistory = lazy(() => import("../history/through-time").then((module) => module.RecentHistory), { part: true });

/** What happened to a resource lately. Only when somebody asks: the server reads each kept snapshot for it. */
export function Past({ id, title }: { id: string; title: string }) {
  const [asked, setAsked] = useState(false);
  return (
    <section aria-labelledby="history">
      <h2 id="history" class="section-title">
        {title}
      </h2>
      {asked ? (
        <RecentHistory id={id} />
      ) : (
        <p class="button-row">
          <button onClick={() => setAsked(true)}>Look through the kept snapshots</button>
          <a class="button" href={formatRoute(historyOf({ resource: id }))}>
            Through time
          </a>
        </p>
      )}
    </section>
  );
}
