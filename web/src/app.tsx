import { HelpSheet } from "./components/help-sheet";
import { lazy } from "./components/lazy";
import { TopBar } from "./components/top-bar";
import { isOld } from "./components/freshness";
import { announcement } from "./data/announce";
import { crawledAt, crawling, newer, now, offline, refresh, showNewest, waiting } from "./data/crawl";
import { route } from "./navigation";
import { FirstCrawl } from "./components/states";
import { ExploreScreen } from "./screens/explore/explore";
import { UnknownScreen } from "./screens/unknown";
import { ResourceScreen } from "./screens/resource/resource";
import { SearchScreen } from "./screens/search/search";
import { age, clock } from "./words/time";

const CoverageScreen = lazy(() => import("./screens/coverage/coverage").then((module) => module.CoverageScreen));
const RadiusScreen = lazy(() => import("./screens/radius/radius").then((module) => module.RadiusScreen));

/** The frame that every screen slots into. */
export function App() {
  return (
    <>
      <a class="skip-link" href="#main">
        To the content
      </a>
      <TopBar />
      <Notices />
      <main id="main" tabIndex={-1}>
        {waiting.value ? <FirstCrawl /> : <Screen />}
      </main>
      <HelpSheet />
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </>
  );
}

function Screen() {
  const current = route.value;
  switch (current.screen) {
    case "explore":
      return <ExploreScreen route={current} />;
    case "search":
      return <SearchScreen route={current} />;
    case "resource":
      return <ResourceScreen key={current.id} route={current} />;
    case "radius":
      return <RadiusScreen key={current.id} route={current} />;
    case "coverage":
      return <CoverageScreen route={current} />;
    case "unknown":
      return <UnknownScreen path={current.path} />;
  }
}

/** What is wrong or new about the data as a whole. */
function Notices() {
  if (offline.value) {
    return (
      <div class="notice notice-bad notice-bar" role="alert">
        The blastmap server cannot be reached. What is on screen is the last good answer; the server is tried again every minute.
        <button onClick={refresh}>Try now</button>
      </div>
    );
  }
  if (newer.value && crawledAt.value) {
    return (
      <div class="notice notice-new notice-bar" role="status">
        A newer crawl is done ({clock(crawledAt.value)} UTC). What is on screen has not moved.
        <button onClick={showNewest}>Show the newest</button>
      </div>
    );
  }
  if (isOld() && crawledAt.value && !crawling.value && !waiting.value) {
    return (
      <div class="notice notice-warn notice-bar" role="status">
        <span>
          This data is {age(crawledAt.value, now.value)} old: what changed in AWS since is not in it. <a href="/coverage">See coverage</a>
        </span>
      </div>
    );
  }
  return null;
}
