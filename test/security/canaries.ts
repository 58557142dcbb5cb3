import { randomBytes } from "node:crypto";
import { expect } from "vitest";

/** Texts that must not be where they are looked for. */
export interface Canaries {
  /** A new text that is found nowhere else, to be put where it may leak from. */
  readonly hatch: (name: string) => string;
  /** Something that was not made here, such as a token or a signed URL. */
  readonly watch: (name: string, text: string) => void;
  /** Fails with the names of those that a text holds. */
  readonly expectNoneIn: (text: string) => void;
}

export function createCanaries(): Canaries {
  const watched: [name: string, text: string][] = [];
  return {
    hatch(name) {
      const text = `canary${randomBytes(8).toString("hex")}`;
      watched.push([name, text]);
      return text;
    },
    watch: (name, text) => void watched.push([name, text]),
    expectNoneIn(text) {
      expect(watched.length).toBeGreaterThan(0);
      expect(watched.filter(([, canary]) => text.includes(canary)).map(([name]) => name)).toEqual([]);
    },
  };
}
