// The sandbox behind the page: what it said last, and asking and acting there as the person one is.

import { el } from "/blocks.js";

/** What one person sees, as it was said last; and where in it one looks. */
export const here = {
  seen: null,
  /** When that was, by the clock of this machine. */
  seenAt: 0,
  /** A channel's id, `home`, `github`, or an issue there: `github/12814`. */
  place: null,
  /** The open thread: `{ where, ts }`. */
  thread: null,
  /** Whether one chose who one is in Slack. */
  choseYou: false,
  /** When one last did something. */
  acted: 0,
};

export const $ = (id) => document.getElementById(id);

export function person(id) {
  return here.seen.people.find((one) => one.id === id);
}

export function nameOf(id) {
  return person(id)?.name ?? id;
}

export function channelOf(id) {
  return here.seen.channels.find((one) => one.id === id);
}

/** What a channel is called. */
export function titleOf(channel) {
  return channel.kind === "direct" ? "kep-liaison" : `#${channel.name}`;
}

/** The address of a place: `#person/channel`, so that one can go back, and come back. */
export function addressOf(where, who = here.seen.you) {
  return `#${who}/${where}`;
}

/** The person and the place that the address names. */
export function address() {
  const [who, ...where] = decodeURIComponent(location.hash.slice(1)).split("/");
  return [who || null, where.join("/") || null];
}

/** Where in the sandbox an address of the web leads that its GitHub or Slack has; `null` elsewhere. */
export function insideOf(url) {
  if (!URL.canParse(url)) return null;
  const { hostname, pathname } = new URL(url);
  const { repository, workspace } = here.seen;
  const issue = hostname === "github.com" && pathname.match(/^\/([^/]+\/[^/]+)\/issues\/(\d+)$/);
  if (issue && issue[1].toLowerCase() === repository) return addressOf(`github/${issue[2]}`);
  if (hostname === "127.0.0.1" && pathname === "/login/device") return addressOf("github/device");
  const message = hostname === `${workspace}.slack.com` && pathname.match(/^\/archives\/(\w+)/);
  return message && channelOf(message[1]) ? addressOf(message[1]) : null;
}

/** Follows an address: inside the sandbox where it has that, or else in another window. */
export function visit(url) {
  const inside = insideOf(url);
  if (inside) location.hash = inside;
  else window.open(url, "_blank", "noopener,noreferrer");
}

/** Says what went wrong, above the messages. */
export function say(words) {
  const close = () => el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => say("") }, "✕");
  $("alert").hidden = !words;
  $("alert").replaceChildren(...(words ? [words, close()] : []));
}

/** Asks the sandbox; what it refuses is an error with its words. */
export async function ask(path, options) {
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

let draw = () => {};
let asking = false;
let again = false;

/** Calls `drawAll(seen)` with whatever there is to see, each time that it is asked for. */
export function whenSeen(drawAll) {
  draw = drawAll;
}

/** Asks what there is to see, once at a time: what changes meanwhile is asked for after. */
export async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      const [who] = address();
      const seen = await ask(`/api/state${who ? `?as=${encodeURIComponent(who)}` : ""}`);
      // Somebody else by now?
      if (who === address()[0]) await draw(seen);
      else again = true;
    } while (again);
  } catch (error) {
    say(error.message);
  } finally {
    asking = false;
  }
}

/** Refreshes whenever something changes, for ever. */
export function follow() {
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

/** Does something as the person one is; gives what came of it, and says what went wrong. */
export async function act(what) {
  here.acted = Date.now();
  try {
    const came = await ask("/api/act", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ as: here.seen.you, ...what }),
    });
    say(came.error ?? "");
    await refresh();
    return came;
  } catch (error) {
    say(error.message);
    return { error: error.message };
  }
}

/** Shows on a button or menu that something is being done, and lets nobody do it twice meanwhile. */
export async function busy(node, work) {
  node.setAttribute("aria-busy", "true");
  node.disabled = true;
  await work();
  node.removeAttribute("aria-busy");
  node.disabled = false;
}

/** What blocks are drawn in, pressed in `on`: a message or a view. */
export function scene(on) {
  const { seen } = here;
  return {
    you: seen.you,
    now: new Date(seen.now),
    people: seen.people,
    channels: seen.channels.filter((one) => one.kind !== "direct"),
    name: nameOf,
    channel: (id) => channelOf(id)?.name,
    address: addressOf,
    open: visit,
    held: () => undefined,
    error: () => undefined,
    press: (element, node) => busy(node, () => act({ act: "clicks", on, action: element.action_id })),
    choose: (element, node) => node.value && busy(node, () => act({ act: "selects", on, action: element.action_id, choice: node.value })),
  };
}
