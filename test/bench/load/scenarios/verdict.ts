import type { Figure } from "../../suite/measurement.ts";
import type { MachineUse, Outcome } from "./world.ts";
import { spreadOf } from "../figures/statistics.ts";

/** What must be none: the figures that decide how the run ends. */
const NONE = { atMost: 0 } as const;

/** Counted by id: what was answered, and what was lost or doubled. */
export function countFigures(scenario: string, { tally, ledger, dropped, stack }: Outcome): readonly Figure[] {
  const count = (id: string, what: string, ours: number, goal?: Figure["goal"]): Figure => ({
    id: `${scenario}.${id}`,
    what,
    unit: "count",
    ours,
    ...(goal === undefined ? {} : { goal }),
  });
  const { echoes, works } = tally;
  const echoFigures = [
    count("echo.sent", "echoes sent", echoes.sent),
    count("echo.succeeded", "echoes answered", echoes.succeeded),
    count("echo.failed", "echoes answered with an error", echoes.failed, NONE),
    count("echo.unanswered", "echoes never answered", echoes.unanswered, NONE),
    count("echo.doubled", "echoes answered twice", echoes.doubled, NONE),
  ];
  return [
    ...(echoes.sent === 0 ? [] : echoFigures),
    count("work.sent", "asynchronous requests sent", works.sent),
    count("work.succeeded", "asynchronous requests completed", works.succeeded),
    count("work.failed", "asynchronous requests refused or failed", works.failed, NONE),
    count("work.unanswered", "asynchronous requests that never ended", works.unanswered, NONE),
    count("work.unacknowledged", "asynchronous requests never acknowledged", works.sent - works.failed - tally.ackMs.length, NONE),
    count("work.doubled", "second acknowledgments or ends", works.doubled, NONE),
    count("work.neverRan", "asynchronous requests that no worker ran", ledger.neverRan, NONE),
    count("work.ranAgain", "runs of a request beyond the first", ledger.ranAgain, NONE),
    count("gatewayFrames", "answers of the gateway in the router's place, as after 29 seconds", tally.gatewayFrames, NONE),
    count("strays", "frames or runs about nothing that was sent", tally.strays + ledger.strays, NONE),
    count("dropped", "connections that closed by themselves", dropped, NONE),
    count("updates", "updates that came", tally.updates),
    count(
      "updatesOutOfLine",
      "of these, not behind the one that they follow (a client of ours asks for what is between)",
      tally.updatesOutOfLine,
    ),
    count("warnings", "warnings and errors in the stack's log", stack.warnings),
  ];
}

export function spreadFigures(id: string, what: string, values: readonly number[]): readonly Figure[] {
  if (values.length === 0) return [];
  return Object.entries(spreadOf(values)).map(([name, ours]) => ({ id: `${id}.${name}`, what: `${what}, ${name}`, unit: "ms", ours }));
}

export function machineFigures(scenario: string, use: MachineUse): readonly Figure[] {
  const cores = (id: string, what: string, ours: number): Figure => ({ id: `${scenario}.${id}`, what, unit: "", ours: toTwo(ours) });
  return [
    cores("cores.stack", "cores that the stack's process took", use.stackCores),
    cores("cores.engine", "cores that the DynamoDB engine took", use.engineCores),
    cores("cores.machine", "cores of the machine that were busy, whoever used them", use.machineCores),
    cores("loop", "share of its time that the stack's main thread was busy", use.loopShare),
  ];
}

export function toTwo(value: number): number {
  return Math.round(value * 100) / 100;
}

const SATURATED = 0.9;

/** What there is no more of, in a sentence: more load would only wait for it. */
export function saturation({ machineCores, loopShare }: MachineUse, cores: number): string {
  if (machineCores >= SATURATED * cores) return `What saturates is the machine: ${toTwo(machineCores)} of its ${cores} cores were busy.`;
  if (loopShare >= SATURATED)
    return `What saturates is the stack's main thread: it was busy for ${Math.round(100 * loopShare)} % of its time.`;
  return `Nothing was saturated: ${toTwo(machineCores)} of ${cores} cores were busy, the stack's main thread for ${Math.round(100 * loopShare)} % of its time.`;
}

/** Whether something was lost, doubled or not answered. Times never decide. */
export function isSound(figures: readonly Figure[]): boolean {
  return figures.every(({ goal, ours }) => goal === undefined || !("atMost" in goal) || goal !== NONE || ours <= goal.atMost);
}
