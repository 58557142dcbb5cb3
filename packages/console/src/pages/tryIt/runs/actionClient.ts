import type { ActionClient, StreamerClient } from "@streamer/client";
import type { Action } from "@streamer/protocol";

/** An action by its name: which ones there are is known when the page runs only. */
export function actionClientOf(client: StreamerClient, name: string): ActionClient<Action> {
  return {
    name,
    client,
    submit: (input, options) => client.submit(name, input, options),
    get: (id, options) => client.get(id, options),
  };
}
