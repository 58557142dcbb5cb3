import type { Clock } from "@streamer/protocol";
import type { Page } from "playwright-core";
import type { Tape } from "./tape.ts";

export interface Screencast {
  /** Puts the page as it stands now onto the tape: a busy machine's own pictures come late. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const QUALITY = 92;

/** Puts every picture that Chromium draws of the page onto the tape, until it is stopped. */
export async function startScreencast(page: Page, { tape, clock }: { readonly tape: Tape; readonly clock: Clock }): Promise<Screencast> {
  const session = await page.context().newCDPSession(page);
  const acknowledged: Promise<unknown>[] = [];
  let lookedAtMs = 0;
  session.on("Page.screencastFrame", ({ data, sessionId, metadata }) => {
    // One that was drawn before the last look would turn time back.
    if ((metadata.timestamp ?? Infinity) * 1_000 >= lookedAtMs) tape.picture(data);
    // Without it Chromium sends no more. A page that goes takes its session along: then nobody waits for the answer.
    acknowledged.push(session.send("Page.screencastFrameAck", { sessionId }).catch(() => {}));
  });
  await session.send("Page.startScreencast", { format: "jpeg", quality: QUALITY, everyNthFrame: 1 });
  return {
    async look() {
      const picture = await page.screenshot({ type: "jpeg", quality: QUALITY, caret: "initial" });
      lookedAtMs = clock.now();
      tape.picture(picture.toString("base64"));
    },
    async stop() {
      await session.send("Page.stopScreencast");
      await Promise.all(acknowledged);
      await session.detach();
    },
  };
}
