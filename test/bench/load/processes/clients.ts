import { WebSocket } from "ws";
import { createTallying } from "../figures/tally.ts";
import type { Frame } from "../figures/tally.ts";
import type { ClientMethods, PacePlan, Paced } from "./clientMethods.ts";
import { serve } from "./remote.ts";

/** Plain sockets that know nothing of Streamer: what our client would mend by itself, such as an answer that never came, is to be seen. */
const TICK_MS = 20;
/** API Gateway answers after 29 seconds, whatever the router does. */
const HEARD_WITHIN_MS = 60_000;
const tallying = createTallying(() => performance.now());
const sockets: WebSocket[] = [];
const whenHeard = new Set<() => void>();
let closing = false;
let dropped = 0;
let nextId = 0;
let prefix = "";
let ledger = "";
let heardAt = 0;

async function openOne(url: string, token: string): Promise<void> {
  const startedAt = performance.now();
  const socket = new WebSocket(url, ["streamer.v1", `streamer.jwt.${token}`]);
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    // Without the second a refused upgrade is an error that nobody heard.
    socket.on("error", reject);
  });
  tallying.connected(performance.now() - startedAt);
  sockets.push(socket);
  socket.on("message", (data: Buffer) => {
    heardAt = performance.now();
    tallying.came(JSON.parse(data.toString("utf8")) as Frame);
    for (const wake of whenHeard) wake();
  });
  socket.once("close", () => {
    if (!closing) dropped += 1;
  });
}

function send(socket: WebSocket, kind: "echo" | "work"): void {
  const id = `${prefix}-${nextId}`;
  nextId += 1;
  if (socket.readyState !== WebSocket.OPEN) return;
  tallying.sent(id, kind);
  const frame = kind === "echo" ? { id, action: "ping", payload: { mark: id } } : { id, action: "toil", payload: { mark: id, ledger } };
  socket.send(JSON.stringify(frame));
}

/** Until it holds; looked at again with each frame that comes. False when nothing came for so long. */
async function until(holds: () => boolean, silenceMs: number): Promise<boolean> {
  heardAt = performance.now();
  const over = Promise.withResolvers<boolean>();
  const look = (): void => {
    if (holds()) over.resolve(true);
    else if (performance.now() - heardAt > silenceMs) over.resolve(false);
  };
  whenHeard.add(look);
  const timer = setInterval(look, 100);
  look();
  const held = await over.promise;
  clearInterval(timer);
  whenHeard.delete(look);
  return held;
}

interface Due {
  readonly socket: WebSocket;
  readonly kind: "echo" | "work";
  readonly everyMs: number;
  at: number;
}

/** When each connection sends next, for the kinds that are sent at all; the first comes after a random part of the time between. */
function schedule(kind: Due["kind"], everyMs: number): readonly Due[] {
  const now = performance.now();
  return everyMs === 0 ? [] : sockets.map((socket) => ({ socket, kind, everyMs, at: now + Math.random() * everyMs }));
}

/** All that falls due in the time is sent, late if too much is unheard: then the machine cannot keep the pace, and is not buried either. */
async function pace({ forMs, echoEveryMs, workEveryMs, atATime }: PacePlan): Promise<Paced> {
  const sends = [...schedule("echo", echoEveryMs), ...schedule("work", workEveryMs)];
  const endAt = performance.now() + forMs;
  let latestMs = 0;
  const sendDue = (): boolean => {
    const now = performance.now();
    const due = sends.filter(({ at }) => at <= now && at < endAt).toSorted((one, other) => one.at - other.at);
    for (const next of due.slice(0, Math.max(0, atATime - tallying.unheard))) {
      latestMs = Math.max(latestMs, now - next.at);
      send(next.socket, next.kind);
      next.at += next.everyMs;
    }
    return now >= endAt && due.length === 0;
  };
  const over = Promise.withResolvers<void>();
  heardAt = performance.now();
  const timer = setInterval(() => {
    if (sendDue() || performance.now() - heardAt > Math.max(HEARD_WITHIN_MS, echoEveryMs, workEveryMs)) over.resolve();
  }, TICK_MS);
  await over.promise;
  clearInterval(timer);
  return { latestMs };
}

async function close(): Promise<void> {
  closing = true;
  const open = sockets.filter((socket) => socket.readyState === WebSocket.OPEN);
  await Promise.all(
    open.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once("close", () => resolve());
          socket.close();
        }),
    ),
  );
}

const methods: ClientMethods = {
  async open(plan) {
    ({ prefix, ledger } = plan);
    const waiting = [...plan.tokens];
    let refused = 0;
    const openNext = async (): Promise<void> => {
      for (let token = waiting.pop(); token !== undefined; token = waiting.pop())
        await openOne(plan.url, token).catch(() => void (refused += 1));
    };
    await Promise.all(Array.from({ length: plan.atATime }, openNext));
    return { opened: sockets.length, refused };
  },
  pace,
  async fill({ works, echoes, atATime }) {
    const kinds = { work: works, echo: echoes };
    for (let sent = 0; sent < works + echoes; sent += 1) {
      if (!(await until(() => tallying.unheard < atATime, HEARD_WITHIN_MS))) return;
      const kind = kinds.work * echoes >= kinds.echo * works && kinds.work > 0 ? "work" : "echo";
      // Each kind goes round by itself: every connection has both.
      const socket = sockets[kinds[kind] % sockets.length];
      kinds[kind] -= 1;
      if (socket !== undefined) send(socket, kind);
    }
    await until(() => tallying.unheard === 0, HEARD_WITHIN_MS);
  },
  async drain({ silenceMs }) {
    await until(() => tallying.open === 0, silenceMs);
  },
  async finish() {
    await close();
    const { user, system } = process.cpuUsage();
    return { tally: tallying.tally(), cpuSeconds: (user + system) / 1_000_000, dropped };
  },
};

serve(methods, close);
