import type { ActionHandle, ProgressUpdate } from "@streamer/client";
import type { ProgressOf } from "@streamer/protocol";
import { mutationOptions } from "@streamer/react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { App } from "../functions/src/actions/index.ts";
import { api } from "./api.ts";

type PrintPhotos = App["printPhotos"];

/** A long action is a mutation. It has no progress of its own: that comes beside it, and the handle by which it is cancelled. */
export function usePrint() {
  const [handle, setHandle] = useState<ActionHandle<PrintPhotos>>();
  const [progress, setProgress] = useState<ProgressUpdate<ProgressOf<PrintPhotos>>>();
  const mutation = useMutation(
    mutationOptions(api.printPhotos, {
      onSubmit(submitted) {
        setProgress(undefined);
        setHandle(submitted);
      },
      onProgress: setProgress,
    }),
  );
  return { mutation, progress, cancel: () => void handle?.cancel("cancelled on the page") };
}
