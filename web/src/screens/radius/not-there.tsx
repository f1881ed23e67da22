import { Message } from "../../components/states";
import { useTitle } from "../../components/title";
import { withCode } from "../../components/with-code";
import { historyOf } from "../history/address";
import { formatRoute, radiusOf, searchFor } from "../../routes";

/** The root is not in the graph: the server's message names the nearest ids, each offered as a link. */
export function NotThere({ id, message }: { id: string; message: string }) {
  useTitle("No such resource");
  const nearest = [...new Set(message.match(/arn:[^\s,`'"]+[^\s,`'".?]/g) ?? [])].filter((found) => found !== id);
  return (
    <Message title="No such resource in this snapshot">
      <p class="id-text">
        <code>{id}</code>
      </p>
      {nearest.length > 0 ? (
        <>
          <p>Nearest to it:</p>
          <ul class="plain-list">
            {nearest.map((found) => (
              <li key={found} class="id-text">
                <a href={formatRoute(radiusOf(found))}>{found}</a>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>{withCode(message)}</p>
      )}
      <p>
        It may be misspelled, newer than the last crawl, or lie where nobody looked: <a href="/coverage">coverage</a> says where that is.{" "}
        <a href={formatRoute(searchFor(id.split(/[/:]/).findLast(Boolean) ?? id))}>Search for its name</a>,{" "}
        <a href={formatRoute(historyOf({ resource: id }))}>look for it in earlier snapshots</a>
      </p>
    </Message>
  );
}
