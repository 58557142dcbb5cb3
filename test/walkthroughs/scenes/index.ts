import { deadLetter } from "./deadLetter.ts";
import { firstReport } from "./firstReport.ts";
import { interruptions } from "./interruptions.ts";
import { manyAtOnce } from "./manyAtOnce.ts";
import { terminal } from "./terminal.ts";
import type { Walkthrough } from "./walkthrough.ts";

/** All films, in the order of the page that shows them. */
export const walkthroughs: readonly Walkthrough[] = [firstReport, interruptions, manyAtOnce, deadLetter, terminal];
