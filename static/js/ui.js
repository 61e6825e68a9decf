// Small helps on every page; everything works without them.

const BUSY_AFTER = 300;

// A second press of a sending button does nothing; after 300 ms the pressed one shows that it works.
function guardSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  const button = event.submitter;
  if (button) setTimeout(() => button.setAttribute("aria-busy", "true"), BUSY_AFTER);
}

// A page shown again from the browser's memory (Back) must be able to send again.
function releaseForms() {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

function togglePassword(button) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  button.textContent = shown ? button.dataset.show : button.dataset.hide;
}

// The commonest causes of a refused password: Caps Lock, and a Vietnamese typing tool left on.
function watchPassword(field) {
  const hint = document.getElementById(field.dataset.typingHint);
  const judge = (event) => {
    const caps = Boolean(event.getModifierState && event.getModifierState("CapsLock"));
    const marks = /[^\x20-\x7e]/.test(field.value);
    const text = marks ? hint.dataset.marks : caps ? hint.dataset.caps : "";
    if (hint.textContent !== text) hint.textContent = text;
  };
  field.addEventListener("keyup", judge);
  field.addEventListener("input", judge);
}

// Closed parts are opened on paper and closed again afterwards.
function openForPrint() {
  for (const part of document.querySelectorAll("main details:not([open])")) {
    part.open = true;
    part.dataset.openedForPrint = "yes";
  }
}

function closeAfterPrint() {
  for (const part of document.querySelectorAll("[data-opened-for-print]")) {
    part.open = false;
    delete part.dataset.openedForPrint;
  }
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.user-menu[open], details.nav-fold[open]")) {
    const escaped = event.type === "keydown" && event.key === "Escape";
    if (escaped || (event.type === "click" && !menu.contains(event.target))) {
      menu.open = false;
      if (escaped) menu.querySelector("summary").focus();
    }
  }
}

// Whoever signs out leaves nothing unsent behind on a machine that others use.
function wipeKept(event) {
  if (!event.target.matches('form[action="/dang-xuat/"]')) return;
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("portal-kept:")) localStorage.removeItem(name);
  } catch {
    return; // storage is forbidden: then nothing was kept either
  }
}

function press(event) {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-password-toggle]")) togglePassword(button);
  if (button.matches("[data-dismiss-message]")) button.closest(".message").remove();
  if (button.matches("[data-print]")) window.print();
  if (button.matches("[data-fill-sign-in]")) {
    document.getElementById("id_username").value = button.dataset.username;
    const password = document.getElementById("id_password");
    password.value = button.dataset.password;
    password.focus();
  }
}

document.addEventListener("submit", guardSubmit);
document.addEventListener("submit", wipeKept);
document.addEventListener("click", press);
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
window.addEventListener("pageshow", releaseForms);
window.addEventListener("beforeprint", openForPrint);
window.addEventListener("afterprint", closeAfterPrint);
for (const field of document.querySelectorAll("[data-typing-hint]")) watchPassword(field);
for (const button of document.querySelectorAll("[data-needs-script]")) button.hidden = false;
const attention = document.querySelector("[data-take-focus]");
if (attention) attention.focus();
