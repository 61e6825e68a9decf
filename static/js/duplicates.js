// Tells under the name, after a quiet moment, which records may be about the same subject. The answer goes into a
// region beside the field; nothing here touches the field itself (ux.md (b) 0, 5).

const QUIET = 800;
const region = document.querySelector("[data-duplicates]");
const name = region && document.getElementById(region.dataset.name);
let timer = 0;
let asked = "";
let running = null;

function valueOf(id, other) {
  const field = document.getElementById(id);
  return field ? field.value : other || "";
}

function kind() {
  const chosen = document.querySelector(`[name="${region.dataset.kindField}"]:checked, select[name="${region.dataset.kindField}"]`);
  return chosen ? chosen.value : region.dataset.kind || "";
}

function question() {
  return new URLSearchParams({
    ten: name.value.trim(),
    "don-vi": valueOf(region.dataset.unitField, region.dataset.unit),
    "nam-sinh": valueOf(region.dataset.birth),
    "doi-tuong": kind(),
    "bo-qua": region.dataset.self || "",
  }).toString();
}

function show(html) {
  if (region.innerHTML.trim() !== html.trim()) region.innerHTML = html;
}

async function ask() {
  const query = question();
  if (query === asked) return;
  asked = query;
  if (running) running.abort();
  if (name.value.trim().length < 2) {
    show("");
    return;
  }
  running = new AbortController();
  try {
    const answer = await fetch(`${region.dataset.duplicates}?${query}`, { signal: running.signal, redirect: "manual" });
    if (answer.ok) show(await answer.text());
    else asked = "";
  } catch {
    asked = "";
  }
}

function settle() {
  window.clearTimeout(timer);
  timer = window.setTimeout(ask, QUIET);
}

if (name) {
  const watched = [name, ...[region.dataset.birth, region.dataset.unitField].map((id) => document.getElementById(id))];
  for (const field of watched.filter(Boolean)) {
    field.addEventListener("input", settle);
    // Chromium sends no input event after a composition.
    field.addEventListener("compositionend", settle);
  }
  for (const field of document.querySelectorAll(`[name="${region.dataset.kindField}"]`)) field.addEventListener("change", settle);
  if (name.value.trim()) settle();
}
