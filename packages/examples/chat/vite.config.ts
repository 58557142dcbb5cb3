import { exampleConfig } from "../shared/exampleConfig.ts";

export default exampleConfig(import.meta.dirname);
