import { expect, test } from "vitest";
import { createIdentity, knownPermissions, missingPermissions, permissionsIn, withPermissions } from "./identity.ts";

function createStorage(...entries: readonly string[]) {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? entries[0] ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test("at first one is demo, and later who one was last", () => {
  const storage = createStorage();
  expect(createIdentity(storage).get()).toEqual({ user: "demo", tenant: "demo", permissions: [] });
  createIdentity(storage).set({ user: "ada", tenant: "acme", permissions: ["reports:write"] });
  expect(createIdentity(storage).get()).toEqual({ user: "ada", tenant: "acme", permissions: ["reports:write"] });
});

test.each(["{", "null", "{}", '{"user":"","tenant":"t","permissions":[]}', '{"user":"u","tenant":"t","permissions":"all"}'])(
  "what was kept as %s counts for nothing",
  (text) => {
    expect(createIdentity(createStorage(text)).get().user).toBe("demo");
  },
);

test("permissions are missed until they are added, each once", () => {
  const ada = { user: "ada", tenant: "acme", permissions: ["a"] };
  expect(missingPermissions(ada, ["a", "b"])).toEqual(["b"]);
  expect(withPermissions(ada, ["a", "b"]).permissions).toEqual(["a", "b"]);
});

test("permissions are read from a text whatever stands between them, and gathered from all actions", () => {
  expect(permissionsIn(" a:b, c;d\n e ")).toEqual(["a:b", "c", "d", "e"]);
  expect(knownPermissions([{ permissions: ["b", "a"] }, { permissions: ["b"] }])).toEqual(["a", "b"]);
});
