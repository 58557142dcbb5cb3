/**
 * `"generateReport"` → `"generate_report"`: the name of the action that stands under a key. The inverse of the protocol's `actionKey`
 * for every name in which a letter follows each underscore; `step_2_done` and `step2_done` share the key `step2Done`, which is read as
 * the latter.
 */
export function actionName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `actionName`, for the compiler. */
export type ActionName<Key extends string, Done extends string = ""> = Key extends `${infer Head}${infer Tail}`
  ? ActionName<Tail, `${Done}${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}`>
  : Done;
