/**
 * When a token expires, in milliseconds since 1970: read from its payload, not verified, for that is the server's part. `undefined` for what
 * is no JWT or does not say.
 */
export function jwtExpiryMs(token: string): number | undefined {
  try {
    // `atob` takes it without padding, but not in the alphabet of URLs. Letters beyond ASCII come out wrong, which `exp` has none of.
    const payload = atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const { exp } = JSON.parse(payload) as { readonly exp?: unknown };
    return typeof exp === "number" ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
