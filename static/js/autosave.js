// Saves the form while it is being typed. Nothing here ever writes into a field that somebody types in:
// only the hidden version, the fingerprints and the status line change (ux.md (b) 0, 5).

import { showClashes } from "./clash.js";
import { showParts } from "./form.js";
import { changedSince, fill, forget, keep, namesOf, offerKept, valuesOf } from "./kept.js";
import { openSignIn, showSignIn, watchSignIn, whoIsHere } from "./sign-in.js";

const QUIET = 800;
const KEEP_AFTER = 150;
const TRY_AGAIN = 10000;
const STAYS = ["offline", "busy", "signedOut", "other"];
const form = document.querySelector("form[data-autosave]");
const state = form.querySelector("[data-save-state]");
const key = form.dataset.keptAs;
let unwritten = form.dataset.unwritten.split(" ").filter(Boolean); // at fault: these words stand on this page alone
let base = without(valuesOf(form), {}); // what the server has
let offered = {}; // kept by an earlier page, not decided on yet
let timer = 0;
let keeper = 0;
let running = null;
let again = false;
let unsaved = false;
let wasCut = false;
let clashing = false;
let submitting = false;
let leaving = false;
let afterSignIn = null;
let lastField = null;

// Values that were sent, with those the server refused put back to what it had before.
function without(values, before) {
  const stands = { ...values };
  for (const name of unwritten) stands[name] = before[name] || "";
  return stands;
}

function say(name, time = "", names = "") {
  const text = state.dataset[name].replace("%t", time).replace("%n", names);
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("save-failed", !["saving", "saved", "partly", "resent"].includes(name));
  showSignIn(name === "signedOut");
}

function keepNow() {
  keeper = 0;
  const values = { ...offered, ...changedSince(base, valuesOf(form)) };
  if (Object.keys(values).length) keep(key, values);
  else forget(key);
}

function settle() {
  unsaved = true;
  if (!keeper) keeper = window.setTimeout(keepNow, KEEP_AFTER);
  window.clearTimeout(timer);
  timer = window.setTimeout(save, QUIET);
}

function post() {
  const data = new FormData(form);
  for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name);
  return fetch(form.dataset.autosave, { method: "POST", body: data, redirect: "manual" });
}

async function save() {
  if (running) {
    again = true;
    return running;
  }
  if (clashing) return "conflict";
  window.clearTimeout(timer);
  unsaved = false;
  say("saving");
  running = send();
  const outcome = await running;
  running = null;
  if (again && !STAYS.includes(outcome)) settle();
  again = false;
  return outcome;
}

// Returns what became of it: a name of the status line.
async function send() {
  const sent = valuesOf(form);
  let outcome = "offline";
  try {
    let response = await post();
    const ended = () => response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
    // Signing in again in another tab changes the token of every form: renew it and try once more.
    const who = ended() ? await whoIsHere(form.dataset.writer) : "same";
    if (who === "same" && ended()) response = await post();
    outcome = who === "other" ? "other" : ended() ? "signedOut" : await report(response, sent);
  } catch {
    outcome = "offline";
  }
  if (STAYS.includes(outcome)) failed(outcome);
  return outcome;
}

function failed(outcome) {
  unsaved = true;
  wasCut = wasCut || outcome === "offline" || outcome === "busy";
  say(outcome);
  keepNow();
  if (outcome === "offline" || outcome === "busy") timer = window.setTimeout(save, TRY_AGAIN);
}

async function report(response, sent) {
  if (response.status >= 500 || response.status === 429) return "busy";
  const type = response.headers.get("Content-Type") || "";
  const answer = type.startsWith("application/json") ? await response.json() : { status: "refused" };
  if (answer.status === "saved" || answer.status === "partly") return written(answer, sent);
  if (answer.status === "other") return "other";
  unsaved = true;
  keepNow();
  if (answer.status === "conflict") clashed(answer);
  else say(answer.status === "closed" ? "closed" : "refused");
  return answer.status;
}

function written(answer, sent) {
  unwritten = answer.unwritten;
  const stands = without(sent, base);
  const names = namesOf(form, Object.keys(changedSince(base, stands)));
  base = stands;
  goOnFrom(answer, sent);
  showParts(answer.sections);
  form.dispatchEvent(new CustomEvent("portal:saved", { detail: answer }));
  keepNow();
  if (answer.status === "partly") say("partly", answer.time, answer.faulty.map((label) => `“${label}”`).join(", "));
  else say(wasCut && names ? "resent" : "saved", answer.time, names);
  wasCut = false;
  return answer.status;
}

// Takes over what came from elsewhere, but never into a field in use: that one keeps its old fingerprint and the form
// its old version, so that the server merges it again.
function goOnFrom(answer, sent) {
  const now = valuesOf(form);
  const old = JSON.parse(form.elements.prints.value);
  const prints = JSON.parse(answer.prints);
  let behind = false;
  for (const { name, value } of answer.taken) {
    const inUse = document.activeElement && document.activeElement.name === name;
    if (inUse || (now[name] || "") !== (sent[name] || "")) {
      behind = true;
      if (old[name]) prints[name] = old[name];
      else delete prints[name];
    } else {
      fill(form, name, value);
      base[name] = valuesOf(form)[name];
    }
  }
  form.elements.prints.value = JSON.stringify(prints);
  if (!behind) form.elements.version.value = answer.version;
}

function clashed(answer) {
  clashing = true;
  say("conflict", "", answer.clashes.map((clash) => `“${clash.label}”`).join(", "));
  showClashes(form, answer, () => {
    clashing = false;
    goOnFrom(answer, valuesOf(form));
    settle();
  });
}

// The button's own request goes out only once all is stored: a dead line or an ended session then costs nothing.
async function submit(event) {
  if (leaving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (submitting) return;
  submitting = true;
  const button = event.submitter;
  if (running) await running;
  const outcome = await save();
  submitting = false;
  if (outcome === "signedOut") {
    afterSignIn = () => form.requestSubmit(button);
    openSignIn();
  }
  if (STAYS.includes(outcome)) return;
  leaving = true;
  window.clearTimeout(timer);
  form.requestSubmit(button);
}

function resume() {
  const next = afterSignIn || save;
  afterSignIn = null;
  if (lastField) lastField.focus();
  next();
}

function start() {
  const started = window.sessionStorage.getItem("portal-started");
  if (started) forget(started);
  window.sessionStorage.removeItem("portal-started");
  const decided = (act) => () => {
    offered = {};
    act();
  };
  offered = offerKept(form, key, { used: decided(settle), dropped: decided(keepNow) });
  watchSignIn(form.dataset.writer, resume);
}

for (const kind of ["input", "change"]) {
  form.addEventListener(kind, (event) => event.target.type !== "file" && settle());
}
// Chromium sends no input event after a composition: without this the last word would wait for the next key.
form.addEventListener("compositionend", settle);
form.addEventListener("focusin", (event) => {
  if (event.target.matches("input, textarea, select")) lastField = event.target;
});
form.addEventListener("submit", submit, true);
window.addEventListener("online", () => unsaved && settle());
window.addEventListener("pagehide", () => unsaved && keepNow());
window.addEventListener("pageshow", () => {
  leaving = false;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && unsaved) settle();
  else if (unsaved) keepNow();
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && (unsaved || running || unwritten.length)) event.preventDefault();
});
start();
