import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StreamerClient } from "@streamer/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, launchChromium } from "../browser/support/chromium.ts";
import { synth } from "../infra/synth/synth.ts";
import { run, start } from "./command.ts";
import type { Running } from "./command.ts";
import { filesOf, installApp, packPackages, registryAnswers, STREAMER } from "./installedApp.ts";

const INSTALL_TIMEOUT_MS = 300_000;
const TIMEOUT_MS = 120_000;

const online = await registryAnswers();
if (!online) process.stdout.write("npm's registry does not answer: what `streamer init` makes is not installed and not tested.\n");

describe.skipIf(!online)("an app of `streamer init`, with the packages as they are published", () => {
  let dir: string;
  let app: string;
  let written: Readonly<Record<string, string>>;
  beforeAll(async () => {
    // What Node loads it knows by its real path.
    dir = await realpath(await mkdtemp(join(tmpdir(), "streamer-installed-")));
    app = join(dir, "letters");
    const archives = await packPackages(dir);
    await run(dir, process.execPath, STREAMER, "init", "letters");
    written = await filesOf(app);
    await installApp(app, archives);
  }, INSTALL_TIMEOUT_MS);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test("the installed `streamer init` writes the same app", { timeout: TIMEOUT_MS }, async () => {
    await run(app, "streamer", "init", join(dir, "again"), "--name", "letters");
    expect(await filesOf(join(dir, "again"))).toEqual(written);
  });

  test("its types hold, its test passes, its page builds", { timeout: TIMEOUT_MS }, async () => {
    expect(await run(app, "npm", "run", "--silent", "types")).toBe("");
    expect(await run(app, "npm", "test", "--silent", "--", "--reporter=tap-flat")).toMatch(/^ok 1 - /m);
    await run(app, "npm", "run", "--silent", "build");
    const page = await readFile(join(app, "dist/index.html"), "utf8");
    expect(page).toMatch(/<script type="module"[^>]* src="\/assets\/index-/);
  });

  test("its sst.config.ts evaluates: a queue and a function for the long action", { timeout: TIMEOUT_MS }, async () => {
    const { resources, builds } = await synth({ stage: "prod", root: app });
    expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(["StreamerPipe", "StreamerWriteLettersQueueQueue"]));
    expect(builds.map(({ handler }) => handler).toSorted()).toEqual(
      ["actions/writeLetters/processor", "connect", "disconnect", "notifier", "router", "sweeper"].map(
        (name) => `functions/src/${name}.handler`,
      ),
    );
  });

  test("its sst.config.ts says what to set when nobody has said who issues tokens", { timeout: TIMEOUT_MS }, async () => {
    await expect(synth({ stage: "prod", root: app, env: {} })).rejects.toThrow("STREAMER_JWT_ISSUER is not set. Put the");
  });

  describe("with its stack running", () => {
    let stack: Running;
    let websocketUrl: string;
    let consoleUrl: string;
    beforeAll(async () => {
      stack = start(app, ["streamer", "dev", "--port", "0", "--json"]);
      const ready = await stack.printed(/^(\{"ready":true.*\})$/m);
      ({ websocketUrl, consoleUrl } = JSON.parse(ready) as { readonly websocketUrl: string; readonly consoleUrl: string });
    }, TIMEOUT_MS);
    afterAll(() => stack.stop(), TIMEOUT_MS);

    test("a client gets the short answer, and the long one with its progress and its file", { timeout: TIMEOUT_MS }, async () => {
      const client = new StreamerClient(websocketUrl, { token: async () => (await run(app, "streamer", "token")).trim() });
      try {
        expect(await client.submit("echo", { message: "Hello!" }).result()).toEqual({ message: "Hello!" });
        const letters = client.submit<{ readonly url: string; readonly letters: number }>("write_letters", {
          names: ["Ada", "Grace", "Alan"],
        });
        const told: string[] = [];
        for await (const update of letters.updates()) if (update.type === "progress") told.push(update.message);
        const { url, letters: count } = await letters.result();
        expect(count).toBe(3);
        expect(told).toEqual(expect.arrayContaining(["Writing to Grace", "Writing to Alan"]));
        expect(await (await fetch(url)).text()).toContain("Dear Grace,");
      } finally {
        await client.close();
      }
    });

    test("the console that came with it is served", async () => {
      const response = await fetch(consoleUrl);
      expect({ status: response.status, page: await response.text() }).toEqual({
        status: 200,
        page: expect.stringMatching(/<script type="module"/) as string,
      });
    });

    describe("with its page served", () => {
      let vite: Running;
      let pageUrl: string;
      beforeAll(async () => {
        vite = start(app, ["vite", "--port", "0", "--host", "127.0.0.1"], { VITE_STREAMER_URL: websocketUrl });
        pageUrl = await vite.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/);
      }, TIMEOUT_MS);
      afterAll(() => vite.stop(), TIMEOUT_MS);

      test("the page gets a token, another site does not", { timeout: TIMEOUT_MS }, async () => {
        const tokenOf = (site: string): Promise<Response> => fetch(`${pageUrl}dev/token`, { headers: { "Sec-Fetch-Site": site } });
        expect(await (await tokenOf("same-origin")).text()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
        expect((await tokenOf("cross-site")).status).toBe(403);
      });

      test.skipIf(findChromium() === undefined)("a bar moves in the browser, to a link", { timeout: TIMEOUT_MS }, async () => {
        const browser = await launchChromium();
        try {
          const page = await browser.newPage();
          await page.goto(pageUrl);
          await page.getByRole("button", { name: "Write 12 letters" }).click();
          const between = 'progress:not([value="0"]):not([value="100"])';
          const first = Number(await page.locator(between).getAttribute("value"));
          await page.locator(`${between}:not([value="${first}"])`).waitFor();
          expect(first).toBeGreaterThan(0);
          // The reload goes on with the same request.
          await page.reload();
          await page.getByRole("link", { name: "12 letters" }).waitFor();
          expect(await page.locator("progress").getAttribute("value")).toBe("100");
        } finally {
          await browser.close();
        }
      });
    });
  });
});
