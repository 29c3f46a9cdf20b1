"""The README says what is there: written parts, commands, links, stage table."""

from __future__ import annotations

import re
import shlex

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.config import Config
from pipeline.readme import RE_PART, accuracy_table, fill
from pipeline.tables import TABLES, read_table
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf8")


def test_written_parts_are_those_of_the_outputs():
    assert [m["name"] for m in RE_PART.finditer(README)] == ["example", "accuracy", "names", "columns"]
    assert fill(README, ROOT / "outputs", ROOT / "gold") == README


def test_a_changed_figure_would_show():
    scores = read_table(ROOT / "outputs", "scores")
    before = accuracy_table(scores, 1)
    for row in scores:
        if (row["stage"], row["metric"], row["label"], row["doc_id"]) == ("edges", "weighted", "", ""):
            row["f1"] -= 0.01
    assert accuracy_table(scores, 1) != before


def test_result_comes_first():
    assert README.split("\n").index("mentions.csv") < 25


def test_example_is_a_sentence_of_the_page():
    sentence = re.search(r"^> (.+)$", README, re.MULTILINE)[1]
    assert sentence in (ROOT / "outputs/clean/albania_russia_relations.txt").read_text("utf8")


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_commands_and_settings_exist():
    for line in re.findall(r"`(?:\.venv/bin/)?(wiki-relations [^`]+)`", README):
        words = [w for w in shlex.split(line)[1:] if w != "--help"]
        command = words[:2] if words[:1] == ["bench"] else words[:1]
        done = CliRunner().invoke(app, [*command, "--help"])
        assert done.exit_code == 0, line
        for option in (w for w in words if w.startswith("--")):
            assert option in done.output, line
    settings = re.search(r"any of (.+?)\.\n", README)[1]
    assert re.findall(r"`(\w+)`", settings) == list(Config().as_dict())


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text("utf8")
    targets = {w for line in re.findall(r"\bmake ([a-z][a-z -]*)", README) for w in line.split()}
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert targets & known >= {"all", "test", "check", "readme"}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_column_is_listed(table):
    line = re.search(rf"^- \*\*{table.filename}\*\*.*$", README, re.MULTILINE)[0]
    assert [c.name for c in table.columns] == re.findall(r"`(\w+)`", line)


def test_stage_table_names_the_stages_of_the_tables():
    for table in TABLES.values():
        row = re.search(rf"^\| `{table.stage}` \|.*$", README, re.MULTILINE)[0]
        assert table.name in row, f"{table.name} is written by {table.stage}"
