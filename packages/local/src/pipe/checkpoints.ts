import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** How far a shard was delivered. */
export interface Checkpoint {
  /** Of the last record that needs no delivery any more; absent for a shard that ended empty. */
  readonly sequenceNumber?: string;
  /** The shard is closed and delivered to its end: it need not be read again, and its children may be. */
  readonly ended?: boolean;
}

/** Remembers positions by stream ARN and shard: a table that was deleted and made again has a new ARN, and starts anew. */
export interface CheckpointStore {
  load(streamArn: string, shardId: string): Promise<Checkpoint | undefined>;
  save(streamArn: string, shardId: string, checkpoint: Checkpoint): Promise<void>;
}

type Checkpoints = Record<string, Record<string, Checkpoint>>;

/**
 * Checkpoints in `<dataDir>/checkpoints.json`. Each save replaces the file as a whole, so that a crash leaves the old one or the new one.
 * One process at a time may use a file.
 */
export function createFileCheckpoints(dataDir: string): CheckpointStore {
  const path = join(dataDir, "checkpoints.json");
  let loaded: Promise<Checkpoints> | undefined;
  let lastWrite: Promise<void> = Promise.resolve();
  let folder: Promise<unknown> | undefined;

  const all = (): Promise<Checkpoints> => (loaded ??= readCheckpoints(path));
  async function write(): Promise<void> {
    // Once, when it succeeds: the file is written after every batch.
    folder ??= mkdir(dirname(path), { recursive: true });
    await folder.catch((error: unknown) => {
      folder = undefined;
      throw error;
    });
    const draft = `${path}.${process.pid}.tmp`;
    await writeFile(draft, JSON.stringify(await all(), undefined, 2));
    await rename(draft, path);
  }

  return {
    load: async (streamArn, shardId) => (await all())[streamArn]?.[shardId],
    async save(streamArn, shardId, checkpoint) {
      const checkpoints = await all();
      checkpoints[streamArn] = { ...checkpoints[streamArn], [shardId]: checkpoint };
      // One write at a time: two would share the draft. A write that failed is the concern of the save that waited for it.
      lastWrite = lastWrite.then(write, write);
      await lastWrite;
    },
  };
}

async function readCheckpoints(path: string): Promise<Checkpoints> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
  try {
    return JSON.parse(text) as Checkpoints;
  } catch (cause) {
    throw new Error(`The checkpoints in ${path} are not JSON. Delete the file: the stream is then read from its oldest record.`, { cause });
  }
}

/** Whether `a` comes after `b`. Sequence numbers have up to 40 digits. */
export function isAfter(a: string, b: string | undefined): boolean {
  return b === undefined || BigInt(a) > BigInt(b);
}
