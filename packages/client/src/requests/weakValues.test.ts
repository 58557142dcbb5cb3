import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { errorBody, setUpRunning, when } from "../testing/setup.ts";
import { WeakValues } from "./weakValues.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Collects garbage until it is so. */
const untilCollected = (isSo: () => boolean): Promise<void> =>
  vi.waitFor(() => {
    collectGarbage();
    // A matcher would hold the object in its error.
    expect(isSo()).toBe(true);
  });
/** In a function of its own: the caller's frame must not hold it. */
const reference = (make: () => object): WeakRef<object> => new WeakRef(make());

test("a value is there as long as somebody holds it, and then goes with its name", async () => {
  const values = new WeakValues<object>();
  const held = {};
  values.set("held", held);
  for (let n = 0; n < 100; n += 1) values.set(`dropped-${n}`, { n });
  await untilCollected(() => values.size === 1);
  expect(values.get("held")).toBe(held);
});

test("a name that was given to another value keeps it when the first one goes", async () => {
  const values = new WeakValues<object>();
  const second = {};
  const first = reference(() => {
    const value = { first: true };
    values.set("name", value);
    return value;
  });
  values.set("name", second);
  await untilCollected(() => first.deref() === undefined);
  expect(values.get("name")).toBe(second);
  values.delete("name");
  expect(values.get("name")).toBeUndefined();
});

test("a failed request whose handle nobody holds costs its client nothing", async () => {
  const setup = await setUpRunning();
  /** Held by nothing but the request. */
  const watch = async (): Promise<WeakRef<object>> => {
    const handle = setup.client.submit("generate_report", {}, { id: "r2" });
    await setup.connection.next();
    const listener = (): void => void handle.status;
    handle.onChange(listener);
    setup.connection.send({ type: "acknowledgment", request_id: "r2", status: "pending" });
    setup.connection.send({ type: "error", request_id: "r2", error: errorBody("TIMEOUT"), final: true });
    await when(handle, () => handle.status === "failed");
    return new WeakRef(listener);
  };
  const dropped = await watch();
  await untilCollected(() => dropped.deref() === undefined);
  expect(setup.handle.status).toBe("queued");
});
