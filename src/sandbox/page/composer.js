// The box to write in: grows with what is written, knows what was written before, and shows how a
// command goes on while one types it.

import { el } from "/blocks.js";

const LONGEST_MEMORY = 50;

/** What was sent before, latest last; kept as long as the window is open. */
function memory(id) {
  const key = `sent ${id}`;
  const all = () => JSON.parse(sessionStorage.getItem(key) ?? "[]");
  return {
    all,
    add(words) {
      const kept = all().filter((one) => one !== words);
      sessionStorage.setItem(key, JSON.stringify([...kept, words].slice(-LONGEST_MEMORY)));
    },
  };
}

const MOST_FORMS = 8;

/** What goes on as what is typed begins: `/kep st` gives `/kep status` and its relatives. */
function forms(hint, typed) {
  if (!hint || !typed.startsWith("/") || typed.includes("\n")) return [];
  const all = hint.forms.map(({ words, does }) => ({ words: `${hint.name} ${words}`, does }));
  const begun = typed.toLowerCase();
  return all.filter(({ words }) => words.startsWith(begun) && words !== begun).slice(0, MOST_FORMS);
}

/**
 * Makes a form the box to write in. `send(words)` gives whether they went; `hints()` the command to
 * help with. Returns `to(words)`, which names where it goes, and `note(words)`.
 */
export function composer(form, { id, hint, send, hints }) {
  const list = el("ul", { id: `${id}-forms`, class: "forms", role: "listbox", "aria-label": "Commands", hidden: true });
  const box = el("textarea", {
    id, rows: "1", placeholder: hint, enterkeyhint: "send", spellcheck: "false", autocapitalize: "off",
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-forms`,
  });
  const button = el("button", { class: "button primary", "aria-label": "Send" }, "➤");
  const note = el("p", { class: "note", role: "status" });
  form.append(list, el("div", { class: "box" }, box, button), note);
  const sent = memory(id);
  let back = 0;
  let chosen = -1;

  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  };
  const put = (words) => {
    box.value = words;
    grow();
    box.setSelectionRange(words.length, words.length);
  };
  const choose = (at) => {
    chosen = at;
    [...list.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
    if (at >= 0) box.setAttribute("aria-activedescendant", list.children[at].id);
    else box.removeAttribute("aria-activedescendant");
  };
  const suggest = () => {
    const found = forms(hints(), box.value);
    list.replaceChildren(...found.map(({ words, does }, at) => el("li", {
      id: `${id}-form-${at}`, role: "option", "aria-selected": "false", "data-words": words,
      // The box keeps the focus.
      onpointerdown: (event) => { event.preventDefault(); complete(words); },
    }, el("code", {}, words), el("span", {}, does))));
    list.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  };
  const hide = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const complete = (words) => {
    put(words);
    hide();
  };
  const go = async () => {
    const words = box.value.trim();
    if (!words || button.disabled) return;
    hide();
    button.disabled = true;
    put("");
    sent.add(words);
    back = 0;
    if (!(await send(words)) && !box.value) put(words);
    button.disabled = false;
  };
  const recall = (step) => {
    const all = sent.all();
    back = Math.max(0, Math.min(all.length, back + step));
    put(back === 0 ? "" : all[all.length - back]);
  };

  box.addEventListener("input", () => { back = 0; grow(); suggest(); });
  box.addEventListener("blur", hide);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const open = !list.hidden;
    const many = list.children.length;
    const own = {
      Enter: () => !event.shiftKey && (open && chosen >= 0 ? complete(list.children[chosen].dataset.words) : go(), true),
      Tab: () => open && !event.shiftKey && (complete(list.children[Math.max(chosen, 0)].dataset.words), true),
      Escape: () => open && (hide(), true),
      ArrowDown: () => (open && !back ? (choose((chosen + 1) % many), true) : back > 0 && (recall(-1), true)),
      ArrowUp: () => (open && !back ? (choose((chosen <= 0 ? many : chosen) - 1), true) : (!box.value || back > 0) && (recall(1), true)),
    }[event.key];
    if (own?.()) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });

  return {
    to: (words) => box.setAttribute("aria-label", words),
    note: (words) => { note.textContent = words; },
  };
}
