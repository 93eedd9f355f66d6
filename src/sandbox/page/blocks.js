// Draws what Slack's Block Kit and its markup say. Text from outside only ever becomes text nodes:
// nothing here takes a string for HTML.

/** An element with attributes and children; `on…` attributes are listeners, strings become text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const ICONS = {
  eye: ["M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8s-2.4 4.5-6.5 4.5S1.5 8 1.5 8Z", "M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z"],
  lock: ["M4 7h8v6.5H4Z", "M5.5 7V5a2.5 2.5 0 0 1 5 0v2"],
};

/** A small drawing of our own. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const set = (node, attributes) => Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  set(drawing, { viewBox: "0 0 16 16", class: "drawn", "aria-hidden": "true" });
  for (const line of ICONS[name]) {
    const path = document.createElementNS(space, "path");
    set(path, { d: line });
    drawing.append(path);
  }
  return drawing;
}

/** The emoji that have a name here; another one stays as it is written. */
export const EMOJI = {
  "+1": "👍", "-1": "👎", bell: "🔔", bulb: "💡", calendar: "📅", construction: "🚧", eyes: "👀",
  fire: "🔥", hammer: "🔨", heart: "❤️", heavy_check_mark: "✔️", hourglass: "⌛", inbox_tray: "📥",
  large_blue_circle: "🔵", large_green_circle: "🟢", large_orange_circle: "🟠",
  large_yellow_circle: "🟡", lock: "🔒", loudspeaker: "📢", mag: "🔍", mega: "📣", memo: "📝",
  no_entry: "⛔", ok_hand: "👌", outbox_tray: "📤", paperclip: "📎", pencil2: "✏️",
  ping_pong: "🏓", pray: "🙏", pushpin: "📌", question: "❓", raised_hands: "🙌",
  red_circle: "🔴", repeat: "🔁", robot_face: "🤖", rocket: "🚀", rotating_light: "🚨",
  satellite: "🛰️", satellite_antenna: "📡", seedling: "🌱", speech_balloon: "💬", tada: "🎉",
  thumbsup: "👍", wave: "👋", warning: "⚠️", white_check_mark: "✅", x: "❌",
};

const unescaped = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Text with its line breaks. */
function lines(text) {
  return text.split("\n").flatMap((line, at) => (at === 0 ? [line] : [el("br"), line]));
}

function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
}

/** A link that leaves the page; words alone where the address is none of the web's. */
function link(url, words) {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return el("span", {}, words);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
}

function day(date) {
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** Whether a date is today, yesterday or tomorrow, in a word. */
export function pretty(date, now) {
  const shift = (days) => day(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
  const near = { [shift(0)]: "today", [shift(-1)]: "yesterday", [shift(1)]: "tomorrow" };
  return near[day(date)];
}

function dateToken(token, date, now) {
  const format = (options) => new Intl.DateTimeFormat("en", options).format(date);
  const kinds = {
    date_num: () => `${date.getFullYear()}-${format({ month: "2-digit" })}-${format({ day: "2-digit" })}`,
    date: () => format({ dateStyle: "long" }),
    date_short: () => format({ dateStyle: "medium" }),
    date_long: () => format({ dateStyle: "full" }),
    time: () => new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" }).format(date),
    time_secs: () => new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }).format(date),
  };
  const plain = token.replace(/_pretty$/, "");
  if (!kinds[plain]) return null;
  return (token !== plain && pretty(date, now)) || kinds[plain]();
}

/** `<!date^1783332000^{date_short} {time}^https://…|fallback>`, by the reader's own clock. */
function date(inner, scene) {
  const bar = inner.indexOf("|");
  const [, epoch, form, url] = (bar < 0 ? inner : inner.slice(0, bar)).split("^");
  const fallback = bar < 0 ? "" : unescaped(inner.slice(bar + 1));
  const at = new Date(Number(epoch) * 1000);
  if (Number.isNaN(at.getTime())) return fallback;
  let known = true;
  const words = unescaped(form ?? "").replace(/\{(\w+)\}/g, (_, token) => {
    const said = dateToken(token, at, scene.now);
    known &&= said !== null;
    return said ?? "";
  });
  const shown = el("time", { datetime: at.toISOString(), title: at.toLocaleString() }, known ? words : fallback);
  return url ? link(unescaped(url), shown) : shown;
}

function mention(id, scene) {
  const you = id === scene.you;
  return el("span", { class: you ? "mention you" : "mention" }, `@${scene.name(id)}`);
}

/** What stands between `<` and `>`. */
function angle(inner, scene) {
  const [target, label] = [inner.split("|", 1)[0], inner.includes("|") ? inner.slice(inner.indexOf("|") + 1) : ""];
  if (target.startsWith("@")) return mention(target.slice(1), scene);
  if (target.startsWith("#")) return channelLink(target.slice(1), unescaped(label), scene);
  if (target.startsWith("!date^")) return date(inner, scene);
  if (target.startsWith("!")) {
    const word = unescaped(label) || target.slice(1).split("^")[0];
    return el("span", { class: "mention" }, word.startsWith("@") ? word : `@${word}`);
  }
  return link(unescaped(target), unescaped(label || target));
}

function channelLink(id, label, scene) {
  const name = scene.channel(id) ?? label;
  if (!scene.channel(id)) return el("span", { class: "mention" }, `#${name || "a private channel"}`);
  return el("a", { class: "mention", href: scene.address(id) }, `#${name}`);
}

const MARKS = { "*": "strong", _: "em", "~": "s" };
const TOKEN = /<([^>\n]+)>|`([^`\n]+)`|([*_~])([^\n]+?)\3|:([a-z0-9_+-]+):/g;
// Marks stand at the edges of words, and a word joiner beside one says that it is none.
const isWord = (c) => c !== undefined && /[\p{L}\p{N}\u2060]/u.test(c);
const isEdge = (c) => /[\s\u2060]/.test(c);

function inline(text, scene) {
  const nodes = [];
  let at = 0;
  const say = (words) => words && nodes.push(unescaped(words));
  TOKEN.lastIndex = 0;
  for (let found; (found = TOKEN.exec(text)); ) {
    const [whole, inner, code, mark, marked, emoji] = found;
    const start = found.index;
    const end = start + whole.length;
    let node;
    if (inner) node = angle(inner, scene);
    else if (code) node = el("code", {}, unescaped(code));
    else if (emoji) node = EMOJI[emoji];
    else if (mark && !isWord(text[start - 1]) && !isWord(text[end]) && !isEdge(marked[0]) && !isEdge(marked.at(-1))) {
      node = el(MARKS[mark], {}, inline(marked, scene));
    }
    // The inner call moved it.
    TOKEN.lastIndex = node ? end : start + 1;
    if (!node) continue;
    say(text.slice(at, start));
    nodes.push(node);
    at = end;
  }
  say(text.slice(at));
  return nodes;
}

/** Text with Slack's markup. */
export function mrkdwn(text, scene) {
  return text.split("```").flatMap((part, at, parts) => {
    if (at % 2 === 1) return [el("pre", {}, unescaped(part.replace(/^\n|\n$/g, "")))];
    // The lines around such a part end by themselves.
    if (at > 0) part = part.replace(/^\n/, "");
    if (at < parts.length - 1) part = part.replace(/\n$/, "");
    const nodes = [];
    let quote = null;
    part.split("\n").forEach((line, row) => {
      const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
      if (quoted) {
        if (!quote) nodes.push((quote = el("blockquote")));
        else quote.append(el("br"));
        quote.append(...inline(quoted[1], scene));
        return;
      }
      if (row > 0 && !quote) nodes.push(el("br"));
      quote = null;
      nodes.push(...inline(line, scene));
    });
    return nodes;
  });
}

/** A text object. */
function text(object, scene) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, scene);
  return lines(object.emoji === false ? object.text : withEmoji(object.text));
}

/**
 * A picture that was uploaded; it opens by itself in another window. Of others its words, and a way to
 * it: pictures of elsewhere are not fetched by this page.
 */
function picture(block) {
  const words = `🖼 ${block.alt_text || "A picture"}`;
  const file = block.slack_file?.id;
  if (file) {
    const src = `/api/picture?id=${encodeURIComponent(file)}`;
    const gone = (event) => event.target.closest("a").replaceWith(words);
    const shown = el("img", { src, alt: block.alt_text, onerror: gone });
    return el("a", { class: "picture", href: src, target: "_blank" }, shown);
  }
  const url = block.image_url ?? block.slack_file?.url;
  return url ? link(url, words) : el("span", {}, words);
}

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code" };

function richInline(element, scene) {
  const kinds = {
    text: () => lines(element.text),
    link: () => [link(element.url, element.text || element.url)],
    user: () => [mention(element.user_id, scene)],
    usergroup: () => [el("span", { class: "mention" }, "@a group")],
    channel: () => [channelLink(element.channel_id, "", scene)],
    broadcast: () => [el("span", { class: "mention" }, `@${element.range}`)],
    emoji: () => [EMOJI[element.name] ?? `:${element.name}:`],
    date: () => [date(`!date^${element.timestamp}^${element.format}|${element.fallback ?? ""}`, scene)],
  };
  let nodes = kinds[element.type]?.() ?? [];
  for (const [style, tag] of Object.entries(STYLES)) {
    if (element.style?.[style]) nodes = [el(tag, {}, nodes)];
  }
  return nodes;
}

function rich(element, scene) {
  const inner = () => element.elements.flatMap((one) => richInline(one, scene));
  switch (element.type) {
    case "rich_text_list": {
      const items = element.elements.map((item) => el("li", {}, rich(item, scene)));
      return el(element.style === "ordered" ? "ol" : "ul", {}, items);
    }
    case "rich_text_quote":
      return el("blockquote", {}, inner());
    case "rich_text_preformatted":
      return el("pre", {}, inner());
    default:
      return el("div", {}, inner());
  }
}

function cell(content, scene) {
  if (content.type === "rich_text") return content.elements.map((one) => rich(one, scene));
  return lines(content.text ?? "");
}

function table(block, scene) {
  const [head, ...rows] = block.rows;
  const row = (cells, tag) => el("tr", {}, cells.map((one) => el(tag, {}, cell(one, scene))));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", {}, el("thead", {}, row(head, "th")), el("tbody", {}, rows.map((cells) => row(cells, "td")))));
}

function options(element) {
  return element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);
}

function choices(element, scene) {
  if (element.type.includes("users_select")) return scene.people.map((one) => [one.id, one.name]);
  if (/channels_select|conversations_select/.test(element.type)) return scene.channels.map((one) => [one.id, `#${one.name}`]);
  return options(element).map((one) => [one.value, one.text.text]);
}

/** A menu that acts as soon as something is chosen. */
function menu(element, scene) {
  const first = element.placeholder?.text ?? "Choose…";
  const chosen = element.initial_option?.value;
  return el("select", {
    "aria-label": first,
    "data-action": element.action_id,
    onchange: (event) => scene.choose(element, event.target),
  },
  el("option", { value: "", selected: !chosen }, first),
  choices(element, scene).map(([value, words]) => el("option", { value, selected: value === chosen }, words)));
}

/** What can be pressed in a message or a home. */
function pressable(element, scene) {
  if (element.type === "button") {
    const style = element.style ? `button ${element.style}` : "button";
    return el("button", {
      type: "button",
      class: style,
      "data-action": element.action_id,
      "aria-label": element.accessibility_label,
      onclick: (event) => {
        if (element.url) scene.open(element.url);
        scene.press(element, event.currentTarget);
      },
    }, text(element.text, scene));
  }
  if (element.type === "image") return picture(element);
  if (element.type === "overflow" || element.type.includes("select")) return menu(element, scene);
  return el("span", { class: "unknown" }, `A ${element.type} is not drawn here.`);
}

/** An input of a dialog; its name is the block's, under which it is sent. */
function field(block, scene) {
  const element = block.element;
  const name = block.block_id;
  const held = scene.held(block);
  const base = { name, id: `field-${name}`, required: !block.optional };
  if (element.type === "plain_text_input") {
    const value = held ?? element.initial_value ?? "";
    const shown = { ...base, placeholder: element.placeholder?.text, maxlength: element.max_length, value };
    return element.multiline ? el("textarea", { ...shown, rows: "4" }) : el("input", { ...shown, type: "text" });
  }
  const kinds = { datepicker: "date", timepicker: "time", email_text_input: "email", url_text_input: "url", number_input: "number" };
  if (kinds[element.type]) {
    const value = held ?? element.initial_date ?? element.initial_time ?? element.initial_value ?? "";
    return el("input", { ...base, type: kinds[element.type], value });
  }
  const initial = element.initial_options ?? [element.initial_option].filter(Boolean);
  const chosen = new Set(held?.split(",") ?? [
    ...initial.map((one) => one.value),
    ...(element.initial_users ?? [element.initial_user]).filter(Boolean),
  ]);
  if (element.type === "checkboxes" || element.type === "radio_buttons") {
    const type = element.type === "checkboxes" ? "checkbox" : "radio";
    return el("div", { class: "boxes" }, options(element).map((one) =>
      el("label", {}, el("input", { type, name, value: one.value, checked: chosen.has(one.value) }), text(one.text, scene))));
  }
  const many = element.type.startsWith("multi_");
  const list = choices(element, scene).map(([value, words]) => el("option", { value, selected: chosen.has(value) }, words));
  const none = many ? [] : [el("option", { value: "" }, element.placeholder?.text ?? "Choose…")];
  return el("select", { ...base, multiple: many }, none, list);
}

function input(block, scene) {
  const error = scene.error(block);
  return el("div", { class: "field" },
    el("label", { for: `field-${block.block_id}` }, text(block.label, scene), block.optional ? el("small", {}, " (optional)") : ""),
    field(block, scene),
    block.hint ? el("small", {}, text(block.hint, scene)) : null,
    error ? el("p", { class: "wrong", role: "alert" }, error) : null);
}

function draw(block, scene) {
  switch (block.type) {
    case "header":
      return el("h3", {}, text(block.text, scene));
    case "section":
      return el("div", { class: "section" },
        el("div", { class: "words" },
          block.text ? el("div", { class: block.text.type === "mrkdwn" ? "text" : "text plain" }, text(block.text, scene)) : null,
          block.fields ? el("div", { class: "fields" }, block.fields.map((one) => el("div", {}, text(one, scene)))) : null),
        block.accessory ? pressable(block.accessory, scene) : null);
    case "context":
      return el("div", { class: "context" }, block.elements.map((one) =>
        one.type === "image" ? picture(one) : el("span", {}, text(one, scene))));
    case "actions":
      return el("div", { class: "actions" }, block.elements.map((one) => pressable(one, scene)));
    case "divider":
      return el("hr");
    case "image":
      return el("figure", {}, block.title ? el("figcaption", {}, text(block.title, scene)) : null, picture(block));
    case "rich_text":
      return el("div", { class: "rich" }, block.elements.map((one) => rich(one, scene)));
    case "table":
      return table(block, scene);
    case "markdown":
      return el("div", { class: "text" }, lines(block.text));
    case "input":
      return input(block, scene);
    default:
      return el("p", { class: "unknown" }, `A block of the kind ${block.type} is not drawn here.`);
  }
}

/**
 * Draws blocks. `scene` says who looks and where: `you`, `now`, `people`, `channels`, `name(id)`,
 * `channel(id)`, `address(id)`, `open(url)`, `press(element, node)`, `choose(element, node)`,
 * `held(block)`, `error(block)`.
 */
export function blocks(list, scene) {
  return list.map((block) => draw(block, scene));
}
