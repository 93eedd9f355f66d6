// The page: asks what one person sees, draws it, and tells the sandbox what they do.

import { EMOJI, blocks, el, icon, mrkdwn, pretty } from "/blocks.js";
import { composer } from "/composer.js";

const $ = (id) => document.getElementById(id);

const EXAMPLES = ["/kep status 5825", "/kep list shepherd:none", "/kep release", "/kep who 5825"];
const REACTIONS = ["eyes", "+1", "white_check_mark"];
const HOME = "home";

/** What the sandbox said last, and where one is in it. */
let seen = null;
let place = null;
let thread = null;
let of = "";
/** The latest message that was looked at, by person and channel. */
const looked = new Map();
/** When one last did something. */
let acted = 0;

// Asking and acting

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The sandbox does not answer. Does kep-liaison sandbox still run?");
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ?? `The sandbox answered with status ${answer.status}.`);
  return body;
}

/** Does something as the person one is, and says how it went wrong. */
async function act(what) {
  acted = Date.now();
  try {
    const came = await ask("/api/act", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ as: seen.you, ...what }),
    });
    say(came.error ?? "");
    await refresh();
    return came;
  } catch (error) {
    say(error.message);
    return { error: error.message };
  }
}

/** Says a sentence above the messages; nothing takes it away. */
function say(words) {
  $("alert").hidden = !words;
  $("alert").replaceChildren(words, words ? el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => say("") }, "✕") : "");
}

let asking = false;
let again = false;

/** Asks what there is to see, once at a time: what changes meanwhile is asked for after. */
async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      const [who] = address();
      const now = await ask(`/api/state${who ? `?as=${encodeURIComponent(who)}` : ""}`);
      if (who && who !== address()[0]) again = true;
      else show(now);
    } while (again);
    if (!$("calls").hidden) await showCalls();
  } catch (error) {
    say(error.message);
  } finally {
    asking = false;
  }
}

function follow() {
  const changes = new EventSource("/api/changes");
  let lost = false;
  changes.onmessage = () => {
    if (lost) say("");
    lost = false;
    refresh();
  };
  changes.onerror = () => {
    lost = true;
    say("The connection to the sandbox is gone. Does kep-liaison sandbox still run? Trying again…");
  };
}

// Where one is: #person/channel

function address() {
  const [who, where] = decodeURIComponent(location.hash.slice(1)).split("/");
  return [who || null, where || null];
}

function addressOf(where, who = seen.you) {
  return `#${who}/${where}`;
}

function person(id) {
  return seen.people.find((one) => one.id === id);
}

function nameOf(id) {
  return person(id)?.name ?? id;
}

function channel(id) {
  return seen.channels.find((one) => one.id === id);
}

/** What a channel is called. */
function titleOf(one) {
  return one.kind === "direct" ? "kep-liaison" : `#${one.name}`;
}

/** The same, as a heading or in a list. */
function drawnTitle(one) {
  return one.kind === "private" ? [icon("lock"), ` ${one.name}`] : [titleOf(one)];
}

// Drawing

function scene(on) {
  return {
    you: seen.you,
    now: new Date(seen.now),
    people: seen.people,
    channels: seen.channels.filter((one) => one.kind !== "direct"),
    name: nameOf,
    channel: (id) => channel(id)?.name,
    address: addressOf,
    held: () => undefined,
    error: () => undefined,
    press: (element, node) => busy(node, () => act({ act: "clicks", on, action: element.action_id })),
    choose: (element, node) => node.value && busy(node, () => act({ act: "selects", on, action: element.action_id, choice: node.value })),
  };
}

async function busy(node, work) {
  node.setAttribute("aria-busy", "true");
  node.disabled = true;
  await work();
  node.removeAttribute("aria-busy");
  node.disabled = false;
}

/** Brings children into a parent, each by its key: what is as it was stays, focus and all. */
function fill(parent, wanted) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const focus = parent.contains(document.activeElement) ? document.activeElement : null;
  const [at, action] = [focus?.closest("[data-key]")?.dataset.key, focus?.dataset.action];
  let before = parent.firstElementChild;
  for (const { key, state, draw } of wanted) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.dataset.state !== state) {
      const fresh = draw();
      fresh.dataset.key = key;
      fresh.dataset.state = state;
      if (node) {
        if (node === before) before = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === before) before = before.nextElementSibling;
    else parent.insertBefore(node, before);
  }
  old.forEach((node) => node.remove());
  if (focus && !focus.isConnected && action) {
    const now = [...parent.children].find((node) => node.dataset.key === at);
    now?.querySelector(`[data-action="${CSS.escape(action)}"]`)?.focus();
  }
}

const clockOf = (date) => new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(date);

const dateOf = (ts) => new Date(Number(ts) * 1000);

function dayOf(date) {
  const near = pretty(date, new Date(seen.now));
  if (near) return near[0].toUpperCase() + near.slice(1);
  return new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long" }).format(date);
}

function avatar(id) {
  const name = nameOf(id);
  const hue = [...name].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 6;
  const shown = id === seen.bot ? "KL" : name.slice(0, 2).toUpperCase();
  return el("span", { class: id === seen.bot ? "avatar bot" : `avatar hue-${hue}`, "aria-hidden": "true" }, shown);
}

function reaction(message, where, { name, people }) {
  const mine = people.includes(seen.you);
  return el("button", {
    type: "button",
    class: "reaction",
    "aria-pressed": String(mine),
    "aria-label": `${name.replaceAll("_", " ")}, from ${people.map(nameOf).join(", ")}`,
    onclick: () => act({ act: "reacts", channel: where, ts: message.ts, emoji: name }),
  }, `${EMOJI[name] ?? `:${name}:`} ${people.length}`);
}

function tools(message, where, inThread) {
  const react = REACTIONS.map((name) => el("button", {
    type: "button",
    "aria-label": `React with ${name.replaceAll("_", " ")}`,
    onclick: () => act({ act: "reacts", channel: where, ts: message.ts, emoji: name }),
  }, EMOJI[name]));
  const reply = inThread ? null : el("button", { type: "button", onclick: () => openThread(where, message.ts) }, "Reply");
  return el("div", { class: "tools" }, react, reply);
}

function replies(message, all, where) {
  const below = all.filter((one) => one.thread === message.ts);
  if (below.length === 0) return null;
  const people = [...new Set(below.map((one) => one.author))].slice(0, 4);
  const words = below.length === 1 ? "1 reply" : `${below.length} replies`;
  return el("button", { type: "button", class: "replies", onclick: () => openThread(where, message.ts) }, people.map(avatar), words);
}

function drawMessage(message, all, where, inThread) {
  const on = scene({ channel: where, ts: message.ts });
  const at = dateOf(message.ts);
  const app = message.is_app ? el("span", { class: "tag" }, "App") : null;
  const content = message.is_deleted
    ? el("p", { class: "unknown" }, "This message was deleted.")
    : el("div", { class: "content" }, message.blocks.length ? blocks(message.blocks, on) : el("div", { class: "text" }, mrkdwn(message.text, on)));
  return el("article", { class: message.is_ephemeral ? "message ephemeral" : "message", "aria-label": `${nameOf(message.author)}, ${clockOf(at)}` },
    avatar(message.author),
    el("div", { class: "body" },
      message.is_ephemeral ? el("p", { class: "only" }, icon("eye"), "Only visible to you") : null,
      message.thread && !inThread ? el("p", { class: "only" }, "Also sent to the channel, from a thread") : null,
      el("p", { class: "by" },
        el("b", {}, nameOf(message.author)), app,
        el("time", { datetime: at.toISOString(), title: at.toLocaleString() }, clockOf(at)),
        message.is_edited ? el("small", {}, "(edited)") : null),
      content,
      message.reactions.length ? el("div", { class: "reactions" }, message.reactions.map((one) => reaction(message, where, one))) : null,
      inThread ? null : replies(message, all, where)),
    message.is_ephemeral || message.is_deleted ? null : tools(message, where, inThread));
}

function rows(list, all, where, inThread) {
  let last = "";
  return list.flatMap((message) => {
    const below = all.filter((one) => one.thread === message.ts).map((one) => one.author);
    const row = {
      key: message.ts,
      state: JSON.stringify([message, below, inThread, seen.you]),
      draw: () => drawMessage(message, all, where, inThread),
    };
    const day = dayOf(dateOf(message.ts));
    if (inThread || day === last) return [row];
    last = day;
    return [{ key: day, state: day, draw: () => el("p", { class: "day" }, el("span", {}, day)) }, row];
  });
}

/** Fills a list, and stays at its end where one was there, or has just caused what comes. */
function fillAtEnd(box, scroller, list, fresh) {
  const atEnd = fresh || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
  const caused = Date.now() - acted < 3000;
  const last = box.lastElementChild?.dataset.key;
  fill(box, list);
  const end = box.lastElementChild;
  const isNew = !fresh && end && last !== end.dataset.key;
  if (isNew && (atEnd || caused)) {
    // Of an answer that is longer than the window the beginning matters.
    const above = end.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    const tall = end.offsetHeight > scroller.clientHeight;
    scroller.scrollTop = tall ? scroller.scrollTop + above : scroller.scrollHeight;
  } else if (atEnd) {
    scroller.scrollTop = scroller.scrollHeight;
  }
}

function welcome(one) {
  const what = {
    public: `This is ${titleOf(one)}. Everybody sees what is posted here; an answer to /kep only you see.`,
    private: `This is ${titleOf(one)}, a private channel of the maintainers.`,
    direct: "Here you talk with kep-liaison alone. Ask in your own words: who shepherds 5825?",
  }[one.kind];
  const chips = EXAMPLES.map((words) => el("button", { type: "button", class: "chip", onclick: (event) => busy(event.currentTarget, () => send(words)) }, el("code", {}, words)));
  return el("div", { class: "welcome" },
    el("h2", {}, "Where does a KEP stand?"),
    el("p", {}, what, " The bot is the real one; Slack and GitHub are models on this machine. Try:"),
    el("div", { class: "chips" }, chips),
    el("p", { class: "more" }, "Or mention it: ", el("code", {}, "@kep-liaison who shepherds 5825?"), ". Be somebody else to see what they see. ", el("b", {}, "API calls"), " shows what went over the wire."));
}

function markLooked(one) {
  const last = one.messages.at(-1)?.ts ?? "0";
  looked.set(`${seen.you} ${one.id}`, last);
}

function isNew(one) {
  const key = `${seen.you} ${one.id}`;
  if (!looked.has(key)) markLooked(one);
  const since = looked.get(key);
  return one.messages.filter((message) => message.ts > since && message.author !== seen.you && (!message.thread || message.is_broadcast)).length;
}

function sideLink(where, words, count) {
  const here = where === place;
  return el("li", {}, el("a", { href: addressOf(where), "aria-current": here ? "page" : null, class: count ? "unread" : null },
    el("span", {}, ...words), count ? el("span", { class: "count", "aria-label": `${count} new` }, String(count)) : null));
}

function show(now) {
  const before = seen;
  seen = now;
  const [who, where] = address();
  const wanted = where === HOME || channel(where) ? where : seen.channels[0].id;
  if (!who || !person(who) || wanted !== where) {
    history.replaceState(null, "", addressOf(wanted));
  }
  const moved = before?.you !== seen.you || place !== wanted;
  place = wanted;
  if (moved) {
    thread = null;
    say("");
    if (place === HOME) act({ act: "opens_home" });
  }
  draw(moved);
}

function draw(moved) {
  const one = channel(place);
  if (one) markLooked(one);
  drawSide();
  $("title").replaceChildren(...(one ? drawnTitle(one) : ["App Home"]));
  $("subtitle").textContent = one
    ? { public: `${one.members.length} members`, private: `${one.members.length} members, private`, direct: "Direct message" }[one.kind]
    : `What kep-liaison shows ${nameOf(seen.you)} alone`;
  document.title = `${one ? titleOf(one) : "App Home"} · kep-liaison sandbox`;
  $("welcome").hidden = $("messages").hidden = $("composer").hidden = !one;
  $("home").hidden = Boolean(one);
  if (one) {
    if (moved) $("welcome").replaceChildren(welcome(one));
    const inChannel = one.messages.filter((message) => !message.thread || message.is_broadcast);
    fillAtEnd($("messages"), $("scroll"), rows(inChannel, one.messages, one.id, false), moved);
    if (moved && inChannel.length === 0) $("scroll").scrollTop = 0;
    write.to(`Message ${titleOf(one)}, or type /kep`);
  } else {
    const view = seen.home;
    const drawn = view
      ? { key: view.id, state: JSON.stringify(view), draw: () => el("div", { class: "content" }, blocks(view.blocks, scene({ view: view.id }))) }
      : { key: "none", state: "", draw: () => el("p", { class: "unknown" }, "The bot has not drawn a home for this person yet.") };
    fill($("home"), [drawn]);
    if (moved) $("scroll").scrollTop = 0;
  }
  drawThread(moved);
  drawModal();
  $("calls-count").textContent = String(seen.calls);
}

function drawSide() {
  $("workspace").textContent = seen.workspace;
  const options = seen.people.filter((one) => one.playable);
  if ($("you").options.length !== options.length) {
    $("you").replaceChildren(...options.map((one) => el("option", { value: one.id }, one.name)));
  }
  $("you").value = seen.you;
  $("about").textContent = person(seen.you).about;
  const counts = seen.channels.map((one) => [one, one.id === place ? 0 : isNew(one)]);
  const inList = (list) => list.map(([one, count]) => ({
    key: one.id,
    state: JSON.stringify([place === one.id, count, seen.you]),
    draw: () => sideLink(one.id, drawnTitle(one), count),
  }));
  fill($("channels"), inList(counts.filter(([one]) => one.kind !== "direct")));
  const home = { key: HOME, state: JSON.stringify([place === HOME, seen.you]), draw: () => sideLink(HOME, ["App Home"], 0) };
  const direct = counts.filter(([one]) => one.kind === "direct").map(([one, count]) => ({
    key: one.id,
    state: JSON.stringify([place === one.id, count, seen.you]),
    draw: () => sideLink(one.id, ["Direct message"], count),
  }));
  fill($("direct"), [home, ...direct]);
  const now = new Date(seen.now);
  const date = new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(now);
  $("clock").textContent = `By the clock of the sandbox it is ${date}, ${clockOf(now)}. The bot is connected by ${seen.mode}.`;
}

// Threads

function openThread(where, ts) {
  thread = { where, ts };
  drawThread(true);
  $("thread-composer").querySelector("textarea").focus();
}

function closeThread() {
  thread = null;
  drawThread(false);
}

function drawThread(fresh) {
  const one = thread && channel(thread.where);
  const root = one?.messages.find((message) => message.ts === thread.ts);
  $("thread").hidden = !root;
  document.body.classList.toggle("with-thread", Boolean(root));
  if (!root) return;
  $("thread-subtitle").textContent = titleOf(one);
  const all = [root, ...one.messages.filter((message) => message.thread === root.ts)];
  fillAtEnd($("thread-messages"), $("thread-messages"), rows(all, all, one.id, true), fresh);
  reply.to("Reply…");
}

// Dialogs

function drawModal() {
  const dialog = $("modal");
  const view = seen.modal;
  const state = JSON.stringify([view?.id, view?.blocks, view?.errors, seen.you]);
  if (dialog.dataset.state === state) return;
  dialog.dataset.state = state;
  if (!view) {
    dialog.close();
    return;
  }
  const typed = new Map(dialog.dataset.view === view.id ? [...gathered()] : []);
  dialog.dataset.view = view.id;
  const on = {
    ...scene({ view: view.id }),
    held: (block) => typed.get(block.block_id),
    error: (block) => view.errors[block.block_id],
  };
  const submit = async (event) => {
    event.preventDefault();
    await busy(event.submitter ?? event.target, () => act({ act: "submits", view: view.id, values: Object.fromEntries(gathered()) }));
  };
  const close = () => act({ act: "closes", view: view.id });
  dialog.replaceChildren(el("form", { onsubmit: submit, novalidate: true },
    el("header", {}, el("h2", { id: "modal-title" }, view.title), el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: close }, "✕")),
    el("div", { class: "content" }, blocks(view.blocks, on)),
    el("footer", {},
      el("button", { type: "button", class: "button", onclick: close }, view.close ?? "Close"),
      view.submit ? el("button", { class: "button primary" }, view.submit) : null)));
  dialog.oncancel = (event) => {
    event.preventDefault();
    close();
  };
  if (!dialog.open) dialog.showModal();
}

/** What stands in the inputs of the dialog, by name. */
function gathered() {
  const form = $("modal").querySelector("form");
  const values = new Map();
  for (const [name, value] of form ? new FormData(form) : []) {
    if (value !== "") values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  }
  return values;
}

// The log of calls

const sizeOf = (bytes) => (bytes === null ? "" : bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`);

const tookOf = (ms) => (ms === null ? "…" : ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

async function drawCall(node, id) {
  if (node.querySelector(".whole")) return;
  try {
    const call = await ask(`/api/call?id=${encodeURIComponent(id)}`);
    const part = (title, value) => [el("h3", {}, title), el("pre", { tabindex: "0" }, value === null ? "nothing" : JSON.stringify(value, null, 2))];
    node.append(el("div", { class: "whole" }, part("Sent", call.request), part("Answered", call.answer)));
  } catch (error) {
    node.append(el("p", { class: "wrong" }, error.message));
  }
}

function callRow(call) {
  const node = el("details", { class: call.ok ? "call" : "call bad" },
    el("summary", {},
      el("time", { datetime: call.at }, new Date(call.at).toLocaleTimeString()),
      el("span", { class: `way ${call.to === "GitHub" ? "github" : "slack"}` }, `${call.from} → ${call.to}`),
      el("code", {}, call.what),
      el("span", { class: "status" }, call.status ?? "…"),
      el("span", { class: "took" }, tookOf(call.ms)),
      el("span", { class: "size" }, sizeOf(call.bytes))));
  node.addEventListener("toggle", () => node.open && drawCall(node, call.id));
  return node;
}

async function showCalls() {
  const calls = await ask("/api/calls");
  const wanted = calls.filter((call) => !of || [call.from, call.to].includes(of)).reverse();
  fill($("calls-list"), wanted.map((call) => ({ key: call.id, state: String(call.status), draw: () => callRow(call) })));
}

function toggleCalls(open) {
  $("calls").hidden = !open;
  $("calls-toggle").setAttribute("aria-expanded", String(open));
  if (open) showCalls().catch((error) => say(error.message));
}

// What one does

async function send(words) {
  const where = place;
  write.note("");
  const came = await act({ act: "writes", channel: where, text: words });
  if (came.error) return false;
  if (words.startsWith("/") && typeof came.ms === "number") write.note(`${words} was answered in ${tookOf(came.ms)}.`);
  return true;
}

const write = composer($("composer"), {
  id: "words",
  label: "Message",
  send,
  hints: () => seen?.command,
});

const reply = composer($("thread-composer"), {
  id: "reply",
  label: "Reply",
  send: async (words) => !(await act({ act: "replies", channel: thread.where, thread: thread.ts, text: words })).error,
  hints: () => null,
});

function toggleSide(open) {
  document.body.classList.toggle("with-side", open);
  $("shade").hidden = !open;
  $("menu").setAttribute("aria-expanded", String(open));
  if (open) $("you").focus();
}

$("you").addEventListener("change", (event) => {
  const open = channel(place)?.kind === "direct" ? "" : place;
  location.hash = addressOf(open, event.target.value);
});
$("menu").addEventListener("click", () => toggleSide(!document.body.classList.contains("with-side")));
$("side-close").addEventListener("click", () => toggleSide(false));
$("shade").addEventListener("click", () => toggleSide(false));
$("side").addEventListener("click", (event) => event.target.closest("a") && toggleSide(false));
$("thread-close").addEventListener("click", closeThread);
$("calls-toggle").addEventListener("click", () => toggleCalls($("calls").hidden));
$("calls-close").addEventListener("click", () => toggleCalls(false));
$("calls").querySelector(".filters").addEventListener("click", ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  of = target.dataset.of;
  for (const one of target.parentElement.children) one.setAttribute("aria-pressed", String(one === target));
  showCalls().catch((error) => say(error.message));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (document.body.classList.contains("with-side")) toggleSide(false);
  else if (thread) closeThread();
  else if (!$("calls").hidden) toggleCalls(false);
});
addEventListener("hashchange", refresh);

refresh().then(follow);
