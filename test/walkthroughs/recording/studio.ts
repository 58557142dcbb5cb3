import type { Composed } from "./compose.ts";

/** What runs in Chromium to make the film: it draws each picture on a canvas and encodes it. */
export interface Studio {
  /** @returns with "png" the picture as Base64. */
  draw(picture: Omit<Composed, "picture"> & { readonly jpeg: string }, into: "encode" | "png"): Promise<string>;
  finish(): Promise<readonly { readonly atMs: number; readonly isKey: boolean; readonly data: string }[]>;
}

declare global {
  var studio: Studio;
}

export interface StudioSize {
  readonly width: number;
  readonly height: number;
  readonly stripHeight: number;
}

/** Is sent into the page as text, so it names nothing outside itself. */
export function createStudio({ width, height, stripHeight }: StudioSize): Studio {
  const KEY_EVERY_MS = 8_000;
  const QUANTIZER = 40;
  const ARROW = [
    [0, 0],
    [0, 20],
    [5, 15.5],
    [8.5, 23],
    [12, 21.5],
    [8.6, 14.2],
    [15, 13.5],
  ] as const;
  const canvas = document.querySelector("canvas");
  const pen = canvas?.getContext("2d", { alpha: false });
  if (canvas === null || pen === null || pen === undefined) throw new Error("The studio's page has no canvas.");
  canvas.width = width;
  canvas.height = height + stripHeight;

  const chunks: Promise<{ atMs: number; isKey: boolean; data: string }>[] = [];
  let failure: unknown;
  let lastKeyMs = -KEY_EVERY_MS;
  const base64 = async (blob: Blob): Promise<string> => {
    const reader = new FileReader();
    const read = new Promise((resolve) => reader.addEventListener("load", resolve, { once: true }));
    reader.readAsDataURL(blob);
    await read;
    return typeof reader.result === "string" ? reader.result.replace(/^[^,]*,/, "") : "";
  };
  const encoder = new VideoEncoder({
    output(chunk) {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      const coded = { atMs: chunk.timestamp / 1_000, isKey: chunk.type === "key" };
      chunks.push(base64(new Blob([data])).then((text) => ({ ...coded, data: text })));
    },
    error(error) {
      failure = error;
    },
  });
  encoder.configure({ codec: "vp09.00.31.08", width, height: height + stripHeight, bitrateMode: "quantizer", latencyMode: "quality" });

  const drawPointer = ({ x, y, pressed }: NonNullable<Composed["pointer"]>): void => {
    if (pressed) {
      pen.beginPath();
      pen.arc(x, y, 18, 0, 2 * Math.PI);
      pen.fillStyle = "rgba(56, 132, 255, 0.35)";
      pen.fill();
    }
    pen.save();
    pen.translate(x, y);
    pen.beginPath();
    for (const [toX, toY] of ARROW) pen.lineTo(toX, toY);
    pen.closePath();
    pen.fillStyle = "#111";
    pen.strokeStyle = "#fff";
    pen.lineWidth = 2;
    pen.stroke();
    pen.fill();
    pen.restore();
  };

  return {
    async draw({ atMs, jpeg, caption, pointer }, into) {
      const bytes = Uint8Array.from(atob(jpeg), (letter) => letter.codePointAt(0) ?? 0);
      const image = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
      pen.drawImage(image, 0, 0, width, height);
      image.close();
      if (pointer !== undefined) drawPointer(pointer);
      pen.fillStyle = "#10151f";
      pen.fillRect(0, height, width, stripHeight);
      pen.fillStyle = "#fff";
      pen.font = "26px system-ui, sans-serif";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(caption, width / 2, height + stripHeight / 2, width - 48);
      if (into === "png") {
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
        return blob === null ? "" : base64(blob);
      }
      const keyFrame = atMs - lastKeyMs >= KEY_EVERY_MS;
      if (keyFrame) lastKeyMs = atMs;
      const frame = new VideoFrame(canvas, { timestamp: Math.round(atMs * 1_000) });
      // TypeScript's own types do not have `vp9` yet: https://www.w3.org/TR/webcodecs-vp9-codec-registration/
      const options: VideoEncoderEncodeOptions & { readonly vp9: { readonly quantizer: number } } = {
        keyFrame,
        vp9: { quantizer: QUANTIZER },
      };
      encoder.encode(frame, options);
      frame.close();
      return "";
    },
    async finish() {
      await encoder.flush();
      encoder.close();
      if (failure !== undefined) throw failure;
      return Promise.all(chunks);
    },
  };
}
