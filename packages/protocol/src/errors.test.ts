import { describe, expect, expectTypeOf, test } from "vitest";
import * as errors from "./errors.ts";
import {
  ERROR_CODES,
  errorFromBody,
  InternalError,
  NotFoundError,
  ProcessingFailedError,
  StreamerError,
  toStreamerError,
  ValidationError,
} from "./errors.ts";
import type { AnyStreamerError, ErrorCode } from "./errors.ts";

const SECRET = "password=hunter2";

describe("an error of the protocol", () => {
  test.each(ERROR_CODES)("%s has a class of its own, and comes back as it from the wire", (code) => {
    const details = { hint: 1 };
    const sent = new StreamerError(code, { details });
    const received = errorFromBody(JSON.parse(JSON.stringify(sent.toBody())) as errors.ErrorBody);
    expect(received).toMatchObject({ code, message: sent.message, retryable: sent.retryable, details });
    expect(received.constructor).not.toBe(StreamerError);
    expect((received.constructor as typeof ValidationError).code).toBe(code);
    expect(received).toBeInstanceOf(StreamerError);
    expect(received.name).toBe(received.constructor.name);
    expect(Object.values(errors)).toContain(received.constructor);
  });

  test("its text is the fixed sentence of its code, and its cause never crosses the wire", () => {
    const error = new NotFoundError({ cause: new Error(SECRET) });
    expect(error.toBody()).toEqual({ code: "NOT_FOUND", message: "There is no such request.", retryable: false });
    expect(JSON.stringify(error.toBody())).not.toContain(SECRET);
    expect(error.message).not.toContain(SECRET);
    expect(error.cause).toEqual(new Error(SECRET));
  });

  test("it names its class in a log", () => {
    expect(String(new ValidationError())).toBe("ValidationError: The payload is not valid.");
  });

  test("the codes worth trying again", () => {
    const retryable = ERROR_CODES.filter((code) => new StreamerError(code).retryable);
    expect(retryable).toEqual(["RATE_LIMITED", "TIMEOUT", "WORKER_LOST", "SERVICE_UNAVAILABLE", "INTERNAL_ERROR"]);
  });
});

describe("a body from the wire", () => {
  test("of a known code gives the fixed sentence, not the sent text", () => {
    const error = errorFromBody({ code: "TIMEOUT", message: "<b>late</b>", retryable: false });
    expect(error).toMatchObject({ code: "TIMEOUT", message: "The work was not done in its time.", retryable: true });
    expect(error.details).toBeUndefined();
  });

  test.each([
    [true, InternalError],
    [false, ProcessingFailedError],
  ])("of an unknown code is taken by its retryable (%s), its code kept in the details", (retryable, expected) => {
    const error = errorFromBody({ code: "OUT_OF_COFFEE", message: "…", retryable, details: { cups: 0 } });
    expect(error).toBeInstanceOf(expected);
    expect(error.retryable).toBe(retryable);
    expect(error.details).toEqual({ cups: 0, code: "OUT_OF_COFFEE" });
  });

  test.each(["constructor", "__proto__", "toString"])("%j is an unknown code like any other", (code) => {
    expect(errorFromBody({ code, message: "…", retryable: false })).toBeInstanceOf(ProcessingFailedError);
  });
});

describe("anything thrown", () => {
  test("of the protocol's own kind is kept as it is", () => {
    const error = new NotFoundError();
    expect(toStreamerError(error)).toBe(error);
  });

  test.each([[new Error(SECRET)], [SECRET], [undefined], [null], [{ code: "NOT_FOUND", message: SECRET }]])(
    "else (%s) becomes an internal error that keeps it to itself",
    (thrown) => {
      const error = toStreamerError(thrown);
      expect(error.toBody()).toEqual({ code: "INTERNAL_ERROR", message: "Something went wrong on the server.", retryable: true });
      expect(error.cause).toBe(thrown);
    },
  );

  test("by an action's own code becomes PROCESSING_FAILED", () => {
    expect(toStreamerError(new Error(SECRET), "PROCESSING_FAILED")).toMatchObject({
      code: "PROCESSING_FAILED",
      message: "The action failed.",
    });
  });
});

test("the code tells the classes apart, for the compiler too", () => {
  expectTypeOf<AnyStreamerError["code"]>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<Extract<AnyStreamerError, { code: "VALIDATION_ERROR" }>>().toEqualTypeOf<ValidationError>();
  expectTypeOf(new ValidationError().code).toEqualTypeOf<"VALIDATION_ERROR">();
});
