import { execFile } from "node:child_process";
import { arch, availableParallelism, cpus, platform, totalmem } from "node:os";
import { promisify } from "node:util";
import type { Measurement } from "./measurement.ts";

/** What ran it: figures of two machines cannot be compared. */
export interface Machine {
  readonly cpus: number;
  readonly model: string;
  /** In GB. */
  readonly memory: number;
  readonly node: string;
  readonly platform: string;
}

/** A benchmark's figures, and when and with what they were taken: a part of a report may be older than the rest. */
export interface Taken extends Measurement {
  /** ISO 8601. */
  readonly date: string;
  /** Of the working tree; ends with `-dirty` when files were changed. */
  readonly commit: string;
}

/** One run. In a stored one, `date` and `commit` are the newest run's. */
export interface BenchReport {
  readonly machine: Machine;
  readonly date: string;
  readonly commit: string;
  readonly measurements: readonly Taken[];
}

export function thisMachine(): Machine {
  return {
    cpus: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? "unknown",
    memory: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    platform: `${platform()} ${arch()}`,
  };
}

/** The commit that is checked out; "unknown" where there is no Git. */
export async function thisCommit(root: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("git", ["describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"], { cwd: root });
    return stdout.trim();
  } catch {
    return "unknown";
  }
}

export function reportOf(measurements: readonly Measurement[], taken: Omit<BenchReport, "measurements">): BenchReport {
  const { date, commit } = taken;
  return { ...taken, measurements: measurements.map((measurement) => ({ ...measurement, date, commit })) };
}

/** The stored report with a run's figures in place of what it had of the same benchmarks. Another machine's figures are not kept beside. */
export function withRun(stored: BenchReport | undefined, run: BenchReport, order: readonly string[]): BenchReport {
  const again = new Set(run.measurements.map(({ benchmark }) => benchmark));
  const sameMachine = stored !== undefined && JSON.stringify(stored.machine) === JSON.stringify(run.machine);
  const kept = sameMachine ? stored.measurements.filter(({ benchmark }) => !again.has(benchmark)) : [];
  const place = ({ benchmark }: Measurement): number => order.indexOf(benchmark);
  return { ...run, measurements: [...kept, ...run.measurements].toSorted((a, b) => place(a) - place(b)) };
}
