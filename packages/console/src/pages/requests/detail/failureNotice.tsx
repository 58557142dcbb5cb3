import type { ReactElement } from "react";
import type { RequestDetail } from "../../../contract.ts";
import { Notice, sentence } from "../../../ui/index.ts";
import { failureAdvice } from "./failureAdvice.ts";

/** Of a request that failed or was cancelled: why, and what to do. */
export function FailureNotice({ request }: { readonly request: RequestDetail }): ReactElement | null {
  const code = request.error?.code ?? request.errorCode;
  if (code === undefined) return null;
  const { told, advice } = failureAdvice(code);
  return (
    <Notice tone={request.status === "failed" ? "bad" : "warn"}>
      <p>
        <strong className="mono">{code}</strong> {told}
      </p>
      {request.failureReason !== undefined && <p className="request-reason">Why: {sentence(request.failureReason)}</p>}
      <p>What to do: {advice}</p>
    </Notice>
  );
}
