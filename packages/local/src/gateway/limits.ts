import {
  IDLE_TIMEOUT_MS,
  INTEGRATION_TIMEOUT_MS,
  MAX_CONNECTION_DURATION_MS,
  MAX_FRAME_BYTES,
  MAX_MESSAGE_BYTES,
} from "@streamer/protocol";
import type { GatewayLimits } from "./types.ts";

export const DEFAULT_LIMITS: GatewayLimits = {
  idleTimeoutMs: IDLE_TIMEOUT_MS,
  maxConnectionDurationMs: MAX_CONNECTION_DURATION_MS,
  integrationTimeoutMs: INTEGRATION_TIMEOUT_MS,
  maxFrameBytes: MAX_FRAME_BYTES,
  maxMessageBytes: MAX_MESSAGE_BYTES,
  maxBufferedBytes: 1024 * 1024,
  closeGraceMs: 2000,
};
