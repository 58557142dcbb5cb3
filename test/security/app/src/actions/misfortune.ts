import { ProcessingFailedError, ValidationError } from "@streamer/protocol";
import type { Revealed } from "./schemas.ts";

/** Ways to fail with a secret in the error; by any other name the input is given back. */
export const MISFORTUNES = ["details", "failure", "parser", "field", "cause", "input", "output"] as const;

export function misfortune({ how, secret }: Revealed): Revealed {
  switch (how) {
    case "details":
      throw new ValidationError({ details: { issues: [{ path: "secret", message: `received ${secret}` }], secret } });
    case "failure":
      throw new ProcessingFailedError({ details: { secret }, cause: Object.assign(new Error("outer"), { secret }) });
    case "parser":
      JSON.parse(secret);
      break;
    case "field":
      throw Object.assign(new Error("A call failed."), { request: { body: secret }, secret });
    case "cause":
      throw new Error("A call failed.", { cause: { secret } });
  }
  return { how, secret };
}
