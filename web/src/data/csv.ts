export type Cell = string | number | null;

/** Rows as a CSV file (RFC 4180), safe to open in a spreadsheet. */
export function toCsv(head: string[], rows: Cell[][]): string {
  return [head, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function cellText(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  const text = guarded(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Names and tags are anybody's text: what a spreadsheet would take for a formula becomes plain text. */
function guarded(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** Gives a file to whoever reads the page. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file by the next turn.
  window.setTimeout(() => URL.revokeObjectURL(url));
}
