// The dialog that the bot opened before the person one is.

import { blocks, el } from "/blocks.js";
import { $, act, busy, here, scene } from "/sandbox.js";

/** What stands in the inputs, by the block's id; of several choices all, with commas between. */
function gathered() {
  const form = $("modal").querySelector("form");
  const values = new Map();
  for (const [name, value] of form ? new FormData(form) : []) {
    if (value !== "") values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  }
  return values;
}

function drawView(view, typed) {
  const on = {
    ...scene({ view: view.id }),
    held: (block) => typed.get(block.block_id),
    error: (block) => view.errors[block.block_id],
  };
  const close = () => act({ act: "closes", view: view.id });
  const submit = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(gathered());
    await busy(event.submitter ?? event.target, () => act({ act: "submits", view: view.id, values }));
  };
  return el("form", { onsubmit: submit, novalidate: true },
    el("header", {},
      el("h2", { id: "modal-title" }, view.title),
      el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: close }, "✕")),
    el("div", { class: "content" }, blocks(view.blocks, on)),
    el("footer", {},
      el("button", { type: "button", class: "button", onclick: close }, view.close ?? "Close"),
      view.submit ? el("button", { class: "button primary" }, view.submit) : null));
}

/** Opens, changes or closes the dialog, as the sandbox says; what was typed stays. */
export function drawDialog() {
  const dialog = $("modal");
  const view = here.seen.modal;
  const state = JSON.stringify([view?.id, view?.blocks, view?.errors, here.seen.you]);
  if (dialog.dataset.state === state) return;
  dialog.dataset.state = state;
  if (!view) {
    dialog.close();
    return;
  }
  const typed = dialog.dataset.view === view.id ? gathered() : new Map();
  dialog.dataset.view = view.id;
  dialog.replaceChildren(drawView(view, typed));
  dialog.oncancel = (event) => {
    event.preventDefault();
    act({ act: "closes", view: view.id });
  };
  if (!dialog.open) dialog.showModal();
}
