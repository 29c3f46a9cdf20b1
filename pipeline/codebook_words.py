"""The words of the codebook that the table definitions do not hold: what to know before using a table."""

from __future__ import annotations

CAVEAT = (
    "An edge says that two actors are named in the same sentence (`co_mention`). A co-occurrence is not a "
    "relation: it has no direction and no sign, a sentence may deny what it names together, and what a page "
    "leaves out is not counted. Read the sentences before you interpret a number."
)

# How to read every file.
CONVENTIONS = (
    (
        "CSV in UTF-8 without byte-order mark, header row, `\\n`, quoting as in RFC 4180. With `--format parquet` "
        "each table is a file NAME.parquet with the same values instead: numbers and truth values typed, days and "
        "lists as text, an empty cell null."
    ),
    ("An empty cell is a missing value: none or unknown. Several values in one cell are joined by `;`."),
    (
        "`start`, `end`: half-open offsets in code points into clean/<doc_id>.txt; `raw_start`, `raw_end`: "
        "the same span in the raw file decoded as UTF-8 without newline translation."
    ),
    (
        "Days are ISO 8601 as the text gives them (no conversion between Julian and Gregorian calendar). "
        "Years before 1 AD are astronomical: 1 BC is 0000, 480 BC is -0479. Read them as text if your program"
        " has no such years."
    ),
    "The same input, model and settings give the same bytes.",
    (
        "The pages' text, and what quotes it, is under CC BY-SA 4.0 (Wikipedia contributors); the code is "
        "under the MIT licence."
    ),
)

# Table → what to know of it.
NOTES: dict[str, str] = {
    "documents": (
        "One page is one raw file. Sections, sentences, tokens, mentions and dates count the body only."
    ),
    "sections": ("Dropped sections (See also, References and the like) have no clean offsets."),
    "segments": (
        "The kept and removed stretches, in order, rebuild the raw file; the rule names why one was removed."
    ),
    "glossary": (
        "Mirrors put the beginning of the linked article behind each link; these are those blurbs, taken out "
        "of the text."
    ),
    "sentences": (
        "earliest and latest come from the sentence's own dates; a sentence without any carries the date that"
        " the narrative has reached (dated_by = narrative), which is a reading and not a statement of the "
        "text."
    ),
    "names": ("What the recogniser proposes; mentions holds the same names after linking."),
    "mentions": (
        "entity_id is what the name means; actor_id is who acts by it: a capital may stand for its "
        "government, a city that is visited for nobody."
    ),
    "dates": (
        "Values follow TIMEX3 (ISO-TimeML); a duration or a repeated time has no EDTF form and no days."
    ),
    "entities": (
        "Ids are the snake_case form of the usual English Wikipedia title. A state that is no longer has an "
        "id and codes of its own."
    ),
    "actors": (
        "first_date and last_date cover all dated sentences that name the actor, also those dated by the "
        "narrative. Betweenness takes 1/weight as distance; in a large network (actors times edges above "
        "five million) it is estimated from 128 or more actors drawn with the seed, and may be off by a fifth. "
        "Communities are Louvain's with a fixed seed, numbered by size, then by smallest id; they describe who "
        "is named together, not alliances."
    ),
    "cooccurrences": (
        "The evidence of every edge. With a wider window (paragraph or section) a row is one window: "
        "sentence_id is its first sentence that names either actor, and the mentions lead to the others."
    ),
    "edges": (
        "weight counts windows, by default sentences. npmi is empty where every sentence names both; llr "
        "(Dunning's G²) has no sign, 3.84 is p = 0.05 for one pair taken alone; backbone is the smaller "
        "p-value of the two ends in the disparity filter (keep those below 0.05, say), 1 where both ends have"
        " no other edge. Pairs that meet in fewer windows than the setting min_weight (1 if not set) are left "
        "out here and in the network files; cooccurrences keeps them. All three take sentences as independent, "
        "which the sentences of one page are not."
    ),
    "edges_by_period": (
        "A co-occurrence counts for a period when its whole span lies inside; sentences without a date and "
        "those that span two periods are left out, so that the weights of a pair add up to its weight or "
        "less. Decades and centuries go by digits: 196X is 1960-1969, 19XX is 1900-1999."
    ),
    "dyad_year": (
        "A sentence counts for a year when its whole span lies inside that year; sentences without a date and"
        " those that span several years are left out. States are actors of type GPE or with a state code. Two"
        " actors may share a code (Russia and the Soviet Union are both COW 365): add their rows before you "
        "merge by code. A missing row means not named together, not that nothing happened."
    ),
    "events": ("Sorted by earliest, then latest, then page and sentence; actors in order of appearance."),
    "scores": ("Measured on the gold set in gold/; an interval is a bootstrap over sentences."),
    "errors": ("Every disagreement with the gold, so that each figure of scores can be read."),
    "reconciliation": (
        "Suggestions and not findings: nothing of it enters the other tables. Written anew by each `reconcile`, "
        "so keep your decisions in a copy. Services differ in scale (Wikidata's goes to 100) and may answer "
        "differently tomorrow; the answers of a run are kept in .reconciliation/."
    ),
}

# File that is no table of the contract → what it is.
FILES: dict[str, str] = {
    "clean/<doc_id>.txt": (
        "the body prose: a line `## Heading` before each headed section, a line a paragraph, a blank line "
        "between sections"
    ),
    "graph.graphml": ("the network with typed attributes, for igraph, Gephi, yEd, Cytoscape and networkx"),
    "graph.gexf": (
        "the network for Gephi's timeline (GEXF 1.3): nodes and edges with the spells of their dated "
        "sentences as days, both inside; if any lies before 1 AD, all are decimal years (480 BC begins at "
        "-479.0)"
    ),
    "graph.json": ("the network as node-link JSON (`nodes`, `edges`) for the web, with spells"),
    "graph.net": "the network for Pajek: ids and weights",
    "adjacency.csv": "the symmetric matrix of weights; left out above 5,000 actors",
    "annotations.jsonl": (
        "a W3C Web Annotation a line: each mention and date with quote and position on the raw page; a quote "
        "holds whatever stands there between its first and last character, also a blurb"
    ),
    "scores.json": "the rows of scores.csv, for programs",
    "report.html": "the page to look at",
    "datapackage.json": (
        "Frictionless description of these files: columns, types, keys, sources, licences, SHA-256"
    ),
    "run.json": (
        "versions, model, settings, input hashes and times; not part of the data package, since times differ"
    ),
}

# Column type → what the codebook calls it.
TYPE_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "date": "day",
    "list": "list of text",
}

_OFFSET, _SHARE = "code points, from 0", "share, 0 to 1"
# Numeric column → unit; every other whole number is a count.
UNITS = {
    **dict.fromkeys(("start", "end", "raw_start", "raw_end", "blurb_raw_start", "blurb_raw_end"), _OFFSET),
    **dict.fromkeys(("raw_chars", "clean_chars"), "code points"),
    **dict.fromkeys(("weight", "weighted_degree"), "sentences"),
    **dict.fromkeys(("precision", "recall", "f1", "ci_low", "ci_high"), _SHARE),
    **dict.fromkeys(("betweenness", "pagerank", "clustering", "score"), _SHARE),
    "backbone": "probability, 0 to 1",
    "community": "number of the community",
    "llr": "G², from 0",
    "npmi": "ratio, -1 to 1",
    "year": "years, astronomical",
}
# (table, column) → unit where it is not that of the columns of this name in other tables.
UNITS_OF_TABLE = {("reconciliation", "score"): "the service's"}
