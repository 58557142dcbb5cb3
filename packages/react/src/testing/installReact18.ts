import { registerHooks } from "node:module";

/**
 * From now on, whoever imports React gets React 18, also from inside of `react-dom` and the testing library. Call it before all else.
 *
 * Both versions are installed side by side: 18 under the names `react-18` and `react-dom-18`.
 */
export function installReact18(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      return { ...resolved, url: resolved.url.replace(/\/node_modules\/(react|react-dom)\//, "/node_modules/$1-18/") };
    },
  });
}
