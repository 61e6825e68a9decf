// Sends each chosen file by itself, with its state in words; what fails stays here until it is sent or dropped.
// Without this module the two inputs go with the form.

const AT_ONCE = 2;
const PAUSES = [1000, 3000, 8000, 20000];
const STALLED = 60000;
const BACK_WITHIN = 60000;
const LONGEST_SIDE = 2560;
const QUALITY = 0.85;
const SMALL_ENOUGH = 1024 * 1024;

const box = document.querySelector("[data-uploads]");
const form = box && box.closest("form");
const note = box && box.querySelector("[data-upload-note]");
const uploads = new Set();
let shrinking = Promise.resolve();
let heldSubmitter;
let held = false;

function say(text) {
  note.textContent = text;
}

function newKey() {
  // Absent where the page comes over plain HTTP from another machine.
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 4, 4, 4, 12].reduce(([at, parts], n) => [at + n, [...parts, hex.slice(at, at + n)]], [0, []])[1].join("-");
}

function sizeInWords(bytes) {
  const tenths = Math.ceil((bytes * 10) / 1048576);
  return tenths % 10 ? `${Math.floor(tenths / 10)},${tenths % 10} MB` : `${tenths / 10} MB`;
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function makeButton(text, name, press) {
  const button = make("button", "btn btn-row", text);
  button.type = "button";
  if (name) button.append(make("span", "visually-hidden", ` ${name}`));
  button.addEventListener("click", press);
  return button;
}

// ------------------------------------------------------------------------------------------------ one upload

function makeItem(upload) {
  const item = make("li");
  upload.words = make("p", "upload-state", box.dataset.waiting);
  upload.bar = make("progress");
  upload.bar.max = 100;
  upload.bar.value = 0;
  upload.bar.setAttribute("aria-label", upload.name);
  upload.acts = make("div", "upload-acts");
  item.append(make("p", "upload-name", upload.name), upload.bar, upload.words, upload.acts);
  box.querySelector(`[data-list="${upload.kind}"]`).append(item);
  return item;
}

function show(upload, state, text, percent) {
  upload.state = state;
  upload.words.textContent = text;
  upload.bar.hidden = state === "failed";
  if (percent !== undefined) upload.bar.value = percent;
  upload.item.classList.toggle("upload-failed", state === "failed");
  if (state !== "failed") upload.acts.replaceChildren();
}

function fail(upload, reason, mayRetry = true) {
  show(upload, "failed", `${box.dataset.failed} ${reason}`);
  const retry = makeButton(box.dataset.retry, upload.name, () => again(upload));
  const drop = makeButton(box.dataset.drop, upload.name, () => forget(upload));
  upload.acts.replaceChildren(...(mayRetry ? [retry, drop] : [drop]));
  say(`${upload.name}: ${box.dataset.failed} ${reason}`);
  settle();
}

function forget(upload) {
  uploads.delete(upload);
  upload.item.remove();
  box.querySelector(`[data-upload="${upload.kind}"]`).focus();
  settle();
}

function again(upload) {
  window.clearTimeout(upload.timer);
  upload.tries = 0;
  show(upload, "waiting", box.dataset.waiting, 0);
  box.querySelector(`[data-upload="${upload.kind}"]`).focus();
  run();
}

function choose(event) {
  const input = event.target;
  for (const file of input.files) {
    const upload = { kind: input.dataset.upload, input, file, name: file.name, key: newKey(), tries: 0 };
    upload.item = makeItem(upload);
    show(upload, "waiting", box.dataset.waiting, 0);
    uploads.add(upload);
  }
  // They go by themselves; the same file may be chosen again.
  input.value = "";
  run();
}

function run() {
  const all = [...uploads];
  let free = AT_ONCE - all.filter((upload) => upload.state === "sending").length;
  for (const upload of all) {
    if (free > 0 && upload.state === "waiting") {
      free -= 1;
      start(upload);
    }
  }
}

async function start(upload) {
  show(upload, "sending", box.dataset.waiting, 0);
  await prepare(upload);
  if (upload.body.size > Number(upload.input.dataset.bytes)) {
    const words = upload.input.dataset.tooBig.replace("{size}", sizeInWords(upload.body.size));
    fail(upload, words.replace("{name}", () => upload.name), false);
    run();
    return;
  }
  send(upload);
}

// ------------------------------------------------------------------------------------------------ shrinking

async function prepare(upload) {
  if (upload.body) return;
  upload.body = upload.file;
  if (upload.kind !== "photo" || upload.file.size <= SMALL_ENOUGH) return;
  upload.words.textContent = box.dataset.shrinking;
  // One picture at a time: an unpacked one takes 50 MB of a telephone.
  shrinking = shrinking.then(() => shrink(upload));
  await shrinking;
}

async function shrink(upload) {
  try {
    // Turns the picture upright by its EXIF; what the browser cannot read (HEIC) goes as it is.
    const picture = await createImageBitmap(upload.file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    canvas.width = 0;
    if (blob && blob.type === "image/jpeg" && blob.size < upload.file.size) {
      upload.body = new File([blob], `${upload.name.replace(/\.[A-Za-z0-9]{1,10}$/, "")}.jpg`, { type: "image/jpeg" });
    }
  } catch {
    upload.body = upload.file;
  }
}

// ------------------------------------------------------------------------------------------------ sending

function send(upload) {
  const request = new XMLHttpRequest();
  const data = new FormData();
  data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.append("kind", upload.kind);
  data.append("upload_key", upload.key);
  data.append("file", upload.body, upload.body.name);
  let watch = 0;
  const alive = () => {
    window.clearTimeout(watch);
    watch = window.setTimeout(() => request.abort(), STALLED);
  };
  request.upload.addEventListener("progress", (event) => {
    alive();
    if (!event.lengthComputable) return;
    const percent = Math.floor((event.loaded * 100) / event.total);
    const words = percent < 100 ? `${box.dataset.sending} ${percent}%` : box.dataset.judging;
    show(upload, "sending", words, percent);
  });
  request.addEventListener("loadend", () => {
    window.clearTimeout(watch);
    answered(upload, request);
  });
  request.open("POST", box.dataset.url);
  request.setRequestHeader("Accept", "application/json");
  show(upload, "sending", `${box.dataset.sending} 0%`, 0);
  alive();
  request.send(data);
}

async function answered(upload, request) {
  const answer = read(request);
  if (request.status === 200 || request.status === 201) {
    if (answer.html) arrive(upload, answer);
    else fail(upload, box.dataset.signedOut);
  } else if (request.status === 401 || request.status === 403) {
    await signedOut(upload);
  } else if (request.status === 404) {
    fail(upload, box.dataset.closed);
  } else if (request.status >= 400 && request.status < 500 && answer.message) {
    fail(upload, answer.message, request.status !== 422);
  } else {
    later(upload);
  }
  run();
}

function read(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

// Signing in again in another tab changes the token of every form: take the new one from this page and try once more.
async function signedOut(upload) {
  const before = form.elements.csrfmiddlewaretoken.value;
  try {
    const page = await (await fetch(window.location.href)).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("form[data-autosave] [name=csrfmiddlewaretoken]");
    if (fresh && !upload.renewed) {
      form.elements.csrfmiddlewaretoken.value = fresh.value || before;
      upload.renewed = true;
      show(upload, "waiting", box.dataset.waiting, 0);
      return;
    }
  } catch {
    later(upload);
    return;
  }
  upload.renewed = false;
  fail(upload, box.dataset.signedOut);
}

function later(upload) {
  if (!navigator.onLine) {
    show(upload, "resting", box.dataset.offline, 0);
    return;
  }
  if (upload.tries >= PAUSES.length) {
    fail(upload, box.dataset.unreached);
    return;
  }
  show(upload, "resting", box.dataset.againSoon, 0);
  upload.timer = window.setTimeout(() => wake(upload), PAUSES[upload.tries]);
  upload.tries += 1;
}

function wake(upload) {
  if (upload.state !== "resting") return;
  window.clearTimeout(upload.timer);
  show(upload, "waiting", box.dataset.waiting, 0);
  run();
}

function arrive(upload, answer) {
  uploads.delete(upload);
  upload.item.remove();
  const rows = box.querySelector(`[data-rows="${upload.kind}"]`);
  if (!rows.querySelector(`[data-file="${answer.id}"]`)) {
    const row = new DOMParser().parseFromString(answer.html, "text/html").querySelector("[data-file]");
    rows.append(document.adoptNode(row));
  }
  say(`${answer.name}: ${box.dataset.done}`);
  settle();
}

// ------------------------------------------------------------------------------------------------ rows

async function post(url, values) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, ...values });
  const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

async function move(button) {
  const row = button.closest("[data-file]");
  try {
    const { order } = await post(button.dataset.url, { huong: button.dataset.move });
    const rows = row.parentElement;
    for (const pk of order) {
      const place = rows.querySelector(`[data-file="${pk}"]`);
      if (place) rows.append(place);
    }
    // A row that is put elsewhere loses the focus.
    button.focus();
    say(`${row.dataset.name}. ${box.dataset.moved} ${order.indexOf(Number(row.dataset.file)) + 1}`);
  } catch {
    say(box.dataset.notDone);
  }
}

function ask(link) {
  const place = link.parentElement;
  const question = make("span", "upload-acts");
  const keep = makeButton(box.dataset.keep, "", () => {
    question.remove();
    link.hidden = false;
    link.focus();
  });
  const go = makeButton(link.textContent.trim(), "", () => remove(link, go));
  question.append(make("span", "", box.dataset.ask), go, keep);
  link.hidden = true;
  place.append(question);
  keep.focus();
}

async function remove(link, button) {
  const row = link.closest("[data-file]");
  button.disabled = true;
  try {
    const { undo } = await post(link.href, {});
    offerBack(row, undo);
    say(`${box.dataset.removed} ${row.dataset.name}`);
  } catch {
    button.disabled = false;
    say(box.dataset.notDone);
  }
}

// In the place of a row taken off: for a minute a press puts it back.
function offerBack(row, url) {
  const offer = make("li", "upload-removed");
  const back = makeButton(box.dataset.undo, row.dataset.name, () => putBack(offer, url, back));
  offer.append(make("span", "", `${box.dataset.removed} ${row.dataset.name}`), back);
  row.replaceWith(offer);
  back.focus();
  window.setTimeout(() => leave(offer), BACK_WITHIN);
}

async function putBack(offer, url, button) {
  button.disabled = true;
  try {
    const answer = await post(url, {});
    const row = new DOMParser().parseFromString(answer.html, "text/html").querySelector("[data-file]");
    offer.replaceWith(document.adoptNode(row));
    row.querySelector("[data-remove]").focus();
    say(`${box.dataset.back} ${row.dataset.name}`);
  } catch (error) {
    button.disabled = false;
    say(error.message || box.dataset.notDone);
  }
}

function leave(offer) {
  if (offer.contains(document.activeElement)) box.querySelector(`[data-upload="${offer.parentElement.dataset.rows}"]`).focus();
  offer.remove();
}

function press(event) {
  const mover = event.target.closest("[data-move]");
  const remover = event.target.closest("[data-remove]");
  if (!mover && !remover) return;
  event.preventDefault();
  if (mover) move(mover);
  else ask(remover);
}

// The page tells the server which words of each photo are its own, so that another tab's are never written over.
function rememberOwnWords(event) {
  for (const field of box.querySelectorAll("[name^='caption-']:not([type=hidden]), select[name^='people-']")) {
    const name = field.name.replace("-", "-was-");
    if (event.formData.getAll(name).includes(field.value)) continue;
    const own = document.createElement("input");
    own.type = "hidden";
    own.name = name;
    own.value = field.value;
    field.after(own);
  }
}

// ------------------------------------------------------------------------------------------------ leaving

const under = (...states) => [...uploads].filter((upload) => states.includes(upload.state));

// A save that leaves the page would cut off what is on its way: it waits, and says so.
function holdSubmit(event) {
  if (event.target !== form) return;
  const moving = under("waiting", "sending", "resting");
  const failed = under("failed");
  if (!moving.length && !failed.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held = moving.length > 0;
  heldSubmitter = event.submitter;
  say(held ? box.dataset.busy : box.dataset.left);
  if (!held) failed[0].acts.querySelector("button").focus();
}

function settle() {
  if (!held || under("waiting", "sending", "resting").length) return;
  held = false;
  form.requestSubmit(heldSubmitter);
}

if (box) {
  for (const input of box.querySelectorAll("[data-upload]")) input.addEventListener("change", choose);
  box.addEventListener("click", press);
  form.addEventListener("formdata", rememberOwnWords);
  window.addEventListener("submit", holdSubmit, true);
  window.addEventListener("online", () => under("resting").forEach(wake));
  window.addEventListener("beforeunload", (event) => {
    if (uploads.size) event.preventDefault();
  });
}
