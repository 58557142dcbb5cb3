import { resolve } from "node:path";
import { defineConfig } from "vitepress";
import type { UserConfig } from "vitepress";
import llmstxt from "vitepress-plugin-llms";
import { withMermaid } from "vitepress-plugin-mermaid";
import { apiSidebar, DOCS, sidebar } from "./pages.ts";
import { apiSlug, githubSlug } from "./slugs.ts";
import { sourceLinks } from "./sourceLinks.ts";

const DESCRIPTION = "Long work behind an interactive screen, on AWS, with no servers.";

/** Files that stand elsewhere and are pages here. */
const INCLUDED = { "packages/protocol/PROTOCOL.md": "protocol.md", "CHANGELOG.md": "changelog.md" };

// The base path and the code host depend on where the site is served.
const { DOCS_BASE: base = "/", DOCS_REPOSITORY_URL: repositoryUrl } = process.env;

export default withMermaid(
  defineConfig({
    title: "Streamer",
    description: DESCRIPTION,
    lang: "en",
    base,
    head: [["link", { rel: "icon", type: "image/svg+xml", href: `${base}favicon.svg` }]],
    // Of the package, for who meets it among packages.
    srcExclude: ["README.md"],
    rewrites: { "runbooks/README.md": "runbooks/index.md" },
    // Pages are files: any host of static files serves them as they are.
    cleanUrls: false,
    metaChunk: true,
    markdown: {
      theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
      anchor: {
        slugifyWithState: (heading, { env }) => {
          const { relativePath } = env as { readonly relativePath?: string };
          return relativePath?.startsWith("api/") === true ? apiSlug(heading) : githubSlug(heading);
        },
      },
      config: (md) => sourceLinks(md, { root: resolve(DOCS, "../.."), docs: DOCS, base, repositoryUrl, included: INCLUDED }),
    },
    themeConfig: {
      nav: [
        { text: "Guide", link: "/getting-started" },
        { text: "API", link: "/api/" },
        { text: "Protocol", link: "/protocol" },
        { text: "Operations", link: "/operations" },
        { text: "Figures", link: "/figures" },
      ],
      sidebar: { "/": sidebar(), "/api/": apiSidebar() },
      outline: { level: [2, 3] },
      search: { provider: "local" },
      externalLinkIcon: true,
      ...(repositoryUrl === undefined ? {} : { socialLinks: [{ icon: "git", link: repositoryUrl }] }),
      footer: { message: "MIT licence." },
    },
    // Narrow enough to be read beside the sidebar.
    mermaid: { fontFamily: "inherit", sequence: { wrap: true, width: 110, actorMargin: 24, boxMargin: 6 } },
    vite: {
      // The compiler's options are not for this builder, which does not know all of them.
      esbuild: { tsconfigRaw: "{}" },
      plugins: [forVitePress(llmstxt({ description: DESCRIPTION, ignoreFilesPerOutput: { llmsFullTxt: ["api/**", "requirements.md"] } }))],
      // Mermaid is one large part, loaded by the pages that draw.
      build: { chunkSizeWarningLimit: 4_000 },
    },
  }),
);

type Plugins = NonNullable<NonNullable<UserConfig["vite"]>["plugins"]>;

/** The plugin is typed by the repository's Vite, and VitePress brings an older one along: both call it in the same way. */
function forVitePress(plugin: unknown): Plugins[number] {
  return plugin as Plugins[number];
}
