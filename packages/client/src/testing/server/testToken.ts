/** Who a token speaks for, as far as the test server reads it. */
export interface TestClaims {
  /** The user. Default `"user"`. */
  readonly sub?: string | undefined;
  /** Default `"tenant"`. */
  readonly tenant_id?: string | undefined;
  readonly permissions?: readonly string[] | undefined;
  /** When it expires, in Unix seconds. Default: never. */
  readonly exp?: number | undefined;
  /** Tells tokens of one user apart. */
  readonly jti?: string | undefined;
}

/** The identity of a connection. */
export interface TestIdentity {
  readonly userId: string;
  readonly tenantId: string;
  readonly permissions: readonly string[];
  /** Unix seconds; infinite when the token does not expire. */
  readonly expiresAt: number;
}

/** The tenant of a token that does not say. */
export const DEFAULT_TENANT = "tenant";

/** A token in the form of a JWT that nobody signed: good for the test server and for no other. */
export function createTestToken(claims: TestClaims = {}): string {
  return `${toBase64Url({ alg: "none", typ: "JWT" })}.${toBase64Url({ sub: "user", tenant_id: DEFAULT_TENANT, ...claims })}.unsigned`;
}

/** Reads a token without checking its signature. Any other text is a token of the user `"user"` of the tenant `"tenant"`. */
export function identityOf(token: string): TestIdentity {
  const claims = claimsOf(token);
  return {
    userId: claims.sub ?? "user",
    tenantId: claims.tenant_id ?? DEFAULT_TENANT,
    permissions: claims.permissions ?? [],
    expiresAt: claims.exp ?? Number.POSITIVE_INFINITY,
  };
}

function claimsOf(token: string): TestClaims {
  try {
    const bytes = Uint8Array.from(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
      letter.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}

function toBase64Url(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
