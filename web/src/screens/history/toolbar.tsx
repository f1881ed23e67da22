import { ViewSwitch } from "../../components/graph/display";
import { useAnnouncement } from "../../data/announce";
import { go } from "../../navigation";
import { counted } from "../../words/counts";
import type { Grouping, HistoryRoute } from "./address";
import type { Change, LinkChange } from "./changes";

type Props = { route: HistoryRoute; shown: { resources: Change[]; links: LinkChange[] } | null; railOpen: boolean; onRail: () => void };

/** How the difference is shown. */
export function Toolbar({ route, shown, railOpen, onRail }: Props) {
  const words = shown ? `${counted(shown.resources.length, "resource")}, ${counted(shown.links.length, "link")}` : "";
  useAnnouncement(words);
  return (
    <div class="toolbar" role="group" aria-label="Display">
      <button class="toggle" aria-pressed={railOpen} onClick={onRail}>
        Snapshots and filters
      </button>
      <ViewSwitch view={route.view} onView={(view) => go({ ...route, view })} />
      {route.view !== "graph" && (
        <label class="pick">
          Group by
          <select value={route.group} onChange={(event) => go({ ...route, group: event.currentTarget.value as Grouping })}>
            <option value="kind">Type</option>
            <option value="owner">Team</option>
            <option value="happened">What happened</option>
          </select>
        </label>
      )}
      <p class="toolbar-count muted">{words}</p>
    </div>
  );
}
