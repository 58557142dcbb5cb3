/**
 * In a checkout of the project, functions are bundled from the workspaces' sources, so that nothing need be built first. An installed
 * package has what was built from them, and no sources that the condition could lead to.
 */
export const SOURCE_CONDITIONS: readonly string[] = import.meta.url.endsWith(".ts") ? ["@streamer/source"] : [];
