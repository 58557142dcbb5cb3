import type { TokenRequest } from "../../contract.ts";
import type { Writable } from "../../api/value.ts";
import { createValue } from "../../api/value.ts";

const KEY = "streamer.console.identity";

/** Who the page is to the stack: what its token says. */
export type Identity = TokenRequest;

const DEMO: Identity = { user: "demo", tenant: "demo", permissions: [] };

/** Who the page was last; `demo` of `demo` at first, or when what was kept cannot be read. */
export function createIdentity(storage: Pick<Storage, "getItem" | "setItem">): Writable<Identity> {
  const value = createValue(keptIdentity(storage.getItem(KEY)));
  return {
    ...value,
    set(identity) {
      storage.setItem(KEY, JSON.stringify(identity));
      value.set(identity);
    },
  };
}

function keptIdentity(text: string | null): Identity {
  if (text === null) return DEMO;
  try {
    const { user, tenant, permissions } = JSON.parse(text) as Partial<Record<keyof Identity, unknown>>;
    const named = typeof user === "string" && user !== "" && typeof tenant === "string" && tenant !== "";
    if (!named || !Array.isArray(permissions)) return DEMO;
    return { user, tenant, permissions: permissions.filter((permission) => typeof permission === "string") };
  } catch {
    return DEMO;
  }
}

/** What an action asks for and this identity does not have. */
export function missingPermissions(identity: Identity, required: readonly string[]): readonly string[] {
  return required.filter((permission) => !identity.permissions.includes(permission));
}

export function withPermissions(identity: Identity, added: readonly string[]): Identity {
  return { ...identity, permissions: [...new Set([...identity.permissions, ...added])] };
}

/** Every permission that an action asks for, once and in order. */
export function knownPermissions(actions: readonly { readonly permissions: readonly string[] }[]): readonly string[] {
  return [...new Set(actions.flatMap(({ permissions }) => permissions))].toSorted();
}

/** The permissions that a text names, whatever stands between them. */
export function permissionsIn(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}
