import { resolve } from "node:path";

/** What the documentation site serves as it is. */
export const PUBLIC_DIR = resolve(import.meta.dirname, "../../packages/docs/public");
export const FILMS_DIR = resolve(PUBLIC_DIR, "walkthroughs");

/** The page that shows the films. */
export const FILMS_PAGE = resolve(PUBLIC_DIR, "../walkthroughs.md");
