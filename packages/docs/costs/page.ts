import { ASSUMPTIONS } from "./assumptions.ts";
import { LOOKED_UP, PRICES, REGION } from "./prices.ts";
import type { Price, PriceName } from "./prices.ts";
import { MONTHLY, SCENARIOS } from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";
import { dollars, sum, times } from "./usage.ts";

const BEGIN = "<!-- written by npm run costs -- --write -->";
const END = "<!-- end -->";
const GIGABYTE = 1_000_000_000;

export interface ScenarioCost {
  readonly title: string;
  readonly dollars: number;
  readonly goalDollars?: number;
  readonly steps: readonly { readonly step: string; readonly dollars: number }[];
  readonly services: readonly { readonly service: string; readonly amount: number; readonly dollars: number }[];
  readonly logsDollars: number;
  /** Storage with its backup, for as long as it is kept. */
  readonly storageDollars: number;
}

/** All three, computed. */
export function scenarioCosts(): readonly ScenarioCost[] {
  return SCENARIOS.map(scenarioCost);
}

export function scenarioCost({ title, count, steps, logBytes, storedBytes, goalDollars }: Scenario): ScenarioCost {
  const usage = times(count, sum(...steps.map((step) => step.usage)));
  const gigabyteMonths = ((count * storedBytes) / GIGABYTE) * (ASSUMPTIONS.storedDays / ASSUMPTIONS.daysPerMonth);
  return {
    title,
    dollars: dollars(usage),
    ...(goalDollars === undefined ? {} : { goalDollars }),
    steps: steps.map((one) => ({ step: one.step, dollars: dollars(times(count, one.usage)) })),
    services: (Object.entries(usage) as [PriceName, number][]).map(([name, amount]) => ({
      service: PRICES[name].label,
      amount,
      dollars: dollars({ [name]: amount }),
    })),
    logsDollars: dollars({ logs: (count * logBytes) / GIGABYTE }),
    storageDollars: dollars({ tableStorage: gigabyteMonths, tableBackup: gigabyteMonths }),
  };
}

/** The computed part of the page, as markdown. */
export function renderCosts(): string {
  const costs = scenarioCosts();
  return [
    table(
      ["", "dollars", "goal", "+ logs", "+ storage for a week"],
      costs.map((cost) => [
        cost.title,
        `**${show(cost.dollars)}**`,
        cost.goalDollars === undefined ? "–" : `≤ ${cost.goalDollars}`,
        show(cost.logsDollars),
        cost.storageDollars === 0 ? "–" : show(cost.storageDollars),
      ]),
    ),
    ...costs.flatMap((cost) => [
      `### ${cost.title}`,
      table(
        ["step", "dollars"],
        cost.steps.map((one) => [one.step, show(one.dollars)]),
      ),
      table(
        ["service", "amount", "dollars"],
        cost.services.map((one) => [one.service, Number(one.amount.toPrecision(6)).toLocaleString("en-US"), show(one.dollars)]),
      ),
    ]),
    "### Each month, without a request",
    table(
      ["what", "dollars", ""],
      MONTHLY.map((line) => [line.what, dollars(line.usage).toFixed(2), line.note]),
    ),
    `### Prices (${REGION}, looked up ${LOOKED_UP})`,
    table(
      ["price", "dollars", "AWS's page"],
      Object.values(PRICES).map((price: Price) => [
        price.label,
        `${price.dollars} per ${price.per === 1 ? "" : `${price.per.toLocaleString("en-US")} `}${price.unit}`,
        `<${price.page}>`,
      ]),
    ),
  ].join("\n\n");
}

/**
 * The page with its computed part replaced.
 *
 * @throws when the page has lost its markers.
 */
export function withCosts(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no "${BEGIN}" followed by "${END}". Put both back where the tables go.`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${renderCosts()}\n\n${page.slice(end)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Three digits that mean something: the smallest sums are the interesting ones. */
function show(amount: number): string {
  return amount >= 0.001 ? amount.toFixed(4) : amount.toFixed(7);
}
