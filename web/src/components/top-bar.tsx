import { useEffect, useRef } from "preact/hooks";
import { signedOut } from "../data/session";
import { route } from "../navigation";
import { singleKeys, toggleTheme } from "../preferences";
import { exploreOf, formatRoute, radiusOf, type Route } from "../routes";
import { historyOf } from "../screens/history/address";
import { Account } from "./account";
import { Freshness } from "./freshness";
import { openHelp } from "./help-sheet";
import { SearchBox } from "./search-box";
import { Logo } from "./signs";

const TABS: { label: string; screens: Route["screen"][]; to: Route }[] = [
  { label: "Explore", screens: ["explore", "search", "resource"], to: exploreOf() },
  { label: "Blast radius", screens: ["radius"], to: radiusOf(null) },
  { label: "Change review", screens: ["reviews", "review"], to: { screen: "reviews" } },
  { label: "History", screens: ["history"], to: historyOf() },
  { label: "Coverage", screens: ["coverage"], to: { screen: "coverage" } },
];

export function TopBar() {
  const { value: current } = route;
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the tabs scroll.
    tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current.screen]);
  return (
    <header class="top-bar">
      <a class="home" href="/" aria-label="blastmap, to the start">
        <Logo />
        <span class="home-name">blastmap</span>
      </a>
      {!signedOut.value && (
        <>
          <nav ref={tabs} aria-label="Screens">
            {TABS.map(({ label, screens, to }) => (
              <a key={label} href={formatRoute(to)} aria-current={screens.includes(current.screen) ? "page" : undefined}>
                {label}
              </a>
            ))}
          </nav>
          <div class="top-search">
            <SearchBox id="top" label="Find a resource" placeholder="Find a resource, ARN, tag or team" />
            {singleKeys.value && <kbd aria-hidden="true">/</kbd>}
          </div>
          <Freshness />
        </>
      )}
      <Account />
      <button class="icon-button" aria-label="Switch between light and dark" title="Light or dark (D)" onClick={toggleTheme}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.600" />
          <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        </svg>
      </button>
      <button class="icon-button" aria-label="Keys and help" title="Keys and help (?)" onClick={openHelp}>
        ?
      </button>
    </header>
  );
}
