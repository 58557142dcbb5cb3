import { isSchema } from "./schema.ts";

/** Where something stands in a payload: keys and places in lists, from the outside in. */
export type Path = readonly (string | number)[];

/** As the server writes it in its issues: `operations.0.op`. */
export function pathText(path: Path): string {
  return path.join(".");
}

/** The same value with another one at that place; `undefined` leaves a property out. What is there already is kept, nothing is changed. */
export function withValueAt(value: unknown, path: Path, next: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return next;
  if (typeof first === "number") {
    const list: unknown[] = Array.isArray(value) ? [...(value as readonly unknown[])] : [];
    list[first] = withValueAt(list[first], rest, next);
    return list;
  }
  const { [first]: before, ...others } = isSchema(value) ? value : {};
  const inner = withValueAt(before, rest, next);
  if (inner === undefined) return others;
  // Its place among the others stays, so that a form and its JSON do not jump.
  return isSchema(value) && Object.hasOwn(value, first) ? { ...value, [first]: inner } : { ...others, [first]: inner };
}
