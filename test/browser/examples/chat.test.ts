import { encodeServerMessage, ForbiddenError } from "@streamer/protocol";
import type { BrowserContext } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findChromium } from "../support/chromium.ts";
import { exampleSuite, expectGoodLooks } from "./support/exampleSuite.ts";
import type { ExamplePage } from "./support/exampleSuite.ts";

/** The chat in a tab, as a person uses it. */
function chatOf({ page, complaints }: ExamplePage) {
  const texts = page.locator(".line .text");
  const people = page.getByRole("region", { name: "Who is here" }).locator(".name");
  return {
    page,
    complaints,
    async say(text: string) {
      await page.getByRole("textbox").fill(text);
      await page.keyboard.press("Enter");
    },
    /** Resolves when the messages are these, and no others. */
    async shows(expected: readonly string[]) {
      await expect.poll(() => texts.allInnerTexts(), { timeout: 20_000 }).toEqual(expected);
    },
    /** Resolves when these are here, and nobody else. */
    async isWith(expected: readonly string[]) {
      await expect.poll(async () => (await people.allInnerTexts()).toSorted(), { timeout: 20_000 }).toEqual(expected.toSorted());
    },
  };
}

/** Between the page and the server: as long as it refuses, whoever says something hears that they may not. */
async function refuseSaying(context: BrowserContext, websocketUrl: string): Promise<{ stop(): void }> {
  let refuses = true;
  await context.routeWebSocket(
    (url) => url.host === new URL(websocketUrl).host,
    (page) => {
      const server = page.connectToServer();
      page.onMessage((text) => {
        const { id, action } = JSON.parse(text.toString()) as { readonly id?: string; readonly action?: string };
        if (!refuses || action !== "say") return server.send(text);
        page.send(encodeServerMessage({ type: "error", request_id: id, error: new ForbiddenError().toBody() }));
      });
    },
  );
  return { stop: () => (refuses = false) };
}

describe.skipIf(findChromium() === undefined)("the chat example in Chromium", () => {
  const suite = exampleSuite("chat");
  let teams = 0;
  /** Of nobody else: the stack is shared by the tests. */
  const newTeam = (): string => `team-${(teams += 1)}`;
  const enter = async (user: string, team: string, room = "lobby") => chatOf(await suite.open(`?user=${user}&team=${team}#${room}`));

  it("two users in two tabs see each other come, what each says under its name, and the other leave", async () => {
    const team = newTeam();
    const ada = await enter("ada", team);
    await ada.isWith(["ada (you)"]);
    const bob = await enter("bob", team);
    await bob.isWith(["ada", "bob (you)"]);
    await ada.isWith(["ada (you)", "bob"]);
    await ada.say("Hello, Bob!");
    await bob.shows(["Hello, Bob!"]);
    await bob.say("Hello, Ada. Have you seen the <b>lamp</b>?");
    await bob.say("The green one.");
    for (const tab of [ada, bob]) await tab.shows(["Hello, Bob!", "Hello, Ada. Have you seen the <b>lamp</b>?", "The green one."]);
    expect(await ada.page.locator(".line b").allInnerTexts()).toEqual(["ada", "bob", "bob"]);
    await expectGoodLooks(ada, "chat-room");
    await bob.page.close();
    await ada.isWith(["ada (you)"]);
    expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  }, 120_000);

  it("another tenant's room of the same name is another room: nobody of it is seen, and nothing heard, then or later", async () => {
    const [acme, globex] = [newTeam(), newTeam()];
    const ada = await enter("ada", acme);
    const eve = await enter("eve", globex);
    await ada.say("Our secret");
    await ada.shows(["Our secret"]);
    // Whatever Eve could hear of it came before what she says herself afterwards.
    await eve.say("Anybody?");
    await eve.shows(["Anybody?"]);
    await eve.isWith(["eve (you)"]);
    await eve.page.reload();
    await eve.shows(["Anybody?"]);
    await ada.shows(["Our secret"]);
    await ada.isWith(["ada (you)"]);
    expect([...ada.complaints, ...eve.complaints]).toEqual([]);
  });

  it("who comes in later reads what was said before, and so does who was away for a while", async () => {
    const team = newTeam();
    const ada = await enter("ada", team);
    await ada.say("First!");
    await ada.shows(["First!"]);
    const bob = await enter("bob", team);
    await bob.shows(["First!"]);
    await bob.isWith(["ada", "bob (you)"]);
    const { stack } = suite.example;
    const dropped = [...stack.openConnections()].map((connectionId) => stack.dropConnection(connectionId));
    expect(dropped.filter(Boolean).length).toBeGreaterThanOrEqual(2);
    await ada.say("Said at once after all connections broke");
    for (const tab of [ada, bob]) await tab.shows(["First!", "Said at once after all connections broke"]);
    await ada.isWith(["ada (you)", "bob"]);
  });

  it("what the server does not take says so and stays, what is written next goes its way, and sent again it is one message", async () => {
    const refusal = await refuseSaying(suite.context, suite.example.stack.websocketUrl);
    const ada = await enter("ada", newTeam());
    await ada.isWith(["ada (you)"]);
    await ada.say("Hello?");
    const notSent = ada.page.getByRole("alert");
    await notSent.waitFor();
    await expectGoodLooks(ada, "chat-not-sent");
    refusal.stop();
    await ada.say("Is this on?");
    await ada.shows(["Is this on?"]);
    await notSent.getByRole("button", { name: "Try again" }).click();
    await ada.shows(["Is this on?", "Hello?"]);
    expect(await notSent.count()).toBe(0);
  });

  it("rooms are apart, and a user with two tabs is one", async () => {
    const team = newTeam();
    const lobby = await enter("ada", team);
    const lunch = await enter("ada", team, "lunch");
    await lunch.say("Soup?");
    await lunch.shows(["Soup?"]);
    await lobby.isWith(["ada (you)"]);
    await lobby.shows([]);
    await lobby.page.getByRole("link", { name: "lunch" }).click();
    await lobby.shows(["Soup?"]);
    await lobby.isWith(["ada (you)"]);
    expect([...lobby.complaints, ...lunch.complaints]).toEqual([]);
  });

  it("the way in has a form", async () => {
    const tab = await suite.open();
    await expectGoodLooks(tab, "chat-sign-in");
    await tab.page.getByLabel("Your name").fill("ada");
    await tab.page.getByLabel("Team").fill(newTeam());
    await tab.page.keyboard.press("Enter");
    await chatOf(tab).isWith(["ada (you)"]);
    expect(tab.complaints).toEqual([]);
  });
});
