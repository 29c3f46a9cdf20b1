import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.facts import BlurbFacts, blurb_facts, unroll
from pipeline.tables import LABELS
from tests import generator

CASES = [
    json.loads(r)
    for r in (Path(__file__).parent / "cases/facts.jsonl").read_text(encoding="utf8").splitlines()
]
ISO = re.compile(r"(?:-?\d{4}(?:-\d\d(?:-\d\d)?)?)?")


def check(facts: BlurbFacts) -> None:
    assert facts.kind_hint in ("", *LABELS)
    for value in (facts.born, facts.died, facts.founded, facts.ended):
        assert ISO.fullmatch(value)
    assert all(name == name.strip() != "" for name in (*facts.aliases, *facts.abbreviations))
    assert facts.full_name == facts.full_name.strip()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["label"])
def test_case(case: dict) -> None:
    facts = blurb_facts(case["input"], case["anchor"])
    check(facts)
    found = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(facts).items()}
    assert {k: found[k] for k in case["expected"]} == case["expected"]


def test_a_gloss_says_what_its_blurb_says() -> None:
    for case in CASES:
        if "may refer" not in case["input"] and "image_flag" not in case["input"]:
            assert blurb_facts(unroll(case["input"]), case["anchor"]) == blurb_facts(
                case["input"], case["anchor"]
            )


def test_every_known_blurb_parses() -> None:
    kinds = []
    for title, (_, text) in generator.load_blurbs().items():
        facts = blurb_facts(text, title)
        check(facts)
        kinds.append(facts.kind_hint)
    assert sum(k != "" for k in kinds) > 0.6 * len(kinds)


@pytest.mark.parametrize(
    ("blurb", "gloss"),
    [
        ("Rome is the Capital city, capital of Italy ...", "Rome is the capital of Italy"),
        (
            "Bonn ( , ; ) is a city in Western Europe#States, Western Europe ...",
            "Bonn is a city in Western Europe",
        ),
        ("''Pravda'' (; 1912) is a newspaper.", "Pravda (1912) is a newspaper."),
        ("wars in the Balkans, Balkan states in 1912", "wars in the Balkan states in 1912"),
        ("bordered by Poland, Belarus, and Ukraine", "bordered by Poland, Belarus, and Ukraine"),
    ],
)
def test_unroll(blurb: str, gloss: str) -> None:
    assert unroll(blurb) == gloss


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=250), st.text(max_size=20))
def test_any_text(text: str, anchor: str) -> None:
    check(blurb_facts(text, anchor))
    check(blurb_facts(f"The {anchor} ({text}), also known as {text}, is a country", anchor))
