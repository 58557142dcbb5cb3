import { createClient } from "@streamer/client";
import { devTokenOf, streamerUrl } from "../../shared/web/access.ts";
import type { App } from "../functions/src/actions/index.ts";

export const api = createClient<App>({ url: streamerUrl, token: () => devTokenOf({ user: "demo", tenant: "demo" }) });
