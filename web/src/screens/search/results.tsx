import type { ComponentChildren } from "preact";
import type { Card } from "../../api/generated";
import { NO_OWNER, ResourceLine, whereOf } from "../../components/resource-line";
import { useAnnouncement } from "../../data/announce";
import { formatRoute, radiusOf } from "../../routes";
import { kindWords } from "../../words/kinds";

/** Resources as a table, or what it may mean that there are none. */
export function Results({ resources, words, children }: { resources: Card[]; words: string; children?: ComponentChildren }) {
  useAnnouncement(resources.length === 0 ? "Nothing matches" : words);
  if (resources.length === 0) {
    return (
      <div class="empty">
        <p>
          <strong>Nothing in this snapshot matches.</strong>
        </p>
        <p>
          It may be spelled otherwise, filtered away on the left, or lie where nobody looked: <a href="/coverage">coverage</a> says which accounts, regions and types were
          read, and which could not be.
        </p>
      </div>
    );
  }
  return (
    <>
      <div class="table-box" tabIndex={0} role="region" aria-label="Results">
        <table>
          <caption>{words}</caption>
          <thead>
            <tr>
              <th scope="col">Resource</th>
              <th scope="col" class="wide-cell">
                Type
              </th>
              <th scope="col">Owner</th>
              <th scope="col" class="wide-cell">
                Account and region
              </th>
              <th scope="col">
                <span class="visually-hidden">Blast radius</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {resources.map((resource) => (
              <tr key={resource.id}>
                <th scope="row">
                  <ResourceLine resource={resource} />
                </th>
                <td class="wide-cell">{kindWords(resource.kind).one}</td>
                <td class={resource.owner ? undefined : "muted"}>{resource.owner ?? NO_OWNER}</td>
                <td class="wide-cell muted">{whereOf(resource)}</td>
                <td>
                  <a href={formatRoute(radiusOf(resource.id))}>
                    Blast radius<span class="visually-hidden"> of {resource.name}</span>
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {children}
    </>
  );
}
