// Timeline: dated sentences over the years and for the leading actors, with the sentences themselves below.

const time = { ready: null, actor: "", only: null };
const LANES = 10;
const BARS = 80;
const TIME_LISTED = 30;

async function setUpTimeline() {
  const [events, actors] = await Promise.all([table("events"), table("actors")]);
  Object.assign(time, { events, names: new Map((actors.data.actor_id || []).map((id, i) => [id, actors.data.name[i]])) });
  const { earliest, latest, actors: lists } = events.data;
  time.rows = Array.from({ length: events.rows }, (_, i) => ({
    i, from: yearFraction(earliest[i]) ?? yearFraction(latest[i]), to: yearFraction(latest[i], true) ?? yearFraction(earliest[i], true),
    first: day(earliest[i])?.year ?? day(latest[i])?.year, last: day(latest[i])?.year ?? day(earliest[i])?.year,
    actors: lists[i] ? lists[i].split(";") : [], own: events.data.dated_by[i] === "own",
  })).filter((e) => e.from !== null).sort((a, b) => a.from - b.from || a.to - b.to || a.i - b.i);
  const low = time.rows.reduce((m, e) => Math.min(m, e.first), Infinity);
  const high = time.rows.reduce((m, e) => Math.max(m, e.last), -Infinity);
  [time.low, time.high] = low <= high ? [low, high] : [0, 0];
  if (!$("net-actors").hasChildNodes()) $("net-actors").append(...[...time.names].map(([id, name]) => el("option", { value: name, label: words(id) })));
  time.period = period("time-from", "time-to", time.low, time.high, timeChanged);
  $("time-own").addEventListener("change", timeChanged);
  $("time-actor").addEventListener("change", () => {
    time.actor = actorNamed($("time-actor").value);
    timeChanged();
  });
  $("time-clear").addEventListener("click", () => {
    Object.assign(time, { actor: "", only: null });
    $("time-actor").value = "";
    $("time-own").checked = false;
    time.period.reset();
    timeChanged();
  });
  setUpTimePlot();
  onTheme(() => (paintTimeline(), drawTimeline()));
  timeChanged(); // with data first: Bokeh warns of ranges that it cannot set
  await Bokeh.Plotting.show(column(...time.figures), $("time-plot"));
}

/** The id of the actor so called, exactly or in part; null if there is none. */
function actorNamed(text) {
  const query = text.trim().toLowerCase();
  if (!query) return "";
  const found = [...time.names].filter(([id, name]) => name.toLowerCase().includes(query) || id === query);
  return (found.find(([, name]) => name.toLowerCase() === query) || found[0] || [null])[0];
}

async function showTimeline(actor) {
  await (time.ready ||= setUpTimeline());
  if (!actor || !time.names.has(actor)) return;
  Object.assign(time, { actor, only: null });
  $("time-actor").value = time.names.get(actor);
  timeChanged();
}

function timeChanged() {
  time.only = null;
  const [from, to] = time.period.get();
  const own = $("time-own").checked;
  time.shown = time.rows.filter((e) => (!own || e.own) && e.first <= to && e.last >= from && (time.actor === "" || e.actors.includes(time.actor)));
  drawTimeline();
  listEvents(0);
}

// ---- the picture: bars above, one lane for each leading actor below

function setUpTimePlot() {
  const { Plotting, ColumnDataSource, Range1d, FactorRange } = Bokeh;
  const f = (field) => ({ field });
  time.bars = new ColumnDataSource({ data: emptyColumns(["left", "right", "mid", "wide", "own", "carried", "top", "about"]) });
  time.marks = new ColumnDataSource({ data: emptyColumns(["x0", "x1", "x", "lane", "fill", "line", "about", "i"]) });
  time.range = new Range1d({ start: time.low, end: time.high + 1 });
  time.lanes = new FactorRange({ factors: [] });
  const common = { tools: "xpan", toolbar_location: null, sizing_mode: "stretch_width", x_range: time.range, min_border_right: 12 };
  time.height = new Range1d({ start: 0, end: 1 });
  const upper = Plotting.figure({ ...common, height: 150, y_axis_label: "sentences", y_range: time.height });
  time.own = upper.quad({ left: f("left"), right: f("right"), bottom: 0, top: f("own"), source: time.bars, line_color: null });
  time.carried = upper.quad({ left: f("left"), right: f("right"), bottom: f("own"), top: f("top"), source: time.bars, line_color: null });
  const lower = Plotting.figure({ ...common, height: 60 + 26 * LANES, y_range: time.lanes });
  time.spans = lower.segment({ x0: f("x0"), x1: f("x1"), y0: f("lane"), y1: f("lane"), source: time.marks, line_width: 2, line_alpha: 0.35 });
  time.dots = lower.scatter({ x: f("x"), y: f("lane"), size: 9, source: time.marks, fill_color: f("fill"), line_color: f("line"), line_width: 1.5 });
  const Hover = Bokeh.HoverTool;
  upper.add_tools(new Hover({ tooltips: [["", "@about"]], limit: 1 }));
  lower.add_tools(new Hover({ renderers: [time.dots], tooltips: [["", "@about"]], limit: 4 }));
  lower.y_range.range_padding = 0.02;
  for (const figure of [upper, lower]) {
    for (const axis of figure.below) axis.formatter = new Bokeh.BasicTickFormatter({ use_scientific: false });
    for (const grid of figure.center) if (grid.dimension === 1) grid.visible = figure === lower;
  }
  for (const axis of upper.below) axis.major_label_text_alpha = 0;
  for (const axis of upper.left) axis.ticker = new Bokeh.BasicTicker({ min_interval: 1, desired_num_ticks: 4, num_minor_ticks: 0 });
  for (const axis of lower.below) axis.axis_label = time.low < 1 ? "year (0 is 1 BC, −1 is 2 BC)" : "year";
  time.figures = [upper, lower];
  upper.on_event("tap", (e) => onlyEvents((x) => x.from >= binOf(e.x) && x.from < binOf(e.x) + time.bin));
  time.marks.selected.change.connect(() => {
    const picked = new Set(time.marks.selected.indices.map((k) => time.marks.data.i[k]));
    if (picked.size) onlyEvents((x) => picked.has(x.i));
  });
  lower.add_tools(new Bokeh.TapTool({ renderers: [time.dots] }));
  paintTimeline();
}

const column = (...children) => new Bokeh.Column({ children, sizing_mode: "stretch_width" });

function paintTimeline() {
  for (const figure of time.figures) paintFigure(figure);
  const [accent, soft, line] = ["accent", "soft", "line"].map(colour);
  time.own.glyph.fill_color = accent;
  time.carried.glyph.fill_color = line;
  time.spans.glyph.line_color = soft;
}

function binOf(x) {
  return Math.floor(x / time.bin) * time.bin;
}

function drawTimeline() {
  const [from, to] = time.period.get();
    time.bin = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].find((b) => (to - from + 1) / b <= BARS) || 5000;
  time.range.setv({ start: binOf(from) - time.bin * 0.3, end: binOf(to) + time.bin * 1.3 });
  drawBars();
  const tally = new Map();
  for (const e of time.shown) for (const a of e.actors) tally.set(a, (tally.get(a) || 0) + 1);
  const lead = [...tally].sort((p, q) => q[1] - p[1] || (p[0] < q[0] ? -1 : 1)).slice(0, LANES).map(([id]) => id);
  if (time.actor && lead.includes(time.actor)) lead.unshift(...lead.splice(lead.indexOf(time.actor), 1));
  const short = $("time-plot").clientWidth < 560 ? 13 : 26;
  const title = (id) => {
    const name = time.names.get(id) || words(id);
    return name.length > short ? `${name.slice(0, short - 1)}…` : name;
  };
  const lanes = new Map();
  for (const id of lead) lanes.set(id, [...lanes.values()].includes(title(id)) ? `${title(id)} (${id})` : title(id));
  time.lanes.factors = [...lanes.values()].reverse();
  time.figures[1].height = 60 + 26 * Math.max(1, lead.length);
  const [accent, paper] = ["accent", "paper"].map(colour);
  const marks = time.shown.flatMap((e) => e.actors.filter((a) => lanes.has(a)).map((a) => ({ e, lane: lanes.get(a) })));
  time.marks.selected.indices = [];
  time.marks.data = {
    x0: marks.map((m) => m.e.from), x1: marks.map((m) => m.e.to), x: marks.map((m) => (m.e.from + m.e.to) / 2), lane: marks.map((m) => m.lane),
    fill: marks.map((m) => (m.e.own ? accent : paper)), line: marks.map(() => accent), i: marks.map((m) => m.e.i),
    about: marks.map((m) => `${spanName(time.events.data.earliest[m.e.i], time.events.data.latest[m.e.i])}: ${time.events.data.text[m.e.i].slice(0, 120)}`),
  };
}

function drawBars() {
  const bins = new Map();
  for (const e of time.shown) {
    const at = binOf(e.from);
    if (!bins.has(at)) bins.set(at, { own: 0, carried: 0 });
    bins.get(at)[e.own ? "own" : "carried"]++;
  }
  const list = [...bins].sort((a, b) => a[0] - b[0]);
  const gap = time.bin * 0.06;
  time.height.end = 1.08 * Math.max(1, ...list.map(([, b]) => b.own + b.carried));
  time.bars.data = {
    left: list.map(([at]) => at + gap), right: list.map(([at]) => at + time.bin - gap), own: list.map(([, b]) => b.own), top: list.map(([, b]) => b.own + b.carried),
    about: list.map(([at, b]) => `${yearName(at)}${time.bin > 1 ? `–${yearName(at + time.bin - 1)}` : ""}: ${plural(b.own + b.carried, "sentence")}, ${b.own} with a date of their own`),
  };
}

// ---- the list

function onlyEvents(test) {
  const found = time.shown.filter(test);
  time.only = found.length ? found : null;
  listEvents(0);
}

function listEvents(at) {
  const rows = time.only || time.shown;
  $("time-list").replaceChildren(...rows.slice(at, at + TIME_LISTED).map((e) => sentenceItem(time.events.row(e.i), actorChips(e))));
  $("time-list").start = at + 1;
  pager($("time-pager"), rows.length, TIME_LISTED, at, listEvents);
  const of = time.actor === null ? `No actor is called “${$("time-actor").value.trim()}”. ` : "";
  $("time-status").textContent = `${of}${plural(rows.length, "sentence")}${time.only ? " at the place chosen" : ""}, of ${count(time.rows.length)} with a date and an actor.`;
}

function actorChips(e) {
  return el("span", { class: "chips" }, e.actors.map((a) => el("a", { class: "chip", href: address("network", a), text: time.names.get(a) || words(a) })));
}
