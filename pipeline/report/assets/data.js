// Data: every table, filtered, sorted, by pages, and as the same CSV that lies beside the report.

const data = { ready: null, name: "", order: [], sort: null };
const ROWS_SHOWN = 50;
const CELL_SHOWN = 300;

function setUpData() {
  $("data-table").append(...tableNames().map((n) => el("option", { value: n, text: words(n) })));
  $("data-table").addEventListener("change", () => goTo("data", $("data-table").value));
  $("data-filter").addEventListener("input", debounce(arrange, 150));
  $("data-column").addEventListener("change", arrange);
  $("data-download").addEventListener("click", download);
  return true;
}

async function showData(name) {
  data.ready ||= setUpData();
  const wanted = tableNames().includes(name) ? name : data.name || tableNames()[0];
  if (!wanted || wanted === data.name) return;
  data.name = wanted;
  data.table = await table(wanted);
  data.sort = null;
  $("data-table").value = wanted;
  $("data-filter").value = "";
  $("data-column").replaceChildren(el("option", { value: "", text: "all columns" }), ...data.table.columns.map((c) => el("option", { value: c.name, text: c.name })));
  $("data-about").replaceChildren(...data.table.columns.flatMap((c) => [el("dt", {}, el("code", { text: c.name })), el("dd", { text: `${c.about} (${c.type})` })]));
  arrange();
}

/** A cell as the CSV has it: six decimals at most, no trailing zero. */
function cellText(value, column) {
  if (value === null || value === undefined) return "";
  if (column.type === "number") {
    const text = value.toFixed(6).replace(/\.?0+$/, "");
    return text === "-0" ? "0" : text;
  }
  return String(value);
}

function arrange() {
  const t = data.table;
  const query = $("data-filter").value.trim().toLowerCase();
  const only = $("data-column").value;
  const columns = t.columns.filter((c) => !only || c.name === only);
  data.order = Array.from({ length: t.rows }, (_, i) => i);
  if (query) data.order = data.order.filter((i) => columns.some((c) => cellText(t.data[c.name][i], c).toLowerCase().includes(query)));
  if (data.sort) data.order.sort(comparison(t, data.sort));
  showRows(0);
}

const collator = new Intl.Collator("en", { numeric: true });

/** Order by one column; empty cells come last whichever way it runs. */
function comparison(t, { name, down }) {
  const column = t.columns.find((c) => c.name === name);
  const values = t.data[name];
  const isNumber = ["integer", "number"].includes(column.type);
  const rank = (iso) => yearFraction(iso) ?? NaN;
  const compare = isNumber ? (a, b) => a - b : column.type === "date" ? (a, b) => rank(a) - rank(b) : (a, b) => collator.compare(a, b);
  const empty = (v) => v === null || v === "";
  return (i, j) => {
    const [a, b] = [values[i], values[j]];
    if (empty(a) || empty(b)) return empty(a) - empty(b) || i - j;
    return (down ? compare(b, a) : compare(a, b)) || i - j;
  };
}

function showRows(at) {
  const t = data.table;
  const head = el("tr", {}, t.columns.map((c) => {
    const mine = data.sort?.name === c.name;
    const arrow = mine ? (data.sort.down ? " ↓" : " ↑") : "";
    return el("th", { scope: "col", "aria-sort": mine ? (data.sort.down ? "descending" : "ascending") : "none", class: isCount(c) ? "n" : null },
      el("button", { type: "button", title: c.about, onclick: () => sortBy(c.name) }, c.name, el("span", { "aria-hidden": "true", text: arrow })));
  }));
  const body = data.order.slice(at, at + ROWS_SHOWN).map((i) => el("tr", {}, t.columns.map((c) => el("td", { class: cellClass(t, c, i), dir: "auto" }, cellNode(t, c, i)))));
  $("data-frame").replaceChildren(el("table", { class: "plain data" }, el("caption", { class: "visually-hidden", text: `Table ${data.name}: one row per ${t.about}` }),
    el("thead", {}, head), el("tbody", {}, body)));
  $("data-status").textContent = `One row per ${t.about}. ${plural(data.order.length, "row")}${data.order.length < t.rows ? ` of ${count(t.rows)}` : ""}.`;
  pager($("data-pager"), data.order.length, ROWS_SHOWN, at, showRows);
}

const cellClass = (t, c, i) => (isCount(c) ? "n" : String(t.data[c.name][i] ?? "").length > 40 ? "long" : null);
const isCount = (c) => ["integer", "number"].includes(c.type);

function cellNode(t, column, i) {
  const text = cellText(t.data[column.name][i], column);
  const shown = text.length > CELL_SHOWN ? `${text.slice(0, CELL_SHOWN)}…` : text;
  if (!text) return "";
  if (column.name === "sentence_id" && t.data.doc_id) return el("a", { href: address("read", t.data.doc_id[i], text), text: shown });
  if (column.name === "doc_id") return el("a", { href: address("read", text), text: shown });
  if (["actor_id", "source", "target"].includes(column.name)) return el("a", { href: address("network", text), text: shown });
  if (column.name === "wikidata_id" && /^Q\d+$/.test(text))
    return el("a", { href: `https://www.wikidata.org/wiki/${text}`, rel: "noreferrer noopener", target: "_blank", text: shown });
  return shown;
}

function sortBy(name) {
  const was = data.sort;
  data.sort = was?.name !== name ? { name, down: false } : was.down ? null : { name, down: true };
  arrange();
  [...$("data-frame").querySelectorAll("thead button")].find((b) => b.firstChild.data === name)?.focus();
}

/** The rows as shown, all pages, in RFC 4180 quoting with \n, as the pipeline writes them. */
function asCsv() {
  const t = data.table;
  const quote = (s) => (/[",\r\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
  const line = (cells) => (cells.length === 1 && cells[0] === "" ? '""' : cells.map(quote).join(","));
  const rows = data.order.map((i) => line(t.columns.map((c) => cellText(t.data[c.name][i], c))));
  return [line(t.columns.map((c) => c.name)), ...rows].join("\n") + "\n";
}

function download() {
  const link = el("a", { download: `${data.name}.csv`, href: URL.createObjectURL(new Blob([asCsv()], { type: "text/csv;charset=utf-8" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
