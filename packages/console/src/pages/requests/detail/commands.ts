import { isTerminal } from "@streamer/protocol";
import type { RequestCommand } from "../../../api/consoleApi.ts";
import type { RequestDetail } from "../../../contract.ts";
import type { ButtonKind } from "../../../ui/button.tsx";

export interface CommandView {
  readonly command: RequestCommand;
  readonly title: string;
  readonly kind: ButtonKind;
  /** Told when it was done. */
  readonly done: string;
}

const CANCEL: CommandView = { command: "cancel", title: "Cancel", kind: "danger", done: "Asked for its end." };
const REDRIVE: CommandView = { command: "redrive", title: "Redrive", kind: "primary", done: "It starts again, with all its attempts." };
const KILL: CommandView = {
  command: "kill-worker",
  title: "Kill worker",
  kind: "plain",
  done: "Its worker is gone. Watch it being tried again.",
};

/** What can be done with a request as it stands. */
export function commandsOf({ status, cancelRequestedAt }: Pick<RequestDetail, "status" | "cancelRequestedAt">): readonly CommandView[] {
  if (status === "completed") return [];
  if (isTerminal(status)) return [REDRIVE];
  return [...(status === "processing" ? [KILL] : []), ...(cancelRequestedAt === undefined ? [CANCEL] : [])];
}
