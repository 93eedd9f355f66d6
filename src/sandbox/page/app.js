// The page as a whole: where one is, the channels and people beside it, the boxes to write in.

import { blocks, el, icon } from "/blocks.js";
import { drawCalls, openCalls, tookOf } from "/calls.js";
import { drawClock } from "/clock.js";
import { composer } from "/composer.js";
import { drawDialog } from "/dialog.js";
import { GITHUB, drawGitHub, isGitHub } from "/github.js";
import { fill, fillAtEnd, keepEnd, toTop } from "/lists.js";
import { rows } from "/messages.js";
import { $, act, address, addressOf, busy, channelOf, follow, here, insideOf, nameOf, person, refresh, say, scene, titleOf, whenSeen } from "/sandbox.js";

const EXAMPLES = ["/kep status 5825", "/kep list shepherd:none", "/kep release", "/kep who 5825"];
const HOME = "home";

/** The latest message that was looked at, by person and channel. */
const looked = new Map();

// The middle

/** What a channel is called, with a lock where not everybody is let in. */
function drawnTitle(channel) {
  return channel.kind === "private" ? [icon("lock"), channel.name] : [titleOf(channel)];
}

function subtitleOf(channel) {
  const many = `${channel.members.length} members`;
  return { public: many, private: `${many}, private`, direct: "Direct message" }[channel.kind];
}

function welcome(channel) {
  const where = {
    public: `This is ${titleOf(channel)}. Everybody sees what is posted here; an answer to /kep only you see.`,
    private: `This is ${titleOf(channel)}, a private channel of the maintainers.`,
    direct: "Here you talk with kep-liaison alone. Ask in your own words: who shepherds 5825?",
  }[channel.kind];
  const chip = (words) => el("button", {
    type: "button",
    class: "chip",
    onclick: (event) => busy(event.currentTarget, () => send(words)),
  }, el("code", {}, words));
  return el("div", { class: "welcome" },
    el("h2", {}, "Where does a KEP stand?"),
    el("p", {}, where, " The bot is the real one; Slack and GitHub are models on this machine. Try:"),
    el("div", { class: "chips" }, EXAMPLES.map(chip)),
    el("p", { class: "more" }, "Or mention it: ", el("code", {}, "@kep-liaison who shepherds 5825?"), ". In #sig-node, react with 📡 to a message that names a KEP: it goes to the tracking issue. Be somebody else to see what they see. Move the clock on, below the channels, to see what a day or a week brings. ", el("b", {}, "API calls"), " shows what went over the wire."));
}

function isInChannel(message) {
  return !message.thread || message.is_broadcast;
}

function drawChannel(channel, moved) {
  if (moved) $("welcome").replaceChildren(welcome(channel));
  const messages = channel.messages.filter(isInChannel);
  const onReply = (ts) => openThread(channel.id, ts);
  fillAtEnd($("messages"), $("scroll"), rows(messages, channel.messages, channel.id, onReply), moved);
  if (moved && messages.length === 0) toTop($("scroll"));
  write.to(`Message to ${titleOf(channel)}`);
}

function drawHome(moved) {
  const view = here.seen.home;
  const drawn = view
    ? { key: view.id, state: JSON.stringify(view), draw: () => el("div", { class: "content" }, blocks(view.blocks, scene({ view: view.id }))) }
    : { key: "none", state: "", draw: () => el("p", { class: "unknown" }, "The bot has not drawn a home for this person yet.") };
  fill($("home"), [drawn]);
  if (moved) toTop($("scroll"));
}

// The side

function lastOf(channel) {
  return channel.messages.at(-1)?.ts ?? "0";
}

/** How many messages of others came since one looked at a channel. */
function newIn(channel) {
  const { seen, place } = here;
  const key = `${seen.you} ${channel.id}`;
  if (channel.id === place || !looked.has(key)) looked.set(key, lastOf(channel));
  const since = looked.get(key);
  const isNew = (message) => message.ts > since && message.author !== seen.you && isInChannel(message);
  return channel.messages.filter(isNew).length;
}

function link(where, words, count) {
  const { seen, place } = here;
  const isHere = where === place || (where === GITHUB && isGitHub(place));
  return {
    key: where,
    state: JSON.stringify([isHere, count, seen.you]),
    draw: () => el("li", {}, el("a", { href: addressOf(where), "aria-current": isHere && "page", class: count > 0 && "unread" },
      el("span", {}, words),
      count > 0 ? el("span", { class: "count", "aria-label": `${count} new` }, String(count)) : null)),
  };
}

function drawSide() {
  const { seen } = here;
  $("workspace").textContent = seen.workspace;
  const people = seen.people.filter((one) => one.playable);
  if ($("you").options.length !== people.length) {
    $("you").replaceChildren(...people.map((one) => el("option", { value: one.id }, one.name)));
  }
  $("you").value = seen.you;
  $("about").textContent = person(seen.you).about;
  const [channels, direct] = [false, true].map((isDirect) => seen.channels.filter((one) => (one.kind === "direct") === isDirect));
  fill($("channels"), channels.map((one) => link(one.id, drawnTitle(one), newIn(one))));
  fill($("direct"), [link(HOME, "App Home", 0), ...direct.map((one) => link(one.id, "Direct message", newIn(one)))]);
  fill($("elsewhere"), [link(GITHUB, "GitHub", 0)]);
  $("mode").textContent = `The bot is connected by ${seen.mode}.`;
  drawClock();
}

// The thread

function openThread(where, ts) {
  here.thread = { where, ts };
  drawThread(true);
  $("reply").focus();
}

function closeThread() {
  here.thread = null;
  drawThread(false);
  $("words").focus();
}

function drawThread(fresh) {
  const { thread } = here;
  const channel = thread && channelOf(thread.where);
  const root = channel?.messages.find((message) => message.ts === thread.ts);
  $("thread").hidden = !root;
  document.body.classList.toggle("with-thread", Boolean(root));
  if (!root) return;
  $("thread-subtitle").textContent = titleOf(channel);
  const all = [root, ...channel.messages.filter((message) => message.thread === root.ts)];
  fillAtEnd($("thread-messages"), $("thread-scroll"), rows(all, all, channel.id, null), fresh);
}

// Everything

/** Draws what the sandbox says. */
async function show(seen) {
  const before = here.seen;
  here.seen = seen;
  here.seenAt = Date.now();
  const [who, where] = address();
  const place = where === HOME || isGitHub(where) || channelOf(where) ? where : seen.channels[0].id;
  if (who !== seen.you || where !== place) history.replaceState(null, "", addressOf(place));
  const moved = before?.you !== seen.you || here.place !== place;
  here.place = place;
  if (moved) {
    here.thread = null;
    say("");
    write.note("");
    if (place === HOME) act({ act: "opens_home" });
  }
  draw(moved);
  if (isGitHub(place)) await drawGitHub(moved);
  await drawCalls();
}

/** The title and what stands below it, of what is no channel. */
function titles() {
  if (isGitHub(here.place)) return ["GitHub", `The issues of ${here.seen.repository}`];
  return ["App Home", `What kep-liaison shows ${nameOf(here.seen.you)} alone`];
}

function draw(moved) {
  const channel = channelOf(here.place);
  drawSide();
  const [title, subtitle] = channel ? [titleOf(channel), subtitleOf(channel)] : titles();
  $("title").replaceChildren(...(channel ? drawnTitle(channel) : [title]));
  $("subtitle").textContent = subtitle;
  document.title = `${title} · kep-liaison sandbox`;
  for (const part of ["welcome", "messages", "composer"]) $(part).hidden = !channel;
  $("home").hidden = here.place !== HOME;
  $("github").hidden = !isGitHub(here.place);
  if (channel) drawChannel(channel, moved);
  if (here.place === HOME) drawHome(moved);
  drawThread(moved);
  drawDialog();
  $("calls-count").textContent = String(here.seen.calls);
}

// What one does

async function send(words) {
  write.note("");
  const came = await act({ act: "writes", channel: here.place, text: words });
  if (came.error) return false;
  if (words.startsWith("/")) write.note(`${words} was answered in ${tookOf(came.ms)}.`);
  return true;
}

async function sendReply(words) {
  const { where, ts } = here.thread;
  const came = await act({ act: "replies", channel: where, thread: ts, text: words });
  return !came.error;
}

const write = composer($("composer"), { id: "words", hint: "Type /kep, or a message", send, hints: () => here.seen?.command });
const reply = composer($("thread-composer"), { id: "reply", hint: "Reply…", send: sendReply, hints: () => null });
reply.to("Reply in the thread");

function openSide(open) {
  document.body.classList.toggle("with-side", open);
  $("shade").hidden = !open;
  $("menu").setAttribute("aria-expanded", String(open));
  if (open) $("you").focus();
  else $("menu").focus();
}

$("you").addEventListener("change", (event) => {
  here.choseYou = true;
  // Direct messages are somebody else's then.
  const place = channelOf(here.place)?.kind === "direct" ? "" : here.place;
  location.hash = addressOf(place, event.target.value);
});
$("menu").addEventListener("click", () => openSide(true));
$("side-close").addEventListener("click", () => openSide(false));
$("shade").addEventListener("click", () => openSide(false));
$("side").addEventListener("click", (event) => {
  if (event.target.closest("a") && document.body.classList.contains("with-side")) openSide(false);
});
$("thread-close").addEventListener("click", closeThread);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
  if (document.body.classList.contains("with-side")) openSide(false);
  else if (here.thread) closeThread();
  else if (!$("calls").hidden) openCalls(false);
});
document.addEventListener("click", (event) => {
  const anchor = event.target.closest?.("a[target]");
  const inside = anchor && insideOf(anchor.href);
  if (!inside) return;
  event.preventDefault();
  location.hash = inside;
});
addEventListener("hashchange", refresh);
keepEnd($("scroll"), $("messages"));
keepEnd($("thread-scroll"), $("thread-messages"));
whenSeen(show);
refresh().then(() => {
  follow();
  // Where there is a keyboard one begins to type.
  if (matchMedia("(hover: hover)").matches) $("words").focus();
});
