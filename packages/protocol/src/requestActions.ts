import * as v from "valibot";
import { defineAction } from "./action.ts";
import { MAX_ACTION_NAME_CHARS, REQUEST_ID_PATTERN } from "./limits.ts";
import { REQUEST_STATUSES } from "./status.ts";

/** The permission to watch, get and list the requests of other users of the tenant. */
export const REQUESTS_READ = "requests:read";
/** The permission to cancel the requests of other users of the tenant. */
export const REQUESTS_CANCEL = "requests:cancel";

/** Our own: requests on one page of `list_requests`. */
export const MAX_LIST_LIMIT = 100;
/** Our own: requests on one page of `list_requests` when the caller says nothing. */
export const DEFAULT_LIST_LIMIT = 50;
/** Our own: requests that one call of `list_requests` looks at; a page may end there, with a cursor, before it is full. */
export const MAX_LIST_READS = 1_000;

const MAX_USER_ID_CHARS = 2_048;
const MAX_CURSOR_CHARS = 1_024;

const unixSeconds = v.pipe(
  v.number("must be Unix seconds"),
  v.safeInteger("must be whole Unix seconds"),
  v.minValue(0, "must not be negative"),
);

/** A request as `get_request` and `list_requests` tell of it. Payload and result are not in it: `subscribe` gives the outcome. */
export const requestView = v.object({
  request_id: v.string(),
  action: v.string(),
  /** Who sent it. */
  user_id: v.string(),
  status: v.picklist(REQUEST_STATUSES),
  /** How often the work was started. */
  attempt: v.number(),
  /** Unix seconds, as all times here. */
  created_at: v.number(),
  /** Of the present or last attempt. */
  started_at: v.optional(v.number()),
  ended_at: v.optional(v.number()),
  /** While it is retrying: when the next attempt may start. */
  retry_at: v.optional(v.number()),
  /** When the request and its result are deleted. */
  expires_at: v.number(),
  /** As last saved: at most ten seconds old while the work runs. */
  progress: v.optional(v.object({ percentage: v.number(), message: v.string(), timestamp: v.number() })),
  /** Somebody asked for its end, and its worker has not ended it yet. */
  cancel_requested: v.optional(v.boolean()),
  /** Of a failed request. */
  error: v.optional(v.object({ code: v.string() })),
});
/** A request as `get_request` and `list_requests` tell of it. Times are Unix seconds. */
export type RequestView = v.InferOutput<typeof requestView>;

/** How one request stands. `NOT_FOUND` when there is none, or it is another user's and the token lacks `requests:read`. */
export const getRequest = defineAction("get_request", {
  input: v.object({
    request_id: v.pipe(
      v.string(),
      v.regex(REQUEST_ID_PATTERN, "must be 1 to 64 characters of A-Z a-z 0-9 _ -, or such and the number in a batch"),
    ),
  }),
  output: requestView,
  estimatedDuration: "50 milliseconds",
  timeout: "10 seconds",
});

/**
 * Requests, newest first, page by page. A page may be short, or empty, though more follow: go on while there is a `cursor`.
 *
 * `FORBIDDEN` when other users' are asked for and the token lacks `requests:read`.
 */
export const listRequests = defineAction("list_requests", {
  input: v.pipe(
    v.object({
      /** `user`: of one user, by default the caller. `tenant`: of all users of the caller's tenant. */
      scope: v.optional(v.picklist(["user", "tenant"], 'must be "user" or "tenant"'), "user"),
      /** Another user of the tenant. */
      user_id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_USER_ID_CHARS))),
      status: v.optional(v.picklist(REQUEST_STATUSES, `must be one of ${REQUEST_STATUSES.join(", ")}`)),
      action: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ACTION_NAME_CHARS))),
      /** Created at this time or later. */
      created_after: v.optional(unixSeconds),
      /** Created before this time. */
      created_before: v.optional(unixSeconds),
      limit: v.optional(
        v.pipe(
          v.number("must be a number"),
          v.integer("must be a whole number"),
          v.minValue(1, "must be at least 1"),
          v.maxValue(MAX_LIST_LIMIT, `must be at most ${MAX_LIST_LIMIT}`),
        ),
        DEFAULT_LIST_LIMIT,
      ),
      /** What the page before gave, with the same filter. */
      cursor: v.optional(v.pipe(v.string(), v.maxLength(MAX_CURSOR_CHARS, "is not a cursor of this list"))),
    }),
    v.forward(
      v.check(({ scope, user_id }) => scope === "user" || user_id === undefined, 'goes with the scope "user" only'),
      ["user_id"],
    ),
  ),
  output: v.object({
    items: v.array(requestView),
    /** Where the next page begins. Absent on the last. */
    cursor: v.optional(v.string()),
  }),
  estimatedDuration: "500 milliseconds",
  timeout: "20 seconds",
});

/** The short actions that every app can have: `defineActions({ …requestActions, … })`; their handlers are the server's `createRequestActions`. */
export const requestActions = { getRequest, listRequests };
