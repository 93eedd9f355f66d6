// The sandbox's clock: what it shows, and moving it on.

import { el } from "/blocks.js";
import { clockOf } from "/messages.js";
import { $, act, here, say } from "/sandbox.js";

const HOUR = 3_600_000;

/** What the clock shows: it has run on since the sandbox was asked. */
function now() {
  return new Date(new Date(here.seen.now).getTime() + Date.now() - here.seenAt);
}

function zone(date, style) {
  const parts = new Intl.DateTimeFormat("en", { timeZoneName: style }).formatToParts(date);
  return parts.find((part) => part.type === "timeZoneName").value;
}

/** As the field for a date and time takes it. */
function local(date) {
  const two = (number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Draws what it shows now. */
export function drawClock() {
  if (!here.seen) return;
  const at = now();
  const date = new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at);
  $("clock-time").textContent = `${date}, ${clockOf(at)}`;
  $("clock-time").setAttribute("datetime", at.toISOString());
  $("clock-zone").textContent = `Your time zone, ${zone(at, "short")}`;
  const { digest } = here.seen;
  $("to-digest").hidden = !digest;
  if (digest) $("digest-at").textContent = `#${digest.channel}: ${digest.words}`;
}

/** Moves it on, with nothing else to press meanwhile. */
async function move(to, why) {
  const fields = $("clock-fields");
  const pressed = document.activeElement;
  $("clock-note").textContent = `${why}: what falls due meanwhile happens.`;
  fields.disabled = true;
  const came = await act({ act: "sets_clock", to: to.toISOString() });
  fields.disabled = false;
  // What went wrong stands where it was pressed.
  say("");
  $("clock-note").textContent = came.error ?? "";
  drawClock();
  if (document.activeElement === document.body) pressed?.focus();
}

function button(words, why, to) {
  return el("button", { type: "button", class: "button", onclick: () => move(to(), why) }, words);
}

$("clock-steps").append(
  button("+1 hour", "An hour passes", () => new Date(now().getTime() + HOUR)),
  button("+1 day", "A day passes", () => new Date(now().getTime() + 24 * HOUR)),
);
$("to-digest").addEventListener("click", () => move(new Date(here.seen.digest.at), "On the way to the digest"));
$("clock").addEventListener("toggle", () => {
  if (!here.seen) return;
  $("clock").scrollIntoView({ block: "nearest" });
  $("clock-to").min = local(now());
  $("clock-to").value = local(new Date(now().getTime() + HOUR));
});
$("clock-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const to = new Date($("clock-to").value);
  if (!Number.isNaN(to.getTime())) move(to, "On the way there");
});
setInterval(drawClock, 5_000);
