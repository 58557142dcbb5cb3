import { done } from "../requirement.ts";
import type { Group, Proof } from "../requirement.ts";

const PAGES = "packages/docs/runbooks";
const STORIES = "test/flow/operations.test.ts";
const PAGES_TEST = "test/docs/runbooks.test.ts";
const STEPS: Proof = [PAGES_TEST, "the runbooks > the guide %s has its steps, in order"];

export const runbooks: Group = {
  letter: "P",
  title: "Debugging guides and runbooks",
  first: 298,
  last: 304,
  requirements: [
    done("S-298", "A guide: connections fail, in six steps", [`${PAGES}/connection-failures.md`], STEPS, [
      STORIES,
      "a burst of bad tokens: the alarm, and the reasons of the refusals",
    ]),
    done("S-299", "A guide: it is slow, in five steps", [`${PAGES}/performance.md`], STEPS, [
      STORIES,
      "a slow handler: its attempts run out of time, and which action it is stands in the log",
    ]),
    done("S-300", "A guide: client and server do not fit, in four steps", [`${PAGES}/integration-problems.md`], STEPS),
    done("S-301", "A guide: requests are not processed, in five steps", [`${PAGES}/requests-not-processed.md`], STEPS, [
      STORIES,
      "the Pipe stopped: the sweeper sends the events in its place, and says so",
    ]),
    done("S-302", "A guide: progress does not arrive, in five steps", [`${PAGES}/progress-not-arriving.md`], STEPS, [
      STORIES,
      "sends that fail > again and again: the breaker opens, watchers and subscribers miss messages, and what was stored is fetched later",
    ]),
    done("S-303", "A guide: a function does not work with the others, in four steps", [`${PAGES}/integration-issues.md`], STEPS),
    done(
      "S-304",
      "Runbooks for who operates it",
      [`${PAGES}/README.md`],
      ["test/infra/monitoring.test.ts", "an alarm's description > says which page helps, and the page is there"],
      [
        PAGES_TEST,
        "the runbooks > are one for each that an alarm, or a guide, asks for, and no others",
        "the runbooks > %s has the sections of all",
        "each command that an operator is to type exists, with its options",
      ],
      ["packages/local/src/cli/doctor/show.test.ts", "there is a runbook %s, where it says"],
      [STORIES, "dead letters > requests that fail in all their attempts"],
      ["packages/docs/first-month.md"],
    ),
  ],
};
