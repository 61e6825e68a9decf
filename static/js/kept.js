// What could not be sent yet, kept in this browser under the person's own key and wiped once the server has it.
// Day of birth and telephone are never kept: the machine may be shared.

const PREFIX = "portal-kept:";
const NEVER = new Set(["csrfmiddlewaretoken", "version", "prints", "writer", "birth", "phone", "then"]);

export function valuesOf(form) {
  const values = {};
  for (const element of form.elements) {
    const { name, type } = element;
    if (!name || NEVER.has(name) || type === "file" || type === "submit" || type === "button") continue;
    if (type === "radio") {
      if (element.checked) values[name] = element.value;
      else if (!(name in values)) values[name] = "";
    } else values[name] = type === "checkbox" ? (element.checked ? "on" : "") : element.value;
  }
  return values;
}

export function changedSince(base, values) {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => (base[name] || "") !== value));
}

export function fill(form, name, value) {
  for (const element of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (element.type === "radio") element.checked = element.value === value;
    else if (element.type === "checkbox") element.checked = Boolean(value);
    else if (element.type !== "file") element.value = value;
  }
}

export function labelOf(form, name) {
  const element = form.querySelector(`[name="${CSS.escape(name)}"]`);
  if (!element) return "";
  const legend = element.type === "radio" && element.closest("fieldset").querySelector("legend");
  const label = legend || (element.labels && element.labels[0]);
  if (!label) return "";
  const words = label.cloneNode(true);
  for (const extra of words.querySelectorAll(".optional, .choice-hint")) extra.remove();
  return `“${words.textContent.trim()}”`;
}

export function namesOf(form, names) {
  const labels = [...new Set(names.map((name) => labelOf(form, name)).filter(Boolean))];
  return labels.length > 3 ? `${labels.slice(0, 3).join(", ")}…` : labels.join(", ");
}

export function clockTime(moment) {
  return moment.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false });
}

function store(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null; // full or forbidden: the page itself still holds the words
  }
}

export function keep(key, values) {
  const old = kept(key);
  const at = old ? old.at : Date.now();
  store((box) => box.setItem(PREFIX + key, JSON.stringify({ at, values })));
}

export function kept(key) {
  return store((box) => JSON.parse(box.getItem(PREFIX + key)));
}

export function forget(key) {
  store((box) => box.removeItem(PREFIX + key));
}

// Shows the offer when something is kept that the page does not hold; fields are filled on the person's press alone.
export function offerKept(form, key, { used, dropped }) {
  const box = form.querySelector("[data-kept-offer]");
  const found = kept(key);
  const news = found && changedSince(valuesOf(form), found.values);
  const names = Object.keys(news || {}).filter((name) => form.elements[name]);
  if (!names.length) {
    if (found) forget(key);
    return {};
  }
  const words = box.querySelector("[data-kept-words]");
  words.textContent = `${words.dataset.words} ${clockTime(new Date(found.at))}.`;
  box.querySelector("[data-kept-labels]").textContent = namesOf(form, names);
  box.hidden = false;
  // A reloaded page stands where it was left; the offer must be seen from there.
  history.scrollRestoration = "manual";
  box.scrollIntoView({ block: "center" });
  box.querySelector("[data-kept-use]").addEventListener("click", () => {
    for (const name of names) fill(form, name, news[name]);
    box.hidden = true;
    used();
  });
  box.querySelector("[data-kept-drop]").addEventListener("click", () => {
    box.hidden = true;
    dropped();
  });
  return news;
}
