// The figures of a report: what the portal counts beside each field, the reason shown when the two differ, and a block
// pasted from Excel, which the server reads and nothing writes before the person says so.

const grid = document.querySelector("[data-figure-grid]");
const form = grid && grid.closest("form");
const preview = grid && grid.querySelector("[data-paste-preview]");

function plain(text) {
  return text.replace(/[\s.]/g, "").replace(",", ".");
}

function judge(row) {
  const known = row.querySelector("[data-known]");
  const reason = row.querySelector("[data-reason]");
  if (!known || !reason) return;
  const typed = plain(row.querySelector(".figure-input").value);
  const field = reason.querySelector("input");
  const differs = typed !== "" && typed !== plain(known.textContent);
  reason.hidden = !differs && !field.value && !reason.querySelector(".field-invalid");
}

function judgeAll() {
  for (const row of grid.querySelectorAll(".figure-row")) judge(row);
}

// Another day was chosen, or somebody registered meanwhile: the counted numbers and their lists follow.
function showKnown(event) {
  for (const { code, known, url } of event.detail.figures || []) {
    const link = grid.querySelector(`[data-code="${CSS.escape(code)}"] [data-known]`);
    if (!link || known === null) continue;
    link.textContent = Number(known).toLocaleString("vi-VN");
    link.href = url;
  }
  judgeAll();
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function button(words, className, act) {
  const made = make("button", className, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function close() {
  preview.hidden = true;
  preview.replaceChildren();
}

function write(cells) {
  for (const cell of cells) {
    const field = form.elements[cell.field];
    field.value = cell.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  close();
  judgeAll();
  form.elements[cells[0].field].focus();
}

// A number that may be meant in two ways waits until the person presses the right one.
function choices(cells, cell) {
  const acts = make("div", "actions");
  for (const value of cell.choices) {
    const take = () => show(cells.map((other) => (other === cell ? { ...cell, value, fault: "", choices: [] } : other)));
    acts.append(button(grid.dataset.choose.replace("%v", value), "btn btn-row", take));
  }
  return acts;
}

function show(cells) {
  const good = cells.filter((cell) => !cell.fault);
  const list = make("ul");
  for (const cell of cells) {
    const row = make("li", cell.fault ? "text-overdue" : "");
    row.textContent = cell.fault ? `${cell.label || cell.words}: ${cell.fault}` : `${cell.label}: ${cell.value}`;
    if (cell.choices.length) row.append(choices(cells, cell));
    list.append(row);
  }
  const acts = make("div", "actions");
  if (good.length) acts.append(button(grid.dataset.good.replace("%n", good.length), "btn", () => write(good)));
  acts.append(button(grid.dataset.drop, "btn btn-quiet", close));
  const told = grid.dataset.read.replace("%n", good.length).replace("%m", cells.length);
  preview.replaceChildren(make("p", "fw-strong", grid.dataset.head), make("p", "", told), list, acts);
  preview.hidden = false;
  acts.querySelector("button").focus();
}

async function read(block, field) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, block, field });
  try {
    const options = { method: "POST", body, headers: { Accept: "application/json" } };
    const response = await fetch(grid.dataset.paste, options);
    show((await response.json()).cells);
  } catch {
    preview.replaceChildren(make("p", "m-0", grid.dataset.failed));
    preview.hidden = false;
  }
}

function paste(event) {
  const block = (event.clipboardData || window.clipboardData).getData("text");
  if (!event.target.matches(".figure-input") || !/[\t\n]/.test(block.trim())) return;
  event.preventDefault();
  read(block, event.target.name);
}

if (grid) {
  grid.addEventListener("paste", paste);
  grid.addEventListener("input", (event) => {
    const row = event.target.closest(".figure-row");
    if (row) judge(row);
  });
  form.addEventListener("portal:saved", showKnown);
  judgeAll();
}
