// The log of what the bot, Slack and GitHub asked of one another.

import { el } from "/blocks.js";
import { fill } from "/lists.js";
import { $, ask, say } from "/sandbox.js";

/** Whose calls are shown: `Slack`, `GitHub`, or all. */
let of = "";

function sizeOf(bytes) {
  if (bytes === null) return "";
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`;
}

/** A time that something took. */
export function tookOf(ms) {
  if (ms === null) return "…";
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

function part(title, value) {
  const text = value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return [el("h3", {}, title), el("pre", { tabindex: "0" }, text)];
}

async function drawWhole(node, id) {
  if (node.querySelector(".whole")) return;
  try {
    const call = await ask(`/api/call?id=${encodeURIComponent(id)}`);
    node.append(el("div", { class: "whole" }, part("Sent", call.request), part("Answered", call.answer)));
  } catch (error) {
    say(error.message);
  }
}

function drawCall(call) {
  const node = el("details", { class: call.ok ? "call" : "call bad" },
    el("summary", { "data-action": "open" },
      el("time", { datetime: call.at }, new Date(call.at).toLocaleTimeString()),
      el("span", { class: `way ${call.to.toLowerCase()}` }, `${call.from} → ${call.to}`),
      el("code", {}, call.what),
      el("span", { class: "status" }, call.status ?? "…"),
      el("span", { class: "took" }, tookOf(call.ms)),
      el("span", { class: "size" }, sizeOf(call.bytes))));
  node.addEventListener("toggle", () => node.open && drawWhole(node, call.id));
  return node;
}

/** Draws the log, the latest call first, if it is open. */
export async function drawCalls() {
  if ($("calls").hidden) return;
  const calls = await ask("/api/calls");
  const wanted = calls.filter((call) => !of || [call.from, call.to].includes(of)).reverse();
  fill($("calls-list"), wanted.map((call) => ({ key: call.id, state: String(call.status), draw: () => drawCall(call) })));
}

function drawOrSay() {
  drawCalls().catch((error) => say(error.message));
}

/** Opens the log, or closes it. */
export function openCalls(open) {
  $("calls").hidden = !open;
  $("calls-toggle").setAttribute("aria-expanded", String(open));
  drawOrSay();
}

$("calls-toggle").addEventListener("click", () => openCalls($("calls").hidden));
$("calls-close").addEventListener("click", () => {
  openCalls(false);
  $("calls-toggle").focus();
});
$("calls").querySelector(".filters").addEventListener("click", ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  of = target.dataset.of;
  for (const one of target.parentElement.children) one.setAttribute("aria-pressed", String(one === target));
  drawOrSay();
});
