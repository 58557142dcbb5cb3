/** A function's world at the level DEBUG. Set here, since the local stack has settings of its own. */
export function verbose<Deps>(deps: () => Deps): Deps {
  process.env["POWERTOOLS_LOG_LEVEL"] = "DEBUG";
  return deps();
}
