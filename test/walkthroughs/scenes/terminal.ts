import { runInTerminal, showTerminal } from "./terminalPage.ts";
import type { Walkthrough } from "./walkthrough.ts";

const QUARTER = `{"start_date":"2024-01-01","end_date":"2024-03-31"}`;

export const terminal: Walkthrough = {
  name: "terminal",
  title: "In the terminal",
  about: "The same from the command line: a report with its bar, ten at once, and what the system knows of them.",
  app: "shipped",
  async play({ page, say, rest, shorten, markPoster }, { dataDir }) {
    await showTerminal(page);
    const run = (args: readonly string[], into?: string) => shorten(() => runInTerminal(page, args, dataDir, into), 6_000);
    await say("The command line sends requests too, here or against a deployed stage.");
    await run(["submit", "generate_report", "--payload", QUARTER, "--id", "quarter", "--watch"]);
    markPoster();
    await say("Progress and status to stderr, the result to stdout: it can be piped into jq.");
    await run(["submit", "generate_report", "--payload", QUARTER, "--count", "10", "--id", "ten"], "ten.json");
    await say("Ten at once, over one connection. With --json, scripts read a line for each thing.");
    await run(["requests", "list", "--tenant", "demo"]);
    await say("What the system knows of them: who asked, where each stands, how often it was tried.");
    await rest(1_500);
  },
};
