import { createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadSigningKey } from "../../../keys/signingKey.ts";
import { fingerprintOf } from "../../../stack/status.ts";
import type { StackStatus } from "../../../stack/status.ts";
import { fail, NotCheckableError } from "../finding.ts";
import type { Check, Finding } from "../finding.ts";
import { keyFinding } from "../shared/jwtKeyCheck.ts";

/** Who the doctor is when it makes its own token. */
const DOCTOR = { user: "doctor", tenant: "doctor", permissions: [], expiresIn: "10m" };
const REPLACE = `Move the file away and start "streamer dev" again: it makes a new key, and tokens of the old one are refused.`;

/**
 * The key of the data directory: that it can be read, signs RS256, and is the one that the running functions verify by.
 *
 * @param status of the running stack; `undefined` when there is none.
 */
export function localKeyCheck(dataDir: string, status: (() => Promise<StackStatus>) | undefined): Check {
  return {
    name: "key",
    advice: REPLACE,
    runbook: "auth-failures",
    async run() {
      const found = await readKey(dataDir);
      if (!("key" in found)) return found;
      const finding = keyFinding(found.key, REPLACE);
      if (finding.status === "fail") return finding;
      if (found.key.asymmetricKeyType !== "rsa")
        return failed(`a key of type ${found.key.asymmetricKeyType ?? "unknown"} does not sign RS256`, REPLACE);
      const running = await status?.().catch(() => undefined);
      const fingerprint = fingerprintOf(createPublicKey(found.key).export({ type: "spki", format: "pem" }).toString());
      if (running !== undefined && running.keyFingerprint !== fingerprint) {
        const advice = `Tokens that are made now are refused. Start "streamer dev" again: its functions then verify by this key.`;
        return failed("the file holds another key than the running functions verify by", advice);
      }
      return finding;
    },
  };
}

/** A token of the data directory's key. @throws {NotCheckableError} when there is no good key: never makes one. */
export async function doctorsToken(dataDir: string): Promise<string> {
  const found = await readKey(dataDir);
  if (!("key" in found) || found.key.asymmetricKeyType !== "rsa")
    throw new NotCheckableError("without a good key there is no token: see the row of the key, or pass --token");
  return (await loadSigningKey(dataDir)).mint(DOCTOR);
}

async function readKey(dataDir: string): Promise<{ readonly key: KeyObject } | Finding> {
  const path = join(dataDir, "jwt-private-key.pem");
  let pem: string;
  try {
    pem = await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "ENOENT") return failed(`there is no ${path}`, `"streamer dev" makes it when it starts.`);
    return failed(`${path} cannot be read (${code})`, "Give yourself the right to read it; nobody else should have it.");
  }
  try {
    return { key: createPrivateKey(pem) };
  } catch {
    return failed(`${path} holds no private key in PEM`, REPLACE);
  }
}

function failed(seen: string, advice: string): Finding {
  return fail("key", seen, advice, "auth-failures");
}
