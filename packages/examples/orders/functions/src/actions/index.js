import { defineActions } from "@streamer/protocol";
import { countOrders } from "./countOrders/action.ts";
import { exportOrders } from "./exportOrders/action.ts";
export const actions = defineActions({ countOrders, exportOrders });
