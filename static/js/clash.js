// Two tabs, two people: shows the other side's text below the field and lets the person choose; no field is written
// into but on a press.

import { fill } from "./kept.js";

const note = document.querySelector("[data-clash-note]");

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-row";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function boxFor(form, clash, settle) {
  const box = document.createElement("div");
  box.className = "note note-hold clash-box";
  box.dataset.clashBox = clash.name;
  const head = document.createElement("p");
  head.className = "fw-strong";
  head.textContent = note.dataset.head;
  const theirs = document.createElement("p");
  theirs.className = "prose-lines";
  theirs.textContent = clash.words || note.dataset.empty;
  const acts = document.createElement("div");
  acts.className = "actions";
  const end = () => {
    box.remove();
    settle(clash.name);
  };
  acts.append(
    button(note.dataset.mine, end),
    button(note.dataset.theirs, () => {
      fill(form, clash.name, clash.value);
      end();
    }),
  );
  box.append(head, theirs, acts);
  return box;
}

function placeOf(form, name) {
  const field = form.querySelector(`[name="${CSS.escape(name)}"]`);
  return field && (field.closest(".field") || field);
}

function tell(answer, form) {
  const words = note.querySelector("p");
  const head = words.dataset.words.replace("%s", answer.who).replace("%t", answer.time);
  words.textContent = `${head} ${words.dataset.more}`;
  const list = note.querySelector("ul");
  list.replaceChildren();
  for (const clash of answer.clashes) {
    const link = document.createElement("a");
    link.href = `#${placeOf(form, clash.name).querySelector("[id]").id}`;
    link.textContent = clash.label;
    const row = document.createElement("li");
    row.append(link);
    list.append(row);
  }
  note.hidden = false;
}

// Calls `over` once every clash is settled.
export function showClashes(form, answer, over) {
  const open = new Set(answer.clashes.map((clash) => clash.name));
  const settle = (name) => {
    open.delete(name);
    if (open.size) return;
    note.hidden = true;
    over();
  };
  for (const old of form.querySelectorAll("[data-clash-box]")) old.remove();
  for (const clash of answer.clashes) placeOf(form, clash.name).after(boxFor(form, clash, settle));
  tell(answer, form);
}
