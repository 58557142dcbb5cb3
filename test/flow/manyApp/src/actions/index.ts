import { defineActions } from "@streamer/protocol";
import { compose } from "./compose/action.ts";
import { mark } from "./mark/action.ts";
import { post } from "./post/action.ts";

/** What is done in great numbers, and what is told to many. */
export const actions = defineActions({ compose, mark, post });
