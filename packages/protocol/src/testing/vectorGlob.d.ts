/** The test runner's bundler puts files in the place of this call. */
interface ImportMeta {
  glob(pattern: string, options: { readonly query: "?raw"; readonly import: "default"; readonly eager: true }): Record<string, string>;
}
