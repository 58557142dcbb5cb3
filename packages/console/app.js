// The demo page of `streamer dev`: it uses the SDK as any app would, and shows what travels on the socket.
import { StreamerClient } from "./client.js";

const MAX_FRAMES_SHOWN = 200;
const MAX_REPORTS_KEPT = 12;
const KEPT_PREFIX = "streamer.report.";
const SHOWN_PREFIX = "streamer.shown.";
const STAGES = ["query", "render", "upload"];
const STATUS_TEXT = {
  submitting: "Sending",
  queued: "Queued",
  running: "Running",
  retrying: "Retrying",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};
const ENDED = new Set(["completed", "failed", "cancelled"]);

const byId = (id) => document.getElementById(id);
const pageStart = performance.now();

// ── The connection ───────────────────────────────────────────────────────────────────────────────────────────────────

const settings = await getJson("/console.json").catch((error) => {
  byId("connection").dataset.state = "closed";
  setText(byId("connection-text"), error.message);
  throw error;
});
let socket;

/** The browser's WebSocket, and what goes through it told to the list of frames. */
class WatchedWebSocket extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols);
    socket = this;
    this.addEventListener("open", () => showFrame("socket", "connected"));
    this.addEventListener("close", ({ code }) => showFrame("socket", "closed", undefined, code));
    this.addEventListener("message", ({ data }) => showFrame("received", ...kindOf(data)));
  }

  send(data) {
    showFrame("sent", ...kindOf(data));
    super.send(data);
  }
}

const client = new StreamerClient(settings.websocketUrl, {
  token: async () => (await getJson("/console/token")).token,
  WebSocket: WatchedWebSocket,
});
client.onStateChange(showConnection);
showConnection({ state: client.state });

function showConnection({ state, retryInMs, lastError }) {
  const trouble = lastError?.code === "UNAUTHORIZED" ? "The token was refused" : "Not connected";
  const again = retryInMs === undefined ? "trying again…" : `trying again in ${(retryInMs / 1000).toFixed(1)} s`;
  const text = {
    idle: "Starting…",
    connecting: lastError === undefined ? "Connecting…" : `${trouble}, ${again}`,
    open: `Connected as ${settings.user === settings.tenant ? settings.user : `${settings.user} of ${settings.tenant}`}`,
    reconnecting: `Connection lost, ${again}`,
    offline: "No network",
    closed: "Closed",
  }[state];
  byId("connection").dataset.state = state;
  setText(byId("connection-text"), text);
  byId("cut").disabled = state !== "open";
}

byId("cut").addEventListener("click", () => socket?.close(4000, "cut in the demo"));

async function getJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}. Is "streamer dev" still running?`);
  return response.json();
}

// ── What is happening: kinds and ids, never content ──────────────────────────────────────────────────────────────────

function kindOf(text) {
  try {
    const { type = "request", id, request_id: requestId, sequence, status, message } = JSON.parse(text);
    // A frame of the gateway itself has no type, but a message.
    if (typeof message === "string" && id === undefined && requestId === undefined) return ["gateway error"];
    return [type, id ?? requestId, sequence ?? status];
  } catch {
    return ["unreadable"];
  }
}

/** `detail` is a sequence number or a status. */
function showFrame(direction, kind, requestId, detail) {
  const item = clone("frame-template");
  item.dataset.direction = direction;
  setText(item.querySelector("time"), `${((performance.now() - pageStart) / 1000).toFixed(2)} s`);
  const [arrow, words] = { sent: ["→", "sent"], received: ["←", "received"], socket: ["●", "socket"] }[direction];
  item.querySelector(".direction").append(decoration(arrow), hiddenText(words));
  setText(item.querySelector(".kind"), kind);
  setText(item.querySelector(".detail"), detail === undefined ? "" : String(detail));
  setText(item.querySelector("code"), requestId === undefined ? "" : shortId(requestId));
  const list = byId("frames");
  list.prepend(item);
  while (list.childElementCount > MAX_FRAMES_SHOWN) list.lastElementChild.remove();
}

// ── The form ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const form = byId("report-form");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearErrors();
  const data = new FormData(form);
  const format = data.get("format");
  startReport({
    start_date: data.get("start_date"),
    end_date: data.get("end_date"),
    format,
    include_charts: form.elements.include_charts.checked,
  });
});

form.addEventListener("change", () => {
  // CSV has no charts.
  form.elements.include_charts.disabled = new FormData(form).get("format") === "csv";
});

form.addEventListener("input", ({ target }) => clearError(target.closest(".field")));

/** Errors stand at their fields; what names no field of this form stands above the button. */
function showIssues(issues) {
  const others = [];
  for (const { path, message } of issues) {
    const field = form.querySelector(`[data-field="${CSS.escape(path)}"]`);
    if (field === null) others.push(path === "" ? message : `${path}: ${message}`);
    else showFieldError(field, sentence(message));
  }
  const formError = byId("form-error");
  formError.hidden = others.length === 0;
  setText(formError, others.map(sentence).join(" "));
  form.querySelector('[aria-invalid="true"]')?.focus();
}

function showFieldError(field, text) {
  const error = field.querySelector(".field-error");
  setText(error, text);
  error.hidden = false;
  for (const input of field.querySelectorAll("input")) input.setAttribute("aria-invalid", "true");
}

function clearError(field) {
  field.querySelector(".field-error").hidden = true;
  for (const input of field.querySelectorAll("input")) input.removeAttribute("aria-invalid");
}

function clearErrors() {
  for (const field of form.querySelectorAll(".field")) clearError(field);
  byId("form-error").hidden = true;
}

// ── Reports ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function startReport(payload) {
  const handle = client.submit("generate_report", payload);
  const kept = { id: handle.id, payload, startedAt: Date.now() };
  keepReport(kept);
  showReport(handle, kept);
}

/**
 * A report from before a reload, or of another tab: what this tab has shown of it stands at once, and what came later follows. One that
 * the server may not have is sent again: the same id never runs twice.
 */
function resumeReport(kept) {
  const { id, payload, accepted } = kept;
  if (byId("reports").querySelector(`[data-request="${CSS.escape(id)}"]`) !== null) return;
  if (!accepted) return showReport(client.submit("generate_report", payload, { id }), kept);
  const shown = readJson(sessionStorage, SHOWN_PREFIX + id);
  showReport(client.get(id, { after: shown?.sequence ?? 0 }), kept, shown);
}

function showReport(handle, kept, shown) {
  const card = createCard(handle, kept);
  if (shown !== undefined) card.show(shown);
  card.showStatus(handle.status, handle.stale);
  byId("no-reports").hidden = true;
  byId("reports").prepend(card.element);
  void noteAcceptance(handle, kept);
  void followReport(handle, kept.payload, card);
}

/** From here on the server has it, and other tabs may show it. */
async function noteAcceptance(handle, kept) {
  try {
    await handle.accepted();
  } catch {
    // `result()` tells why.
    return;
  }
  kept.accepted = true;
  keepReport(kept);
}

async function followReport(handle, payload, card) {
  const stopWatching = handle.onChange(() => card.showStatus(handle.status, handle.stale));
  const following = followUpdates(handle, card);
  try {
    const result = await handle.result();
    await following;
    card.showResult(result, payload.format);
  } catch (error) {
    await following;
    if (error.code === "VALIDATION_ERROR" || error.code === "NOT_FOUND") {
      forgetReport(handle.id);
      card.remove();
      // What is not there any more is nobody's mistake.
      if (error.code === "VALIDATION_ERROR") showIssues(error.details?.issues ?? [{ path: "", message: error.message }]);
    } else card.showFailure(error, () => startReport(payload));
  } finally {
    stopWatching();
    card.showStatus(handle.status, false);
  }
}

async function followUpdates(handle, card) {
  for await (const update of handle.updates()) {
    if (update.type === "progress") card.showProgress(update);
    else if (update.snapshot !== undefined) card.showProgress({ ...update, ...update.snapshot });
  }
}

function createCard(handle, kept) {
  const { payload, startedAt } = kept;
  const element = clone("report-template");
  const part = (selector) => element.querySelector(selector);
  element.dataset.request = handle.id;
  const title = `${periodText(payload)} · ${payload.format.toUpperCase()}`;
  const actions = part(".actions");
  setText(part(".report-title"), title);
  setText(part(".report-id"), shortId(handle.id));
  part(".report-id").title = handle.id;
  part(".bar").setAttribute("aria-label", title);
  setText(part(".message"), "On its way…");
  const cancel = button("Cancel", () => {
    setText(cancel, "Cancelling…");
    // What became of it, the handle tells.
    handle.cancel("cancelled on the demo page").catch(() => setText(cancel, "Cancel"));
  });
  actions.append(cancel);

  const showElapsed = (ms) => setText(part(".elapsed"), `${(ms / 1000).toFixed(1)} s`);
  const ticking = setInterval(() => showElapsed(Date.now() - startedAt), 100);
  const end = (...children) => {
    clearInterval(ticking);
    // A report that had ended before the page was loaded keeps its time.
    kept.elapsedMs ??= Date.now() - startedAt;
    keepReport(kept);
    showElapsed(kept.elapsedMs);
    // Who stood on a button that goes away stands on the one that takes its place.
    const hadFocus = actions.contains(document.activeElement);
    actions.replaceChildren(...children);
    if (hadFocus) children[0].focus();
  };

  const show = ({ percentage, message, stage, attempt }) => {
    showPercentage(part, percentage);
    showStage(element, stage);
    setText(part(".attempt"), `attempt ${attempt}`);
    return setText(part(".message"), message);
  };

  return {
    element,
    show,
    remove() {
      clearInterval(ticking);
      element.remove();
      byId("no-reports").hidden = byId("reports").childElementCount > 0;
    },
    showStatus(status, stale) {
      element.dataset.status = status;
      element.dataset.stale = String(stale && !ENDED.has(status));
      setText(part(".badge"), stale && !ENDED.has(status) ? "Catching up" : STATUS_TEXT[status]);
    },
    showProgress({ sequence, percentage, message, metadata, attempt }) {
      const shown = { sequence, percentage, message, stage: metadata?.stage, attempt };
      sessionStorage.setItem(SHOWN_PREFIX + handle.id, JSON.stringify(shown));
      if (show(shown)) announce(`${title}: ${Math.round(percentage)} percent, ${message}`);
    },
    showResult({ url, records, size }, format) {
      showPercentage(part, 100);
      const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener" });
      link.append(`Open the ${format.toUpperCase()}`, hiddenText(` of ${title}, in a new tab`));
      const facts = document.createElement("span");
      setText(facts, `${records.toLocaleString("en-GB")} records · ${sizeText(size)}`);
      setText(part(".message"), "Report ready!");
      end(link, facts);
      announce(`${title}: ready, ${facts.textContent}`);
    },
    showFailure(error, again) {
      const cancelled = error.code === "CANCELLED";
      const text = cancelled ? "Cancelled. Nothing more will happen." : `${error.message ?? "It failed."} (${error.code ?? "unknown"})`;
      setText(part(".message"), text);
      end(button(cancelled ? "Ask again" : "Try again", again));
      announce(`${title}: ${text}`);
    },
  };
}

function showPercentage(part, percentage) {
  const rounded = Math.round(percentage);
  part(".fill").style.width = `${percentage}%`;
  part(".bar").setAttribute("aria-valuenow", String(rounded));
  setText(part(".percentage"), `${rounded} %`);
}

function showStage(element, stage) {
  const current = STAGES.indexOf(stage);
  for (const item of element.querySelectorAll("[data-stage]")) {
    const index = STAGES.indexOf(item.dataset.stage);
    item.dataset.reached = String(index <= current);
    if (index === current) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}

// The reports are every tab's; how far one was shown, each tab knows for itself. An entry for each, so that tabs do not overwrite each other.

function keptReports() {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(KEPT_PREFIX))
    .map((key) => readJson(localStorage, key))
    .filter((report) => report !== undefined)
    .toSorted((one, other) => one.startedAt - other.startedAt);
}

function keepReport(report) {
  localStorage.setItem(KEPT_PREFIX + report.id, JSON.stringify(report));
  for (const { id } of keptReports().slice(0, -MAX_REPORTS_KEPT)) forgetReport(id);
}

function forgetReport(id) {
  localStorage.removeItem(KEPT_PREFIX + id);
  sessionStorage.removeItem(SHOWN_PREFIX + id);
}

/** Undefined when there is none, or it is not as this page writes it. */
function readJson(storage, key) {
  try {
    return JSON.parse(storage.getItem(key)) ?? undefined;
  } catch {
    return undefined;
  }
}

addEventListener("storage", ({ key, newValue }) => {
  if (!key?.startsWith(KEPT_PREFIX) || newValue === null) return;
  const report = readJson(localStorage, key);
  // Before the server has it, it is the other tab's alone.
  if (report?.accepted) resumeReport(report);
});

// ── Echo ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

byId("echo-form").addEventListener("submit", (event) => {
  event.preventDefault();
  void echo(byId("echo-message").value);
});

async function echo(message) {
  const answer = byId("echo-answer");
  const sentAt = performance.now();
  try {
    const data = await client.submit("echo", { message }).result();
    const time = document.createElement("strong");
    setText(time, `${(performance.now() - sentAt).toFixed(1)} ms`);
    answer.replaceChildren(time, ` there and back: “${data.message}”`);
  } catch (error) {
    const text = document.createElement("span");
    text.className = "error";
    setText(
      text,
      (error.details?.issues ?? [{ message: error.message }]).map((issue) => sentence(`${issue.path ?? ""} ${issue.message}`)).join(" "),
    );
    answer.replaceChildren(text);
  }
}

// ── Small things ─────────────────────────────────────────────────────────────────────────────────────────────────────

function clone(templateId) {
  return byId(templateId).content.firstElementChild.cloneNode(true);
}

/** Sets an element's text if it differs. @returns whether it did. */
function setText(element, text) {
  if (element.textContent === text) return false;
  element.textContent = text;
  return true;
}

function button(text, onClick) {
  const element = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  element.addEventListener("click", onClick);
  return element;
}

function decoration(text) {
  const element = document.createElement("span");
  element.ariaHidden = "true";
  setText(element, text);
  return element;
}

function hiddenText(text) {
  const element = document.createElement("span");
  element.className = "hidden";
  setText(element, text);
  return element;
}

function announce(text) {
  setText(byId("announcer"), text);
}

function shortId(id) {
  return id.length > 10 ? `${id.slice(0, 8)}…` : id;
}

function sentence(text) {
  const trimmed = text.trim();
  return `${trimmed.slice(0, 1).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? "" : "."}`;
}

function periodText({ start_date: start, end_date: end }) {
  const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const [from, to] = [new Date(start), new Date(end)];
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime()) || from > to) return "Report";
  return days.formatRange(from, to);
}

function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

// ── Start ────────────────────────────────────────────────────────────────────────────────────────────────────────────

client.connect().catch(() => undefined);
for (const report of keptReports()) resumeReport(report);
