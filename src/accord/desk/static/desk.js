// Keys for what is done often. Everything works without this file.
// A form or link with data-key="s" is done by that key, unless somebody is typing.
"use strict";

const typing = (element) => element.closest("input:not([type=radio]):not([type=checkbox]), select, textarea");

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.keys === "off") return; // switched off by this person
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
  const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!found) return;
  event.preventDefault();
  found.click();
});

// What was done or refused is said where the focus then is: Tab goes on from there, not through the menu again.
document.querySelector("[data-said]")?.focus();

// A picture of many links is one stop of Tab: arrow keys go to the nearest link that way, as the eye sees it; Home and
// End to the first and last of its row.
const centre = (link) => {
  const box = link.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
};
const ends = { Home: 0, End: -1 };
const towards = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const nearest = (links, from, [right, down]) => {
  const [x, y] = centre(from);
  let best = null;
  let least = Infinity;
  for (const link of links) {
    const [toX, toY] = centre(link);
    const along = (toX - x) * right + (toY - y) * down;
    const aside = Math.abs((toX - x) * down) + Math.abs((toY - y) * right);
    if (along > 1 && along + 4 * aside < least) [best, least] = [link, along + 4 * aside];
  }
  return best;
};

const sought = (links, here, key) => {
  if (key in towards) return nearest(links, here, towards[key]);
  return links.filter((link) => Math.abs(centre(link)[1] - centre(here)[1]) < 1).at(ends[key]);
};

// never on a picture itself: one that listens for the focus would be a stop of its own
for (const group of document.querySelectorAll("[data-arrows]")) {
  const links = [...group.querySelectorAll("a")];
  let stop = links[0];
  for (const link of links) if (link !== stop) link.setAttribute("tabindex", "-1");
  group.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in towards || event.key in ends)) return;
    event.preventDefault();
    sought(links, event.target, event.key)?.focus();
  });
  group.addEventListener("focusin", (event) => {
    stop.setAttribute("tabindex", "-1");
    stop = event.target;
    stop.setAttribute("tabindex", "0");
  });
}

// A form is sent once: a second press of its button does nothing.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// Work that goes on in the background is looked at again by itself, and the focus stays; without this file: a link.
const alike = (one) => [one.tagName, one.id, one.name, one.value, one.getAttribute("href")].join(" ");

const again = async (main) => {
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (!answer.ok || answer.redirected || !fresh) return location.reload();
  const had = main.contains(document.activeElement) ? alike(document.activeElement) : null;
  main.replaceChildren(...fresh.childNodes);
  if (had) ([...main.querySelectorAll("a, button, input, select")].find((one) => alike(one) === had) ?? main).focus();
  lookAgain();
};
const lookAgain = () => {
  const refresh = document.querySelector("[data-refresh]");
  if (!refresh) return;
  setTimeout(() => again(document.querySelector("main")).catch(lookAgain), 1000 * Number(refresh.dataset.refresh));
};
lookAgain();
