import { describe, expect, it } from "vitest";
import { BAR_CELLS, barLines, frameLines, progressLine } from "./bar.ts";

const view = (label: string, percentage: number, status = "Querying") => ({ label, percentage, status });

describe("the bar (S-253)", () => {
  it.each([0, 1, 2, 45, 50, 99, 100])("at %d %% has 50 cells, half as many of them full", (percentage) => {
    const [, full = "", light = "", number] = /^Progress: (█*)(░*) (\d+)%$/.exec(progressLine({ percentage })) ?? [];
    expect([full.length, light.length, Number(number)]).toEqual([
      Math.floor(percentage / 2),
      BAR_CELLS - Math.floor(percentage / 2),
      percentage,
    ]);
  });

  it("is full at 100 only, and never longer", () => {
    expect(progressLine({ percentage: 99.9 })).toMatch(/░ 99%$/);
    expect(progressLine({ percentage: 250 })).toBe(`Progress: ${"█".repeat(50)} 100%`);
    expect(progressLine({ percentage: -1 })).toBe(`Progress: ${"░".repeat(50)} 0%`);
  });

  it("has the status below it", () => {
    expect(barLines(view("", 30, "Queried 4650 records"))).toEqual([
      `Progress: ${"█".repeat(15)}${"░".repeat(35)} 30%`,
      "Status: Queried 4650 records",
    ]);
  });

  it("shows a status that holds an escape sequence, and does not do it", () => {
    expect(barLines(view("", 0, "\u001B[2Jgone"))[1]).toBe("Status: \\u{1b}[2Jgone");
  });
});

describe("several bars", () => {
  const ten = Array.from({ length: 10 }, (_, index) => view(`#${index + 1} `, index * 10, "Querying the sales of the period"));

  it("have two lines each where there is room", () => {
    const lines = frameLines(ten, { columns: 80, rows: 24 });
    expect(lines).toHaveLength(20);
    expect(lines[2]).toMatch(/^#2 Progress: .* 10%$/);
    expect(lines[3]).toMatch(/^ {3}Status: Querying/);
  });

  it("have one line each where there is not, cut to the terminal", () => {
    const lines = frameLines(ten, { columns: 80, rows: 20 });
    expect(lines).toHaveLength(10);
    expect(Math.max(...lines.map((line) => line.length))).toBe(80);
  });

  it("are as many as there is room for, and the number of the others", () => {
    const lines = frameLines(ten, { columns: 80, rows: 6 });
    expect(lines).toHaveLength(5);
    expect(lines.at(-1)).toBe("… and 6 more");
  });
});
