// A small menu beside the button that opens it. The browser closes it when one looks elsewhere.

import { el } from "/blocks.js";
import { $ } from "/sandbox.js";

/** How far from the button and from the window's edges it stands, in pixels. */
const GAP = 6;

function place(menu, opener) {
  const [box, at] = [menu.getBoundingClientRect(), opener.getBoundingClientRect()];
  const fits = at.bottom + GAP + box.height < innerHeight;
  menu.style.top = `${fits ? at.bottom + GAP : Math.max(GAP, at.top - GAP - box.height)}px`;
  menu.style.left = `${Math.max(GAP, Math.min(at.right - box.width, innerWidth - box.width - GAP))}px`;
}

/** Opens it with entries, each its words and what it does. */
export function openMenu(opener, entries) {
  const menu = $("menu-of-message");
  menu.replaceChildren(...entries.map(([words, does]) => el("button", {
    type: "button",
    role: "menuitem",
    onclick: () => {
      menu.hidePopover();
      does();
    },
  }, words)));
  menu.showPopover();
  place(menu, opener);
  menu.firstElementChild.focus();
}

$("menu-of-message").addEventListener("keydown", (event) => {
  const items = [...event.currentTarget.children];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement) + step;
  items[(at + items.length) % items.length].focus();
});
