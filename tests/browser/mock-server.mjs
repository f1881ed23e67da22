// Serves the built page over invented data, with the headers of the real server, for states that
// a real estate cannot easily show. `node mock-server.mjs [--port N] [--state STATE]`;
// STATE: ready, waiting (the first crawl), crawling, failing, full (no blind spots), empty, denied (nothing could be read),
// old, one (a single snapshot), year (snapshots of most of a year), today (two, an hour apart), or noReviews.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { buildSchema, graphql } from "graphql";
import { WebSocketServer } from "ws";
import { addCrowd, addFormula, addHostile, buildEstate, emptyOut } from "./mock/estate.mjs";
import { buildHistory, withHistory } from "./mock/history.mjs";
import { answerReviewFile } from "./mock/reviews.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = resolve(here, "../../web/dist");
const schemaFile = process.env.SCHEMA ?? resolve(here, "../../schema.graphql");

export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

/** Starts the server. `state` may be changed while it runs; `url` is where it listens, `crowd` the id that thousands depend on. */
export async function startMockServer({ port = 0, state = {} } = {}) {
  const schema = buildSchema(readFileSync(schemaFile, "utf8"));
  const estate = buildEstate();
  const crowd = addCrowd(estate, 1_200);
  for (const scope of estate.scopes) scope.resources = [...estate.resources.values()].filter(({ account, region }) => account === scope.account && region === scope.region).length;
  const history = buildHistory(estate);
  if (state.empty) emptyOut(estate);
  const newest = () => history.at(-1);
  const judgedOn = newest();
  const followers = new Set();
  if (state.old) for (const scope of estate.scopes) scope.crawledAt = new Date(Date.now() - 3 * 86_400_000).toISOString();

  const server = createServer(async (incoming, outgoing) => {
    const path = new URL(incoming.url, "http://localhost").pathname;
    if (path === "/graphql") return answer(incoming, outgoing);
    if (path === "/readyz") return ready(outgoing);
    if (path === "/session") return whoIsIt(outgoing);
    if (answerReviewFile(path, incoming, outgoing, incoming.method === "POST" ? await textOf(incoming) : "", state)) return undefined;
    const page = path === "/graphiql" ? "graphiql.html" : path.startsWith("/assets/") ? normalize(path) : "index.html";
    const body = await import("node:fs/promises").then((fs) => fs.readFile(join(dist, page)).catch(() => null));
    outgoing.writeHead(body ? 200 : 404, { "content-type": TYPES[extname(page)] ?? "text/plain", "content-security-policy": POLICY });
    outgoing.end(body);
  });

  async function answer(incoming, outgoing) {
    const { query, variables, operationName } = JSON.parse(await textOf(incoming));
    state.requests = (state.requests ?? 0) + 1;
    // Unreferenced: an answer that nobody waits for any more keeps no test running.
    if (state.delayMs) await new Promise((done) => setTimeout(done, state.delayMs).unref());
    const result = await graphql({ schema, source: query, variableValues: variables, operationName, rootValue: withHistory(estate, state, history, judgedOn) });
    outgoing.writeHead(200, { "content-type": "application/json", "x-request-id": "mock-0001" });
    outgoing.end(JSON.stringify(result));
  }

  function whoIsIt(outgoing) {
    outgoing.writeHead(200, { "content-type": "application/json" });
    outgoing.end(JSON.stringify(state.session ?? { guarded: false, identity: null }));
  }

  function ready(outgoing) {
    outgoing.writeHead(state.notReady ? 503 : 200, { "content-type": "application/json" });
    outgoing.end(JSON.stringify(state.notReady ? { ready: false } : { ready: true, snapshot: newest().id, takenAt: newest().takenAt, stale: state.old === true }));
  }

  const sockets = new WebSocketServer({ server, path: "/graphql", handleProtocols: () => "graphql-transport-ws" });
  sockets.on("connection", (socket) => {
    socket.on("message", (data) => {
      const message = JSON.parse(data);
      const send = (reply) => socket.send(JSON.stringify(reply));
      if (message.type === "connection_init") send({ type: "connection_ack" });
      if (message.type !== "subscribe") return;
      if (message.payload.query.includes("graphChanged")) {
        const follower = (graphChanged) => send({ id: message.id, type: "next", payload: { data: { graphChanged } } });
        followers.add(follower);
        socket.on("close", () => followers.delete(follower));
        return;
      }
      const next = () => state.progress && send({ id: message.id, type: "next", payload: { data: { crawlProgress: state.progress } } });
      next();
      const timer = setInterval(next, 200);
      socket.on("close", () => clearInterval(timer));
    });
  });

  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    state,
    crowd,
    /** A resource that nobody depends on. */
    alone: [...estate.resources.values()].find((resource) => resource.name === "spare")?.id,
    /** The ids of the snapshots, oldest first. */
    snapshots: () => history.map(({ id }) => id),
    /** As if another crawl had ended just now, with these changes; word of it goes out unless it is kept `quiet`. */
    renew: ({ added = 3, removed = 1, changed = 2, quiet = false, change = () => {} } = {}) => {
      const takenAt = new Date().toISOString();
      for (const scope of estate.scopes) scope.crawledAt = takenAt;
      const before = newest();
      before.estate = { ...estate, resources: new Map(estate.resources), links: [...estate.links] };
      change(estate);
      history.push({ id: `renewed-${history.length}`, takenAt, estate });
      if (!quiet) for (const follower of followers) follower({ snapshot: { id: newest().id, takenAt }, added, removed, changed });
    },
    /** How many pages listen for new snapshots. */
    followers: () => followers.size,
    /** As if the network had failed for a moment. */
    dropConnections: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
    /** A resource whose every text is an attempt to be markup; answers its id. */
    addHostile: () => addHostile(estate),
    /** A resource whose name and owner a spreadsheet would take for formulas. */
    addFormula: () => addFormula(estate),
    /** As if an action more had been denied. */
    deny: (api) => estate.blindSpots.push({ ...estate.blindSpots[0], api, kinds: ["SSM_PARAMETER"] }),
    /** A crawl found so many resources in the first scope: its old data is shown. */
    lose: (found) => {
      const [scope] = estate.scopes;
      const { account, region, resources: before } = scope;
      scope.kept = { since: new Date().toISOString(), found, answered: false };
      estate.drops = [{ account, region, before, after: found, percent: Math.floor(((before - found) * 100) / before), kept: true }];
      const kinds = [...new Set([...estate.resources.values()].map(({ kind }) => kind))];
      estate.blindSpots.push({ account, region, api: "crawl", reason: "STALE", message: `the crawl read ${found} of ${before} resources: the data of the one before is kept`, kinds });
    },
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

async function textOf(incoming) {
  let text = "";
  for await (const chunk of incoming) text += chunk;
  return text;
}

/** What `--state` and the tests mean by a word. */
export const STATES = {
  ready: {},
  full: { fullCoverage: true },
  empty: { empty: true, fullCoverage: true, kept: "one" },
  denied: { empty: true, kept: "one" },
  failing: { failing: true },
  old: { old: true },
  noReviews: { noReviews: true },
  one: { kept: "one" },
  year: { kept: "year" },
  today: { kept: "today" },
  waiting: { notReady: true, progress: { run: "run-1", scopesDone: 1, scopesTotal: 3, apiCalls: 87, resources: 164, finished: false } },
  signedOut: { session: { guarded: true, identity: null, methods: { token: true, oidc: null } } },
  viewer: { session: { guarded: true, identity: { name: "margarethe.von.hohenstein@platform.example.com", role: "viewer", signOut: true } } },
  crawling: { progress: { run: "run-2", scopesDone: 2, scopesTotal: 3, apiCalls: 140, resources: 310, finished: false } },
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { port: { type: "string", default: "8090" }, state: { type: "string", default: "ready" } } });
  const server = await startMockServer({ port: Number(values.port), state: { ...STATES[values.state] } });
  console.log(server.url);
}
