// Read: the clean text with its names and dates; what was removed and what the gold says can be switched on.

const read = { ready: null, doc: "", marks: [], pinned: null, hits: [], hit: -1 };
const READ_TYPES = ["PERSON", "NORP", "GPE", "LOC", "FAC", "ORG", "EVENT", "LAW", "WORK_OF_ART", "DATE"];
const REMOVED_SHOWN = 600;

async function setUpRead() {
  const [documents, sections, sentences, mentions, dates, entities, glossary, actors, removed, gold] = await Promise.all([
    ...["documents", "sections", "sentences", "mentions", "dates", "entities", "glossary", "actors"].map(table),
    block("removed"), block("gold"), block("texts").then(keepTexts),
  ]);
  Object.assign(read, { documents, sections, sentences, mentions, dates, entities, glossary, removed: removed || {}, gold: gold || [] });
  read.by = Object.fromEntries(["sections", "sentences", "mentions", "dates"].map((n) => [n, groups(read[n], "doc_id")]));
  read.goldBy = new Map();
  for (const g of read.gold) {
    if (!read.goldBy.has(g.doc_id)) read.goldBy.set(g.doc_id, []);
    read.goldBy.get(g.doc_id).push(g);
  }
  read.entity = new Map((entities.data.entity_id || []).map((id, i) => [id, i]));
  read.actor = new Map((actors.data.actor_id || []).map((id, i) => [id, i]));
  read.actorNames = actors.data.name || [];
  read.gloss = new Map();
  (glossary.data.entity_id || []).forEach((id, i) => {
    if (id && !read.gloss.has(id)) read.gloss.set(id, i);
  });
  const docs = documents.data.doc_id || Object.keys(texts);
  $("read-page").append(...docs.map((d, i) => el("option", { value: d, text: (documents.data.title || [])[i] || words(d) })));
  $("read-page").addEventListener("change", () => goTo("read", $("read-page").value));
  $("read-section").addEventListener("change", () => $("read-section").value && $($("read-section").value).scrollIntoView());
  $("read-search").addEventListener("input", debounce(searchText, 150));
  $("read-search").addEventListener("keydown", (e) => e.key === "Enter" && stepHit(e.shiftKey ? -1 : 1));
  $("read-next").addEventListener("click", () => stepHit(1));
  $("read-previous").addEventListener("click", () => stepHit(-1));
  for (const id of ["read-removed", "read-differences"]) $(id)?.addEventListener("change", () => renderText(read.doc));
  setUpTypes();
  setUpPointing($("read-text"));
  showCard(null);
  if (docs.length) renderText(docs[0]);
}

function setUpTypes() {
  for (const type of READ_TYPES) {
    const box = el("input", { type: "checkbox", checked: true, onchange: () => $("read-text").classList.toggle(`hide-${type}`, !box.checked) });
    $("read-types").append(el("label", { class: "switch" }, box, el("span", { class: `swatch t-${type}`, text: LABEL_NAMES[type] })));
  }
  $("read-types").append(el("span", { class: "key" }, el("span", { class: "swatch is-actor", text: "heavy line" }), " = stands for an actor"));
}

async function showRead(doc, sentence) {
  await (read.ready ||= setUpRead());
  const wanted = doc && texts[doc] !== undefined ? doc : read.doc;
  if (wanted && wanted !== read.doc) renderText(wanted);
  const target = sentence && $(`s-${sentence}`);
  if (!target) return;
  document.querySelector(".s.target")?.classList.remove("target");
  target.classList.add("target");
  target.scrollIntoView({ block: "center" });
  target.querySelector("mark")?.focus({ preventScroll: true });
}

// ---- rendering: the text is cut at every border of a sentence, name, date or gold span; each stretch sits in the elements that cover it

function renderText(doc) {
  Object.assign(read, { doc, marks: [], seen: new Map(), pinned: null });
  $("read-page").value = doc;
  const host = $("read-text");
  const page = layersOf(doc);
  host.replaceChildren();
  const titles = [];
  let before = 0;
  for (const section of page.sections) {
    const id = `sec-${section.section_id}`;
    titles.push(el("option", { value: id, text: section.title || "Lead" }));
    const part = el("section", { id, "aria-label": section.title || "Lead" });
    if (section.title) part.append(el("h3", { dir: "auto", text: section.title }));
    renderSection(part, page, section, before);
    host.append(part);
    before = section.end + 1;
  }
  const tail = page.removed.filter((r) => r[0] >= before);
  if (tail.length) host.append(el("div", { class: "tail" }, tail.map(removedNode)));
  $("read-section").replaceChildren(...titles);
  const first = host.querySelector("mark");
  if (first) first.tabIndex = 0;
  showCard(null);
  searchText();
}

/** What lies over one page, each layer in text order. */
function layersOf(doc) {
  const rows = (name) => (read.by[name].get(doc) || []).map((i) => read[name].row(i));
  const sections = rows("sections").filter((s) => s.kept && s.start !== null);
  const mentions = rows("mentions").map((m) => ({ ...m, kind: "mention", type: m.label }));
  const dates = rows("dates").map((d) => ({ ...d, kind: "date", timex: d.type, type: "DATE" }));
  const differences = $("read-differences")?.checked ? compare([...mentions, ...dates], read.goldBy.get(doc) || []) : [];
  return {
    doc, mentions, dates, differences, sentences: rows("sentences"),
    sections: sections.length ? sections : [{ section_id: "all", title: "", start: 0, end: textLength(doc) }],
    removed: $("read-removed").checked ? read.removed[doc] || [] : [],
  };
}

/** Spans on which prediction and gold part: missed, extra, or the same span with another value. */
function compare(predicted, gold) {
  const key = (x) => `${x.kind} ${x.start} ${x.end}`;
  const byKey = new Map(predicted.map((p) => [key(p), p]));
  const found = [];
  for (const g of gold) {
    const p = byKey.get(key(g));
    byKey.delete(key(g));
    if (!p) {
      found.push({ start: g.start, end: g.end, state: "missed", gold: g });
      continue;
    }
    const fields = g.kind === "date" ? ["type", "value", "mod"] : ["label", "entity_id", "actor_id"];
    const mine = { ...p, type: p.timex };
    const parted = fields.filter((f) => g[f] !== undefined && (g[f] || "") !== (mine[f] || ""));
    if (parted.length) found.push({ start: g.start, end: g.end, state: "differs", gold: g, parted });
  }
  for (const p of byKey.values()) found.push({ start: p.start, end: p.end, state: "extra" });
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

function renderSection(host, page, section, before) {
  const removed = page.removed.filter((r) => r[0] >= before && r[0] <= section.end).map((r) => [Math.max(r[0], section.start), ...r.slice(1)]);
  let at = section.start;
  for (const line of slice(page.doc, section.start, section.end).split("\n")) {
    const end = at + (/[\ud800-\udbff]/.test(line) ? Array.from(line).length : line.length);
    const paragraph = el("p", { dir: "auto" });
    renderParagraph(paragraph, page, at, end, removed.filter((r) => r[0] >= at && r[0] <= end));
    if (paragraph.hasChildNodes()) host.append(paragraph);
    at = end + 1;
  }
}

const LAYERS = ["sentences", "mentions", "dates", "differences"];

function renderParagraph(host, page, start, end, removed) {
  const waiting = LAYERS.flatMap((name, layer) => page[name].filter((x) => x.start < end && x.end > start).map((item) => ({ item, layer })));
  waiting.sort((a, b) => a.item.start - b.item.start);
  const cuts = new Set([start, end, ...removed.map((r) => r[0])]);
  for (const { item } of waiting) {
    if (item.start > start) cuts.add(item.start);
    if (item.end < end) cuts.add(item.end);
  }
  const borders = [...cuts].sort((a, b) => a - b);
  let open = [];
  let active = [];
  let next = 0;
  borders.forEach((from, i) => {
    const here = removed.filter((r) => r[0] === from);
    if (here.length) (open[0]?.node || host).append(...here.map(removedNode));
    if (i === borders.length - 1) return;
    active = active.filter((x) => x.item.end > from);
    while (next < waiting.length && waiting[next].item.start <= from) active.push(waiting[next++]);
    const words = slice(page.doc, from, borders[i + 1]);
    const over = active.toSorted((a, b) => a.layer - b.layer).map((x) => x.item);
    let depth = 0;
    while (depth < open.length && open[depth].item === over[depth]) depth++;
    open = open.slice(0, depth);
    for (const item of over.slice(depth)) {
      const node = layerNode(item);
      (open.at(-1)?.node || host).append(node);
      open.push({ item, node });
    }
    (open.at(-1)?.node || host).append(words);
  });
}

/** The element of a sentence, difference, name or date; one that another border cuts goes on in further elements. */
function layerNode(item) {
  const more = read.seen.has(item);
  if (!more) read.seen.set(item, item.kind ? read.marks.push(item) - 1 : null);
  if (item.state) return el("span", { class: `diff ${item.state}${more ? " more" : ""}`, title: differenceName(item) });
  if (!item.kind) return el("span", { class: "s", id: more ? null : `s-${item.sentence_id}` });
  return el("mark", { class: `t-${item.type}${item.actor_id ? " is-actor" : ""}`, "data-i": read.seen.get(item), tabindex: -1, role: "button" });
}

function differenceName(d) {
  if (d.state === "extra") return "Not in the hand-labelled text";
  const value = d.gold.kind === "date" ? [d.gold.type, d.gold.value, d.gold.mod] : [d.gold.label, d.gold.entity_id, d.gold.actor_id && `actor ${d.gold.actor_id}`];
  return `${d.state === "missed" ? "Missed" : "Hand-labelled as"}: ${value.filter(Boolean).join(", ")}`;
}

function removedNode([, rule, rawStart, text]) {
  const points = Array.from(text);
  const more = points.length - REMOVED_SHOWN;
  const shown = more > 0 ? points.slice(0, REMOVED_SHOWN).join("") : text;
  return el("span", { class: "removed", title: `Removed by rule ${rule}, raw offset ${rawStart}` },
    el("span", { class: "rule", text: words(rule) }), el("bdi", { text: shown.trim() }),
    more > 0 ? el("span", { class: "rule", text: `${count(more)} more characters` }) : null);
}

// ---- pointing at a name: hover, focus, click to keep

function setUpPointing(host) {
  const item = (e) => e.target.closest?.("mark[data-i]");
  host.addEventListener("mouseover", (e) => item(e) && !read.pinned && showCard(item(e)));
  host.addEventListener("focusin", (e) => {
    if (!item(e)) return;
    rove(item(e));
    if (!read.pinned) showCard(item(e));
  });
  host.addEventListener("click", (e) => pin(item(e)));
  host.addEventListener("keydown", (e) => {
    const mark = item(e);
    if (!mark) return;
    if (e.key === "Enter" || e.key === " ") pin(mark);
    else if (e.key === "Escape") pin(null);
    else if (!moveMark(mark, e.key)) return;
    e.preventDefault();
  });
}

function moveMark(mark, key) {
  const marks = [...$("read-text").querySelectorAll("mark[data-i]")].filter((m) => m.offsetParent);
  const at = marks.indexOf(mark);
  const target = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1 }[key];
  if (target === undefined) return false;
  marks[target]?.focus();
  return true;
}

/** Keep one name in the tab order: the one last visited. */
function rove(mark) {
  $("read-text").querySelectorAll('mark[tabindex="0"]').forEach((m) => (m.tabIndex = -1));
  mark.tabIndex = 0;
}

function pin(mark) {
  read.pinned?.classList.remove("pinned");
  read.pinned = mark && mark !== read.pinned ? mark : null;
  read.pinned?.classList.add("pinned");
  if (mark) showCard(mark);
}

function showCard(mark) {
  const host = $("read-card");
  const item = mark && read.marks[Number(mark.dataset.i)];
  host.classList.toggle("empty", !item);
  if (!item) {
    host.replaceChildren(el("p", { class: "hint",
      text: "Point at a highlighted name or date to see what it is, how that was decided and where it stands in the scrape. Click to keep it here; arrow keys go from one to the next." }));
    return;
  }
  host.replaceChildren(...(item.kind === "date" ? dateCard(item) : mentionCard(item)), ...placeOf(item));
}

const facts = (...pairs) =>
  el("dl", {}, pairs.filter(([, v]) => v !== "" && v !== null && v !== undefined).map(([k, v]) => [el("dt", { text: k }), el("dd", {}, v)]));

function mentionCard(m) {
  const at = read.entity.get(m.entity_id);
  const e = at === undefined ? null : read.entities.row(at);
  const gloss = read.gloss.get(m.entity_id);
  const description = e?.description || (gloss === undefined ? "" : read.glossary.data.gloss[gloss] || read.glossary.data.blurb[gloss]);
  const actor = read.actor.get(m.actor_id);
  const link = e?.wikidata_id && /^Q\d+$/.test(e.wikidata_id)
    ? el("a", { href: `https://www.wikidata.org/wiki/${e.wikidata_id}`, rel: "noreferrer noopener", target: "_blank", text: e.wikidata_id }) : "";
  return [
    el("p", { class: `tag t-${m.label}`, text: LABEL_NAMES[m.label] || m.label }),
    el("h3", { dir: "auto", text: e?.name || words(m.entity_id) }),
    description ? el("p", { class: "description", dir: "auto", text: description }) : null,
    facts(
      ["as written", el("bdi", { text: m.text })],
      ["entity", el("code", { text: m.entity_id })],
      ["stands for", m.actor_id
        ? el("a", { href: address("network", m.actor_id), text: actor === undefined ? words(m.actor_id) : read.actorNames[actor] }) : "no actor"],
      ["Wikidata", link], ["ISO 3166", e?.iso3], ["COW", e?.cow_code], ["Gleditsch–Ward", e?.gw_code],
      ["from", e?.valid_from], ["to", e?.valid_to],
      ["also", e?.aliases ? e.aliases.split(";").join(", ") : ""],
      ["decided by", words(m.method)], ["sure", m.score === null ? "" : m.score.toFixed(2)]),
    nextSame(m),
  ].filter(Boolean);
}

function nextSame(m) {
  const same = read.marks.flatMap((x, i) => (x.kind === "mention" && x.entity_id === m.entity_id ? [i] : []));
  if (same.length < 2) return null;
  const at = same.indexOf(read.marks.indexOf(m));
  return el("button", {
    type: "button", text: `Next of its ${plural(same.length, "mention")} here`,
    onclick: () => {
      const next = $("read-text").querySelector(`mark[data-i="${same[(at + 1) % same.length]}"]`);
      pin(null);
      next.scrollIntoView({ block: "center" });
      next.focus({ preventScroll: true });
      pin(next);
    },
  });
}

function dateCard(d) {
  return [
    el("p", { class: "tag t-DATE", text: { DATE: "date", TIME: "time of day", DURATION: "length of time", SET: "repeated time" }[d.timex] || d.timex }),
    el("h3", { dir: "auto", text: d.text }),
    facts(["covers", spanName(d.earliest, d.latest)], ["TIMEX3", el("code", { text: d.value })], ["mod", d.mod], ["EDTF", d.edtf && el("code", { text: d.edtf })],
      ["range", d.range_id]),
  ];
}

function placeOf(x) {
  const i = (read.by.sentences.get(read.doc) || []).find((n) => read.sentences.data.sentence_id[n] === x.sentence_id);
  const s = i === undefined ? null : read.sentences.row(i);
  return [el("h4", { text: "Where it stands" }),
    facts(["sentence", x.sentence_id],
      ["dated", s && spanName(s.earliest, s.latest) ? `${spanName(s.earliest, s.latest)} (${s.dated_by === "own" ? "its own date" : "carried over from the story"})` : ""],
      ["clean text", `${x.start}–${x.end}`], ["scraped file", `${x.raw_start}–${x.raw_end}`])];
}

// ---- search: sentences of this page, and how many elsewhere

function searchText() {
  const query = $("read-search").value.trim().toLowerCase();
  $("read-text").querySelectorAll(".s.hit, .s.current").forEach((n) => n.classList.remove("hit", "current"));
  CSS.highlights?.clear();
  Object.assign(read, { hits: [], hit: -1 });
  const others = new Map();
  if (query) {
    const { doc_id, sentence_id, text } = read.sentences.data;
    (text || []).forEach((t, i) => {
      if (!t.toLowerCase().includes(query)) return;
      if (doc_id[i] === read.doc) read.hits.push($(`s-${sentence_id[i]}`));
      else others.set(doc_id[i], (others.get(doc_id[i]) || 0) + 1);
    });
    read.hits = read.hits.filter(Boolean);
    read.hits.forEach((n) => n.classList.add("hit"));
    highlightWords(query);
  }
  showHits(query, others);
}

function highlightWords(query) {
  if (!CSS.highlights) return;
  const ranges = [];
  for (const hit of read.hits) {
    const nodes = [];
    const walker = document.createTreeWalker(hit, NodeFilter.SHOW_TEXT, (n) => (n.parentElement.closest(".removed") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
    let whole = "";
    while (walker.nextNode()) {
      nodes.push([whole.length, walker.currentNode]);
      whole += walker.currentNode.data;
    }
    const lower = whole.toLowerCase();
    const place = (at) => nodes.findLast(([from]) => from <= at);
    for (let at = lower.indexOf(query); at >= 0 && lower.length === whole.length; at = lower.indexOf(query, at + query.length)) {
      const range = new Range();
      const [from, first] = place(at);
      const [to, last] = place(at + query.length - 1);
      range.setStart(first, at - from);
      range.setEnd(last, at + query.length - to);
      ranges.push(range);
    }
  }
  CSS.highlights.set("search", new Highlight(...ranges));
}

function showHits(query, others) {
  const elsewhere = [...others.values()].reduce((a, b) => a + b, 0);
  const parted = $("read-text").querySelectorAll(".diff:not(.more)").length;
  $("read-status").textContent = !query ? ($("read-differences")?.checked ? `${plural(parted, "difference")} on this page` : "") :
    `${plural(read.hits.length, "sentence")} on this page` + (elsewhere ? `, ${count(elsewhere)} on ${plural(others.size, "other page")}` : "");
  $("read-elsewhere").replaceChildren(...[...others].slice(0, 12).map(([doc, n]) =>
    el("a", { class: "chip", href: address("read", doc), text: `${words(doc)} (${n})` })));
  for (const id of ["read-next", "read-previous"]) $(id).disabled = !read.hits.length;
}

function stepHit(by) {
  if (!read.hits.length) return;
  read.hits[read.hit]?.classList.remove("current");
  read.hit = (read.hit + by + read.hits.length + (read.hit < 0 && by < 0 ? 1 : 0)) % read.hits.length;
  read.hits[read.hit].classList.add("current");
  read.hits[read.hit].scrollIntoView({ block: "center" });
}
