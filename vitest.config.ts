import { defineConfig } from "vitest/config";

// Workspaces are tested from their sources: the `@streamer/source` export condition points there.
const conditions = ["@streamer/source", "node", "import", "default"];
const resolve = { conditions };
const ssr = { resolve: { conditions } };

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/countReporter.ts"],
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "packages/docs/{asyncapi,capacity,costs,logs,metrics,.vitepress}/**/*.test.ts",
            "packages/examples/**/*.test.ts",
            "test/bench/**/*.test.ts",
            "test/chaos/{checker,mutations}/**/*.test.ts",
            "test/{docs,requirements,walkthroughs}/**/*.test.ts",
          ],
          globalSetup: ["test/support/engineSetup.ts"],
          // On a real engine; a busy machine is no failure.
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "flow",
          include: ["test/flow/**/*.test.ts", "test/security/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // One local stack per file; two at once are as many as two cores carry.
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "infra",
          include: ["test/{infra,init}/**/*.test.ts", "stacks/src/**/*.test.ts"],
          globalSetup: ["test/infra/synth/setup.ts"],
          // An evaluation is a process of its own, and takes seconds.
          testTimeout: 180_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        // The console page in Chromium; skipped, and that is said, where there is none.
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/browser/setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A page mostly waits: two at once leave the two cores room.
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        // Histories of all that can go wrong: each has a stack of its own, and takes all of two cores.
        test: {
          name: "chaos",
          include: ["test/chaos/*.test.ts"],
          maxConcurrency: 2,
          testTimeout: 400_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
        },
      },
      {
        resolve,
        ssr,
        // One suite, two targets: the local stack, and a deployed stage when it runs under `sst shell`.
        test: { name: "contract", include: ["test/contract/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 1 },
      },
    ],
  },
});
