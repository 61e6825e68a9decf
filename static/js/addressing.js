// Counts the addressed units while boxes are ticked; without this script the button counts.
const form = document.querySelector("[data-addressing]");
const place = form?.querySelector("[data-unit-count]");
let timer = 0;
let latest = 0;

async function count() {
  const mine = ++latest;
  const body = new FormData(form);
  body.set("dem", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const words = page.querySelector("[data-unit-count]");
    if (mine === latest && words) place.textContent = words.textContent;
  } catch {
    place.textContent = "";
  }
}

form?.addEventListener("change", (event) => {
  if (!/^(addressing|unit_kinds|block|chosen_units|opens|due)$/.test(event.target.name)) return;
  clearTimeout(timer);
  timer = setTimeout(count, 400);
});
