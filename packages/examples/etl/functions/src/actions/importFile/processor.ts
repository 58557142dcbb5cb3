import { join } from "node:path";
import { tmpdir } from "node:os";
import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { createFolderWarehouse } from "../../pipeline/folderWarehouse.ts";
import { importFile } from "./action.ts";
import { createRun } from "./importFile.ts";

const warehouse = createFolderWarehouse(join(tmpdir(), "streamer-example-warehouse"));

export const handler = createProcessor(importFile, createRun({ warehouse }), processorDeps());
