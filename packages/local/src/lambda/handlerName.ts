/** The two parts of a function's `handler`. */
export interface HandlerName {
  /** Path of the module, without extension. */
  readonly modulePath: string;
  readonly exportName: string;
}

/**
 * Splits `<path without extension>.<export>` at its last dot.
 *
 * @throws when there is no dot, or nothing on one side of it.
 */
export function parseHandlerName(handler: string): HandlerName {
  const dot = handler.lastIndexOf(".");
  const modulePath = handler.slice(0, dot);
  const exportName = handler.slice(dot + 1);
  if (dot < 1 || exportName === "" || exportName.includes("/")) {
    throw new Error(`The handler "${handler}" is not "<path without extension>.<export>", for example "src/router.handler".`);
  }
  return { modulePath, exportName };
}
