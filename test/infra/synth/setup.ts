import { ensurePlatform } from "./platform.ts";

/** Before the first test of the infrastructure: SST's platform is there. */
export default async function setup(): Promise<void> {
  await ensurePlatform();
}
