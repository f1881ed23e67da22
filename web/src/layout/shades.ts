/** The steps of colour between nothing and the most. */
export const SHADES = 5;

/** From how many on each shade counts: none, then four steps that grow by the same factor up to the most. */
export function shadeLimits(most: number): number[] {
  const limits = [0];
  for (let step = 0; step < SHADES - 1; step++) {
    const next = Math.round(Math.max(1, most) ** (step / (SHADES - 1)));
    limits.push(Math.max(next, (limits.at(-1) ?? 0) + 1));
  }
  return limits;
}

export function shadeOf(count: number, limits: number[]): number {
  let shade = 0;
  while (shade + 1 < limits.length && count >= (limits[shade + 1] ?? Infinity)) shade++;
  return shade;
}

/** `0`, `1–4`, `5–30`, …, `200 or more`. */
export function shadeWords(shade: number, limits: number[]): string {
  const from = limits[shade] ?? 0;
  const next = limits[shade + 1];
  if (next === undefined) return `${from.toLocaleString("en")}+`;
  return next - from === 1 ? String(from) : `${from.toLocaleString("en")}–${(next - 1).toLocaleString("en")}`;
}
