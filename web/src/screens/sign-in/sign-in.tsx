import { useEffect, useState } from "preact/hooks";
import { asRequestError } from "../../api/client";
import { openSession } from "../../api/session";
import { Message } from "../../components/states";
import { useTitle } from "../../components/title";
import { session } from "../../data/session";

/** What a sign-in by the provider came to: `#sign-in=WORD`, as the server leads back. */
const CAME_TO: Record<string, string> = {
  failed: "Signing in did not work: the server's log says why.",
  unreachable: "The provider cannot be reached: the server's log says why.",
  "no-role": "You are known there, but have no role here.",
};

/** In the place of every screen until somebody is signed in; the address stays, and leads back to where one was. */
export function SignInScreen() {
  useTitle("Sign in");
  const [problem, setProblem] = useState(() => CAME_TO[location.hash.replace("#sign-in=", "")] ?? null);
  const [busy, setBusy] = useState(false);
  useEffect(() => document.querySelector<HTMLElement>("main a, main input")?.focus(), []);
  const { token, oidc } = session.value?.methods ?? { token: false, oidc: null };
  const place = location.pathname + location.search;

  const signIn = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    setBusy(true);
    try {
      const opened = await openSession(String(new FormData(form).get("token")));
      history.replaceState(null, "", place);
      session.value = opened;
    } catch (error) {
      const { code, message } = asRequestError(error);
      setProblem(code === "UNAUTHENTICATED" ? "That token is not known here." : `${message}.`);
      setBusy(false);
    }
  };

  return (
    <Message title="Sign in">
      <form class="sign-in" onSubmit={signIn}>
        {problem && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
        {oidc && (
          <a class="button primary" href={`/auth/login?return=${encodeURIComponent(place)}`}>
            Sign in with {oidc}
          </a>
        )}
        {token && (
          <>
            <label htmlFor="token">{oidc ? "Or with a token" : "Your token"}</label>
            <input id="token" name="token" type="password" required autocomplete="current-password" />
            <button class={oidc ? "" : "primary"} disabled={busy}>
              Sign in
            </button>
            <p class="muted small">Ask whoever runs this server.</p>
          </>
        )}
        {!oidc && !token && (
          <button type="button" class="primary" onClick={() => location.reload()}>
            Load the page again, to sign in
          </button>
        )}
      </form>
    </Message>
  );
}
