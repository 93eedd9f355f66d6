// Lists that change while one looks at them: what is as it was stays in its place, with the focus in
// it, and who reads the end goes on reading the end.

import { here } from "/sandbox.js";

/** How long after an act what comes is taken for what it caused. */
const CAUSED = 3000;
/** How near to the end is at the end, in pixels. */
const NEAR = 60;

/**
 * Brings children into a parent: `wanted` are objects with a `key`, a `state` that tells whether a
 * child is another than it was, and `draw()`.
 */
export function fill(parent, wanted) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const focus = parent.contains(document.activeElement) ? document.activeElement : null;
  const [at, action] = [focus?.closest("[data-key]")?.dataset.key, focus?.dataset.action];
  let next = parent.firstElementChild;
  for (const { key, state, draw } of wanted) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.dataset.state !== state) {
      const fresh = draw();
      fresh.dataset.key = key;
      fresh.dataset.state = state;
      if (node) {
        if (node === next) next = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
  old.forEach((node) => node.remove());
  if (focus && !focus.isConnected && action) {
    const now = [...parent.children].find((node) => node.dataset.key === at);
    now?.querySelector(`[data-action="${CSS.escape(action)}"]`)?.focus();
  }
}

/** Those whose reader is at the end. */
const atEnd = new WeakSet();

function toEnd(scroller) {
  atEnd.add(scroller);
  scroller.scrollTop = scroller.scrollHeight;
}

/** Keeps the reader of a list at its end, also when it becomes narrower or something in it longer. */
export function keepEnd(scroller, box) {
  atEnd.add(scroller);
  let size = "";
  const hasGrown = () => {
    const before = size;
    size = `${scroller.scrollHeight} ${scroller.clientHeight}`;
    return size !== before;
  };
  scroller.addEventListener("scroll", () => {
    // Then it was the browser that scrolled, and not the reader.
    if (hasGrown()) return;
    const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    if (left < NEAR) atEnd.add(scroller);
    else atEnd.delete(scroller);
  });
  const watch = new ResizeObserver(() => {
    hasGrown();
    if (atEnd.has(scroller)) toEnd(scroller);
  });
  watch.observe(box);
  watch.observe(scroller);
}

/** Shows the beginning of something that is no list of messages. */
export function toTop(scroller) {
  atEnd.delete(scroller);
  scroller.scrollTop = 0;
}

/** Fills a list of messages, `fresh` when it is another list than before. */
export function fillAtEnd(box, scroller, wanted, fresh) {
  const last = box.lastElementChild?.dataset.key;
  const follows = atEnd.has(scroller) || Date.now() - here.acted < CAUSED;
  fill(box, wanted);
  const end = box.lastElementChild;
  if (fresh) {
    toEnd(scroller);
  } else if (follows && end && last !== end.dataset.key) {
    // Of an answer that is longer than the window the beginning matters.
    const above = end.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    if (end.offsetHeight > scroller.clientHeight) {
      atEnd.delete(scroller);
      scroller.scrollTop += above;
    } else {
      toEnd(scroller);
    }
  }
}
