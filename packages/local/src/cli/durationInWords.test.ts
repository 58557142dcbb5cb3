import { expect, it } from "vitest";
import { durationInWords } from "./durationInWords.ts";

it.each([
  [0.2, "1 ms"],
  [48.4, "48 ms"],
  [4_210, "4.2 s"],
  [25_000, "25 s"],
  [59_990, "1 min"],
  [185_000, "3 min 5 s"],
])("%d ms are %s", (ms, words) => expect(durationInWords(ms)).toBe(words));
