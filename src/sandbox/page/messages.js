// Messages as they stand in a channel or a thread.

import { EMOJI, blocks, el, icon, mrkdwn, pretty } from "/blocks.js";
import { edit } from "/edit.js";
import { openMenu } from "/menu.js";
import { act, channelOf, here, nameOf, scene } from "/sandbox.js";

/** What one can react with at once. */
const REACTIONS = ["satellite_antenna", "eyes", "+1"];

export function clockOf(date) {
  return new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(date);
}

function dateOf(ts) {
  return new Date(Number(ts) * 1000);
}

function dayOf(date) {
  const near = pretty(date, new Date(here.seen.now));
  if (near) return near[0].toUpperCase() + near.slice(1);
  return new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long" }).format(date);
}

function avatar(id) {
  const name = nameOf(id);
  const isBot = id === here.seen.bot;
  const hue = [...name].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 6;
  const initials = isBot ? "KL" : name.slice(0, 2).toUpperCase();
  return el("span", { class: isBot ? "avatar bot" : `avatar hue-${hue}`, "aria-hidden": "true" }, initials);
}

function react(message, where, name) {
  return act({ act: "reacts", channel: where, ts: message.ts, emoji: name });
}

function reaction(message, where, { name, people }) {
  return el("button", {
    type: "button",
    class: "reaction",
    "data-action": `reaction ${name}`,
    "aria-pressed": String(people.includes(here.seen.you)),
    "aria-label": `${name.replaceAll("_", " ")}, from ${people.map(nameOf).join(", ")}`,
    onclick: () => react(message, where, name),
  }, `${EMOJI[name] ?? `:${name}:`} ${people.length}`);
}

/** A message as its author typed it. */
function typed(text) {
  const names = text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${nameOf(id)}`)
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (_, id, name) => `#${channelOf(id)?.name ?? name}`)
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/<(https?:[^|>]+)>/g, "$1");
  return names.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** What else one can do with a message; what is one's own one changes. */
function more(message, where) {
  const on = (what) => ({ act: what, channel: where, ts: message.ts });
  const shortcuts = here.seen.shortcuts.map(({ name, callback_id: shortcut }) => [name, () => act({ ...on("uses_shortcut"), shortcut })]);
  if (message.author !== here.seen.you) return shortcuts;
  const save = async (text) => !(await act({ ...on("edits"), text })).error;
  return [
    ...shortcuts,
    ["Edit message", () => edit("Edit message", typed(message.text), save)],
    ["Delete message", () => act(on("deletes"))],
  ];
}

function tools(message, where, onReply) {
  const reactions = REACTIONS.map((name) => el("button", {
    type: "button",
    "data-action": `react ${name}`,
    "aria-label": `React with ${name.replaceAll("_", " ")}`,
    onclick: () => react(message, where, name),
  }, EMOJI[name]));
  const reply = onReply && el("button", { type: "button", "data-action": "reply", onclick: () => onReply(message.ts) }, "Reply");
  const menu = el("button", {
    type: "button",
    "data-action": "more",
    "aria-label": "More",
    "aria-haspopup": "menu",
    onclick: (event) => openMenu(event.currentTarget, more(message, where)),
  }, "⋯");
  return el("div", { class: "tools" }, reactions, reply, menu);
}

function replies(message, authors, onReply) {
  if (authors.length === 0) return null;
  const people = [...new Set(authors)].slice(0, 4);
  const words = authors.length === 1 ? "1 reply" : `${authors.length} replies`;
  return el("button", { type: "button", class: "replies", "data-action": "replies", onclick: () => onReply(message.ts) }, people.map(avatar), words);
}

function content(message, where) {
  if (message.is_deleted) return el("p", { class: "unknown" }, "This message was deleted.");
  const on = scene({ channel: where, ts: message.ts });
  const drawn = message.blocks.length ? blocks(message.blocks, on) : el("div", { class: "text" }, mrkdwn(message.text, on));
  const previews = message.previews.map((list) => el("div", { class: "content preview" }, blocks(list, on)));
  return el("div", { class: "content" }, drawn, previews);
}

function drawMessage(message, authors, where, onReply) {
  const at = dateOf(message.ts);
  const isFixed = message.is_ephemeral || message.is_deleted;
  return el("article", { class: message.is_ephemeral ? "message ephemeral" : "message", "aria-label": `${nameOf(message.author)}, ${clockOf(at)}` },
    avatar(message.author),
    el("div", { class: "body" },
      message.is_ephemeral ? el("p", { class: "only" }, icon("eye"), "Only visible to you") : null,
      message.thread && onReply ? el("p", { class: "only" }, "Also sent to the channel, from a thread") : null,
      el("p", { class: "by" },
        el("b", {}, nameOf(message.author)),
        message.is_app ? el("span", { class: "tag" }, "App") : null,
        el("time", { datetime: at.toISOString(), title: at.toLocaleString() }, clockOf(at)),
        message.is_edited ? el("small", {}, "(edited)") : null),
      content(message, where),
      message.reactions.length ? el("div", { class: "reactions" }, message.reactions.map((one) => reaction(message, where, one))) : null,
      onReply ? replies(message, authors, onReply) : null),
    isFixed ? null : tools(message, where, onReply));
}

/**
 * Messages of the channel `where` as a list to fill in. `all` are those that may be replies.
 * `onReply(ts)` opens a thread; in a thread itself it is `null`, and there are no days between.
 */
export function rows(list, all, where, onReply) {
  let last = "";
  return list.flatMap((message) => {
    const authors = all.filter((one) => one.thread === message.ts).map((one) => one.author);
    const row = {
      key: message.ts,
      state: JSON.stringify([message, authors, here.seen.you]),
      draw: () => drawMessage(message, authors, where, onReply),
    };
    const day = dayOf(dateOf(message.ts));
    if (!onReply || day === last) return [row];
    last = day;
    return [{ key: day, state: day, draw: () => el("p", { class: "day" }, el("span", {}, day)) }, row];
  });
}
