// The examples of README.md, word for word, so that the compiler reads them; `readme.test.ts` holds the two together.
import { createClient, membersByUser } from "@streamer/client";
import type { BatchRef } from "@streamer/client";
import type { EventOf } from "@streamer/protocol";
import {
  StreamerProvider,
  mutationOptions,
  useAction,
  useBatch,
  useConnection,
  useRequest,
  useRequests,
  useStreamer,
  useTopic,
} from "@streamer/react";
import type { RequestSummary } from "@streamer/react";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { actions, room } from "./app.ts";

const getToken = async (): Promise<string> => "a.b.c";
const serverUrl = "ws://127.0.0.1:1";

export const api = createClient<typeof actions>({ url: serverUrl, token: getToken });

export function GenerateReport() {
  const report = useAction(api.generateReport);

  if (report.status === "completed") return <a href={report.data.url}>Download</a>;
  if (report.status === "failed") return <p>It failed: {report.error.code}</p>;
  if (report.status === "cancelled") return <button onClick={report.reset}>Begin anew</button>;
  return (
    <>
      <button disabled={report.status !== "idle"} onClick={() => report.submit({ pages: 3 })}>
        Generate
      </button>
      <progress max={100} value={report.percentage} />
      <p>
        {report.message} {report.stale && "(reconnecting …)"}
      </p>
      <button onClick={() => void report.cancel()}>Cancel</button>
    </>
  );
}

export function App() {
  return (
    <StreamerProvider options={{ url: serverUrl, token: getToken }}>
      <Page />
    </StreamerProvider>
  );
}

function Page() {
  const streamer = useStreamer<typeof actions>();
  const report = useAction(streamer.generateReport);
  return <button onClick={() => report.submit({ pages: 3 })}>{report.status}</button>;
}

export function ResumedReport() {
  const [savedId, setSavedId] = useState<string>();
  const report = useAction(api.generateReport, { resume: savedId });

  // Not while rendering: a server has no storage.
  useEffect(() => setSavedId(sessionStorage.getItem("report") ?? undefined), []);

  const generate = () => {
    const { id } = report.submit({ pages: 3 });
    sessionStorage.setItem("report", id);
  };
  return <button onClick={generate}>{report.status}</button>;
}

export function Log({ id }: { id: string }) {
  const report = useRequest(api.generateReport, id);
  return (
    <ol>
      {report.chunks.map(({ line }, index) => (
        <li key={index}>{line}</li>
      ))}
    </ol>
  );
}

export function ManyReports() {
  const [saved, setSaved] = useState<BatchRef>();
  const batch = useBatch(api.generateReport, { resume: saved });

  // Not while rendering: a server has no storage.
  useEffect(() => setSaved(JSON.parse(sessionStorage.getItem("reports") ?? "null") ?? undefined), []);

  const generate = () => {
    const { ref } = batch.submit([{ pages: 3 }, { pages: 5 }, { pages: 8 }]);
    sessionStorage.setItem("reports", JSON.stringify(ref));
  };
  const { completed, failed, rejected } = batch.counts;
  return (
    <>
      <button disabled={batch.id !== undefined && !batch.done} onClick={generate}>
        Generate
      </button>
      <progress max={100} value={batch.percentage} />
      <p>
        {completed} of {batch.size} done, {failed + rejected} not {batch.stale && "(reconnecting …)"}
      </p>
      {batch.items.map((item) => (
        <p key={item.id}>{item.status === "completed" ? item.data.url : (item.error?.code ?? `${item.percentage} %`)}</p>
      ))}
      <button onClick={() => void batch.cancel()}>Cancel</button>
    </>
  );
}

export function Reports() {
  const { requests, loading, hasMore, loadMore } = useRequests({ action: "generate_report" }, { live: true });
  return (
    <>
      {requests.map((request) => (
        <Row key={request.request_id} request={request} />
      ))}
      {hasMore && (
        <button disabled={loading} onClick={() => void loadMore()}>
          More
        </button>
      )}
    </>
  );
}

function Row({ request }: { request: RequestSummary }) {
  // Live while it is open; undefined follows nothing.
  const isOpen = ["pending", "processing", "retrying"].includes(request.status);
  const live = useRequest(api.generateReport, isOpen ? request.request_id : undefined);
  return <p>{live.status === "idle" ? request.status : `${live.status} ${live.percentage} %`}</p>;
}

export function Offline() {
  const { state, lastError, retryInMs } = useConnection();
  if (state === "open" || state === "idle") return null;
  return (
    <p>
      {state} {lastError?.code} {retryInMs !== undefined && `next attempt in ${Math.ceil(retryInMs / 1000)} s`}
    </p>
  );
}

export function Lobby({ refetch }: { refetch: () => void }) {
  const [messages, setMessages] = useState<readonly string[]>([]);
  const { state, error, members } = useTopic<EventOf<typeof room>>("rooms/lobby", {
    onEvent: ({ data }) => setMessages((before) => [...before, data.text]),
    onGap: refetch,
  });

  if (state === "refused") return <p>You cannot come in: {error?.code}</p>;
  return (
    <>
      <p>{membersByUser(members).length} here</p>
      <ol>
        {messages.map((text, index) => (
          <li key={index}>{text}</li>
        ))}
      </ol>
    </>
  );
}

export function Mutation() {
  const report = useMutation({ ...mutationOptions(api.generateReport), onSuccess: ({ url }) => window.open(url) });
  return <button onClick={() => report.mutate({ pages: 3 })}>{report.error?.code ?? "Generate"}</button>;
}
