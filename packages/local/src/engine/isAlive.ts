import { readFileSync } from "node:fs";

/** Whether a process runs. One that has ended but was not yet collected by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return !isZombie(pid);
}

/** Linux only: elsewhere they are collected at once. In a container the first process may never collect what it inherits. */
function isZombie(pid: number): boolean {
  try {
    // "<pid> (<name>) <state> …": the name may itself hold parentheses.
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
