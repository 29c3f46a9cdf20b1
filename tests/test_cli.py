"""The command line: exit codes, one clear line for each mistake, help, no bar without a terminal."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import graph, parquet
from pipeline.clean import LAYOUTS
from pipeline.cli import app
from pipeline.config import LAYOUTS as CONFIG_LAYOUTS
from pipeline.config import PERIODS, WINDOWS, Config, ConfigError, load_config
from tests.conftest import ROOT, SEED, files, heed_interrupts

COMMANDS = [
    "all",
    "clean",
    "annotate",
    "link",
    "graph",
    "score",
    "check",
    "check-gold",
    "report",
    "reconcile",
    "train",
]
runner = CliRunner()


def call(*args: object):
    return runner.invoke(app, [str(a) for a in args])


@pytest.mark.parametrize("command", [*([c] for c in COMMANDS), ["bench", "wikiwars"], ["bench", "redocred"]])
def test_help_of_each_command_has_an_example(command):
    done = call(*command, "--help")
    assert done.exit_code == 0
    assert f"Example: wiki-relations {' '.join(command)}" in " ".join(done.stdout.split())


def test_help_and_version_do_not_load_spacy(wiki):
    code = "import sys; from pipeline.cli import app; assert 'spacy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert call("--version").stdout.startswith("wiki-relations ")


def test_choices_of_the_command_line_are_those_of_the_stages():
    assert ("auto", *LAYOUTS) == CONFIG_LAYOUTS
    assert graph.WINDOWS == WINDOWS and tuple(graph.PERIODS) == PERIODS


@pytest.mark.parametrize(
    "args",
    [
        ["nonsense"],
        ["all", "--nonsense"],
        ["all", "--jobs", "0"],
        ["all", "--jobs", "many"],
        ["all", "--gold", "no/such/folder"],
        ["all", "--overrides", "no/such/file.csv"],
        ["all", "--window", "page"],
        ["all", "--slice", "week"],
        ["clean", "--layout", "pdf"],
        ["graph", "--min-weight", "0"],
        ["all", "--format", "xlsx"],
        ["graph", "--backbone", "2"],
        ["score", "--gold", "no/such/folder"],
        ["check", "--allow-lower"],
        ["check-gold", "--gold", "no/such/folder"],
        ["bench", "wikiwars", "no/such/folder"],
        ["bench"],
        ["all", "-v", "-q"],
        ["train"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2_without_a_trace(args, tmp_path):
    done = call(*args, *(["--outputs", tmp_path / "o"] if args[0] in ("all", "clean") else []))
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert not (tmp_path / "o").exists()


def one_line(done, *words: str) -> None:
    """The run failed and said why in exactly one line with these words."""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]


def test_missing_raw_folder(tmp_path):
    done = call("all", "--raw", tmp_path / "none", "--outputs", tmp_path / "o")
    assert done.exit_code == 1
    one_line(done, str(tmp_path / "none"), "no such folder")


def test_raw_folder_without_pages(tmp_path):
    (tmp_path / "notes.md").write_text("x")
    done = call("all", "--raw", tmp_path, "--outputs", tmp_path / "o")
    assert done.exit_code == 1
    one_line(done, "no pages", "*.txt")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("annotate", ["documents.csv", "missing", "`clean`"]),
        ("link", ["missing", "`clean`"]),
        ("graph", ["documents.csv", "`clean`"]),
        ("score", ["documents.csv", "`clean`"]),
        ("check", ["documents.csv", "`clean`"]),
        ("report", ["documents.csv", "`clean`"]),
    ],
)
def test_a_stage_says_which_must_run_first(command, words, tmp_path):
    done = call(command, "--outputs", tmp_path)
    assert done.exit_code == 1
    one_line(done, *words)


def test_damaged_table_is_named_with_line_and_column(seed_outputs, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(seed_outputs, out)
    lines = (out / "mentions.csv").read_text("utf8").split("\n")
    lines[4] = lines[4].replace(",", ",x", 3)
    (out / "mentions.csv").write_text("\n".join(lines), "utf8")
    done = call("graph", "--raw", ROOT / "raw", "--outputs", out)
    assert done.exit_code == 1
    one_line(done, "mentions.csv: line 5", "column start")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("windw = 'sentence'", ["unknown key 'windw'", "window", "seed"]),
        ("min_weight = 0", ["min_weight", "1 or more"]),
        ("format = 'xlsx'", ["format", "csv, parquet"]),
        ("window = 'page'", ["window", "sentence, paragraph, section", "'page'"]),
        ("seed = 'x'", ["seed", "expected int"]),
        ("seed = -1", ["seed", "0 or more"]),
        ("seed = true", ["seed", "expected int"]),
        ("not toml", ["line 1"]),
        ("outputs = '/etc'", ["unknown key 'outputs'"]),
    ],
)
def test_bad_settings_are_exit_2_and_name_the_key(content, words, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(content)
    done = call("all", "--raw", ROOT / "raw", "--config", path, "--outputs", tmp_path / "o")
    assert done.exit_code == 2
    one_line(done, str(path), *words)
    assert not (tmp_path / "o").exists()


def test_a_settings_file_sets_only_its_keys_and_options_win(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('window = "section"\nseed = 7\n')
    assert load_config(path) == Config(window="section", seed=7)
    assert load_config(path, window="paragraph", slice=None) == Config(window="paragraph", seed=7)
    with pytest.raises(ConfigError, match="no/such"):
        load_config(Path("no/such.toml"))


def test_a_stage_keeps_to_the_format_of_the_folder(tmp_path):
    out = tmp_path / "out"
    call("clean", "--raw", ROOT / "raw", "--outputs", out, "--format", "parquet")
    call("annotate", "--outputs", out)
    assert (out / "names.parquet").exists() and not (out / "names.csv").exists()
    call("annotate", "--outputs", out, "--format", "csv")
    assert (out / "names.csv").exists() and not (out / "names.parquet").exists()


def test_parquet_without_pyarrow_is_told_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "missing", ImportError())
    done = call("all", "--raw", ROOT / "raw", "--outputs", tmp_path / "out", "--format", "parquet")
    assert done.exit_code == 1
    one_line(done, "pip install 'wiki-relations[parquet]'")
    assert not (tmp_path / "out").exists()


def test_unknown_model(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('model = "xx_none"')
    done = call("all", "--raw", ROOT / "raw", "--config", path, "--outputs", tmp_path / "o")
    assert done.exit_code == 1
    one_line(done, "xx_none", "not installed")


def test_outputs_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    done = call("clean", "--raw", ROOT / "raw", "--outputs", tmp_path / "file" / "o")
    assert done.exit_code == 1
    one_line(done, "Not a directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_outputs(tmp_path):
    (tmp_path / "o").mkdir(mode=0o555)
    done = call("clean", "--raw", ROOT / "raw", "--outputs", tmp_path / "o")
    assert done.exit_code == 1
    one_line(done, "Permission denied")


def test_explain_clean_rebuilds_the_page(tmp_path):
    done = call("clean", "--raw", ROOT / "raw", "--explain", SEED.stem)
    assert done.exit_code == 0
    assert "⟦blurb: The Warsaw Pact (WP)" in done.stdout and "⟦banner:" in done.stdout
    # The page is there whole: what is kept, and in brackets what is removed.
    body = done.stdout.split("\n\n", 1)[1].rsplit(" links\n", 1)[0].rsplit("\n\n", 1)[0]
    removed = re.sub(r"⟦\+.*?⟧", "", body, flags=re.DOTALL)
    rebuilt = re.sub(r"⟦[a-z-]+: (.*?)⟧", lambda m: m[1].replace("⏎", "\n"), removed, flags=re.DOTALL)
    assert rebuilt == SEED.read_bytes().decode("utf8")


@pytest.mark.model
def test_explain_link_shows_candidates_and_evidence():
    done = call("link", "--raw", ROOT / "raw", "--explain", SEED.name)
    assert done.exit_code == 0
    assert re.search(r"Soviet Union \[GPE\] actor=soviet_union", done.stdout)
    assert call("link", "--raw", ROOT / "raw", "--explain", "nowhere").exit_code == 1


@pytest.mark.model
def test_bad_page_among_good_ones_by_the_command(wiki, tmp_path):
    (tmp_path / "good.txt").write_text("Albania met Italy in 1939.")
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfeA\x00")
    done = wiki("all", "--raw", tmp_path, "--outputs", tmp_path / "out")
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1 and "bad.txt" in errors[0] and "UTF-16" in errors[0]
    assert "Traceback" not in done.stderr
    assert "good" in (tmp_path / "out" / "documents.csv").read_text()


def test_quiet_says_nothing_and_stdout_is_for_data(wiki, tmp_path):
    args = ("clean", "--raw", ROOT / "raw", "--outputs", tmp_path / "o")
    quiet, normal, verbose = wiki(*args, "-q"), wiki(*args), wiki(*args, "-v")
    assert (quiet.stdout, quiet.stderr) == ("", "")
    assert normal.stdout == "" and "done in" in normal.stderr
    assert "clean: " in verbose.stderr


def test_no_progress_bar_without_a_terminal_and_one_with_it(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    script = (
        "import sys, time, pipeline.terminal as t\n"
        "t.Bar.AFTER = 0\n"
        "with t.Bar(wanted=sys.stderr.isatty()) as bar:\n"
        "    for i in range(5):\n"
        "        bar.show('pages', i, 5); time.sleep(0.05)\n"
    )
    plain = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    assert plain.stderr == b"" and plain.stdout == b""
    master, slave = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stderr=slave, env=os.environ | {"TERM": "xterm"}, check=True
    )
    os.close(slave)
    shown = os.read(master, 65536)
    os.close(master)
    assert b"pages" in shown


def test_broken_pipe_is_no_traceback():
    command = f"{sys.executable} -m pipeline clean --explain {SEED.stem} | head -c 10"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


@pytest.mark.model
def test_interrupt_is_exit_130(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for i in range(200):
        shutil.copy(SEED, raw / f"{i}.txt")
    run = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "all", "--raw", raw, "--outputs", tmp_path / "out"],
        cwd=ROOT,
        preexec_fn=heed_interrupts,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "out" / ".lock").exists():
        time.sleep(0.05)
    time.sleep(1)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "interrupted" in said and "Traceback" not in said
    assert not list((tmp_path / "out").rglob("*.part"))


@pytest.mark.model
def test_a_second_run_into_the_same_folder_is_refused(wiki, tmp_path):
    from pipeline.job import locked

    with locked(tmp_path / "out"):
        done = wiki("clean", "--raw", ROOT / "raw", "--outputs", tmp_path / "out")
    assert done.returncode == 1
    one_line(done, "another run is writing here")


def test_the_folders_of_the_gate(seed_outputs, tmp_path):
    gold = tmp_path / "gold"
    shutil.copytree(ROOT / "gold", gold)
    (gold / "baseline.json").unlink(missing_ok=True)
    args = ("check", "--gold", gold, "--outputs", seed_outputs, "--raw", ROOT / "raw")
    missing = call(*args)
    assert missing.exit_code == 1
    one_line(missing, "baseline.json", "--repin")
    assert call(*args, "--repin").exit_code == 0
    assert call(*args).exit_code == 0


def test_the_gate_fails_when_a_figure_falls_and_names_the_decision(seed_outputs, tmp_path):
    gold, out = tmp_path / "gold", tmp_path / "out"
    shutil.copytree(ROOT / "gold", gold)
    shutil.copytree(seed_outputs, out)
    (gold / "baseline.json").unlink(missing_ok=True)
    args = ("check", "--gold", gold, "--outputs", out, "--raw", ROOT / "raw")
    assert call(*args, "--repin").exit_code == 0
    pinned = (gold / "baseline.json").read_bytes()
    text = (out / "mentions.csv").read_text("utf8")
    (out / "mentions.csv").write_text(text.replace(",Balkan Wars,EVENT,", ",Balkan Wars,LAW,"), "utf8")
    fallen = call(*args)
    assert fallen.exit_code == 1
    assert "mentions/strict" in fallen.stdout and "Balkan Wars" in fallen.stdout
    refused = call(*args, "--repin")
    assert refused.exit_code == 1 and "lower" in refused.stderr
    assert (gold / "baseline.json").read_bytes() == pinned
    assert call(*args, "--repin", "--allow-lower").exit_code == 0
    assert call(*args).exit_code == 0


def test_check_gold_finds_a_span_off_its_text(tmp_path):
    gold = tmp_path / "gold"
    shutil.copytree(ROOT / "gold", gold)
    assert call("check-gold", "--gold", gold).exit_code == 0
    ann = gold / f"{SEED.stem}.ann"
    ann.write_text(ann.read_text("utf8").replace("\tGPE 50 57\tAlbania", "\tGPE 51 58\tAlbania"), "utf8")
    done = call("check-gold", "--gold", gold)
    assert done.exit_code == 1 and f"{SEED.stem}.ann" in done.stderr


@pytest.mark.model
def test_score_with_confusions_and_graph_with_backbone(seed_outputs, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(seed_outputs, out)
    done = call(
        "score", "--gold", ROOT / "gold", "--outputs", out, "--raw", ROOT / "raw", "--confusions", "-q"
    )
    assert done.exit_code == 0 and "mentions:" in done.stdout
    done = call("graph", "--outputs", out, "--raw", ROOT / "raw", "--backbone", "0.05", "-q")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "source,target,weight,backbone"
    assert all(float(line.rsplit(",", 1)[1]) < 0.05 for line in lines[1:])
    assert files(out) == files(seed_outputs)  # the filter drops nothing from the tables


@pytest.mark.model
def test_bench_prints_figures_of_a_corpus(tmp_path):
    corpus = tmp_path / "wikiwars"
    (corpus / "raw").mkdir(parents=True)
    text = "Albania left the pact in 1968. He came on 7 April 1924."
    (corpus / "raw" / "a.txt").write_text(text)
    (corpus / "gold.csv").write_text(
        "doc_id,start,end,text,label,value,mod,cluster\n"
        f"a,{text.index('1968')},{text.index('1968') + 4},1968,,1968,,\n"
        f"a,{text.index('7 April')},{len(text) - 1},7 April 1924,,1924-04-08,,\n"
    )
    done = call("bench", "wikiwars", corpus, "--errors")
    assert done.exit_code == 0, done.output
    assert "gold 2  predicted 2" in done.stdout
    assert re.search(r"strict\s+P 1.0000  R 1.0000  F1 1.0000", done.stdout)
    assert re.search(r"strict\+value\s+P 0.5000", done.stdout)
    assert "value: 1\n" in done.stdout and "1924-04-07" in done.stdout
