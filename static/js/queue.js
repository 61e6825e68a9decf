// Keys, marks and small steps of the review queue; everything works without them.
// Letters are neither vowels nor d or w, and there are no digits: Telex and VNI tools hook those (ux.md (b) 0, 6).

const list = document.querySelector("[data-queue-list]");
const keys = document.querySelector("[data-queue-keys]");
const says = document.querySelector("[data-queue-says]");
const help = document.querySelector(".queue-help");
const SHOWN_FOR = 6000;
let hiding;
const memory = keys && `queue-keys-${keys.dataset.person}`;

// Read aloud; with `seen` also shown for a while.
function say(text, seen = false) {
  if (!says) return;
  says.textContent = text;
  says.classList.toggle("visually-hidden", !seen);
  clearTimeout(hiding);
  if (seen) hiding = setTimeout(() => says.classList.add("visually-hidden"), SHOWN_FOR);
}

// Storage can be refused by the browser's settings; then the switch holds for this page alone.
function remember(name, value) {
  try {
    if (value) window.localStorage.setItem(name, value);
    else window.localStorage.removeItem(name);
  } catch { /* nothing is kept */ }
}

function recall(name) {
  try {
    return window.localStorage.getItem(name);
  } catch {
    return null;
  }
}

let keysOn = Boolean(keys) && recall(memory) !== "off";

function showSwitch() {
  const button = keys && keys.querySelector("[data-keys-switch]");
  if (!button) return;
  button.setAttribute("aria-pressed", String(keysOn));
  button.textContent = keysOn ? button.dataset.on : button.dataset.off;
}

function toggleKeys() {
  keysOn = !keysOn;
  remember(memory, keysOn ? "" : "off");
  showSwitch();
}

// The list

const items = () => (list ? [...list.querySelectorAll(".queue-item")] : []);

function pointed() {
  const rows = items();
  const row = document.activeElement && document.activeElement.closest(".queue-rows li");
  return rows.find((item) => row && row.contains(item)) || rows.find((item) => item.matches("[aria-current]"));
}

function point(step) {
  const rows = items();
  const at = rows.indexOf(pointed());
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (next) next.focus();
}

function boxOf(item) {
  return item.closest("li").querySelector("input[name=chon]");
}

function mark() {
  const item = pointed();
  if (!item) return;
  const box = boxOf(item);
  box.checked = !box.checked;
  item.focus();
  say(`${box.checked ? says.dataset.marked : says.dataset.unmarked}: ${item.querySelector(".queue-name").textContent}`);
  countMarks();
}

function openFirst() {
  const first = document.querySelector("[data-first-record]");
  const idle = document.activeElement === document.body || document.activeElement.matches("main, .messages");
  if (!first || !idle) return false;
  first.click();
  return true;
}

function countMarks() {
  const place = list && list.querySelector("[data-chosen-count]");
  if (!place) return;
  const count = list.querySelectorAll("input[name=chon]:checked").length;
  place.textContent = count ? ` (${count})` : "";
}

let lastBox = null;

// Shift marks all rows between this one and the one marked last.
function markRange(event) {
  const box = event.target.closest("input[name=chon]");
  if (!box) return;
  const boxes = [...list.querySelectorAll("input[name=chon]")];
  if (event.shiftKey && lastBox) {
    const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
  }
  lastBox = box;
  countMarks();
}

// Decisions

// A decision is under way from its sending until its answer is here; meanwhile nothing else is sent and no key is
// taken. A load that was stopped by hand ends it too: the portal answers within 15 seconds.
const ANSWERED_WITHIN = 20000;
let sending = null;

function release() {
  if (!sending) return;
  delete sending.dataset.sending;
  for (const button of sending.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  sending = null;
}

function refuseSecond(event) {
  if (!sending || event.target.method !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(says.dataset.waiting, true);
}

function noteSending(event) {
  if (event.defaultPrevented || !event.target.matches("[data-decision], [data-undo]")) return;
  sending = event.target;
  setTimeout(release, ANSWERED_WITHIN);
}

function recognise() {
  const line = document.querySelector("details[data-key=p]");
  if (!line) return notNow();
  line.open = true;
  line.querySelector("[data-confirm]").focus();
}

function notNow() {
  say(says.dataset.notNow, true);
}

function reject() {
  const box = document.querySelector("details[data-key=b]");
  if (!box) return notNow();
  box.open = true;
  box.querySelector("textarea").focus();
}

function inSight(element) {
  const place = element.getBoundingClientRect();
  return place.height > 0 && place.top >= 0 && place.bottom <= window.innerHeight;
}

function sendBack() {
  const boxes = [...document.querySelectorAll("details.comment-box")].filter((box) => box.querySelector("textarea"));
  const box = boxes.find(inSight) || boxes.find((one) => one.getBoundingClientRect().height > 0);
  if (!box) return notNow();
  box.open = true;
  box.querySelector("textarea").focus();
}

function undo() {
  const form = document.querySelector("form[data-undo]");
  if (form) form.requestSubmit();
  else say(says.dataset.nothingToUndo, true);
}

function find(event) {
  const field = [...document.querySelectorAll("[data-queue-find]")].find((one) => one.offsetParent);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

// Ctrl+Enter confirms the decision in hand: that of the field one writes in, else the opened one.
function confirmDecision() {
  const here = document.activeElement;
  const form = (here.form && here.form.matches("[data-decision]") && here.form)
    || document.querySelector("details[data-key][open] form[data-decision]");
  if (form) form.requestSubmit(form.querySelector("[data-confirm]"));
}

// Keys

const LETTERS = {
  j: () => point(1), k: () => point(-1), x: mark, p: recognise, t: sendBack, b: reject, z: undo,
};

function inField(element) {
  return element.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
}

function press(event) {
  if (!keysOn || event.isComposing || event.keyCode === 229 || (help && help.open)) return;
  if (sending && isTaken(event)) {
    event.preventDefault();
    if (!event.repeat) say(says.dataset.waiting, true);
    return;
  }
  if (event.ctrlKey && event.key === "Enter" && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    confirmDecision();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
  pressOutside(event);
}

function isTaken(event) {
  if (event.key === "Enter" || inField(event.target)) return event.key === "Enter";
  return Boolean(LETTERS[event.key]) && !event.ctrlKey && !event.metaKey && !event.altKey;
}

// Keys that came before this script: letters are taken, in their order; what confirms only when the page could be
// seen by then. Nobody decides on a record that was not yet shown.
function takeEarly() {
  const early = window.takeEarlyKeys ? window.takeEarlyKeys() : [];
  if (!keysOn) return;
  const painted = performance.getEntriesByName("first-contentful-paint")[0];
  const seen = (key) => painted && key.at >= painted.startTime;
  for (const key of early) {
    if (LETTERS[key.key] && !key.confirms) LETTERS[key.key]();
    else if (key.key === "Enter" && !seen(key)) say(says.dataset.tooEarly, true);
    else if (key.confirms) confirmDecision();
    else if (key.key === "Enter") pressFocused();
  }
}

// The Enter of “p, Enter”, or the one that opens the first record.
function pressFocused() {
  if (document.activeElement.matches("[data-confirm]")) document.activeElement.click();
  else openFirst();
}

function pressOutside(event) {
  if (event.key === "Enter") {
    if (openFirst()) event.preventDefault();
  } else if (event.key === "/") find(event);
  else if (event.key === "?") help.showModal();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!event.target.closest(".queue-rows")) return;
    event.preventDefault();
    point(event.key === "ArrowDown" ? 1 : -1);
  } else if (LETTERS[event.key] && !event.repeat) {
    event.preventDefault();
    LETTERS[event.key]();
  } else if ((event.key === "j" || event.key === "k") && event.repeat) LETTERS[event.key]();
}

// Remarks

// Stock remarks go into the box in hand; the select is made when the box is first opened.
function offerStock(box) {
  const template = document.querySelector("template[data-stock]");
  const field = box.querySelector("textarea");
  if (!template || !field || box.querySelector(".queue-stock")) return;
  const offer = template.content.cloneNode(true);
  const select = offer.querySelector("select");
  select.addEventListener("change", () => {
    if (!select.value) return;
    field.value = [field.value.trim(), select.value].filter(Boolean).join("\n");
    select.value = "";
    field.focus();
    listRemarks();
  });
  field.after(offer);
}

function listRemarks() {
  const place = document.querySelector("[data-remarks-written]");
  if (!place) return;
  const written = [...document.querySelectorAll("details.comment-box textarea")].filter((field) => field.value.trim());
  const head = place.querySelector("p");
  const words = written.length ? head.dataset.some : head.dataset.none;
  if (head.textContent !== words) head.textContent = words;
  place.querySelector("ul").replaceChildren(...written.map((field) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${field.id}`;
    link.textContent = field.closest(".comment-box").querySelector("summary .visually-hidden").textContent.trim();
    row.append(link);
    return row;
  }));
}

// Small steps in place: the answer is the page itself, of which only the part in question is taken over, so that
// remarks that are being written stay.
async function stepInPlace(event) {
  const form = event.target;
  if (!form.matches("form[data-in-place]") || !window.fetch) return;
  event.preventDefault();
  const target = form.dataset.inPlace;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(target);
    if (!answer.ok || !part) throw new Error(String(answer.status));
    document.getElementById(target).replaceWith(part);
    part.tabIndex = -1;
    part.focus();
  } catch {
    form.submit();
  }
}

function click(event) {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-keys-switch]")) toggleKeys();
  if (button.matches("[data-keys-help]")) help.showModal();
}

document.addEventListener("keydown", press);
document.addEventListener("click", click);
document.addEventListener("submit", refuseSecond, true);
document.addEventListener("submit", stepInPlace, true);
document.addEventListener("submit", noteSending);
window.addEventListener("pageshow", release);
document.addEventListener("input", (event) => {
  if (event.target.closest("details.comment-box")) listRemarks();
});
document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches("details.comment-box")) offerStock(event.target);
}, true);
if (list) list.addEventListener("click", markRange);
for (const box of document.querySelectorAll("details.comment-box[open]")) offerStock(box);
for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;
for (const part of document.querySelectorAll("[data-remarks-written]")) part.hidden = false;
const current = list && list.querySelector("[aria-current]");
if (current && list.closest(".queue > .queue-list")) {
  const frame = list.closest(".queue-list");
  frame.scrollTop = Math.max(0, current.closest("li").offsetTop - frame.clientHeight / 3);
}
showSwitch();
countMarks();
listRemarks();
takeEarly();
if (keys) keys.dataset.ready = "";
