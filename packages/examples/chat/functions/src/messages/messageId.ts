/** Of a message: whoever sends the same request again sends the same message. Ids of requests are the client's, and those of two users may be the same. */
export function messageId(userId: string, requestId: string): string {
  return `${encodeURIComponent(userId)}:${requestId}`;
}
