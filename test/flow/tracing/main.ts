import { startTestStack } from "../../support/localStack.ts";
import { startDaemon } from "./daemon.ts";
import { writePicture } from "./page.ts";
import { recordFlow } from "./recordFlow.ts";
import { drawTree, traceTree } from "./traceTree.ts";

/** `node --conditions=@streamer/source test/flow/tracing/main.ts`: records a flow on the local stack, draws it into packages/docs/tracing.md. */
const daemon = await startDaemon();
try {
  const stack = await startTestStack({ xrayDaemonAddress: daemon.address });
  try {
    const { segments } = await recordFlow(stack, daemon);
    const picture = drawTree(traceTree(segments));
    await writePicture(picture);
    process.stdout.write(`${picture}\n`);
  } finally {
    await stack.stop();
  }
} finally {
  await daemon.stop();
}
