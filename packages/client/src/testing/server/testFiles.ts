import type { Clock } from "@streamer/protocol";
import { UPLOAD_URL_LIFETIME_SECONDS } from "@streamer/protocol";
import type { FetchLike } from "../../types.ts";

const CHECKSUM_HEADER = "x-amz-checksum-sha256";

/** Where uploads go and large results come from: a bucket in memory, reached by a `fetch` of its own. */
export interface TestFiles {
  readonly fetch: FetchLike;
  /** Where one content may be uploaded, and no other. */
  signUpload(key: string, content: { readonly sizeBytes: number; readonly sha256: string }): SignedUpload;
  /** The text of an upload. */
  textOf(key: string): string | undefined;
  /** Keeps a text and gives where it can be fetched. */
  publish(text: string): string;
  /** The next requests are answered by this HTTP status. */
  failNext(count: number, httpStatus?: number): void;
  /** From now on no URL that was given out is good any more. */
  expireUrls(): void;
}

export interface SignedUpload {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly expires_at: number;
}

interface Upload {
  readonly key: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

const ORIGIN = "https://files.test";

export function createTestFiles(clock: Clock): TestFiles {
  const uploads = new Map<string, Upload>();
  const texts = new Map<string, string>();
  const downloads = new Map<string, string>();
  const failures: number[] = [];
  let signatures = 0;
  const sign = (): string => `${ORIGIN}/${(signatures += 1)}`;

  const answer = (status: number, text = "") => ({ ok: status >= 200 && status < 300, status, text: async () => text });

  return {
    async fetch(url, init) {
      init.signal.throwIfAborted();
      const failure = failures.shift();
      if (failure !== undefined) return answer(failure);
      if (init.method === "GET") {
        const text = downloads.get(url);
        return text === undefined ? answer(403) : answer(200, text);
      }
      const upload = uploads.get(url);
      const body = init.body;
      if (upload === undefined || body === undefined) return answer(403);
      const as = init.headers?.[CHECKSUM_HEADER] === upload.sha256 && body.byteLength === upload.sizeBytes;
      if (!as) return answer(403);
      texts.set(upload.key, new TextDecoder().decode(body));
      return answer(200);
    },
    signUpload(key, content) {
      const url = sign();
      uploads.set(url, { key, ...content });
      return {
        url,
        headers: { [CHECKSUM_HEADER]: content.sha256 },
        expires_at: Math.floor(clock.now() / 1000) + UPLOAD_URL_LIFETIME_SECONDS,
      };
    },
    textOf: (key) => texts.get(key),
    publish(text) {
      const url = sign();
      downloads.set(url, text);
      return url;
    },
    failNext: (count, httpStatus = 503) => void failures.push(...Array.from({ length: count }, () => httpStatus)),
    expireUrls() {
      uploads.clear();
      downloads.clear();
    },
  };
}
