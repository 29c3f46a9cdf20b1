// Network: Bokeh draws; the page filters by weight and period, lists pairs, and leads to their sentences.

const net = { ready: null, chosen: null, shown: [], view: null };
const START_PAIRS = 250; // a picture with more lines than this shows nothing: the threshold starts above it
const DRAWN_PAIRS = 3000; // a canvas stays fluent up to here
const NAMED_ANYWAY = 12; // the strongest actors get their names even where these cover a dot
const BACKBONE = 0.05; // p of the disparity filter below which a pair is kept
const LISTED = 15;
const NOT_SIZES = new Set(["community"]);

async function setUpNetwork() {
  const [actors, pairs, sentences, measures, layout] =
    await Promise.all([...["actors", "cooccurrences", "sentences", "edges"].map(table), block("layout")]);
  const a = actors.data;
  const n = actors.rows;
  Object.assign(net, { actors, pairs, sentences, measures });
  net.index = new Map((a.actor_id || []).map((id, i) => [id, i]));
  net.x = Array.from({ length: n }, (_, i) => layout[a.actor_id[i]]?.[0] ?? 0);
  net.y = Array.from({ length: n }, (_, i) => layout[a.actor_id[i]]?.[1] ?? 0);
  net.sentenceRow = new Map((sentences.data.sentence_id || []).map((id, i) => [`${sentences.data.doc_id[i]}\n${id}`, i]));
  prepareEvidence();
  $("net-actors").append(...Array.from({ length: n }, (_, i) => el("option", { value: a.name[i], label: words(a.actor_id[i]) })));
  for (const c of actors.columns.filter((c) => ["integer", "number"].includes(c.type) && !NOT_SIZES.has(c.name)))
    $("net-size").append(el("option", { value: c.name, text: words(c.name), selected: c.name === "weighted_degree" }));
  setUpNetControls();
  await setUpNetPlot();
  refilter();
}

/** The sentences of each pair as years, so that a slider's step costs one pass. */
function prepareEvidence() {
  const { source, target, earliest, latest } = net.pairs.data;
  const edges = new Map();
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < net.pairs.rows; i++) {
    const s = net.index.get(source[i]);
    const t = net.index.get(target[i]);
    if (s === undefined || t === undefined) continue;
    const key = s * net.actors.rows + t;
    if (!edges.has(key)) edges.set(key, { key, s, t, evidence: [] });
    const from = day(earliest[i])?.year ?? null;
    const to = day(latest[i])?.year ?? from;
    edges.get(key).evidence.push({ row: i, from, to });
    if (from !== null) {
      low = Math.min(low, from);
      high = Math.max(high, to);
    }
  }
  net.edges = [...edges.values()];
  const m = net.measures.data;
  (m.source || []).forEach((id, i) => {
    const edge = edges.get(net.index.get(id) * net.actors.rows + net.index.get(m.target[i]));
    if (edge) Object.assign(edge, { measured: i, backbone: m.backbone?.[i] ?? null });
  });
  [net.low, net.high] = low <= high ? [low, high] : [0, 0];
}

function setUpNetControls() {
  const weights = net.edges.map((e) => e.evidence.length).sort((a, b) => b - a);
  const slider = $("net-weight");
  slider.max = weights[0] || 1;
  slider.value = weights.length > START_PAIRS ? Math.min(weights[START_PAIRS] + 1, weights[0]) : 1;
  slider.disabled = (weights[0] || 1) === 1;
  slider.addEventListener("input", refilter);
  net.period = period("net-from", "net-to", net.low, net.high, refilter);
  for (const id of ["net-undated", "net-backbone"]) $(id).addEventListener("change", refilter);
  $("net-backbone").closest("label").hidden = !net.edges.some((e) => e.backbone !== undefined && e.backbone !== null);
  for (const id of ["net-colour", "net-size"]) $(id).addEventListener("change", drawNetwork);
  $("net-find").addEventListener("change", () => findActor($("net-find").value));
  $("net-in").addEventListener("click", () => zoomNetwork(0.75));
  $("net-out").addEventListener("click", () => zoomNetwork(1 / 0.75));
  $("net-fit").addEventListener("click", fitNetwork);
  $("net-plot").addEventListener("keydown", netKey);
  onTheme(() => net.figure && (paintFigure(net.figure), drawNetwork()));
}

// ---- filtering

function refilter() {
  const least = Number($("net-weight").value);
  const [from, to] = net.period.get();
  const whole = net.period.whole();
  const undated = $("net-undated").checked;
  const backbone = $("net-backbone").checked;
  $("net-weight-out").textContent = plural(least, "sentence");
  $("net-weight").setAttribute("aria-valuetext", plural(least, "sentence"));
  const meets = (x) => (x.from === null ? undated : whole || (x.from <= to && x.to >= from));
  net.shown = [];
  for (const edge of net.edges) {
    if (backbone && (edge.backbone === null || !(edge.backbone < BACKBONE))) continue;
    const evidence = edge.evidence.filter(meets);
    if (evidence.length >= least) net.shown.push({ ...edge, evidence, weight: evidence.length });
  }
  net.shown.sort((a, b) => b.weight - a.weight || a.key - b.key);
  net.strength = new Map();
  for (const e of net.shown) for (const i of [e.s, e.t]) net.strength.set(i, (net.strength.get(i) || 0) + e.weight);
  if (net.chosen?.t !== undefined) net.chosen = net.shown.find((e) => e.key === net.chosen.key) || null;
  drawNetwork();
  showDetail();
}

// ---- drawing

async function setUpNetPlot() {
  const { Plotting, ColumnDataSource } = Bokeh;
  net.nodeSource = new ColumnDataSource({ data: emptyColumns(["x", "y", "size", "fill", "line", "width", "alpha", "i", "name"]) });
  net.edgeSource = new ColumnDataSource({ data: emptyColumns(["x0", "y0", "x1", "y1", "width", "line", "alpha", "i", "name"]) });
  net.labelSource = new ColumnDataSource({ data: emptyColumns(["x", "y", "text", "ox", "oy"]) });
  const figure = Plotting.figure({
    tools: "pan,wheel_zoom", toolbar_location: null, sizing_mode: "stretch_both",
    x_axis_type: null, y_axis_type: null, x_range: new Bokeh.Range1d({ start: -1, end: 1 }), y_range: new Bokeh.Range1d({ start: -1, end: 1 }),
    min_border: 0, outline_line_color: null,
  });
  const f = (field) => ({ field });
  figure.segment({ x0: f("x0"), y0: f("y0"), x1: f("x1"), y1: f("y1"), source: net.edgeSource,
    line_width: f("width"), line_color: f("line"), line_alpha: f("alpha"), line_cap: "round" });
  figure.scatter({ x: f("x"), y: f("y"), size: f("size"), source: net.nodeSource,
    fill_color: f("fill"), line_color: f("line"), line_width: f("width"), fill_alpha: f("alpha"), line_alpha: f("alpha") });
  net.labels = figure.text({ x: f("x"), y: f("y"), text: f("text"), x_offset: f("ox"), y_offset: f("oy"), source: net.labelSource,
    text_align: "center", text_baseline: "middle", text_font_size: "12px", text_font: fontStack(), background_fill_alpha: 0.7, padding: 1, border_radius: 2 });
  const wheel = figure.toolbar.tools.find((t) => t.type === "WheelZoomTool");
  if (wheel) figure.toolbar.active_scroll = wheel;
  net.pan = figure.toolbar.tools.find((t) => t.type === "PanTool");
  net.figure = figure;
  paintFigure(figure);
  figure.on_event("tap", (e) => choose(pick(e.sx, e.sy)));
  figure.on_event("pan", (e) => net.held && moveActor(net.held.i, e.x, e.y));
  figure.on_event("panend", () => (net.held = null));
  net.view = await Plotting.show(figure, $("net-plot"));
  $("net-plot").addEventListener("pointermove", (e) => showTip(e.buttons ? null : e));
  $("net-plot").addEventListener("pointerleave", () => showTip(null));
  // Before Bokeh hears of the press, by mouse or finger: on an actor it drags the actor, else the view.
  $("net-plot").addEventListener("pointerdown", (e) => {
    net.held = pick(...placeIn(e), true);
    net.pan.active = net.held === null;
  }, true);
  figure.x_range.change.connect(debounce(drawLabels, 60));
  new ResizeObserver(debounce(() => net.drawn && (net.fitted ? fitNetwork() : keepShape()), 100)).observe($("net-plot"));
}

const emptyColumns = (names) => Object.fromEntries(names.map((n) => [n, []]));
const fontStack = () => getComputedStyle(document.body).fontFamily.replaceAll('"', "'");

/** Give a figure the colours of the page. */
function paintFigure(figure) {
  const [ink, soft, rule] = ["ink", "soft", "rule"].map(colour);
  figure.background_fill_color = figure.border_fill_color = null;
  figure.outline_line_color = null;
  for (const axis of [...figure.below, ...figure.left]) {
    if (!("axis_line_color" in axis)) continue;
    Object.assign(axis, { axis_line_color: rule, major_tick_line_color: rule, minor_tick_line_color: null,
      major_label_text_color: soft, axis_label_text_color: soft, major_label_text_font: fontStack(), axis_label_text_font: fontStack(),
      major_label_text_font_size: "12px", axis_label_text_font_size: "12px", axis_label_text_font_style: "normal" });
  }
  for (const grid of figure.center) if ("grid_line_color" in grid) grid.grid_line_color = rule;
  return { ink, soft, rule };
}

function drawNetwork() {
  const a = net.actors.data;
  const drawn = net.shown.slice(0, DRAWN_PAIRS);
  const nodes = [...new Set(drawn.flatMap((e) => [e.s, e.t]))].sort((p, q) => p - q);
  net.drawn = nodes;
  const near = neighbourhood();
  const measure = $("net-size").value;
  const largest = nodes.reduce((m, i) => Math.max(m, a[measure]?.[i] || 0), 0) || 1;
  net.sizes = new Map(nodes.map((i) => [i, 8 + 26 * Math.sqrt(Math.max(0, a[measure]?.[i] || 0) / largest)]));
  const palette = paletteOf($("net-colour").value, nodes);
  const [paper, ink, line, accent] = ["paper", "ink", "line", "accent"].map(colour);
  const heaviest = drawn[0]?.weight || 1;
  net.edgeSource.data = {
    x0: drawn.map((e) => net.x[e.s]), y0: drawn.map((e) => net.y[e.s]), x1: drawn.map((e) => net.x[e.t]), y1: drawn.map((e) => net.y[e.t]),
    width: drawn.map((e) => 1 + 7 * Math.sqrt((e.weight - 1) / heaviest)),
    line: drawn.map((e) => (near.edges?.has(e.key) ? accent : line)), alpha: drawn.map((e) => (near.edges ? (near.edges.has(e.key) ? 0.9 : 0.12) : 0.55)),
    i: drawn.map((_, i) => i), name: drawn.map((e) => `${a.name[e.s]} – ${a.name[e.t]}`),
  };
  net.nodeSource.data = {
    x: nodes.map((i) => net.x[i]), y: nodes.map((i) => net.y[i]), size: nodes.map((i) => net.sizes.get(i)), i: nodes,
    fill: nodes.map((i) => palette.of(i)), line: nodes.map((i) => (net.chosen?.i === i ? ink : paper)), width: nodes.map((i) => (net.chosen?.i === i ? 3 : 1.5)),
    alpha: nodes.map((i) => (!near.nodes || near.nodes.has(i) ? 1 : 0.25)), name: nodes.map((i) => a.name[i]),
  };
  if (!net.seen) fitNetwork();
  drawLabels();
  drawLegend(palette);
  tellNetwork(nodes.length, drawn.length);
}

/** What stays bright when something is chosen. */
function neighbourhood() {
  const c = net.chosen;
  if (!c) return {};
  const edges = c.t === undefined ? net.shown.filter((e) => e.s === c.i || e.t === c.i) : [c];
  return { edges: new Set(edges.map((e) => e.key)), nodes: new Set([c.i, ...edges.flatMap((e) => [e.s, e.t])]) };
}

/** Names in order of strength beside their dots, where no other dot or name stands yet; what is chosen comes first. */
function drawLabels() {
  const near = neighbourhood();
  const [ink, paper] = ["ink", "paper"].map(colour);
  const box = $("net-plot").getBoundingClientRect();
  const [cx, cy, halfWidth, halfHeight] = getView();
  const px = (i) => [((net.x[i] - cx) / halfWidth) * (box.width / 2), (-(net.y[i] - cy) / halfHeight) * (box.height / 2)];
  const first = (i) => (net.chosen?.i === i || net.chosen?.s === i || net.chosen?.t === i ? 1 : 0);
  const ranked = net.drawn.filter((i) => !near.nodes || near.nodes.has(i))
    .sort((p, q) => first(q) - first(p) || (net.strength.get(q) || 0) - (net.strength.get(p) || 0) || p - q);
  const dots = net.drawn.slice(0, 600).map((i) => around(...px(i), net.sizes.get(i) / 2, net.sizes.get(i) / 2));
  const names = [];
  const named = [];
  const fits = (at, against) => at[0] > -box.width / 2 && at[2] < box.width / 2
    && !against.some((t) => at[0] < t[2] && at[2] > t[0] && at[1] < t[3] && at[3] > t[1]);
  ranked.slice(0, 600).forEach((i, rank) => {
    const [x, y] = px(i);
    if (Math.abs(x) > box.width / 2 || Math.abs(y) > box.height / 2) return;
    const half = net.actors.data.name[i].length * 3.3 + 2;
    const reach = net.sizes.get(i) / 2;
    const places = [[0, -1], [0, 1], [1, 0], [-1, 0]].map(([dx, dy]) => [dx * (reach + half + 2), dy * (reach + 9)]);
    const free = (against) => places.find(([ox, oy]) => fits(around(x + ox, y + oy, half, 7), against));
    const place = free([...dots, ...names]) || (rank < NAMED_ANYWAY && free(names));
    if (!place) return;
    names.push(around(x + place[0], y + place[1], half, 7));
    named.push({ i, ox: place[0], oy: place[1] });
  });
  Object.assign(net.labels.glyph, { text_color: ink, background_fill_color: paper });
  net.labelSource.data = {
    x: named.map((l) => net.x[l.i]), y: named.map((l) => net.y[l.i]), text: named.map((l) => net.actors.data.name[l.i]), ox: named.map((l) => l.ox), oy: named.map((l) => l.oy),
  };
}

const around = (x, y, halfWidth, halfHeight) => [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];

function paletteOf(by, nodes) {
  const values = net.actors.data[by] || [];
  const tally = new Map();
  for (const i of nodes) tally.set(values[i], (tally.get(values[i]) || 0) + 1);
  const ranked = [...tally].sort((p, q) => q[1] - p[1] || (p[0] < q[0] ? -1 : 1)).map(([v]) => v);
  const paint = new Map(ranked.map((v, k) => [v, by === "type" ? colour(`c-${v}`) : colour(k < 8 ? `k-${k}` : "k-rest")]));
  return { of: (i) => paint.get(values[i]), by, entries: [...paint], tally };
}

function drawLegend(palette) {
  const name = (v) => (palette.by === "type" ? LABEL_NAMES[v] || v : `community ${v}`);
  const entries = palette.entries.slice(0, 8);
  $("net-legend").replaceChildren(...entries.map(([v, c]) => {
    const dot = el("span", { class: "dot" });
    dot.style.background = c;
    return el("span", { class: "key" }, dot, `${name(v)} (${palette.tally.get(v)})`);
  }), palette.entries.length > 8 ? el("span", { class: "key", text: `and ${palette.entries.length - 8} smaller` }) : "");
}

function tellNetwork(nodes, drawn) {
  const cut = drawn < net.shown.length ? ` Only the ${count(DRAWN_PAIRS)} strongest are drawn.` : "";
  $("net-status").textContent = net.edges.length
    ? `${plural(nodes, "actor")} and ${plural(net.shown.length, "pair")} shown, of ${count(net.actors.rows)} and ${count(net.edges.length)}.${cut}`
    : "No sentence names two actors, so there is no network.";
}

// ---- view: fit, zoom, pan, keys, dragging

function fitNetwork() {
  const nodes = net.drawn || [];
  if (!nodes.length) return;
  const [xs, ys] = [nodes.map((i) => net.x[i]), nodes.map((i) => net.y[i])];
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const box = $("net-plot").getBoundingClientRect();
  const scale = Math.max((x1 - x0 || 1) / Math.max(box.width - 130, 60), (y1 - y0 || 1) / Math.max(box.height - 70, 60));
  setView((x0 + x1) / 2, (y0 + y1) / 2, (scale * box.width) / 2, (scale * box.height) / 2);
  net.fitted = net.seen = true;
}

/** After the frame has changed its shape: the same middle and scale. */
function keepShape() {
  const [x, y, w] = getView();
  const box = $("net-plot").getBoundingClientRect();
  setView(x, y, w, (w * box.height) / box.width);
}

function setView(x, y, halfWidth, halfHeight) {
  net.figure.x_range.setv({ start: x - halfWidth, end: x + halfWidth });
  net.figure.y_range.setv({ start: y - halfHeight, end: y + halfHeight });
}

function getView() {
  const { x_range: x, y_range: y } = net.figure;
  return [(x.start + x.end) / 2, (y.start + y.end) / 2, (x.end - x.start) / 2, (y.end - y.start) / 2];
}

function zoomNetwork(factor) {
  const [x, y, w, h] = getView();
  net.fitted = false;
  setView(x, y, w * factor, h * factor);
}

function netKey(e) {
  const [x, y, w, h] = getView();
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
  if (step && e.altKey && net.chosen?.i !== undefined) moveActor(net.chosen.i, net.x[net.chosen.i] + step[0] * w * 0.05, net.y[net.chosen.i] + step[1] * h * 0.05);
  else if (step) setView(x + step[0] * w * 0.2, y + step[1] * h * 0.2, w, h);
  else if (e.key === "+" || e.key === "=") zoomNetwork(0.8);
  else if (e.key === "-") zoomNetwork(1.25);
  else if (e.key === "0") fitNetwork();
  else if (e.key === "Escape") choose(null);
  else return;
  if (step) net.fitted = false;
  e.preventDefault();
}

function moveActor(i, x, y) {
  [net.x[i], net.y[i]] = [x, y];
  drawNetwork();
}

/** The actor under a place of the canvas, else the line near it; `nodesOnly` for dragging. */
function pick(sx, sy, nodesOnly = false) {
  const frame = net.view.frame;
  const px = (x) => frame.x_scale.compute(x);
  const py = (y) => frame.y_scale.compute(y);
  let best = null;
  let reach = Infinity;
  for (const i of net.drawn || []) {
    const d = Math.hypot(px(net.x[i]) - sx, py(net.y[i]) - sy) - net.sizes.get(i) / 2;
    if (d < Math.min(reach, 4)) [best, reach] = [{ i }, d];
  }
  if (best || nodesOnly) return best;
  reach = 7;
  for (const e of net.shown.slice(0, DRAWN_PAIRS)) {
    const d = distance(sx, sy, px(net.x[e.s]), py(net.y[e.s]), px(net.x[e.t]), py(net.y[e.t]));
    if (d < reach) [best, reach] = [e, d];
  }
  return best;
}

/** Where a pointer is on the canvas. */
function placeIn(e) {
  const box = net.view.el.getBoundingClientRect();
  return [e.clientX - box.left, e.clientY - box.top];
}

/** A word on the actor or pair under the pointer; Bokeh's own would list every line that meets at a hub. */
function showTip(e) {
  const tip = $("net-tip");
  const found = e && pick(...placeIn(e));
  tip.hidden = !found;
  $("net-plot").style.cursor = found ? "pointer" : "";
  if (!found) return;
  const name = (i) => net.actors.data.name[i];
  tip.replaceChildren(...(found.t === undefined
    ? [el("bdi", { text: name(found.i) }), el("span", { text: `${plural(net.strength.get(found.i) || 0, "meeting")} with others shown` })]
    : [el("bdi", { text: `${name(found.s)} – ${name(found.t)}` }), el("span", { text: plural(found.weight, "sentence") })]));
  const [x, y] = placeIn(e);
  const width = $("net-plot").clientWidth;
  tip.style.left = `${Math.max(0, Math.min(x + 14, width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${y > 70 ? y - tip.offsetHeight - 8 : y + 18}px`;
}

function distance(x, y, x0, y0, x1, y1) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}

// ---- choosing: an actor or a pair, and its sentences

function choose(what) {
  net.chosen = what;
  drawNetwork();
  showDetail();
}

function findActor(text) {
  const query = text.trim().toLowerCase();
  if (!query) return choose(null);
  const { name, actor_id } = net.actors.data;
  let i = name.findIndex((n, k) => n.toLowerCase() === query || actor_id[k] === query);
  if (i < 0) i = name.findIndex((n) => n.toLowerCase().includes(query));
  if (i < 0) {
    $("net-status").textContent = `No actor is called “${text.trim()}”.`;
    return undefined;
  }
  if (!net.drawn.includes(i)) reveal(net.edges.filter((e) => e.s === i || e.t === i));
  return choose({ i });
}

/** Loosen the filters until the strongest of these pairs can be seen. */
function reveal(edges) {
  const most = edges.reduce((m, e) => Math.max(m, e.evidence.length), 0);
  if (!most) return;
  net.period.reset();
  $("net-undated").checked = true;
  $("net-backbone").checked = false;
  $("net-weight").value = Math.min(Number($("net-weight").value), most);
  refilter();
}

async function showNetwork(first, second) {
  await (net.ready ||= setUpNetwork());
  if (!first) return;
  const i = net.index.get(first);
  const j = net.index.get(second);
  if (i === undefined) return;
  const isPair = (e) => (e.s === i && e.t === j) || (e.s === j && e.t === i);
  const wanted = net.edges.filter(j === undefined ? (e) => e.s === i || e.t === i : isPair);
  if (!net.shown.some((e) => wanted.some((w) => w.key === e.key))) reveal(wanted);
  choose(j === undefined ? { i } : net.shown.find(isPair) || { i });
}

function showDetail() {
  const host = $("net-detail");
  const c = net.chosen;
  if (!c) host.replaceChildren(el("h3", { text: "Pairs shown" }), ...pairList(net.shown));
  else if (c.t === undefined) host.replaceChildren(...actorDetail(c.i));
  else host.replaceChildren(...pairDetail(c));
}

const closeButton = () => el("button", { type: "button", class: "quiet", text: "Show all pairs", onclick: () => choose(null) });

function actorDetail(i) {
  const a = net.actors.row(i);
  const pairs = net.shown.filter((e) => e.s === i || e.t === i);
  return [
    el("p", { class: `tag t-${a.type}`, text: LABEL_NAMES[a.type] || a.type }), el("h3", { dir: "auto", text: a.name }),
    facts(["sentences", count(a.sentences)], ["pages", count(a.documents)], ["partners", count(a.degree)], ["betweenness", a.betweenness?.toFixed(3)],
      ["community", a.community === null ? "" : String(a.community)], ["dated", spanName(a.first_date, a.last_date)]),
    el("p", {}, el("a", { href: address("timeline", a.actor_id), text: "See its timeline" })),
    closeButton(), el("h4", { text: `${plural(pairs.length, "pair")} with it shown` }), ...pairList(pairs, i),
    el("h4", { text: "Sentences" }), ...evidenceList(pairs.flatMap((e) => e.evidence)),
  ];
}

function pairDetail(e) {
  const name = (i) => el("bdi", { text: net.actors.data.name[i] });
  const actor = (i) => el("button", { type: "button", class: "link", onclick: () => choose({ i }) }, name(i));
  return [
    el("p", { class: "tag", text: "named together" }), el("h3", {}, actor(e.s), " – ", actor(e.t)),
    el("p", { text: `${plural(e.weight, "sentence")} in the period shown, of ${count(net.edges.find((x) => x.key === e.key).evidence.length)} in all.` }),
    facts(...pairMeasures(e)), closeButton(), el("h4", { text: "Sentences" }), ...evidenceList(e.evidence),
  ];
}

/** What edges.csv says of a pair, over the whole time. */
function pairMeasures(e) {
  const m = net.measures.data;
  const at = (column) => m[column]?.[e.measured] ?? null;
  const number = (column, digits) => (at(column) === null ? "" : at(column).toFixed(digits));
  return [["dated", spanName(at("first_date"), at("last_date"))], ["NPMI", number("npmi", 2)],
    ["log-likelihood ratio", number("llr", 1)], ["disparity p", number("backbone", 3)]];
}

/** A list of pairs as buttons, fifteen at a time; `from` leaves out the actor whose pairs they are. */
function pairList(pairs, from = null) {
  const list = el("ul", { class: "pairs" });
  const pages = el("div", { class: "pager", role: "group", "aria-label": "Pages of the pairs" });
  const a = net.actors.data;
  const title = (e) => (from === null ? `${a.name[e.s]} – ${a.name[e.t]}` : a.name[e.s === from ? e.t : e.s]);
  const show = (at) => {
    list.replaceChildren(...pairs.slice(at, at + LISTED).map((e) =>
      el("li", {}, el("button", { type: "button", class: "link", onclick: () => choose(e) }, el("bdi", { text: title(e) })), el("span", { class: "n", text: String(e.weight) }))));
    pager(pages, pairs.length, LISTED, at, show);
  };
  show(0);
  return pairs.length ? [list, pages] : [el("p", { class: "hint", text: "No pair meets in the period and number of sentences chosen." })];
}

/** Sentences in order of time, undated last, each once. */
function evidenceList(evidence) {
  const { doc_id, sentence_id } = net.pairs.data;
  const rows = [...new Set(evidence.map((x) => net.sentenceRow.get(`${doc_id[x.row]}\n${sentence_id[x.row]}`)))].filter((i) => i !== undefined);
  const when = (i) => yearFraction(net.sentences.data.earliest[i]) ?? Infinity;
  rows.sort((p, q) => (when(p) === when(q) ? p - q : when(p) - when(q)));
  const list = el("ol", { class: "sentences" });
  const pages = el("div", { class: "pager", role: "group", "aria-label": "Pages of the sentences" });
  const show = (at) => {
    list.replaceChildren(...rows.slice(at, at + LISTED).map((i) => sentenceItem(net.sentences.row(i))));
    pager(pages, rows.length, LISTED, at, show);
  };
  show(0);
  return [list, pages];
}
