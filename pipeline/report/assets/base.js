// Small helpers, the data blocks, dates and the shared controls. Text reaches the page as text nodes only.

const $ = (id) => document.getElementById(id);

/** Make an element: properties, then children (nodes or strings; null is left out). */
function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "text") node.textContent = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined));
  return node;
}

const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many || one + "s"}`;
const count = (n) => n.toLocaleString("en-GB").replaceAll(",", "\u202f");
const words = (s) => String(s).replaceAll("_", " ");

function debounce(fn, ms) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn(...args), ms);
  };
}

// ---- data blocks: base64 of gzipped JSON, unpacked when first asked for

const unpacked = new Map();

function block(name) {
  if (!unpacked.has(name)) unpacked.set(name, unpack(name));
  return unpacked.get(name);
}

async function unpack(name) {
  const node = $(`block-${name}`);
  if (!node) return null;
  const binary = atob(node.textContent);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  node.textContent = "";
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

const tableNames = () =>
  [...document.querySelectorAll('script[id^="block-table-"]')].map((n) => n.id.slice("block-table-".length));

/** A table: `rows` rows, `data` by column; `text` columns are cut from the clean text again. */
const tables = new Map();

function table(name) {
  if (!tables.has(name)) tables.set(name, loadTable(name));
  return tables.get(name);
}

async function loadTable(name) {
  const t = (await block(`table-${name}`)) || { about: "", columns: [], rows: 0, cut: false, data: {} };
  if (t.cut) {
    await block("texts").then(keepTexts);
    const { doc_id, start, end } = t.data;
    t.data.text = doc_id.map((doc, i) => slice(doc, start[i], end[i]));
  }
  t.row = (i) => Object.fromEntries(t.columns.map((c) => [c.name, t.data[c.name][i]]));
  return t;
}

/** Row numbers of a table by the value of one column, in order. */
function groups(t, column) {
  const found = new Map();
  (t.data[column] || []).forEach((value, i) => {
    if (!found.has(value)) found.set(value, []);
    found.get(value).push(i);
  });
  return found;
}

// ---- texts: offsets count code points, JavaScript counts UTF-16 units

let texts = {};
const codePoints = new Map();

function keepTexts(all) {
  texts = all || {};
}

function slice(doc, start, end) {
  const text = texts[doc] || "";
  if (!codePoints.has(doc)) codePoints.set(doc, /[\ud800-\udbff]/.test(text) ? Array.from(text) : null);
  const points = codePoints.get(doc);
  return points ? points.slice(start, end).join("") : text.slice(start, end);
}

const textLength = (doc) => (slice(doc, 0, 0), (codePoints.get(doc) || texts[doc] || "").length);

// ---- time: ISO days, astronomical years before 1 AD

const MONTHS = "January February March April May June July August September October November December".split(" ");
const RE_DAY = /^(-?\d{4,})-(\d\d)-(\d\d)$/;

function day(iso) {
  const m = RE_DAY.exec(iso || "");
  return m ? { year: Number(m[1]), month: Number(m[2]), day: Number(m[3]) } : null;
}

const yearName = (y) => (y > 0 ? String(y) : `${1 - y} BC`);

/** A day as a fraction of years, for axes; `late` gives the end of the day. */
function yearFraction(iso, late) {
  const d = day(iso);
  return d ? d.year + ((d.month - 1) * 30.4375 + (d.day - 1) + (late ? 1 : 0)) / 365.25 : null;
}

/** A span of days as a reader writes it: a day, a month, a year, or from one to another. */
function spanName(first, last) {
  const a = day(first);
  const b = day(last);
  if (!a || !b) return a ? dayName(a) : b ? dayName(b) : "";
  if (first === last) return dayName(a);
  const lastDay = b.day >= 28 && daysIn(b) === b.day;
  if (a.year === b.year && a.day === 1 && a.month === 1 && b.month === 12 && b.day === 31) return yearName(a.year);
  if (a.year === b.year && a.month === b.month && a.day === 1 && lastDay) return `${MONTHS[a.month - 1]} ${yearName(a.year)}`;
  if (a.day === 1 && a.month === 1 && b.month === 12 && b.day === 31) return `${yearName(a.year)}–${yearName(b.year)}`;
  return `${dayName(a)} – ${dayName(b)}`;
}

const dayName = (d) => `${d.day} ${MONTHS[d.month - 1]} ${yearName(d.year)}`;

function daysIn(d) {
  const leap = (d.year % 4 === 0 && d.year % 100 !== 0) || d.year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][d.month - 1];
}

// ---- colours: the style sheet has them; canvases need them resolved

function colour(name) {
  const probe = el("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const themeListeners = [];

function onTheme(fn) {
  themeListeners.push(fn);
}

function setUpTheme() {
  const select = $("theme");
  const root = document.documentElement;
  const tell = () => themeListeners.forEach((fn) => fn());
  let kept = "auto";
  try {
    kept = localStorage.getItem("wiki-relations-theme") || "auto";
  } catch {
    // a browser may forbid storage to local files: the choice then lasts as long as the page
  }
  select.value = ["auto", "light", "dark"].includes(kept) ? kept : "auto";
  root.dataset.theme = select.value;
  select.addEventListener("change", () => {
    root.dataset.theme = select.value;
    try {
      localStorage.setItem("wiki-relations-theme", select.value);
    } catch {
      // as above
    }
    tell();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
}

// ---- addresses: #tab/part/part

const address = (...parts) => "#" + parts.map(encodeURIComponent).join("/");

function goTo(...parts) {
  const hash = address(...parts);
  if (location.hash === hash) route();
  else location.hash = hash;
}

// ---- shared controls

const LABEL_NAMES = {
  PERSON: "person", NORP: "nationality or group", GPE: "state or place with a government", LOC: "place", FAC: "building or site",
  ORG: "organisation", EVENT: "event", LAW: "treaty or law", WORK_OF_ART: "work", DATE: "date",
};

/** Two sliders that bound a period of years and never cross. `changed` gets the two years. */
function period(fromId, toId, low, high, changed) {
  const from = $(fromId);
  const to = $(toId);
  const show = () => {
    $(`${fromId}-out`).textContent = yearName(Number(from.value));
    $(`${toId}-out`).textContent = yearName(Number(to.value));
    for (const slider of [from, to]) slider.setAttribute("aria-valuetext", yearName(Number(slider.value)));
  };
  for (const slider of [from, to]) {
    slider.min = low;
    slider.max = high;
    slider.disabled = low === high;
    slider.addEventListener("input", () => {
      if (Number(from.value) > Number(to.value)) (slider === from ? to : from).value = slider.value;
      show();
      changed();
    });
  }
  const set = (a, b) => {
    from.value = a;
    to.value = b;
    show();
  };
  set(low, high);
  return {
    set,
    get: () => [Number(from.value), Number(to.value)],
    whole: () => Number(from.value) === low && Number(to.value) === high,
    reset: () => set(low, high),
  };
}

/** Buttons to leaf through `total` items; `show` gets the first item's number. */
function pager(host, total, size, at, show) {
  const pages = Math.ceil(total / size);
  host.replaceChildren();
  if (pages < 2) return;
  const page = Math.floor(at / size);
  const button = (text, target, label) =>
    el("button", {
      type: "button", "aria-label": label, disabled: target < 0 || target >= pages || target === page,
      onclick: () => show(target * size), text,
    });
  host.append(
    button("«", 0, "First page"), button("‹", page - 1, "Previous page"),
    el("span", { text: `${count(page + 1)} of ${count(pages)}` }),
    button("›", page + 1, "Next page"), button("»", pages - 1, "Last page"),
  );
}

/** A sentence as a list item: its date, its words (the names of `lit` actors marked) and where it stands. */
function sentenceItem(s, extra) {
  const date = spanName(s.earliest, s.latest);
  return el("li", {},
    el("span", { class: "when" + (s.dated_by === "narrative" ? " carried" : ""), text: date || "undated" }),
    el("span", { class: "what", dir: "auto", text: s.text }),
    extra || null,
    el("a", { class: "where", href: address("read", s.doc_id, s.sentence_id), text: `Read in ${words(s.doc_id)}, ${s.sentence_id}` }));
}
