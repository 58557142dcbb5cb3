import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { CONSOLE_HEADER } from "../contract.ts";

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/**
 * Whether a request comes from the console's own page, from a program on this machine, or from a person's address bar. Browsers mark what a
 * foreign page asks for by `Sec-Fetch-Site` and `Origin`, and a name that was rebound to this machine by `Host`.
 *
 * @param what `page`: the page itself, to which a link from elsewhere may lead; a foreign page can open it and read nothing of it.
 */
export function fromThisMachine({ headers }: Pick<IncomingMessage, "headers">, what: "page" | "other"): boolean {
  const host = headers.host ?? "";
  if (!LOOPBACK_HOST.test(host)) return false;
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return false;
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return true;
  return what === "page" && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}

/** Whether it carries the run's token. Takes as long for a token that is nearly right as for any other. */
export function hasToken({ headers }: Pick<IncomingMessage, "headers">, token: string): boolean {
  const given = headers[CONSOLE_HEADER];
  return typeof given === "string" && timingSafeEqual(digest(given), digest(token));
}

/** Of one length whatever was given. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
