import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { quoted } from "./quoted.ts";

it("a plain word stays as it is", () => expect(quoted("wss://api.example.com/prod")).toBe("wss://api.example.com/prod"));

it.each(["", "two words", `{"it":"ada's"}`, "$(echo no)", "a\nb"])("a shell reads %j as it was", (text) => {
  expect(execFileSync("sh", ["-c", `printf %s ${quoted(text)}`], { encoding: "utf8" })).toBe(text);
});
