import { appendFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Warehouse } from "./warehouse.ts";

/**
 * A folder of this machine, for want of a database: `<tenant>/<part>.jsonl` with a line for each order, and `<tenant>/loads.jsonl` with one
 * for each load. On AWS it would be gone with the function's sandbox.
 */
export function createFolderWarehouse(root: string): Warehouse {
  return {
    async replacePart({ tenantId, part, loadId, orders }) {
      // A tenant's id may hold anything: no way out of the folder.
      const folder = join(root, encodeURIComponent(tenantId).replaceAll(".", "%2E"));
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${part}.jsonl`);
      // Whoever reads meanwhile sees the old part or the new one, never a half.
      await writeFile(`${path}.${loadId}`, orders.map((order) => `${JSON.stringify(order)}\n`).join(""));
      await rename(`${path}.${loadId}`, path);
      await appendFile(join(folder, "loads.jsonl"), `${JSON.stringify({ load_id: loadId, part, rows: orders.length })}\n`);
    },
  };
}
