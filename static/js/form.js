// Comforts of the long form; without them it works as it stands.

const form = document.querySelector("form[data-autosave]");
const PHONE = window.matchMedia("(max-width: 767.98px)");
const ICONS = { open: "circle", missing: "exclamation-circle-fill", done: "check-circle" };

// The task list beside the form, as the last save found it.
export function showParts(parts) {
  for (const { code, look, word } of parts) {
    const row = document.querySelector(`.task-index a[href="#${code}"]`).closest("li");
    const use = row.querySelector("use");
    row.className = `task-${look}`;
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[look]}`));
    row.querySelector(".task-state").lastChild.textContent = word;
  }
}

// Grows only: a box that shrinks under the fingers would move the line being typed.
function grow(area) {
  if (area.scrollHeight > area.clientHeight) {
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  }
}

function countWords(story) {
  const line = story.querySelector("[data-story-count]");
  if (!line) return;
  const text = [...story.querySelectorAll("textarea")].map((area) => area.value).join(" ").trim();
  const count = text ? text.split(/\s+/).length : 0;
  const { low, high } = story.dataset;
  const key = !count ? "none" : count < Number(low) ? "few" : count > Number(high) ? "many" : "good";
  line.textContent = line.dataset[key].replace("%n", count.toLocaleString("vi-VN"));
}

// Another line for an achievement: the last one copied, empty, under the next number.
function addLine(box, button) {
  const last = box.lastElementChild;
  const line = last.cloneNode(true);
  const number = box.children.length + 1;
  const renamed = (text) => text.replace(/achievement-\d+/g, `achievement-${number}`);
  for (const element of line.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (/achievement-\d/.test(value)) element.setAttribute(name, renamed(value));
    }
    if (element.matches("input")) {
      element.value = "";
      element.removeAttribute("value");
      element.removeAttribute("aria-invalid");
    }
  }
  for (const extra of line.querySelectorAll(".field-error, [data-clash-box]")) extra.remove();
  for (const words of [line.querySelector("legend"), line.querySelector("label")]) {
    words.firstChild.textContent = words.firstChild.textContent.replace(/\d+/, number);
  }
  box.append(line);
  line.querySelector("input").focus();
  button.hidden = number >= Number(box.dataset.lines);
}

function unfoldTo(hash) {
  const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  const part = target && target.closest("details");
  if (!part || part.open) return;
  part.open = true;
  target.scrollIntoView();
}

// On a phone only the part that comes next is open, and those in which something must be seen.
function fold() {
  if (!PHONE.matches || "light" in form.dataset) return;
  const rows = [...document.querySelectorAll(".task-index li")];
  const next = rows.findIndex((row) => !row.classList.contains("task-done"));
  [...form.querySelectorAll("details.form-section")].forEach((part, place) => {
    const needed = part.querySelector(".field-invalid, .field-comment, .note");
    part.open = Boolean(needed) || place === Math.max(next, 0);
  });
}

if (form) {
  const story = form.querySelector("[data-story]");
  const lines = form.querySelector("[data-lines]");
  const button = form.querySelector("[data-add-line]");
  fold();
  unfoldTo(window.location.hash);
  if (story) countWords(story);
  for (const area of form.querySelectorAll("textarea")) grow(area);
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) grow(event.target);
    if (story && story.contains(event.target)) countWords(story);
  });
  if (lines) {
    button.hidden = lines.children.length >= Number(lines.dataset.lines);
    button.addEventListener("click", () => addLine(lines, button));
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link) unfoldTo(link.hash);
  });
  window.addEventListener("hashchange", () => unfoldTo(window.location.hash));
}
