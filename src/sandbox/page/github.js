// The GitHub side: the issues of the runtime's repository, one of them whole, and what one does there
// by one of the logins. What people wrote is shown as they wrote it, as text.

import { el } from "/blocks.js";
import { edit } from "/edit.js";
import { fill, toTop } from "/lists.js";
import { $, act, addressOf, ask, busy, here, insideOf, nameOf } from "/sandbox.js";

export const GITHUB = "github";

/** What was drawn last. */
let shown = null;

/** Whom one is on GitHub, and who one is on Slack then: another one there is another one here. */
let login = { chosen: null, you: null };

export function isGitHub(place) {
  return place?.split("/")[0] === GITHUB;
}

/** The number of the issue that a place names. */
function issueOf(place) {
  return place.match(/\/(\d{1,9})$/)?.[1] ?? null;
}

function who() {
  if (login.you !== here.seen.you) login = { chosen: nameOf(here.seen.you), you: here.seen.you };
  return login.chosen;
}

function does(what) {
  return act({ act: "on_github", login: who(), does: what });
}

function dateOf(time) {
  const at = new Date(time);
  const words = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" }).format(at);
  return el("time", { datetime: time, title: at.toLocaleString() }, words);
}

const PARTS = /(<!--[\s\S]*?-->)|(https?:\/\/[^\s<>()[\]]+)/;

/** A text as it was written, with what GitHub hides in grey and addresses as links. */
function written(text) {
  const parts = text.split(PARTS).filter(Boolean);
  return el("div", { class: "written" }, parts.map((part) => {
    if (part.startsWith("<!--") && part.endsWith("-->")) return el("span", { class: "hidden-mark", title: "GitHub does not show this" }, part);
    if (!/^https?:\/\//.test(part)) return part;
    const inside = insideOf(part);
    return inside ? el("a", { href: inside }, part) : el("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part);
  }));
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
  return el("article", { class: "comment", "aria-label": `Comment of ${user.login}` },
    el("header", {},
      el("b", {}, user.login),
      user.login === seen.bot ? el("span", { class: "tag" }, "Bot") : null,
      dateOf(created),
      updated > created ? el("small", {}, "(edited)") : null,
      isOwn ? el("span", { class: "own" },
        el("button", { type: "button", "data-action": "edit", onclick: change }, "Edit"),
        el("button", { type: "button", "data-action": "delete", onclick: remove }, "Delete")) : null),
    written(body || "No description."));
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
  const choose = (event) => {
    login.chosen = event.target.value;
    draw(shown, false);
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

function draw(seen, moved) {
  shown = seen;
  const number = issueOf(here.place);
  const missing = number && !seen.issue;
  const wanted = seen.issue ? whole(seen) : seen.issues.map(row);
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
