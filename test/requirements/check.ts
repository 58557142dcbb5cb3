import type { Group, Proof, Requirement } from "./requirement.ts";
import type { TestNames } from "./testNames.ts";

/** What proofs are held against. */
export interface Repository {
  readonly exists: (path: string) => boolean;
  readonly tests: TestNames;
}

const TEST_FILE = /\.test\.tsx?$/;

/** What is wrong with the table, a sentence each; nothing when all is well. */
export function problemsOf(groups: readonly Group[], repository: Repository): readonly string[] {
  return [
    ...groups.flatMap(problemsOfGroup),
    ...groups.flatMap(({ requirements }) => requirements.flatMap((one) => problemsOfOne(one, repository))),
  ];
}

/** Each id of its range is there, once, in order. */
function problemsOfGroup({ letter, first, last, requirements }: Group): readonly string[] {
  const asked = Array.from({ length: last - first + 1 }, (_, index) => `S-${String(first + index).padStart(3, "0")}`);
  const there = requirements.map(({ id }) => id as string);
  return [
    ...asked.filter((id) => !there.includes(id)).map((id) => `${id} is missing in group ${letter}.`),
    ...there.filter((id) => !asked.includes(id)).map((id) => `${id} does not belong to group ${letter}.`),
    ...there.filter((id, index) => there.indexOf(id) !== index).map((id) => `${id} is there twice.`),
    ...(there.join() === there.toSorted().join() ? [] : [`The ids of group ${letter} are not in order.`]),
  ];
}

function problemsOfOne(requirement: Requirement, repository: Repository): readonly string[] {
  const { id, text, state, note, proofs } = requirement;
  const paths = proofs.map(([path]) => path);
  return [
    ...(text.trim() === "" ? [`${id} says nothing.`] : []),
    ...((state === "done" || state === "in part") && proofs.length === 0 ? [`${id} is ${state}, and nothing shows it.`] : []),
    ...(state === "open" && proofs.length > 0 ? [`${id} is open, and has proofs: is it done in part?`] : []),
    ...(state !== "done" && (note ?? "").trim() === "" ? [`${id} is ${state}, and does not say why.`] : []),
    ...paths.filter((path, index) => paths.indexOf(path) !== index).map((path) => `${id} names ${path} twice: put its tests together.`),
    ...proofs.flatMap((proof) => problemsOfProof(proof, repository).map((problem) => `${id}: ${problem}`)),
  ];
}

function problemsOfProof([path, ...tests]: Proof, { exists, tests: names }: Repository): readonly string[] {
  if (!exists(path)) return [`there is no ${path}.`];
  const known = names.get(path);
  if (known === undefined)
    return tests.length > 0 || TEST_FILE.test(path) ? [`${path} is no test file of any project, so no test of it can be named.`] : [];
  if (tests.length === 0) return [`name the tests of ${path} that show it.`];
  return [
    ...tests.filter((test) => !known.has(test)).map((test) => `${path} has no test "${test}".`),
    ...tests.filter((test, index) => tests.indexOf(test) !== index).map((test) => `${path}: "${test}" is named twice.`),
  ];
}
