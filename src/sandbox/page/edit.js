// The dialog in which one changes a text of one's own: a message, or a comment.

import { el } from "/blocks.js";
import { $, busy } from "/sandbox.js";

/** Opens it. `save(text)` gives whether it was saved, and the dialog closes then. */
export function edit(title, text, save) {
  const dialog = $("edit");
  const box = el("textarea", { id: "edit-text", rows: "6", "aria-labelledby": "edit-title", value: text });
  const button = el("button", { class: "button primary" }, "Save");
  const close = () => dialog.close();
  const submit = (event) => {
    event.preventDefault();
    busy(button, async () => {
      if (await save(box.value)) close();
    });
  };
  dialog.replaceChildren(el("form", { onsubmit: submit },
    el("header", {},
      el("h2", { id: "edit-title" }, title),
      el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: close }, "✕")),
    el("div", { class: "content field" }, box),
    el("footer", {}, el("button", { type: "button", class: "button", onclick: close }, "Cancel"), button)));
  dialog.showModal();
  box.focus();
}
