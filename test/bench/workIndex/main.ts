// How evenly request ids fall into the shards of the work index, and what that allows.
// node --conditions=@streamer/source test/bench/workIndex/main.ts [ids]
import { WORK_SHARDS } from "@streamer/server";
import { distributionOf, ID_KINDS, writesPerSecond } from "./distribution.ts";

const count = Number(process.argv[2] ?? 1_000_000);
const number = (value: number): string => value.toLocaleString("en-US");

process.stdout.write(
  `| ids (${number(count)}) | fewest in a shard | most | most, of an even share | writes/s of the index |\n| --- | --- | --- | --- | --- |\n`,
);
for (const [kind, ids] of Object.entries(ID_KINDS)) {
  const { shards, fullest } = distributionOf(ids(count));
  const cells = [
    kind,
    number(Math.min(...shards)),
    number(Math.max(...shards)),
    fullest.toFixed(3),
    number(writesPerSecond(fullest, WORK_SHARDS)),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}
process.stdout.write(`| a key of the status alone | – | ${number(count)} | – | ${number(writesPerSecond(1, 1))} |\n`);
