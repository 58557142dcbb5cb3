import type { ConnectionView } from "../../contract.ts";
import type { Identity } from "./identity.ts";

/**
 * Which of the stack's connections is this page's. The gateway tells no client the id of its connection, so it is the one of this user that was
 * opened nearest to the moment at which this page's was: another tab of the same user opened its own at another time.
 *
 * @param openedAt when this page's connection was opened, in ms since 1970.
 */
export function ownConnection(
  connections: readonly ConnectionView[],
  { user, tenant }: Identity,
  openedAt: number,
): ConnectionView | undefined {
  const mine = connections.filter((connection) => connection.open && connection.userId === user && connection.tenantId === tenant);
  const distance = ({ connectedAt }: ConnectionView): number => Math.abs(connectedAt - openedAt);
  return mine.toSorted((one, other) => distance(one) - distance(other))[0];
}
