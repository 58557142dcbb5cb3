import type { NewConnection } from "../table/connectionStore.ts";

/** A connection that nobody has stored yet, under an id of its own. */
export function sampleConnection(overrides: Partial<NewConnection> = {}): NewConnection {
  return {
    connectionId: crypto.randomUUID(),
    tenantId: "Acme",
    userId: "auth0|u#1",
    permissions: [],
    endpoint: "api.example/test",
    tokenExpiresAt: 4_000_000_000,
    userAgent: undefined,
    ipAddress: undefined,
    ...overrides,
  };
}
