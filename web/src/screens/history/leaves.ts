/** One value that changed inside an attribute; undefined where there was or is none. */
export type Leaf = { path: string; before: unknown; after: unknown };

/** By these fields, in this order, things in a list are told apart. */
const IDENTITIES = ["name", "Name", "id", "Id", "key", "Key", "arn", "Arn", "Sid", "containerName", "GroupId", "TargetGroupArn"];

/** What changed between two values of an attribute, down to the single values: a list of things is matched by their names, not by their places. */
export function leavesOf(path: string, before: unknown, after: unknown): Leaf[] {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(path, before, after);
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return keys.flatMap((key) => leavesOf(`${path}.${key}`, before[key], after[key]));
  }
  return [{ path, before, after }];
}

function ofLists(path: string, before: unknown[], after: unknown[]): Leaf[] {
  const identity = IDENTITIES.find((field) => tellsApart(field, before) && tellsApart(field, after));
  if (identity !== undefined && before.length + after.length > 0) {
    const byName = (list: unknown[]) => new Map(list.map((item) => [String((item as Record<string, unknown>)[identity]), item]));
    const [old, young] = [byName(before), byName(after)];
    const names = [...new Set([...old.keys(), ...young.keys()])];
    const found = names.flatMap((name) => leavesOf(`${path}[${name}]`, old.get(name), young.get(name)));
    if (found.length > 0) return found;
  } else {
    const [gone, come] = [without(before, after), without(after, before)];
    // What stands alone on both sides is the same thing, changed.
    const [onlyGone, onlyCome] = [gone[0], come[0]];
    if (gone.length === 1 && come.length === 1) return isObject(onlyGone) && isObject(onlyCome) ? leavesOf(`${path}[${before.indexOf(onlyGone)}]`, onlyGone, onlyCome) : [{ path: `${path}[]`, before: onlyGone, after: onlyCome }];
    if (gone.length + come.length > 0) {
      return [...gone.map((item) => ({ path: `${path}[]`, before: item, after: undefined })), ...come.map((item) => ({ path: `${path}[]`, before: undefined, after: item }))];
    }
  }
  return [{ path: `${path}, in another order`, before, after }];
}

function tellsApart(field: string, list: unknown[]): boolean {
  const names = list.map((item) => (isObject(item) ? item[field] : undefined));
  return names.every((name) => typeof name === "string" || typeof name === "number") && new Set(names).size === list.length;
}

/** What the first list has and the second has not, each as often. */
function without(list: unknown[], other: unknown[]): unknown[] {
  const left = new Map<string, number>();
  for (const item of other) left.set(textOf(item), (left.get(textOf(item)) ?? 0) + 1);
  return list.filter((item) => {
    const count = left.get(textOf(item)) ?? 0;
    left.set(textOf(item), count - 1);
    return count <= 0;
  });
}

function same(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

/** The same text for the same value, whatever the order of an object's fields. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => (isObject(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner)) ?? ""
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
