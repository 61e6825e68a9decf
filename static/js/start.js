// The first screen keeps what is typed in this browser until the draft exists, and does not send into a dead line.

import { changedSince, forget, keep, offerKept, valuesOf } from "./kept.js";

const form = document.querySelector("form[data-start]");
const state = form.querySelector("[data-save-state]");
const key = form.dataset.keptAs;
const base = valuesOf(form);

offerKept(form, key, { used: note, dropped: () => forget(key) });

function note() {
  const values = changedSince(base, valuesOf(form));
  if (values.full_name) keep(key, values);
  else if (form.querySelector("[data-kept-offer]").hidden) forget(key);
}

for (const kind of ["input", "change", "compositionend"]) form.addEventListener(kind, note);
form.addEventListener(
  "submit",
  (event) => {
    note();
    if (navigator.onLine) {
      // The form of the draft wipes the copy: then the server has it.
      window.sessionStorage.setItem("portal-started", key);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    state.textContent = state.dataset.offline;
    state.classList.add("save-failed");
  },
  true,
);
window.addEventListener("online", () => {
  state.textContent = "";
  state.classList.remove("save-failed");
});
