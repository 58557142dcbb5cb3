import type { Handler } from "@streamer/server";
import { misfortune } from "../misfortune.ts";
import type { reveal as action } from "./action.ts";

export const reveal: Handler<typeof action> = ({ input, logger }) => {
  logger.debug("The handler of reveal runs.");
  return misfortune(input);
};
