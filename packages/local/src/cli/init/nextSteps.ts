import { relative } from "node:path";

export const PACKAGE_MANAGERS = ["npm", "pnpm", "yarn", "bun"] as const;

export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** The package manager that runs this process, as it says itself: `npm/11.6.0 node/v24.0.0 …`. Default npm. */
export function runningPackageManager(userAgent: string | undefined): PackageManager {
  return PACKAGE_MANAGERS.find((name) => userAgent?.startsWith(`${name}/`)) ?? "npm";
}

/** What to type now. */
export function nextSteps(app: { readonly dir: string; readonly name: string }, packageManager: PackageManager, cwd: string): string {
  const below = relative(cwd, app.dir);
  const path = below.startsWith("..") ? app.dir : below;
  const steps = [...(path === "" ? [] : [`cd ${quoted(path)}`]), `${packageManager} install`, `${packageManager} run dev`];
  return `
  The app "${app.name}" is there.

${steps.map((step) => `    ${step}\n`).join("")}
  Then open http://localhost:5173/ and press the button; README.md says the rest.

`;
}

function quoted(path: string): string {
  return /^[\w./\\-]+$/.test(path) ? path : JSON.stringify(path);
}
