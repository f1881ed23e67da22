import { render } from "preact";
import { App } from "./app";
import { followCrawls } from "./data/crawl";
import { followSession } from "./data/session";
import { listenForKeys } from "./keyboard";
import { followLinks } from "./navigation";
import { applyPreferences } from "./preferences";

applyPreferences();
followLinks();
listenForKeys();
followSession();
followCrawls();
const root = document.getElementById("app");
if (root) render(<App />, root);
