"""Linking: entity and actor of given names, on small pages; only the parser needs the model."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.annotate.model import load_model
from pipeline.clean import clean_page
from pipeline.knowledge import load_knowledge
from pipeline.link import explain_links, link_page, merge_entities
from pipeline.link.ids import entity_id
from pipeline.link.persons import compatible, parts, title_of_person
from pipeline.records import Annotation, Blurb, Entity, Mention, Sentence, replace
from pipeline.spelling import is_slip, within

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "links.jsonl").read_text(encoding="utf8").splitlines()
]
RE_MARK = re.compile(r"⟦([^|⟧]*)\|([^|⟧]*)\|([^|⟧]*)\|([^|⟧]*)⟧")


def page_of(text, dates=None, blurbs=()):
    """A page of marked text, its sentences (a line is split at `. `), its names, and what they should be linked to."""
    marks, plain, last = [], "", 0
    for found in RE_MARK.finditer(text):
        plain += text[last : found.start()]
        marks.append((len(plain), len(plain) + len(found[1]), *found.groups()))
        plain += found[1]
        last = found.end()
    plain += text[last:]
    page = clean_page(plain, "page", layout="plain")
    assert page.text.rstrip("\n") == plain
    sentences, section, position, span = [], 0, 0, ("", "")
    for line in plain.split("\n"):
        if line.startswith("## "):
            section, span = section + 1, ("", "")
        else:
            for sentence in re.finditer(r"\S.*?(?:\. (?=[A-Z⟦])|$)", line):
                start, end = position + sentence.start(), position + len(line[: sentence.end()].rstrip())
                year = next((v for k, v in (dates or {}).items() if k in plain[start:end]), None)
                by = "own" if year else "narrative" if span[0] else ""
                span = (f"{year}-01-01", f"{year}-12-31") if year else span
                sentences.append(Sentence(f"s{len(sentences):04d}", f"c{section}", start, end, *span, by))
        position += len(line) + 1
    mentions, gold = [], []
    for n, (start, end, name, label, entity, actor) in enumerate(marks):
        home = next(s.sentence_id for s in sentences if s.start <= start < s.end)
        mentions.append(Mention(f"m{n}", home, start, end, name, label))
        gold.append((name, entity, actor))
    page = replace(page, blurbs=tuple(blurbs))
    return page, Annotation(tuple(sentences), tuple(mentions), ()), gold


def linked(page, annotation):
    return link_page(page, annotation, load_model("en_core_web_md", "none").parse, load_knowledge())


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=[c["label"] for c in CASES])
def test_case(case):
    page, annotation, gold = page_of(case["text"], case.get("dates"))
    found = linked(page, annotation)
    assert [(m.text, m.entity_id, m.actor_id) for m in found.mentions] == gold


def anchor(page_text, words, blurb, number=1, **more):
    start = page_text.index(words)
    return Blurb(
        f"b{number}",
        words,
        start,
        start + len(words),
        0,
        1,
        blurb,
        1,
        2,
        "definition",
        True,
        gloss=blurb,
        **more,
    )


STALIN = "Joseph Vissarionovich Stalin (born Dzhugashvili; 5 March 1953) was a Soviet politician and revolutionary."


def with_blurbs(text, *blurbs):
    page, annotation, gold = page_of(text)
    return (
        replace(page, blurbs=tuple(anchor(page.text, w, b, n) for n, (w, b) in enumerate(blurbs, 1))),
        annotation,
        gold,
    )


def test_same_blurb_is_one_entity():
    page, annotation, _ = with_blurbs(
        "⟦Joseph Stalin|PERSON||⟧ wrote. Then ⟦Koba|PERSON||⟧ left.",
        ("Joseph Stalin", STALIN),
        ("Koba", STALIN),
    )
    found = linked(page, annotation)
    assert {m.entity_id for m in found.mentions} == {"joseph_stalin"}
    assert found.blurb_entities == {"b1": "joseph_stalin", "b2": "joseph_stalin"}
    assert found.mentions[1].method == "link"


def test_a_dead_bearer_does_not_act():
    old = "Enver Halil Hoxha (16 October 1908 – 11 April 1985) was an Albanian politician."
    new = "Ferit Hoxha (born 22 February 1967) is the Permanent Representative of Albania."
    text = "⟦Ferit Hoxha|PERSON||⟧ and ⟦Enver Hoxha|PERSON||⟧ differ. In 2022 ⟦Hoxha|PERSON||⟧ voted."
    page, annotation, _ = page_of(text, {"2022": "2022"})
    page = replace(
        page, blurbs=(anchor(page.text, "Ferit Hoxha", new, 1), anchor(page.text, "Enver Hoxha", old, 2))
    )
    assert linked(page, annotation).mentions[2].entity_id == "ferit_hoxha"


def test_title_of_a_linked_thing_is_its_blurbs_name():
    page, annotation, _ = with_blurbs(
        "The ⟦Diet|ORG||⟧ declared it.",
        ("Diet", "The Parliament of Ruritania is the supreme legislature of Ruritania."),
    )
    assert linked(page, annotation).mentions[0].entity_id == "parliament_of_ruritania"


def test_explain_names_candidates_and_reasons():
    page, annotation, _ = page_of("⟦Risto Ryti|PERSON||⟧ resigned. ⟦Ryti|PERSON||⟧ left.")
    text = explain_links(page, annotation, load_model("en_core_web_md", "none").parse, load_knowledge())
    assert "risto_ryti" in text and "surname: borne by a person of the page" in text


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Enver Hoxha", "enver_hoxha"),
        ("People's Republic of China", "peoples_republic_of_china"),
        ("Soviet–Finnish Non-Aggression Pact", "soviet_finnish_non_aggression_pact"),
        ("Georgia (country)", "georgia_country"),
        ("Christian Günther", "christian_gunther"),
        ("Łódź", "lodz"),
        ("Søren Ærø", "soren_aero"),
        ("The Gambia", "gambia"),
        ("Правда", "pravda"),
        ("毛泽东", "maozedong"),
        ("…", "unnamed"),
    ],
)
def test_entity_id(title, slug):
    assert entity_id(title) == slug


@given(st.text(max_size=40))
def test_entity_id_is_ascii_and_stable(title):
    slug = entity_id(title)
    assert slug and slug.isascii() and re.fullmatch(r"[a-z0-9_]+", slug)
    assert entity_id(slug.replace("_", " ")) in (
        slug,
        slug.removeprefix("the_").removeprefix("a_").removeprefix("an_"),
    )


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Nikita Khrushchev", "Nikita Sergeyevich Khrushchev", True),
        ("J. K. Paasikivi", "Juho Kusti Paasikivi", True),
        ("Sergei Lavrov", "Sergey Viktorovich Lavrov", True),
        ("Gustaf Mannerheim", "Carl Gustaf Emil Mannerheim", True),
        ("Winston Churchill", "Sir Winston Leonard Spencer Churchill", True),
        ("Ferit Hoxha", "Enver Hoxha", False),
        ("Hoxha", "Enver Hoxha", False),
        ("Carlos Antonio López", "Francisco Solano López", False),
        ("Hertta Kuusinen", "Otto Wille Kuusinen", False),
    ],
)
def test_compatible_names(a, b, same):
    assert compatible(a, b) is same and compatible(b, a) is same


def test_parts_keep_particles_with_the_surname():
    assert parts("Joachim von Ribbentrop") == (("Joachim",), ("von", "Ribbentrop"))
    assert parts("Tito") == ((), ("Tito",))
    assert parts("Alexander II") == (("II",), ("Alexander",))
    assert parts("Louise of Savoy") == (("of", "Savoy"), ("Louise",))
    assert not compatible("Alexander I", "Alexander II")


@pytest.mark.parametrize(
    ("anchor_text", "full", "title"),
    [
        ("Stalin", "Joseph Vissarionovich Stalin", "Joseph Stalin"),
        ("Sergei Lavrov", "Sergey Viktorovich Lavrov", "Sergey Lavrov"),
        ("Josip Broz Tito", "Josip Broz", "Josip Broz Tito"),
        ("J. K. Paasikivi", "Juho Kusti Paasikivi", "Juho Kusti Paasikivi"),
        ("Enver Hoxha", "", "Enver Hoxha"),
        ("Molière", "Jean-Baptiste Poquelin", "Molière"),
        ("Julius Caesar", "Gaius Julius Caesar", "Julius Caesar"),
        ("Louis XIV", "Louis Dieudonné", "Louis XIV"),
    ],
)
def test_title_of_person(anchor_text, full, title):
    assert title_of_person(anchor_text, full) == title


def test_people_of_one_name_on_two_pages_stay_two():
    old = Entity("john_smith", "John Smith", "PERSON", valid_from="1800")
    new = Entity("john_smith", "John Smith", "PERSON", valid_from="1950")
    entities, renames = merge_entities([("a", [old]), ("b", [new]), ("c", [replace(old, description="x")])])
    assert [e.entity_id for e in entities] == ["john_smith", "john_smith_1950"]
    assert renames == {"b": {"john_smith": "john_smith_1950"}}
    assert entities[0].description == "x"


def test_one_entity_on_two_pages_is_joined():
    a = Entity("nato", "NATO", "ORG", ("NATO",), is_actor=False)
    b = Entity("nato", "NATO", "ORG", ("Alliance",), "an alliance", is_actor=True)
    (joined,), renames = merge_entities([("a", [a]), ("b", [b])])
    assert joined.aliases == ("Alliance", "NATO") and joined.is_actor and joined.description == "an alliance"
    assert renames == {}


def test_slips():
    assert is_slip("USR", "USSR") and is_slip("Finish", "Finnish") and is_slip("Kekonen", "Kekkonen")
    assert not is_slip("USA", "usa") and not is_slip("Iran", "Iraq") and not is_slip("Finnish", "Finnish")


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(0, 3))
def test_within_is_symmetric_and_bounded(a, b, limit):
    assert within(a, b, limit) == within(b, a, limit)
    assert within(a, a, 0)
    if within(a, b, limit):
        assert abs(len(a) - len(b)) <= limit
