/**
 * What the table is computed for. Sizes of items and messages were measured on the local stack (generate_report: connection 427 bytes,
 * request 927, update 394, progress frame 217) and rounded up; the rest is chosen, and stands here to be changed.
 */
export const ASSUMPTIONS = {
  /** A connection's item. */
  connectionItemBytes: 600,
  /** A request's item with its payload, later its result. */
  requestItemBytes: 1_500,
  /** A stored update. */
  updateItemBytes: 500,
  /** What is remembered of a step, with a small result. */
  stepItemBytes: 500,
  /** A subscription to a topic. */
  topicSubscriptionItemBytes: 400,
  /** Any frame. */
  frameBytes: 1_000,
  updates: 10,
  /** How long the work takes: it is what heartbeats depend on. */
  workSeconds: 30,
  heartbeatEverySeconds: 10,
  /** What a warm route takes: one or two calls to the table. */
  routeMs: 20,
  /** What `$connect` takes, with its share of cold starts. */
  connectMs: 50,
  routeMemoryMb: 512,
  /** What a warm notifier takes for one event that few hear. */
  notifierMs: 30,
  /** What it takes for one event that all subscribers of a topic hear: the posts are many at a time. */
  notifierBroadcastMs: 200,
  notifierMemoryMb: 512,
  /** Who hears an event that is published. */
  topicSubscribers: 100,
  /** X-Ray's default rule beyond the first a second: 5 %. API Gateway passes no trace on, so each run may begin one. */
  sampledTraces: 0.05,
  /** Of one run of a route: our line (445 bytes on the local stack), the metrics' (230), and the platform's own. */
  logBytesPerRun: 1_500,
  /** Of a worker's run: our three lines (1,280 bytes), the metrics' (980), and the platform's own. What your handler logs comes on top. */
  logBytesPerWorkerRun: 3_200,
  /** One line of API Gateway's access log for each frame that comes in. */
  accessLogBytes: 600,
  /** Pings of a client that is otherwise silent: one each five minutes. */
  pingsPerHour: 12,
  /** Metrics that alarms look at, of an app with one asynchronous action; test/infra/monitoringCosts.test.ts counts them. A rate's alarm looks at two. */
  alarmedMetrics: 75,
  alarmedMetricsPerAction: 15,
  /** Metrics of our own and those read from logs, one for each function that writes them, of such an app. */
  ownMetrics: 70,
  ownMetricsPerAction: 19,
  /** What a warm sweep takes that finds nothing to do: queries, one partition after the other, and the counts. */
  sweepMs: 100,
  /** An open connection's entry in the index that counts them: four keys and their names. */
  countedEntryBytes: 100,
  /** A connection that lives for an hour: API Gateway ends it after two at the latest. */
  hoursPerConnection: 1,
  /** Items of a request stay for a week, and so long each GB of them is stored. */
  storedDays: 7,
  daysPerMonth: 30,
} as const;
