import { createFakeClock } from "@streamer/protocol/testing";
import { createLogger } from "@streamer/server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestTable } from "../testing/dynoxideTable.ts";
import type { TestTable } from "../testing/dynoxideTable.ts";
import { createTableCheck } from "./checkTable.ts";
import { createHealth } from "./handler.ts";
