import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildAppOptions } from "fauxqs";

/** What fauxqs keeps its queues and objects in. */
export type Stores = NonNullable<BuildAppOptions["stores"]>;
type S3Persistence = NonNullable<Stores["s3Store"]["persistence"]>;

/**
 * The stores of fauxqs: S3 objects as files in `objectsDir`, with those already there; queues in memory.
 *
 * Its `startFauxqs` makes them itself, but listens on every interface of the machine: whoever is in the same network could read reports
 * and send work. `buildApp` leaves the listening to us and takes the stores from outside, without exporting them, so they are loaded by
 * path. The version is pinned, and the tests of this folder fail when an update moves them.
 */
export async function loadStores(objectsDir: string): Promise<Stores> {
  const { SqsStore } = await load<{ SqsStore: new () => Stores["sqsStore"] }>("sqs/sqsStore.js");
  const { SnsStore } = await load<{ SnsStore: new () => Stores["snsStore"] }>("sns/snsStore.js");
  const { S3Store } = await load<{ S3Store: new () => Stores["s3Store"] }>("s3/s3Store.js");
  const { FileS3Persistence } = await load<{ FileS3Persistence: new (folder: string) => S3Persistence }>("s3/fileS3Persistence.js");
  const sqsStore = new SqsStore();
  // Queue URLs then carry the host they were asked at, which is an address: no thread needs a DNS for them.
  sqsStore.host = "";
  const s3Store = new S3Store();
  const persistence = new FileS3Persistence(objectsDir);
  persistence.loadS3(s3Store);
  // Only now: what is loaded must not be stored again.
  s3Store.persistence = persistence;
  return { sqsStore, snsStore: new SnsStore(), s3Store };
}

async function load<Module>(path: string): Promise<Module> {
  const manifest = findPackageJSON("fauxqs", import.meta.url);
  if (manifest === undefined) throw new Error("fauxqs, the local SQS and S3, is not installed: run npm install.");
  return (await import(pathToFileURL(join(dirname(manifest), "dist", path)).href)) as Module;
}
