"""The outputs contract in code: every table, its columns, types and key; `pipeline.tables` reads and writes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type` is string, integer, number, boolean, date (ISO day) or list (";"-joined strings)."""

    name: str
    type: str
    about: str
    required: bool = False
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One output table: what a row is, its columns in order, its primary key."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    stage: str

    @property
    def filename(self) -> str:
        """Name of the CSV file under the outputs folder."""
        return self.file("csv")

    def file(self, format: str) -> str:
        """Name of the file in one of `FORMATS`."""
        return f"{self.name}.{format}"

    @property
    def column_names(self) -> list[str]:
        """Column names in file order."""
        return [c.name for c in self.columns]


LABELS = ("PERSON", "NORP", "GPE", "LOC", "FAC", "ORG", "EVENT", "LAW", "WORK_OF_ART")
TIMEX_TYPES = ("DATE", "TIME", "DURATION", "SET")
MODS = ("START", "MID", "END", "APPROX", "BEFORE", "AFTER")
BLURB_KINDS = ("definition", "infobox", "disambiguation", "fragment")


def _c(name: str, type: str, about: str, *, required: bool = False, enum: tuple[str, ...] = ()) -> Column:
    return Column(name, type, about, required, enum)


_DOC = _c("doc_id", "string", "page: the raw file's name without its ending", required=True)
_SENT = _c("sentence_id", "string", "sentence, unique within the page", required=True)
_SPAN = (
    _c("start", "integer", "first code point in clean/<doc_id>.txt", required=True),
    _c("end", "integer", "one past the last code point in clean/<doc_id>.txt", required=True),
    _c("raw_start", "integer", "first code point in the raw file", required=True),
    _c("raw_end", "integer", "one past the last code point in the raw file", required=True),
)
_OPEN_SPAN = (
    _c("start", "integer", "first code point in clean/<doc_id>.txt; empty in dropped sections"),
    _c("end", "integer", "one past the last code point in the clean text; empty in dropped sections"),
    *_SPAN[2:],
)
_TEXT = _c("text", "string", "the words, exactly as in the clean text", required=True)
_EARLIEST = _c("earliest", "date", "first day it covers (ISO 8601, astronomical years before 1 AD)")
_LATEST = _c("latest", "date", "last day it covers (ISO 8601, astronomical years before 1 AD)")
_DATED_BY = _c(
    "dated_by", "string", "own: dates in the sentence; narrative: carried over", enum=("own", "narrative")
)
_FIRST = _c("first_date", "date", "first day of its dated sentences")
_LAST = _c("last_date", "date", "last day of its dated sentences")

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        Table(
            "documents",
            "page",
            (
                _DOC,
                _c("title", "string", "title of the page, as its banner or heading gives it"),
                _c("layout", "string", "scrape layout that was recognised", required=True),
                _c("sha256", "string", "SHA-256 of the raw file's bytes", required=True),
                _c("raw_chars", "integer", "code points in the raw file", required=True),
                _c("clean_chars", "integer", "code points in the clean text", required=True),
                _c("sections", "integer", "sections kept in the body", required=True),
                _c("sentences", "integer", "sentences of the body"),
                _c("tokens", "integer", "tokens of the body"),
                _c("blurbs", "integer", "inline blurbs, dropped sections included", required=True),
                _c("mentions", "integer", "named mentions"),
                _c("dates", "integer", "date expressions"),
            ),
            ("doc_id",),
            "clean",
        ),
        Table(
            "sections",
            "section",
            (
                _DOC,
                _c("section_id", "string", "section, unique within the page", required=True),
                _c("title", "string", "heading; empty for the lead"),
                *_OPEN_SPAN,
                _c("kept", "boolean", "true = body, false = dropped as back matter", required=True),
            ),
            ("doc_id", "section_id"),
            "clean",
        ),
        Table(
            "segments",
            "stretch of the source map: kept, removed or inserted; kept and removed rebuild the raw file",
            (
                _DOC,
                _c("raw_start", "integer", "first code point in the raw file", required=True),
                _c("raw_end", "integer", "one past the last code point in the raw file", required=True),
                _c("start", "integer", "first code point in the clean text", required=True),
                _c("end", "integer", "one past the last code point in the clean text", required=True),
                _c("rule", "string", "empty = kept; insert = put in; else the rule that removed it"),
                _c("inserted", "string", "the text that was put in, JSON-quoted"),
            ),
            ("doc_id", "raw_start", "start", "end"),
            "clean",
        ),
        Table(
            "glossary",
            "inline blurb",
            (
                _DOC,
                _c("blurb_id", "string", "blurb, unique within the page", required=True),
                _c("anchor", "string", "the linked words", required=True),
                *_OPEN_SPAN,
                _c("blurb", "string", "the inline text, verbatim"),
                _c(
                    "blurb_raw_start",
                    "integer",
                    "first code point of the blurb in the raw file",
                    required=True,
                ),
                _c("blurb_raw_end", "integer", "one past its last code point in the raw file", required=True),
                _c("kind", "string", "what the blurb's text is", enum=BLURB_KINDS),
                _c("truncated", "boolean", "whether the mirror cut it", required=True),
                _c("entity_id", "string", "entity that the link names"),
                _c(
                    "gloss",
                    "string",
                    "the blurb unrolled for reading: link targets and emptied brackets dropped",
                ),
                _c("target", "string", "title of the linked article where the layout shows it"),
            ),
            ("doc_id", "blurb_id"),
            "clean",
        ),
        Table(
            "sentences",
            "sentence",
            (
                _DOC,
                _SENT,
                _c("section_id", "string", "section it stands in", required=True),
                *_SPAN,
                _TEXT,
                _EARLIEST,
                _LATEST,
                _DATED_BY,
            ),
            ("doc_id", "sentence_id"),
            "annotate",
        ),
        Table(
            "names",
            "name as recognised, before linking",
            (
                _DOC,
                _c("mention_id", "string", "mention, unique within the page", required=True),
                _SENT,
                *_SPAN,
                _TEXT,
                _c("label", "string", "type of the name", required=True, enum=LABELS),
                _c("method", "string", "the evidence that decided extent and label", required=True),
                _c("score", "number", "how sure, 0 to 1"),
            ),
            ("doc_id", "mention_id"),
            "annotate",
        ),
        Table(
            "mentions",
            "named mention",
            (
                _DOC,
                _c("mention_id", "string", "mention, unique within the page", required=True),
                _SENT,
                *_SPAN,
                _TEXT,
                _c("label", "string", "type of the name", required=True, enum=LABELS),
                _c("entity_id", "string", "entity it refers to", required=True),
                _c("actor_id", "string", "actor it stands for; empty if none"),
                _c("method", "string", "what decided the entity; override = a researcher did", required=True),
                _c("score", "number", "how sure, 0 to 1"),
            ),
            ("doc_id", "mention_id"),
            "link",
        ),
        Table(
            "dates",
            "date expression",
            (
                _DOC,
                _c("date_id", "string", "expression, unique within the page", required=True),
                _SENT,
                *_SPAN,
                _TEXT,
                _c("type", "string", "TIMEX3 type", required=True, enum=TIMEX_TYPES),
                _c("value", "string", "TIMEX3 value", required=True),
                _c("mod", "string", "TIMEX3 modifier", enum=MODS),
                _c("edtf", "string", "the same in EDTF; empty for durations and sets"),
                _EARLIEST,
                _LATEST,
                _c("range_id", "string", "shared by the two ends of a range"),
            ),
            ("doc_id", "date_id"),
            "annotate",
        ),
        Table(
            "entities",
            "entity",
            (
                _c("entity_id", "string", "snake_case ASCII form of its usual title", required=True),
                _c("name", "string", "usual name", required=True),
                _c("type", "string", "label of its mentions", required=True, enum=LABELS),
                _c("aliases", "list", "other names seen or known"),
                _c("description", "string", "first words of its blurb"),
                _c("wikidata_id", "string", "Wikidata item"),
                _c("iso3", "string", "ISO 3166-1 alpha-3 code"),
                _c("cow_code", "string", "Correlates of War state number"),
                _c("gw_code", "string", "Gleditsch and Ward state number"),
                _c("valid_from", "string", "birth or founding: ISO day, month or year"),
                _c("valid_to", "string", "death or end: ISO day, month or year"),
                _c("mentions", "integer", "mentions of it", required=True),
                _c("documents", "integer", "pages that mention it", required=True),
                _c("is_actor", "boolean", "whether it is a node of the graph", required=True),
            ),
            ("entity_id",),
            "link",
        ),
        Table(
            "actors",
            "node of the graph",
            (
                _c("actor_id", "string", "entity id of the actor", required=True),
                _c("name", "string", "usual name", required=True),
                _c("type", "string", "label of the entity", required=True, enum=LABELS),
                _c("wikidata_id", "string", "Wikidata item"),
                _c("mentions", "integer", "mentions that stand for it", required=True),
                _c("sentences", "integer", "sentences it stands in", required=True),
                _c("documents", "integer", "pages it stands in", required=True),
                _c("degree", "integer", "actors it meets", required=True),
                _c("weighted_degree", "integer", "sum of the weights of its edges", required=True),
                _c("betweenness", "number", "betweenness on inverse weight, normalised", required=True),
                _c("community", "integer", "Louvain community, 0 is the largest"),
                _FIRST,
                _LAST,
                _c("pagerank", "number", "PageRank on weight; all actors sum to 1", required=True),
                _c("clustering", "number", "share of its neighbours' pairs that meet too", required=True),
                _c("iso3", "string", "ISO 3166-1 alpha-3 code"),
                _c("cow_code", "string", "Correlates of War state number"),
                _c("gw_code", "string", "Gleditsch and Ward state number"),
            ),
            ("actor_id",),
            "graph",
        ),
        Table(
            "cooccurrences",
            "sentence and pair of actors",
            (
                _c("source", "string", "actor; source < target", required=True),
                _c("target", "string", "actor", required=True),
                _DOC,
                _SENT,
                _c("source_mention_ids", "list", "mentions that stand for source", required=True),
                _c("target_mention_ids", "list", "mentions that stand for target", required=True),
                _EARLIEST,
                _LATEST,
            ),
            ("doc_id", "sentence_id", "source", "target"),
            "graph",
        ),
        Table(
            "edges",
            "pair of actors",
            (
                _c("source", "string", "actor; source < target", required=True),
                _c("target", "string", "actor", required=True),
                _c("weight", "integer", "sentences in which both stand", required=True),
                _c("documents", "integer", "pages in which they meet", required=True),
                _c("npmi", "number", "normalised pointwise mutual information over sentences, -1 to 1"),
                _FIRST,
                _LAST,
                _c("llr", "number", "log-likelihood ratio G² of meeting against chance", required=True),
                _c("backbone", "number", "disparity-filter p-value, 0 to 1; small = kept", required=True),
            ),
            ("source", "target"),
            "graph",
        ),
        Table(
            "edges_by_period",
            "pair of actors and period, from the sentences dated within the period; only with --slice",
            (
                _c("period", "string", "the period in EDTF", required=True),
                _c("start", "date", "first day of the period", required=True),
                _c("end", "date", "last day of the period", required=True),
                _c("source", "string", "actor; source < target", required=True),
                _c("target", "string", "actor", required=True),
                _c("weight", "integer", "sentences dated within it in which both stand", required=True),
                _c("documents", "integer", "pages with such a sentence", required=True),
            ),
            ("period", "source", "target"),
            "graph",
        ),
        Table(
            "dyad_year",
            "pair of states and year in which both are named in a sentence dated to it",
            (
                _c("actor_id1", "string", "state with the smaller COW code", required=True),
                _c("actor_id2", "string", "the other state", required=True),
                _c("year", "integer", "year (astronomical before 1 AD)", required=True),
                _c("cow_code1", "string", "Correlates of War number of actor_id1"),
                _c("cow_code2", "string", "Correlates of War number of actor_id2"),
                _c("gw_code1", "string", "Gleditsch and Ward number of actor_id1"),
                _c("gw_code2", "string", "Gleditsch and Ward number of actor_id2"),
                _c("sentences", "integer", "sentences dated to the year that name both", required=True),
            ),
            ("actor_id1", "actor_id2", "year"),
            "graph",
        ),
        Table(
            "events",
            "dated sentence with at least one actor, in order of time",
            (
                _DOC,
                _SENT,
                _EARLIEST,
                _LATEST,
                _c("edtf", "string", "the span in EDTF"),
                _DATED_BY,
                _c("actors", "list", "actors of the sentence", required=True),
                _TEXT,
            ),
            ("doc_id", "sentence_id"),
            "graph",
        ),
        Table(
            "scores",
            "stage and metric",
            (
                _c("stage", "string", "stage that is scored", required=True),
                _c("metric", "string", "what is counted and how it is matched", required=True),
                _c("label", "string", "mention label, date type or evidence class; empty = all"),
                _c("doc_id", "string", "page; empty = all"),
                _c("precision", "number", "share of the predictions that are right"),
                _c("recall", "number", "share of the gold that is found"),
                _c("f1", "number", "harmonic mean of both"),
                _c("support", "integer", "gold items", required=True),
                _c("ci_low", "number", "95 % bootstrap interval of f1 over sentences, lower end"),
                _c("ci_high", "number", "95 % bootstrap interval of f1 over sentences, upper end"),
            ),
            ("stage", "metric", "label", "doc_id"),
            "score",
        ),
        Table(
            "errors",
            "disagreement with the gold",
            (
                _c("stage", "string", "stage that is scored", required=True),
                _DOC,
                _c("kind", "string", "what kind of disagreement", required=True),
                _c("start", "integer", "first code point in the gold clean text"),
                _c("end", "integer", "one past the last code point in the gold clean text"),
                _c("gold", "string", "what the gold says"),
                _c("predicted", "string", "what the pipeline says"),
                _c("context", "string", "the words around the place"),
            ),
            (),
            "score",
        ),
        Table(
            "reconciliation",
            "candidate of a reconciliation service for an entity without an id, for review; only after reconcile",
            (
                _c("entity_id", "string", "entity that was asked about", required=True),
                _c("name", "string", "its usual name", required=True),
                _c("type", "string", "label of its mentions", required=True, enum=LABELS),
                _c("candidate_id", "string", "the service's id, by default a Wikidata item", required=True),
                _c("candidate_name", "string", "the candidate's name"),
                _c("candidate_types", "list", "what the service says the candidate is"),
                _c("score", "number", "how well it fits, on the service's scale; best first"),
                _c("match", "boolean", "whether the service is sure", required=True),
                _c("query", "string", "what was asked (JSON)", required=True),
                _c("candidate_description", "string", "the candidate in a few words"),
                _c("candidate_url", "string", "its page"),
            ),
            ("entity_id", "candidate_id"),
            "reconcile",
        ),
    )
}
