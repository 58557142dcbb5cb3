import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DefaultTheme } from "vitepress";

export const DOCS = resolve(import.meta.dirname, "..");

type Item = DefaultTheme.SidebarItem;

/** The sidebar: each page of the site stands in it, and nothing that is no page. */
export function sidebar(): Item[] {
  return [
    {
      text: "Guide",
      items: [
        page("getting-started", "Getting started"),
        page("developing", "Working with streamer dev"),
        {
          text: "Tutorials",
          items: [
            page("tutorials/add-an-action", "Add an action"),
            page("tutorials/resume", "Resume after a reload"),
            page("tutorials/batches", "Many at once"),
            page("tutorials/test-a-processor", "Test a processor"),
            page("tutorials/deploy", "Deploy"),
          ],
        },
        {
          text: "Concepts",
          items: [
            page("concepts/life-of-a-request", "Life of a request"),
            page("concepts/promises", "Promises"),
            page("concepts/data-model", "Data model"),
            page("concepts/cost", "Cost"),
            page("failure", "Failure"),
            page("once", "Effects outside, once"),
            page("batches", "Batches"),
            page("topics", "Topics"),
            page("connection-manager", "Connection manager"),
            page("storage", "Storage"),
          ],
        },
        page("testing", "Testing"),
        page("walkthroughs", "Walkthroughs"),
        page("demo", "Demonstration"),
      ],
    },
    {
      text: "Reference",
      items: [
        page("api/index", "API"),
        page("protocol", "Protocol"),
        page("asyncapi", "AsyncAPI"),
        page("actions", "Actions"),
        page("configuration", "Configuration"),
        page("errors", "Error codes"),
        page("cli", "Command line"),
        page("metrics", "Metrics"),
        page("observability", "Log lines and queries"),
      ],
    },
    {
      text: "Operations",
      items: [
        page("deploy", "Deploy guide"),
        page("first-month", "The first month"),
        page("operations", "Operations"),
        page("doctor", "streamer doctor"),
        page("tracing", "Tracing"),
        page("upgrades", "Upgrades"),
        page("threat-model", "Threat model"),
        { ...page("runbooks/index", "Runbooks"), collapsed: true, items: folder("runbooks") },
      ],
    },
    {
      text: "About",
      items: [
        page("comparison", "Comparison"),
        page("figures", "Figures"),
        page("load", "Load"),
        page("capacity", "Capacity plan"),
        page("costs", "Costs"),
        page("requirements", "Requirements"),
        page("not-verified", "Not verified"),
        folded("Decisions", folder("decisions")),
        folded("Discoveries", folder("discoveries")),
        page("glossary", "Glossary"),
        page("versioning", "Versioning"),
        page("changelog", "Changelog"),
      ],
    },
  ];
}

/** Pages that the API reference has of its own. */
export function apiSidebar(): Item[] {
  const text = readFileSync(join(DOCS, "api/typedoc-sidebar.json"), "utf8");
  return [{ text: "API", link: "/api/", items: JSON.parse(text) as Item[] }];
}

function page(path: string, text: string): Item {
  return { text, link: `/${path.replace(/(^|\/)index$/, "$1")}` };
}

/** With a link of its own, to the first: a group without one is a button within a button, which screen readers do not tell. */
function folded(text: string, items: Item[]): Item {
  const { link } = items[0] ?? {};
  return { text, collapsed: true, items, ...(link === undefined ? {} : { link }) };
}

/** One for each page of the folder, by its first heading. */
function folder(name: string): Item[] {
  const files = readdirSync(join(DOCS, name)).filter((file) => file.endsWith(".md") && file !== "README.md");
  return files.toSorted().map((file) => page(`${name}/${file.slice(0, -3)}`, titleOf(join(DOCS, name, file))));
}

function titleOf(path: string): string {
  const title = /^# (.+)$/m.exec(readFileSync(path, "utf8"))?.[1];
  if (title === undefined) throw new Error(`${path} has no heading "# …": write one, the sidebar takes its text from there.`);
  return title.replaceAll("`", "");
}
