import { useEffect, useRef, useState } from "preact/hooks";
import { asRequestError } from "../../api/client";
import { openSession } from "../../api/session";
import { useTitle } from "../../components/title";
import { session } from "../../data/session";
import "./sign-in.css";

/** What a sign-in by the provider came to: `#sign-in=WORD`, as the server leads back. */
const CAME_TO: Record<string, string> = {
  failed: "Signing in did not work. Try again; the server's log says why.",
  unreachable: "The provider cannot be asked right now: the server's log says why.",
  "no-role": "You are known there, but have no role here: ask whoever runs this server.",
};

/** In the place of every screen until somebody is signed in; the address stays, and leads back to where one was. */
export function SignInScreen() {
  useTitle("Sign in");
  const [problem, setProblem] = useState(() => CAME_TO[location.hash.replace("#sign-in=", "")] ?? null);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLElement>(null);
  useEffect(() => first.current?.querySelector<HTMLElement>("a, input")?.focus(), []);
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
      setProblem(code === "UNAUTHENTICATED" ? "This server does not know that token, or no longer." : `${message}.`);
      setBusy(false);
    }
  };

  return (
    <section class="message sign-in" aria-labelledby="sign-in" ref={first}>
      <h1 id="sign-in" class="message-title">
        Sign in
      </h1>
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
        <form onSubmit={signIn}>
          <label htmlFor="token">{oidc ? "Or with a token" : "Your token"}</label>
          <input id="token" name="token" type="password" required autocomplete="current-password" spellcheck={false} />
          <button class={oidc ? "" : "primary"} disabled={busy}>
            Sign in
          </button>
          <p class="muted small">Whoever runs this server gives you one.</p>
        </form>
      )}
      {!oidc && !token && <p>This page comes by a load balancer that signs you in: load it again from there.</p>}
    </section>
  );
}
