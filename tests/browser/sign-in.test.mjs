// From sign-in to sign-out as it is shipped: the binary that BLASTMAP_BIN names, a real OpenID provider, and tokens.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually, expectAccessible, launch, picture, withPage } from "./browser.mjs";
import { AUDIENCE, CLIENT, freePort, startProvider } from "./provider.mjs";
import { binary, serve, START_MS } from "./server.mjs";

/** What the browser itself notes of an answer that says to sign in first. */
const tolerate = /status of 401|WebSocket connection to .* failed/;

describe("a server that asks who somebody is", { skip: binary ? false : "BLASTMAP_BIN does not name a binary" }, () => {
  let browser;
  let folder;
  let provider;
  let server;
  let token;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "blastmap-sign-in-"));
    const tokens = join(folder, "tokens.toml");
    token = execFileSync(binary, ["token", "terminal", "--add-to", tokens], { encoding: "utf8" }).trim();
    const secret = join(folder, "secret");
    writeFileSync(secret, `${CLIENT.secret}\n`, { mode: 0o600 });
    const address = `127.0.0.1:${await freePort()}`;
    provider = await startProvider(`http://${address}`);
    browser = await launch();
    server = await serve(
      ...["--demo", "--listen", address, "--public-url", `http://${address}`, "--auth-tokens", tokens],
      ...["--auth-oidc", provider.issuer, "--auth-oidc-client-id", CLIENT.id, "--auth-oidc-client-secret-file", secret],
      ...["--auth-oidc-audience", AUDIENCE, "--auth-oidc-scope", "openid email groups"],
      ...["--auth-operator", "ops", "--auth-viewer", "staff", "--session-lifetime", "10m"],
    );
    await ready(server);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await provider?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a place, goes to the provider, and signs in there. */
  async function signIn(page, name, place = "/coverage") {
    // The provider's own page asks for a typeface elsewhere.
    await page.route(({ hostname }) => hostname !== "127.0.0.1", (route) => route.fulfill({ body: "" }));
    await page.goto(server.url + place);
    await page.getByRole("link", { name: `Sign in with ${provider.host}` }).click();
    await page.waitForURL(`${provider.issuer}/**`);
    await page.locator("input[name=login]").fill(name);
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
    await page.getByRole("button", { name: "Continue" }).click();
  }

  const account = (page) => page.locator(".account");

  test("shows nothing of the estate before", () =>
    withPage(browser, { tolerate }, async (page) => {
      await page.goto(`${server.url}/coverage`);
      await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
      assert.equal(await page.getByRole("navigation", { name: "Screens" }).count(), 0);
      assert.equal(await page.getByRole("link", { name: `Sign in with ${provider.host}` }).evaluate((own) => own === document.activeElement), true);
      for (const theme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme: theme });
        await picture(page, `sign-in-${theme}`);
        await expectAccessible(page);
      }
      await page.setViewportSize({ width: 320, height: 700 });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
      await picture(page, "sign-in-narrow");
    }));

  test("lets a viewer in by the provider, to where they wanted, and out again", () =>
    withPage(browser, { tolerate }, async (page) => {
      await signIn(page, "vera", "/coverage?sort=region");
      await account(page).getByText("vera@example.com").waitFor();
      assert.equal(page.url(), `${server.url}/coverage?sort=region`);
      assert.match(await account(page).textContent(), /viewer/);
      const crawl = page.getByRole("button", { name: "Crawl now" });
      await crawl.waitFor();
      assert.equal(await crawl.isDisabled(), true);
      await page.getByText("Crawls are for operators").waitFor();
      for (const theme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme: theme });
        await picture(page, `signed-in-${theme}`);
        await expectAccessible(page);
      }
      await page.setViewportSize({ width: 320, height: 700 });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
      await picture(page, "signed-in-narrow");
      await page.setViewportSize({ width: 1440, height: 900 });

      const cookies = await page.context().cookies(server.url);
      const own = cookies.find(({ name }) => name === "__Host-blastmap");
      assert.deepEqual([own.secure, own.httpOnly, own.sameSite, own.path], [true, true, "Lax", "/"]);
      assert.equal(own.value.length, 43);
      assert.ok(!cookies.some(({ name }) => name === "__Host-blastmap-login"), "the sign-in is over");
      assert.equal(await page.evaluate(() => document.cookie), "");

      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
      await page.goBack();
      await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
      assert.equal(await page.getByText("Crawls are for operators").count(), 0);
      const replayed = await fetch(`${server.url}/metrics`, { headers: { cookie: `__Host-blastmap=${own.value}` } });
      assert.equal(replayed.status, 401);
    }));

  test("lets an operator crawl", () =>
    withPage(browser, { tolerate }, async (page) => {
      await signIn(page, "otto");
      await account(page).getByText("operator").waitFor();
      const crawl = page.getByRole("button", { name: "Crawl now" });
      await crawl.waitFor();
      assert.equal(await crawl.isEnabled(), true);
      const [request] = await Promise.all([page.waitForResponse((own) => own.request().postData()?.includes("StartCrawl") ?? false), crawl.click()]);
      assert.equal((await request.json()).errors, undefined);
    }));

  test("keeps out whom the provider knows and nobody gave a role", () =>
    withPage(browser, { tolerate }, async (page) => {
      await signIn(page, "nora", "/history");
      await page.getByRole("alert").getByText("have no role here").waitFor();
      assert.ok(page.url().startsWith(`${server.url}/history#`));
      assert.equal(await account(page).count(), 0);
      await picture(page, "sign-in-no-role");
    }));

  test("takes the provider's new keys, and not an answer to another browser's sign-in", () =>
    withPage(browser, { tolerate }, async (page) => {
      await provider.changeKeys();
      // Keys are not asked for more often than every ten seconds.
      await eventually(async () => {
        await page.context().clearCookies();
        await signIn(page, "vera");
        await account(page).getByText("vera@example.com").waitFor({ timeout: 2_000 });
      }, 30_000);
      await page.context().clearCookies();
      await page.goto(`${server.url}/auth/callback?code=stolen&state=forged`);
      await page.getByRole("alert").getByText("did not work").waitFor();
    }));

  test("takes signed tokens of tools, for this audience alone", async () => {
    const ask = (credential) => fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${credential}` } });
    const signed = await provider.tokenOfTool("read");
    assert.equal((await ask(signed)).status, 200);
    assert.equal((await ask(await provider.tokenOfTool("other"))).status, 403, "the provider knows it, and nobody gave it a role");
    const [header, claims, signature] = signed.split(".");
    const said = JSON.parse(Buffer.from(claims, "base64url"));
    assert.deepEqual([said.aud, said.groups], [AUDIENCE, ["staff"]]);
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    assert.equal((await ask(`${header}.${part({ ...said, groups: ["ops"] })}.${signature}`)).status, 401);
    assert.equal((await ask(`${part({ alg: "none" })}.${claims}.`)).status, 401);
    assert.equal((await ask(token)).status, 200);
  });

  test("takes a token on the page, and says so where it does not know it", () =>
    withPage(browser, { tolerate }, async (page) => {
      await page.goto(`${server.url}/history`);
      const field = page.getByLabel("Or with a token");
      await field.fill("blastmap_wrong");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("is not known here").waitFor();
      await expectAccessible(page);
      await field.fill(token);
      await page.keyboard.press("Enter");
      await account(page).getByText("terminal").waitFor();
      assert.equal(new URL(page.url()).pathname, "/history");
    }));
});

describe("a session that is over", { skip: binary ? false : "BLASTMAP_BIN does not name a binary" }, () => {
  test("leads to sign-in, and back to where one was", async () => {
    const folder = mkdtempSync(join(tmpdir(), "blastmap-sign-in-"));
    const tokens = join(folder, "tokens.toml");
    const token = execFileSync(binary, ["token", "terminal", "--add-to", tokens], { encoding: "utf8" }).trim();
    const browser = await launch();
    const server = await serve("--demo", "--auth-tokens", tokens, "--session-lifetime", "4s");
    try {
      await ready(server);
      await withPage(browser, { tolerate }, async (page) => {
        const signIn = async () => {
          await page.getByLabel("Your token").fill(token);
          await page.keyboard.press("Enter");
          await page.locator(".account").getByText("terminal").waitFor();
        };
        await page.goto(`${server.url}/coverage?sort=region`);
        await signIn();
        // Nobody touches anything: the connection that the page holds ends with the session.
        await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor({ timeout: 20_000 });
        assert.equal(await page.locator("main table").count(), 0);
        await signIn();
        await page.getByRole("heading", { level: 1, name: /Coverage|seen/i }).waitFor();
        assert.equal(page.url(), `${server.url}/coverage?sort=region`);
      });
    } finally {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Waits until there is a graph to answer from. */
function ready({ url }) {
  return eventually(async () => assert.equal((await fetch(`${url}/readyz`)).status, 200), START_MS);
}
