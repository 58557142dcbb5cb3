/** The seam for faults in sandboxes of one function. */
export interface SandboxFaults {
  /** Asked at each start: whether the process ends in its init, and how far its clock is off. */
  onStart(): { readonly crashes: boolean; readonly clockSkewMs: number };
  /**
   * Asked at each event: when to kill the process under the handler, if at all. Only if `strike` agrees at that moment, it is killed.
   *
   * @param readEvent parses the event: a cost for each message, which only who looks at it shall pay.
   */
  onInvoke(readEvent: () => unknown): { readonly afterMs: number; strike(): boolean } | undefined;
}
