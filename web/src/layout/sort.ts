export type Sortable = string | number | null;

/** A column, and whether downwards: `name`, `-count`. */
export type Sort = { by: string; down: boolean };

export function readSort(text: string): Sort {
  return text.startsWith("-") ? { by: text.slice(1), down: true } : { by: text, down: false };
}

const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const isNone = (key: Sortable) => key === null || key === "";

/** A copy in order; equal rows keep theirs, and rows without a value come last both ways. */
export function sorted<Row>(rows: Row[], value: (row: Row) => Sortable, down: boolean): Row[] {
  const keyed = rows.map((row) => ({ row, key: value(row) }));
  keyed.sort((a, b) => {
    if (isNone(a.key) || isNone(b.key)) return Number(isNone(a.key)) - Number(isNone(b.key));
    const order = typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key : words.compare(String(a.key), String(b.key));
    return down ? -order : order;
  });
  return keyed.map(({ row }) => row);
}
