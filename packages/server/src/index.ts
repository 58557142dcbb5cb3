export * from "./links.ts";
export * from "./pipe/pipeDefinition.ts";
export * from "./pipe/requestEvent.ts";
export * from "./table/tableDefinition.ts";
export * from "./wiring.ts";
