import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { asRequestError } from "../api/client";
import { announcement } from "../data/announce";
import { download, toCsv } from "../data/csv";
import { readSort, sorted, type Sortable } from "../layout/sort";
import { counted } from "../words/counts";

/** The rows that are drawn before somebody asks for more. */
const ROWS = 200;

export type Column<Row> = {
  id: string;
  label: string;
  /** What a CSV file holds, and what it is sorted by. */
  value: (row: Row) => Sortable;
  /** What it is sorted by, where that is not the value. */
  order?: (row: Row) => Sortable;
  /** What is shown, where that is more than the value. */
  cell?: (row: Row) => ComponentChildren;
  /** Numbers stand to the right, and are sorted the largest first. */
  isNumber?: boolean;
  /** True for the cell that names the row. */
  isHead?: boolean;
  /** Left out where the window is narrow. */
  isWide?: boolean;
  /** `shown` has no place in a file, `file` none on screen. */
  only?: "shown" | "file";
};

type Props<Row> = {
  /** Names the scrolling region. */
  label: string;
  caption?: ComponentChildren;
  rows: Row[];
  columns: Column<Row>[];
  keyOf: (row: Row) => string;
  /** As in the address: a column, with a minus for downwards. */
  sort: string;
  onSort: (sort: string) => void;
  /** Rows that come first however the others are sorted. */
  isFirst?: (row: Row) => boolean;
  /** True where the rows come in order. */
  inOrder?: boolean;
  rowClass?: (row: Row) => string | undefined;
  /** The name of the CSV file, without its ending, and its rows where they are others than those shown. */
  file: string;
  fileRows?: () => Promise<Row[]>;
  class?: string;
  children?: ComponentChildren;
};

/** Rows that are sorted by their heads, and saved as CSV. */
export function DataTable<Row>(props: Props<Row>) {
  const { label, caption, rows, columns, keyOf, sort, onSort, rowClass, file, fileRows, children } = props;
  const [shown, setShown] = useState(ROWS);
  const order = readSort(sort);
  const ordered = props.inOrder ? rows : inOrder(rows, columns, sort, props.isFirst);
  const heads = columns.filter((column) => column.only !== "file");
  return (
    <div class={props.class ? `table-box ${props.class}` : "table-box"} tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption>
          <div class="table-caption">
            <span>{caption}</span>
            <CsvButton label={label} file={file} columns={columns} rows={fileRows ?? (() => Promise.resolve(ordered))} />
          </div>
        </caption>
        <thead>
          <tr>
            {heads.map((column) => (
              <Head key={column.id} column={column} order={order} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.slice(0, shown).map((row) => (
            <tr key={keyOf(row)} class={rowClass?.(row)}>
              {heads.map((column) => (
                <TableCell key={column.id} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {ordered.length > shown && (
        <p class="table-more">
          <button onClick={() => setShown((last) => last + ROWS)}>Show {Math.min(ROWS, ordered.length - shown)} more rows</button>{" "}
          <span class="muted">
            {shown} of {ordered.length.toLocaleString("en")}
          </span>
        </p>
      )}
      {children}
    </div>
  );
}

function Head<Row>({ column, order, onSort }: { column: Column<Row>; order: { by: string; down: boolean }; onSort: (sort: string) => void }) {
  const classes = [column.isNumber && "number", column.isWide && "wide-cell"].filter(Boolean).join(" ") || undefined;
  if (column.only === "shown") {
    return (
      <th scope="col" class={classes}>
        <span class="visually-hidden">{column.label}</span>
      </th>
    );
  }
  const isCurrent = order.by === column.id;
  const down = isCurrent ? !order.down : (column.isNumber ?? false);
  return (
    <th scope="col" class={classes} aria-sort={isCurrent ? (order.down ? "descending" : "ascending") : undefined}>
      <button class="sort" onClick={() => onSort(`${down ? "-" : ""}${column.id}`)}>
        {column.label}
        <span class="sort-sign" aria-hidden="true">
          {isCurrent ? (order.down ? "↓" : "↑") : "↕"}
        </span>
      </button>
    </th>
  );
}

function TableCell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const classes = [column.isNumber && "number", column.isWide && "wide-cell"].filter(Boolean).join(" ") || undefined;
  const value = column.value(row);
  const content = column.cell ? column.cell(row) : typeof value === "number" ? value.toLocaleString("en") : value;
  if (column.isHead) {
    return (
      <th scope="row" class={classes}>
        {content}
      </th>
    );
  }
  return <td class={classes}>{content}</td>;
}

/** The rows in the order of a column; a sort that names none leaves them as they are. */
export function inOrder<Row>(rows: Row[], columns: Column<Row>[], sort: string, isFirst?: (row: Row) => boolean): Row[] {
  const { by, down } = readSort(sort);
  const column = columns.find(({ id, only }) => id === by && only !== "shown");
  const ordered = column ? sorted(rows, column.order ?? column.value, down) : rows;
  return isFirst ? [...ordered.filter(isFirst), ...ordered.filter((row) => !isFirst(row))] : ordered;
}

type CsvProps<Row> = { label: string; file: string; columns: Column<Row>[]; rows: () => Promise<Row[]> };

/** Saves rows as a CSV file. */
export function CsvButton<Row>({ label, file, columns, rows }: CsvProps<Row>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const all = await rows();
      const held = columns.filter((column) => column.only !== "shown");
      const cells = all.map((row) => held.map((column) => column.value(row)));
      download(`blastmap-${file}.csv`, toCsv(held.map((column) => column.label), cells));
      announcement.value = `${counted(all.length, "row")} saved as CSV`;
    } catch (error) {
      setProblem(asRequestError(error).message);
    }
    setBusy(false);
  };
  return (
    <span class="csv">
      {problem && (
        <span class="bad small" role="alert">
          {problem}
        </span>
      )}
      <button class="small-button" onClick={save} disabled={busy}>
        {busy ? "Reading…" : "CSV"}
        <span class="visually-hidden"> of {label}</span>
      </button>
    </span>
  );
}
