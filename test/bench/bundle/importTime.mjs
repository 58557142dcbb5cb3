// Loads one module in a process of its own and writes how long that took, in milliseconds. Nothing else is loaded before it.
const startedAt = performance.now();
await import(process.argv[2]);
const tookMs = performance.now() - startedAt;
// Whatever the module left open must not keep the process.
process.stdout.write(`${tookMs}\n`, () => process.exit(0));
