import type { Point, Recording } from "./tape.ts";

/** One picture of the film: a picture of the page, what is said below it, and the pointer on it. */
export interface Composed {
  readonly atMs: number;
  /** Index of the page's picture. */
  readonly picture: number;
  readonly caption: string;
  readonly pointer: (Point & { readonly pressed: boolean }) | undefined;
}

const MOVING_EVERY_MS = 40;
/** Pictures of the page that follow each other faster are left out: a bar needs no more, and a film of half the size loads in half the time. */
const PAGE_EVERY_MS = 80;
const PRESSED_MS = 250;
/** A still picture is repeated so often, so that a seek lands near. */
const STILL_EVERY_MS = 2_000;

/** The pictures of the film, each where something changes. */
export function compose({ durationMs, pictures, captions, moves, pressesMs }: Recording): readonly Composed[] {
  const times = new Set<number>([0, durationMs]);
  for (let still = STILL_EVERY_MS; still < durationMs; still += STILL_EVERY_MS) times.add(still);
  let lastMs = -PAGE_EVERY_MS;
  for (const [index, { atMs }] of pictures.entries()) {
    // The last before a rest stays: it is what is looked at.
    const isFollowed = (pictures[index + 1]?.atMs ?? Infinity) - atMs < PAGE_EVERY_MS;
    if (isFollowed && atMs - lastMs < PAGE_EVERY_MS) continue;
    times.add(atMs);
    lastMs = atMs;
  }
  for (const { fromMs } of captions) times.add(fromMs);
  for (const { fromMs, toMs } of moves) for (let moving = fromMs; moving <= toMs; moving += MOVING_EVERY_MS) times.add(moving);
  for (const press of pressesMs) times.add(press).add(press + PRESSED_MS);
  const sorted = [...times].filter((time) => time <= durationMs).toSorted((one, other) => one - other);
  return sorted.map((atMs) => ({
    atMs,
    picture: Math.max(
      0,
      pictures.findLastIndex((picture) => picture.atMs <= atMs),
    ),
    caption: captions.findLast(({ fromMs }) => fromMs <= atMs)?.text ?? "",
    pointer: pointerAt({ moves, pressesMs }, atMs),
  }));
}

function pointerAt({ moves, pressesMs }: Pick<Recording, "moves" | "pressesMs">, atMs: number): Composed["pointer"] {
  const index = moves.findLastIndex(({ fromMs }) => fromMs <= atMs);
  const move = moves[index];
  if (move === undefined) return undefined;
  const from = moves[index - 1]?.to ?? move.to;
  const part = Math.min(1, (atMs - move.fromMs) / (move.toMs - move.fromMs));
  // Slow, fast, slow: as a hand moves.
  const eased = part * part * (3 - 2 * part);
  return {
    x: from.x + (move.to.x - from.x) * eased,
    y: from.y + (move.to.y - from.y) * eased,
    pressed: pressesMs.some((press) => press <= atMs && atMs < press + PRESSED_MS),
  };
}
