// The GitHub side: the issues of the runtime's repository, one of them whole, and what one does there
// by one of the logins. What people wrote is shown as text, without what GitHub hides, or as its source.

import { el } from "/blocks.js";
import { edit } from "/edit.js";
import { fill, toTop } from "/lists.js";
import { $, act, addressOf, ask, busy, here, insideOf, nameOf } from "/sandbox.js";

export const GITHUB = "github";
/** Where one enters the code of a sign-in. */
const DEVICE = "github/device";

/** What was drawn last. */
let shown = null;

/** Whom one chose to be on GitHub; who did not is there whom they are in Slack. */
let chosen = null;

/** The comments of which one looks at the source. */
const sources = new Set();

export function isGitHub(place) {
  return place?.split("/")[0] === GITHUB;
}

/** The number of the issue that a place names. */
function issueOf(place) {
  return place.match(/\/(\d{1,9})$/)?.[1] ?? null;
}

function who() {
  return chosen ?? nameOf(here.seen.you);
}

function does(what) {
  return act({ act: "on_github", login: who(), does: what });
}

function dateOf(time) {
  const at = new Date(time);
  const words = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" }).format(at);
  return el("time", { datetime: time, title: at.toLocaleString() }, words);
}

/** What GitHub does not show, the elements that the bot writes, and addresses; code is left as it is. */
const PARTS = /(```[\s\S]*?```|`[^`\n]+`|<!--[\s\S]*?-->|<\/?(?:sub|del)>|\[[^\]\n]+\]\(https?:\/\/[^\s<>()]+\)|https?:\/\/[^\s<>()[\]]+)/;

function linked(part) {
  const [, words, url] = part.match(/^\[(.+)\]\((.+)\)$/) ?? [null, part, part];
  const inside = insideOf(url);
  return inside ? el("a", { href: inside }, words) : el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
}

/** A text as GitHub shows it, as far as the bot's own marks go. */
function read(text) {
  const root = el("div", { class: "written" });
  const open = [root];
  // The lines around what is struck through are Markdown's.
  const tidy = text.replace(/(\s*<!--((?!-->)[\s\S])*-->)+\s*$/, "").replace(/<del>\n+/g, "<del>").replace(/\n+<\/del>/g, "</del>");
  for (const part of tidy.split(PARTS).filter(Boolean)) {
    const [top] = open;
    const tag = part.match(/^<(sub|del)>$/)?.[1];
    if (part.startsWith("<!--") && part.endsWith("-->")) continue;
    if (tag) {
      open.unshift(el(tag));
      top.append(open[0]);
    } else if (part === `</${top.localName}>`) open.shift();
    else top.append(/^(\[.+\]\()?https?:\/\//.test(part) ? linked(part) : part);
  }
  return root;
}

function source(text) {
  return el("div", { class: "written source" }, text);
}

function stateOf(issue) {
  const isOpen = issue.state === "open";
  return el("span", { class: isOpen ? "state open" : "state" }, isOpen ? "Open" : "Closed");
}

function labelsOf(issue) {
  return issue.labels.map(({ name }) => el("span", { class: "label" }, name));
}

function row(issue) {
  return {
    key: `issue ${issue.number}`,
    state: JSON.stringify([issue, here.seen.you]),
    draw: () => el("a", { class: "issue", href: addressOf(`${GITHUB}/${issue.number}`) },
      el("span", { class: "issue-title" }, stateOf(issue), el("b", {}, issue.title), " ", el("span", { class: "number" }, `#${issue.number}`)),
      el("span", { class: "about-issue" },
        labelsOf(issue),
        issue.milestone ? el("span", {}, `Milestone ${issue.milestone.title}`) : null,
        issue.comments > 0 ? el("span", {}, issue.comments === 1 ? "1 comment" : `${issue.comments} comments`) : null)),
  };
}

function head(seen) {
  const { issue } = seen;
  const may = seen.people.find((one) => one.login === who())?.may_triage;
  const isRelease = ({ name }) => seen.release_labels.includes(name);
  const label = ({ name }) => el("span", { class: "label" }, name,
    may && isRelease({ name }) ? el("button", {
      type: "button",
      "aria-label": `Remove the label ${name}`,
      "data-action": `unlabel ${name}`,
      onclick: (event) => busy(event.currentTarget, () => does({ unlabel: { issue: issue.number, label: name } })),
    }, "✕") : null);
  const others = seen.release_labels.filter((name) => !issue.labels.some((on) => on.name === name));
  const choose = ({ target }) => target.value && busy(target, () => does({ label: { issue: issue.number, label: target.value } }));
  return el("div", { class: "issue-head" },
    el("h2", {}, issue.title, " ", el("span", { class: "number" }, `#${issue.number}`)),
    el("p", { class: "about-issue" },
      stateOf(issue),
      issue.labels.map(label),
      issue.milestone ? el("span", {}, `Milestone ${issue.milestone.title}`) : null,
      may ? el("select", { "aria-label": "Add a release label", "data-action": "label", onchange: choose },
        el("option", { value: "" }, "Add a release label…"),
        others.map((name) => el("option", { value: name }, name))) : null));
}

function comment(seen, { id, user, body, created_at: created, updated_at: updated }) {
  const { issue } = seen;
  const change = () => edit("Edit comment", body, async (text) => !(await does({ edit_comment: { issue: issue.number, comment: id, text } })).error);
  const remove = (event) => busy(event.currentTarget, () => does({ delete_comment: { issue: issue.number, comment: id } }));
  const isOwn = id !== null && user.login === who();
  const key = `${issue.number} ${id}`;
  const text = body || "No description.";
  const drawn = () => (sources.has(key) ? source(text) : read(text));
  const turn = ({ currentTarget: button }) => {
    if (!sources.delete(key)) sources.add(key);
    button.setAttribute("aria-pressed", String(sources.has(key)));
    button.closest("article").querySelector(".written").replaceWith(drawn());
  };
  return el("article", { class: "comment", "aria-label": `Comment of ${user.login}` },
    el("header", {},
      el("b", {}, user.login),
      user.login === seen.bot ? el("span", { class: "tag" }, "Bot") : null,
      dateOf(created),
      updated > created ? el("small", {}, "(edited)") : null,
      el("span", { class: "own" },
        el("button", { type: "button", "data-action": `source ${id}`, "aria-pressed": String(sources.has(key)), onclick: turn }, "Source"),
        isOwn ? [
          el("button", { type: "button", "data-action": "edit", onclick: change }, "Edit"),
          el("button", { type: "button", "data-action": "delete", onclick: remove }, "Delete"),
        ] : [])),
    drawn());
}

/** The box to comment; it stays while everything around it changes. */
function form(number) {
  const box = el("textarea", { id: "comment", rows: "4", placeholder: "Comment in Markdown" });
  const button = el("button", { class: "button primary" }, "Comment");
  const send = async (event) => {
    event.preventDefault();
    await busy(button, async () => {
      const came = await does({ comment: { issue: number, text: box.value } });
      if (!came.error) box.value = "";
    });
  };
  return el("form", { class: "field", onsubmit: send },
    el("label", { for: "comment" }, "Comment"), box, el("div", { class: "actions" }, button));
}

function stateForm({ issue }) {
  const isOpen = issue.state === "open";
  const change = (event) => busy(event.currentTarget, () => does({ [isOpen ? "close" : "reopen"]: { issue: issue.number } }));
  return el("div", { class: "actions" },
    el("button", { type: "button", class: "button", "data-action": "state", onclick: change }, isOpen ? "Close issue" : "Reopen issue"));
}

function chooser(seen) {
  // Whoever chose nobody in Slack is there whom they are here.
  const choose = ({ target: { value } }) => {
    const other = here.choseYou ? null : here.seen.people.find((one) => one.playable && one.name === value);
    chosen = other || value === nameOf(here.seen.you) ? null : value;
    if (other) location.hash = addressOf(here.place, other.id);
    else draw(shown, false);
  };
  const about = seen.people.find((one) => one.login === who())?.about;
  return el("div", { class: "as" },
    el("label", { for: "login" }, "On GitHub you are"),
    el("select", { id: "login", "data-action": "login", onchange: choose },
      seen.people.map((one) => el("option", { value: one.login, selected: one.login === who() }, one.login))),
    el("small", {}, about));
}

function whole(seen) {
  const { issue } = seen;
  const by = [who(), here.seen.you];
  const may = seen.people.find((one) => one.login === who())?.may_triage || issue.user.login === who();
  const part = (key, state, drawn) => ({ key: `${key} ${issue.number}`, state: JSON.stringify([state, by]), draw: drawn });
  const description = { id: null, user: issue.user, body: issue.body, created_at: issue.created_at, updated_at: "" };
  return [
    { key: "back", state: here.seen.you, draw: () => el("p", {}, el("a", { href: addressOf(GITHUB) }, "← All issues")) },
    part("head", [issue.title, issue.state, issue.labels, issue.milestone, seen.release_labels], () => head(seen)),
    part("body", issue.body, () => comment(seen, description)),
    ...issue.said.map((one) => part(`comment ${one.id}`, one, () => comment(seen, one))),
    part("as", null, () => chooser(seen)),
    { key: `form ${issue.number}`, state: "", draw: () => form(issue.number) },
    ...(may ? [part("state", issue.state, () => stateForm(seen))] : []),
  ];
}

/** The page on which one enters the code of a sign-in. */
function device(seen) {
  return [
    { key: "back", state: here.seen.you, draw: () => el("p", {}, el("a", { href: addressOf(GITHUB) }, "← All issues")) },
    { key: "as", state: JSON.stringify([who(), here.seen.you]), draw: () => chooser(seen) },
    { key: "device", state: "", draw: codeForm },
  ];
}

/** The box for the code; it stays while everything around it changes. */
function codeForm() {
  const box = el("input", { id: "code", type: "text", required: true, maxlength: "20", autocomplete: "off", placeholder: "XXXX-XXXX" });
  const note = el("p", { role: "status" });
  const enter = async (button, isAuthorized) => {
    note.textContent = "";
    await busy(button, async () => {
      const came = await does({ enter_code: { code: box.value, is_authorized: isAuthorized } });
      if (came.error) return;
      box.value = "";
      note.textContent = isAuthorized ? "You are signed in. Go back to Slack." : "You cancelled. Go back to Slack.";
    });
  };
  const authorize = el("button", { class: "button primary", "data-action": "authorize" }, "Authorize");
  const cancel = el("button", { type: "button", class: "button", "data-action": "cancel", onclick: () => enter(cancel, false) }, "Cancel");
  const send = (event) => {
    event.preventDefault();
    enter(authorize, true);
  };
  return el("form", { class: "field", onsubmit: send },
    el("label", { for: "code" }, "Enter the code that the bot showed to you"), box, note, el("div", { class: "actions" }, authorize, cancel));
}

function draw(seen, moved) {
  shown = seen;
  const number = issueOf(here.place);
  const missing = number && !seen.issue;
  const isDevice = here.place === DEVICE;
  const wanted = isDevice ? device(seen) : seen.issue ? whole(seen) : seen.issues.map(row);
  const none = { key: "none", state: "", draw: () => el("p", { class: "unknown" }, missing ? "There is no such issue in the sandbox." : "There are no issues yet.") };
  fill($("github"), missing ? [none, ...seen.issues.map(row)] : wanted.length ? wanted : [none]);
  if (moved) toTop($("scroll"));
}

/** Draws the place where one is. */
export async function drawGitHub(moved) {
  const { place } = here;
  const number = issueOf(place);
  const seen = await ask(`/api/github${number ? `?issue=${encodeURIComponent(number)}` : ""}`);
  // Somewhere else by now?
  if (here.place === place) draw(seen, moved);
}
