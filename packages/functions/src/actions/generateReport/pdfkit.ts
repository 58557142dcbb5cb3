import nodeModule from "node:module";
import type PDFKit from "pdfkit";
import helvetica from "pdfkit/standard-fonts/Helvetica";
import helveticaBold from "pdfkit/standard-fonts/HelveticaBold";

export const FONTS = { regular: "Helvetica", bold: "Helvetica-Bold" } as const;

const FONT_DATA: Readonly<Record<string, unknown>> = {
  "#standard-fonts/Helvetica": helvetica,
  "#standard-fonts/HelveticaBold": helveticaBold,
};

/**
 * pdfkit with its fonts, loaded at the first PDF: nothing else needs it, and it is the largest part of this function.
 *
 * pdfkit's Node build asks for its font measures by `require("#standard-fonts/…")` at run time, beside itself. A bundle has nothing
 * beside itself, and the build offers no way to hand the data over, so Node is told for a moment where these names lead; pdfkit keeps
 * what it was given. To be replaced by pdfkit's `registerStdFonts()` when the Node build has it.
 * @see https://github.com/foliojs/pdfkit/issues/1801
 */
export async function loadPdfkit(): Promise<typeof PDFKit> {
  const { default: PDFDocument } = await import("pdfkit");
  const hooks = nodeModule.registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier in FONT_DATA ? { url: specifier, format: "commonjs", shortCircuit: true } : nextResolve(specifier, context),
    load: (url, context, nextLoad) =>
      url in FONT_DATA
        ? { source: `module.exports = ${JSON.stringify(FONT_DATA[url])}`, format: "commonjs", shortCircuit: true }
        : nextLoad(url, context),
  });
  try {
    const document = new PDFDocument({ autoFirstPage: false });
    for (const font of Object.values(FONTS)) document.font(font);
  } finally {
    hooks.deregister();
  }
  return PDFDocument;
}
