/** A function's world with the settings that this app's stack would give it. Set here, since the local stack has settings of its own. */
export function withSettings<Deps>(deps: () => Deps): Deps {
  Object.assign(process.env, {
    POWERTOOLS_LOG_LEVEL: "DEBUG",
    STREAMER_JWT_AUDIENCE: "streamer-tests, streamer-more-tests",
    STREAMER_JWT_ALGORITHMS: "RS256, PS256",
    STREAMER_ALLOWED_ORIGINS: "https://app.example.com, http://localhost:5173",
  });
  return deps();
}
