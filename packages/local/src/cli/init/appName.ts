import { basename } from "node:path";
import { CommandError, EXIT } from "../failure.ts";

/** What npm, SST and the names of AWS resources all take. */
const NAME_PATTERN = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** The names of an app's resources begin with the app's and the stage's; AWS gives the shortest of them 63 characters. */
const MAX_NAME_CHARS = 30;

/**
 * The name that was asked for, or one that is made of the folder's: lower case, and hyphens for all that is no letter and no digit.
 *
 * @throws {CommandError} when it cannot name an app, with what can.
 */
export function appName(dir: string, asked: string | undefined): string {
  const name = asked ?? fromFolder(dir);
  if (NAME_PATTERN.test(name) && name.length <= MAX_NAME_CHARS) return name;
  const whose = asked === undefined ? `The folder's name gives "${name}", which` : `"${name}"`;
  throw new CommandError(
    EXIT.usage,
    `${whose} cannot name an app. Pass --name: lower-case letters, digits and single hyphens, from a letter on, at most ${MAX_NAME_CHARS} characters.`,
  );
}

function fromFolder(dir: string): string {
  return basename(dir)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
