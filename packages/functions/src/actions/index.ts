/**
 * The actions that Streamer ships.
 *
 * @module @streamer/functions/actions
 */

import { defineActions, getRequest, listRequests } from "@streamer/protocol";
import { bulkOperation } from "./bulkOperation/action.ts";
import { echo } from "./echo/action.ts";
import { generateReport } from "./generateReport/action.ts";
import { health } from "./health/action.ts";
import { processData } from "./processData/action.ts";

/** The actions this app has: definitions only, so that clients can import them. A new action is one more name here. */
export const actions = defineActions({ echo, health, getRequest, listRequests, generateReport, processData, bulkOperation });

/** What the typed client is told: `createClient<App>(…)`. */
export type App = typeof actions;
