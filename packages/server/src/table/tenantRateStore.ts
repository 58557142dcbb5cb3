import type { Clock } from "@streamer/protocol";
import type { RateWindow } from "./countMessage.ts";
import { createTenantRateEntity } from "./entities/tenantRateEntity.ts";
import type { TableConfig } from "./entities/model.ts";
import { tableCall } from "./errors.ts";
import { encodeKeyPart } from "./keys.ts";

/** What a tenant's connections sent together. */
export interface TenantRateStore {
  /**
   * Counts a message of a tenant: one update.
   *
   * @returns how many ms remain of a window that is over its limit; `undefined` when the message may pass.
   */
  count(tenantId: string, limit: RateWindow): Promise<number | undefined>;
}

/** One item takes 1,000 writes a second: a limit beyond it would be DynamoDB's and not ours. */
export const MAX_TENANT_MESSAGES_PER_SECOND = 1_000;

/** Counts of tenants' messages in the table of `config`. */
export function createTenantRateStore(config: TableConfig, clock: Clock): TenantRateStore {
  const entity = createTenantRateEntity(config);
  return {
    async count(tenantId, { messages, windowMs }) {
      const now = clock.now();
      const startedAt = now - (now % windowMs);
      const endsAt = startedAt + windowMs;
      const { data } = await tableCall("tenantRate.count", () =>
        entity
          .upsert({ tenant_id: encodeKeyPart(tenantId), started_at: startedAt, expires_at: Math.ceil(endsAt / 1000) })
          .add({ messages: 1 })
          .go({ response: "all_new" }),
      );
      return (data.messages ?? 0) > messages ? endsAt - now : undefined;
    },
  };
}
