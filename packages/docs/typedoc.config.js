const repositoryUrl = process.env["DOCS_REPOSITORY_URL"];

const PACKAGES = ["protocol", "client", "react", "server", "functions", "local", "stacks"];

/** @type {Partial<import("typedoc").TypeDocOptions> & Partial<import("typedoc-plugin-markdown").PluginOptions>} */
export default {
  name: "API",
  // What package.json of each names under `exports`.
  entryPoints: [
    "../protocol/src/index.ts",
    "../protocol/src/testing/index.ts",
    "../client/src/index.ts",
    "../client/src/testing/index.ts",
    "../react/src/index.ts",
    "../server/src/index.ts",
    "../server/src/aws.ts",
    "../server/src/wiring.ts",
    "../server/src/testing/index.ts",
    "../functions/src/actions/index.ts",
    "../local/src/index.ts",
    "../../stacks/src/index.ts",
  ],
  tsconfig: "./typedoc.tsconfig.json",
  // `npm run types` checks them, by TypeScript 7. The older one that TypeDoc has only reads.
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  readme: "none",
  disableGit: true,
  ...(repositoryUrl === undefined
    ? { disableSources: true }
    : { basePath: "../..", gitRevision: "main", sourceLinkTemplate: `${repositoryUrl}/blob/{gitRevision}/{path}#L{line}` }),

  // All that a user can name has a docstring, or the build fails. Of an object's type its members need none: their names are the schema's.
  requiredToBeDocumented: ["Class", "Function", "Interface", "Method", "TypeAlias", "Variable"],
  packagesRequiringDocumentation: PACKAGES.map((name) => `@streamer/${name}`),
  intentionallyNotDocumented: [
    "@streamer/client/testing.TestServer.on.__type.next",
    "@streamer/client.FetchLike.__type.__type.text",
    "@streamer/functions/actions.actions.__type.echo.__type.message",
    "@streamer/functions/actions.actions.__type.generateReport.__type.start_date",
    "@streamer/functions/actions.actions.__type.bulkOperation.__type.items",
  ],
  // Whether types that exports mention are exported too is not asked: TypeDoc looks at one package, and here are seven.
  validation: { notExported: false, invalidLink: true, notDocumented: true, rewrittenLink: true, unusedMergeModuleWith: true },
  treatValidationWarningsAsErrors: true,

  plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme"],
  out: "./api",
  docsRoot: ".",
  // A page for each entry: with one for each name the site would have 560 more.
  router: "module",
  excludeScopesInPaths: true,
  hideBreadcrumbs: true,
  groupOrder: ["Functions", "Classes", "Interfaces", "Type Aliases", "Variables", "*"],
  indexFormat: "table",
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  typeAliasPropertiesFormat: "table",
  typeDeclarationFormat: "table",
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    hideSources: true,
    leftAlignHeaders: true,
  },
  useCodeBlocks: true,
  expandObjects: false,
  sanitizeComments: true,
};
