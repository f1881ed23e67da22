import type { ComponentChildren } from "preact";
import type { Card } from "../api/generated";
import { formatRoute, radiusOf } from "../routes";
import { kindWords } from "../words/kinds";
import { PRESENCE } from "../words/presence";
import { DataTable, type Column } from "./data-table";
import { NO_OWNER, ResourceLine, whereOf } from "./resource-line";

const COLUMNS: Column<Card>[] = [
  { id: "name", label: "Resource", value: ({ name }) => name, isHead: true, cell: (resource) => <ResourceLine resource={resource} /> },
  { id: "type", label: "Type", value: ({ kind }) => kindWords(kind).one, isWide: true },
  { id: "owner", label: "Owner", value: ({ owner }) => owner, cell: ({ owner }) => (owner === null ? <span class="muted">{NO_OWNER}</span> : owner) },
  {
    id: "where",
    label: "Account and region",
    value: ({ account, region }) => `${account} ${region}`,
    isWide: true,
    cell: (resource) => <span class="muted">{whereOf(resource)}</span>,
  },
  { id: "state", label: "State", value: ({ presence }) => PRESENCE[presence].word, only: "file" },
  { id: "id", label: "Id", value: ({ id }) => id, only: "file" },
  {
    id: "radius",
    label: "Blast radius",
    value: () => null,
    only: "shown",
    cell: ({ id, name }) => (
      <a href={formatRoute(radiusOf(id))}>
        Blast radius<span class="visually-hidden"> of {name}</span>
      </a>
    ),
  },
];

type Props = {
  resources: Card[];
  words: string;
  sort: string;
  onSort: (sort: string) => void;
  fileRows?: (() => Promise<Card[]>) | undefined;
  children?: ComponentChildren;
};

/** Resources as a table, or what it may mean that there are none. */
export function ResourceTable({ resources, words, sort, onSort, fileRows, children }: Props) {
  if (resources.length === 0) {
    return (
      <div class="empty">
        <p>
          <strong>Nothing in this snapshot matches.</strong>
        </p>
        <p>
          It may be spelled otherwise, filtered away, or lie where nobody looked: <a href="/coverage">coverage</a> says which accounts, regions and types were read, and
          which could not be.
        </p>
      </div>
    );
  }
  return (
    <DataTable label="Resources" caption={words} rows={resources} columns={COLUMNS} keyOf={({ id }) => id} sort={sort} onSort={onSort} file="resources" {...(fileRows && { fileRows })}>
      {children}
    </DataTable>
  );
}
