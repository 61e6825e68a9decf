// Signing in again without leaving the page. The dialog opens on the person's press: nothing takes the focus by itself.

const dialog = document.querySelector("dialog[data-sign-in]");
const opener = document.querySelector("[data-sign-in-open]");
const fault = dialog && dialog.querySelector("[data-sign-in-error]");
let done = null;

async function pageAt(address, options) {
  const response = await fetch(address, options);
  return { response, page: new DOMParser().parseFromString(await response.text(), "text/html") };
}

function tokenIn(page) {
  const field = page.querySelector("[name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

function renewAll(token) {
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
}

// "same": this person is signed in (perhaps in another tab) and the forms have a fresh token; "other": somebody else is.
export async function whoIsHere(writer) {
  const { response, page } = await pageAt(window.location.href);
  const form = page.querySelector("form[data-writer]");
  if (form && form.dataset.writer === writer) {
    renewAll(tokenIn(page));
    return "same";
  }
  return new URL(response.url).pathname === dialogAddress() ? "nobody" : "other";
}

function dialogAddress() {
  return new URL(dialog.querySelector("form").action).pathname;
}

export function showSignIn(shown) {
  opener.hidden = !shown;
}

async function signIn(form) {
  const address = form.action;
  const { page } = await pageAt(address);
  const body = new FormData(form);
  body.set("csrfmiddlewaretoken", tokenIn(page));
  body.set("next", window.location.pathname);
  const { response, page: answer } = await pageAt(address, { method: "POST", body });
  if (new URL(response.url).pathname !== dialogAddress()) return "";
  const errors = [...answer.querySelectorAll(".error-summary p")].map((line) => line.textContent.trim());
  return errors.join(" ");
}

async function submit(event, writer, resume) {
  event.preventDefault();
  event.stopImmediatePropagation();
  fault.textContent = "";
  try {
    const error = await signIn(event.target);
    const who = error ? "nobody" : await whoIsHere(writer);
    dialog.querySelector("[name=password]").value = "";
    if (who !== "same") {
      fault.textContent = error || dialog.dataset.other;
      return;
    }
    done = resume;
    dialog.close();
  } catch {
    fault.textContent = dialog.dataset.failed;
  }
}

export function watchSignIn(writer, resume) {
  opener.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-sign-in-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", (event) => submit(event, writer, resume), true);
  dialog.addEventListener("close", () => {
    const next = done;
    done = null;
    if (next) next();
  });
}

export function openSignIn() {
  if (!dialog.open) dialog.showModal();
}
