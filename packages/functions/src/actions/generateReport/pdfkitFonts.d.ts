// What pdfkit's own types lack: the measures of the standard fonts, as data that only pdfkit looks into.
declare module "pdfkit/standard-fonts/*" {
  const font: Readonly<Record<string, unknown>>;
  export default font;
}
