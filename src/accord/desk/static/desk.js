// Keys for what is done often. Everything works without this file.
// A form or link with data-key="s" is done by that key, unless somebody is typing.
"use strict";

const typing = (element) => element.closest("input:not([type=radio]):not([type=checkbox]), select, textarea");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
  const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!found) return;
  event.preventDefault();
  found.click();
});

// A form is sent once: a second press of its button does nothing.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// Work that goes on in the background is looked at again by itself; without this file there is a link.
const refresh = document.querySelector("[data-refresh]");
if (refresh) setTimeout(() => location.reload(), 1000 * Number(refresh.dataset.refresh));
