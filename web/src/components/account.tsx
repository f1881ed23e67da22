import { session, signOut } from "../data/session";

/** Who is signed in, and the way out; nothing where the server asks nobody. */
export function Account() {
  const identity = session.value?.identity;
  if (!identity) return null;
  const { name, role } = identity;
  return (
    <div class="account">
      <p title={`${name}, ${role}`}>
        <span class="visually-hidden">Signed in as </span>
        {name}
        <span class="muted small"> {role}</span>
      </p>
      {identity.signOut && <button onClick={() => void signOut()}>Sign out</button>}
    </div>
  );
}
