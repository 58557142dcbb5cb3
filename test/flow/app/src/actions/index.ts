import { defineActions } from "@streamer/protocol";
import { brittle } from "./brittle/action.ts";
import { busy } from "./busy/action.ts";
import { busyUntilDeadline } from "./busyUntilDeadline/action.ts";
import { flaky } from "./flaky/action.ts";
import { hasty } from "./hasty/action.ts";
import { stoppable } from "./stoppable/action.ts";

/** Actions that go wrong as they are told to. */
export const actions = defineActions({ brittle, busy, busyUntilDeadline, flaky, hasty, stoppable });
