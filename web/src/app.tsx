import { HelpSheet } from "./components/help-sheet";
import { lazy } from "./components/lazy";
import { Notices } from "./components/notices";
import { FirstCrawl } from "./components/states";
import { TopBar } from "./components/top-bar";
import { announcement } from "./data/announce";
import { waiting } from "./data/crawl";
import { signedOut } from "./data/session";
import { route } from "./navigation";
import { ExploreScreen } from "./screens/explore/explore";
import { ResourceScreen } from "./screens/resource/resource";
import { SearchScreen } from "./screens/search/search";
import { SignInScreen } from "./screens/sign-in/sign-in";
import { UnknownScreen } from "./screens/unknown";

const RadiusScreen = lazy(() => import("./screens/radius/radius").then((module) => module.RadiusScreen));
const HistoryScreen = lazy(() => import("./screens/history/history").then((module) => module.HistoryScreen));
const ReviewScreen = lazy(() => import("./screens/review/review").then((module) => module.ReviewScreen));
const CoverageScreen = lazy(() => import("./screens/coverage/coverage").then((module) => module.CoverageScreen));

/** The frame that every screen slots into. */
export function App() {
  return (
    <>
      <a class="skip-link" href="#main">
        To the content
      </a>
      <TopBar />
      {!signedOut.value && <Notices />}
      <main id="main" tabIndex={-1}>
        {signedOut.value ? <SignInScreen /> : waiting.value ? <FirstCrawl /> : <Screen />}
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
    case "review":
    case "reviews":
      return <ReviewScreen route={current} />;
    case "history":
      return <HistoryScreen route={current} />;
    case "coverage":
      return <CoverageScreen route={current} />;
    case "unknown":
      return <UnknownScreen path={current.path} />;
  }
}
