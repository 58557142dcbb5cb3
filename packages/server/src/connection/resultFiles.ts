import { insertTexts } from "@streamer/protocol";

/**
 * Files inside results. A worker puts a reference where the URL will stand; the result is stored with the places and keys of its files
 * beside it, and each delivery puts freshly signed URLs there. A reference holds a secret of its run, so nothing a client sends in can
 * pass for one.
 */
export interface ExtractedFiles {
  /** The result with empty strings where files stand, as JSON text. */
  readonly body: string;
  /** JSON pointer → key in the bucket. */
  readonly files: Readonly<Record<string, string>>;
}

/** Finds references in a result. `keyOf` gives the key of a reference, or `undefined` for any other string. */
export function extractFiles(result: unknown, keyOf: (text: string) => string | undefined): ExtractedFiles {
  const files: Record<string, string> = {};
  const visit = (value: unknown, pointer: string): unknown => {
    if (typeof value === "string") {
      const key = keyOf(value);
      if (key === undefined) return value;
      files[pointer] = key;
      return "";
    }
    if (Array.isArray(value)) return value.map((item: unknown, index) => visit(item, `${pointer}/${index}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, `${pointer}/${escapeSegment(name)}`)]));
  };
  // What the client gets is JSON: turned into it once, so that dates and the like are strings before they are searched.
  const json: unknown = JSON.parse(JSON.stringify(result ?? null));
  const body = JSON.stringify(visit(json, ""));
  return { body, files };
}

/** The result with URLs in the places of its files. */
export function insertUrls(body: string, urls: Readonly<Record<string, string>>): unknown {
  return insertTexts(JSON.parse(body), urls);
}

function escapeSegment(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
