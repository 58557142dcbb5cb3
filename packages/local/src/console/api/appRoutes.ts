import * as v from "valibot";
import { actionViews } from "../actions/actionViews.ts";
import type { ActionView, AppView, TokenRequest } from "../contract.ts";
import { checked } from "../http/checked.ts";
import type { Route } from "../http/routes.ts";
import type { App } from "../../stack/app.ts";
import type { ConsoleParts } from "./consoleParts.ts";

const TOKEN_LIFETIME = "1h";
/** As the stack's verifier takes them; it has the last word. */
const MAX_ID_CHARS = 2_048;
const MAX_PERMISSIONS = 100;
const MAX_PERMISSION_CHARS = 128;

const id = v.pipe(
  v.string("must be a text"),
  v.minLength(1, "must not be empty"),
  v.maxLength(MAX_ID_CHARS, `must have at most ${MAX_ID_CHARS} characters`),
);
const permission = v.pipe(
  v.string("must be a text"),
  v.maxLength(MAX_PERMISSION_CHARS, `must have at most ${MAX_PERMISSION_CHARS} characters`),
);
const tokenRequest = v.object(
  {
    user: id,
    tenant: id,
    permissions: v.pipe(
      v.array(permission, "must be a list"),
      v.maxLength(MAX_PERMISSIONS, `must be at most ${MAX_PERMISSIONS} permissions`),
    ),
  },
  'must be { "user", "tenant", "permissions" }',
) satisfies v.GenericSchema<unknown, TokenRequest>;

/** What the stack is and has, and tokens for its users: on this machine anyone may be anyone. */
export function appRoutes(parts: ConsoleParts): readonly Route[] {
  const { version, stage, websocketUrl, dataDir, key, controls } = parts;
  let made: { readonly of: App; readonly views: Promise<readonly ActionView[]> } | undefined;
  /** Made once, until a reload brings other actions. */
  const actions = async (): Promise<readonly ActionView[]> => {
    const { app, wiring } = parts;
    if (made?.of !== app) made = { of: app, views: actionViews(app, wiring) };
    return made.views;
  };
  return [
    {
      method: "GET",
      path: "app",
      run: async (): Promise<AppView> => ({
        version,
        stage,
        websocketUrl,
        dataDir,
        actions: await actions(),
        chaos: controls.chaosView(),
      }),
    },
    {
      method: "POST",
      path: "token",
      run: async ({ body }) => ({ token: await key.mint({ ...checked(tokenRequest, body), expiresIn: TOKEN_LIFETIME }) }),
    },
  ];
}
