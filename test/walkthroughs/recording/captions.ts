import type { Caption } from "./tape.ts";

/** The captions as WebVTT. */
export function webVtt(title: string, captions: readonly Caption[]): string {
  const cues = captions.map(({ fromMs, toMs, text }) => `${time(fromMs)} --> ${time(toMs)}\n${text}\n`);
  return [`WEBVTT - ${title}\n`, ...cues].join("\n");
}

function time(atMs: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = Math.floor(atMs / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(two);
  return `${parts.join(":")}.${String(Math.floor(atMs % 1_000)).padStart(3, "0")}`;
}
