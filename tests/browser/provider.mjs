// An OpenID provider that runs here: the maintained one that is certified, with people of its own and keys that can be changed.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:net";
import Provider from "oidc-provider";

export const CLIENT = { id: "blastmap", secret: "a secret/with+signs:%&" };
export const AUDIENCE = "urn:blastmap";

/** Who signs in by these names, with any password. */
const PEOPLE = {
  vera: { email: "vera@example.com", email_verified: true, groups: ["staff"] },
  otto: { email: "otto@example.com", email_verified: true, groups: ["staff", "ops"] },
  nora: { email: "nora@example.com", email_verified: true, groups: ["visitors"] },
};

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

function newKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "ES256", use: "sig" };
}

/** Starts the provider for one client, whose page is at `page`. */
export async function startProvider(page) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const start = async () => {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [`${page}/auth/callback`],
          grant_types: ["authorization_code", "client_credentials"],
          response_types: ["code"],
          id_token_signed_response_alg: "ES256",
        },
      ],
      pkce: { required: () => true },
      claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
      scopes: ["openid", "email", "groups", "read", "other"],
      findAccount: (_context, id) => (PEOPLE[id] ? { accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) } : undefined),
      cookies: { keys: ["only for tests"] },
      jwks: { keys: [newKey()] },
      // Tools are of a group by what they ask for.
      extraTokenClaims: (_context, token) => (token.scope === "read" ? { groups: ["staff"] } : undefined),
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({ scope: "read other", audience: AUDIENCE, accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } }),
        },
      },
    });
    return new Promise((listening) => {
      const server = provider.listen(port, "127.0.0.1", () => listening(server));
    });
  };
  const stop = (server) =>
    new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    });
  let server = await start();
  return {
    issuer,
    host: `127.0.0.1:${port}`,
    /** The same provider with other keys, which knows nothing of who signed in before. */
    changeKeys: async () => {
      await stop(server);
      server = await start();
    },
    /** A token as a tool gets one; who asks to `read` is of the staff. */
    tokenOfTool: async (scope) => {
      const credentials = [CLIENT.id, CLIENT.secret].map(encodeURIComponent).join(":");
      const response = await fetch(`${issuer}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}`, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ grant_type: "client_credentials", resource: AUDIENCE, scope }),
      });
      return (await response.json()).access_token;
    },
    stop: () => stop(server),
  };
}
