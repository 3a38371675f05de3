"""The bill as a page, by the command: what it says of many ledgers, that it agrees with the JSON, that it is safe."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result
from tests.support import ledger_story
from tests.support.ledger import PLENTY, REFUSED, Clock, accepted, attempt, opened, task
from tests.support.ledger_story import HOSTILE, PLAIN, Story
from tests.support.page import Page

from lastmile.cascade.draft import Usage
from lastmile.cascade.events import dollars
from lastmile.cascade.outcome import Outcome, Status
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.cli.bill import bill
from lastmile.ledger.prices import rates_for
from lastmile.ledger.retention import DAYS
from lastmile.ledger.rows import TopTier
from lastmile.ledger.words import many, percent, seconds

DAY = 86_400.0
FREE = evolve(PLAIN, ladder=(("rules", 0.0, 0.1), ("local", 0.0, 2.0)))


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(bill, options, env={"LASTMILE_LEDGER": str(path)})


def page_of(path: Path, *options: str) -> Page:
    done = run(path, "--html", "-", *options)
    assert done.exit_code == 0, done.output
    return Page(done.stdout_bytes.decode("utf-8"))


def telling(story: Story) -> Callable[[Path], None]:
    return lambda path: ledger_story.write(path, story)


def nothing(path: Path) -> None:
    """Leave the ledger to be made."""


def dear(path: Path) -> None:
    """One task that cost more than the top tier would have, one that was lost, one under way, an old month."""
    asyncio.run(live(path))


async def live(path: Path) -> None:
    rates = rates_for("claude-opus-5-5")
    assert rates is not None
    top, clock = (
        TopTier("opus", rates, lambda _outcome: Usage(input=4000, output=1200)),
        Clock(time.time() - (DAYS + 60) * DAY),
    )
    async with opened(path, clock=clock) as ledger:
        await ledger.bank(PLENTY, "").record(task(), attempt("opus", cost=7.5))
    clock.seconds = time.time() - 3 * DAY
    async with opened(path, clock=clock, top=top) as ledger:
        bank, work, unfinished = ledger.bank(PLENTY, ""), task(), task("instruct")
        blind = attempt("sonnet", cost=0.09, verdict=Verdict(findings=(Finding("types", "no", code="arg-type"),)))
        tried = [
            attempt("rules", verdict=REFUSED),
            blind,
            attempt("sonnet", cost=0.01, draft=None, failure="cut off"),
            attempt("opus", cost=0.1),
        ]
        for number, each in enumerate(tried):
            await bank.record(work, each, reservation=f"r{number}" if number else "")
        await bank.close(accepted(work, *tried))
        await bank.close(Outcome(task("docstring"), Status.DECLINED, ()))
        await bank.reserve(unfinished, tier="opus", worst_case=0.36)
    async with opened(path) as ledger:
        await ledger.bank(PLENTY, "").reserve(task(), tier="sonnet", worst_case=0.02)


LEDGERS: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "plain": (
        telling(PLAIN),
        [
            "The bill, everything",
            "; opus for everything would have cost $21.15.",
            "400 tasks were cleared",
            "Cost over time",
            "Spent by day",
            "an estimate: one call to opus for each task that was cleared",
            "The ten dearest tasks",
            "rules → local → sonnet → opus",
            "900 completions shown",
            "Drawn up on 20",
        ],
    ),
    "empty": (
        nothing,
        ["Nothing is written down for this time. Tasks are added up here as they end.", "Drawn up on 20"],
    ),
    "one task": (
        telling(evolve(FREE, tasks=1, completions=0)),
        [
            "You spent $0.00; opus for everything would have cost $0.0",
            "That is 0% of it.",
            "No completion was shown.",
            "No task has cost anything.",
        ],
    ),
    "several top tiers": (
        telling(evolve(PLAIN, tops=("opus", "sonnet"))),
        ["opus or sonnet for everything would have cost"],
    ),
    "no known price": (
        telling(evolve(PLAIN, tops=())),
        [
            "There is nothing to compare with: no top tier with a known price.",
            "The top tier's figure: no top tier with a known price, so there is nothing to compare with.",
        ],
    ),
    "free, and no known price": (telling(evolve(FREE, tops=())), ["You spent $0.00.", "No task has cost anything."]),
    "a year": (telling(evolve(PLAIN, days=380)), ["Spent by week"]),
    "dear, lost, under way, and an old month": (
        dear,
        [
            "You spent $0.56; opus for everything would have cost $0.050.",
            "That is 1120% of it. 1 of 2 tasks was cleared, 0 of them free.",
            "1 call got lost and counts at its worst case: $0.36.",
            "1 call under way, up to $0.020 more.",
            "$7.50 more were spent in months of which only totals are kept.",
            "Earlier months",
            " $0.36 opus; its end is not known",
            "rules → sonnet → opus; refused by lint F401, types arg-type; no draft came (1); cleared by opus",
            "docstring 1 1 100% no free tier tried 1",
            "fix 1 1 100% refused by lint F401",
        ],
    ),
}


@pytest.mark.parametrize("case", LEDGERS)
def test_what_a_page_says(case: str, tmp_path: Path) -> None:
    fill, said = LEDGERS[case]
    fill(tmp_path / "ledger.sqlite3")
    text = page_of(tmp_path / "ledger.sqlite3").text + " "
    assert [line for line in said if line not in text] == []
    assert "None" not in text


def test_a_page_of_an_old_month_alone_says_what_was_spent_then(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    ledger_story.write(path, evolve(PLAIN, ago=DAYS + 1.0))
    page = page_of(path)
    assert "Nothing is written down for this time." in page.text
    assert 3 <= len(page.tables["Earlier months"][1:]) <= 4
    assert f"{dollars(json.loads(run(path, '--json').output)['earlier'])} more were spent in months" in page.text


@pytest.mark.parametrize("since", [None, "25d", "24h", "0h"])
def test_its_figures_are_those_of_the_json(tmp_path: Path, since: str | None) -> None:
    path = tmp_path / "ledger.sqlite3"
    ledger_story.write(path)
    options = () if since is None else ("--since", since)
    page, told = page_of(path, *options), json.loads(run(path, "--json", "--by", "kind", *options).output)
    total = told["total"]
    if not total["tasks"]:
        assert "Nothing is written down" in page.text
        return
    assert (
        f"You spent {dollars(total['spent'])}; opus for everything would have cost {dollars(total['top_cost'])}."
        in page.text
    )
    assert f"That is {percent(total['ratio'])} of it. {total['cleared']} of {total['tasks']} tasks" in page.text
    assert f"Time a task {seconds(total['median_task_seconds'])} median" in page.text
    assert f"{dollars(total['wasted_cost'])} {many(total['wasted_attempts'], 'attempt')}, " in page.text
    for tier in told["tiers"]:
        assert page.row("Who cleared the tasks", tier["key"]) == [
            str(tier["cleared"]),
            percent(tier["share"]),
            dollars(tier["spent"]),
        ]
        timed = [str(tier["attempts"]), seconds(tier["median_attempt_seconds"])]
        assert page.row("How long an attempt takes", tier["key"])[:2] == timed
    for kind in told["groups"]:
        escalated = [str(kind["tasks"]), str(kind["tasks"] - kind["cleared_free"]), percent(kind["escalation_rate"])]
        assert page.row("What was escalated", kind["key"]) == escalated


def test_the_drawing_adds_up_to_the_headline(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    ledger_story.write(path)
    page, total = page_of(path), json.loads(run(path, "--json").output)["total"]
    days = page.tables["The figures by day"][1:]
    assert sum(int(row[1]) for row in days) == total["tasks"]
    (spent, top) = (sum(float(row[column].removeprefix("$")) for row in days) for column in (4, 5))
    assert spent == pytest.approx(total["spent"], abs=0.01 * len(days))
    assert top == pytest.approx(total["top_cost"], abs=0.01 * len(days))
    lines = {name: value for tag, name, value in page.attributes if tag == "polyline"}
    assert lines["points"].startswith("0,250 ")
    ends = [value.split()[-1] for tag, name, value in page.attributes if (tag, name) == ("polyline", "points")]
    heights = [250 - float(end.split(",")[1]) for end in ends]
    assert heights[0] / heights[1] == pytest.approx(total["top_cost"] / total["spent"], rel=0.001)


def test_what_a_ledger_holds_stays_text(tmp_path: Path) -> None:
    ledger_story.write(tmp_path / "plain.sqlite3")
    ledger_story.write(tmp_path / "hostile.sqlite3", HOSTILE)
    plain, hostile = page_of(tmp_path / "plain.sqlite3"), page_of(tmp_path / "hostile.sqlite3")
    assert hostile.tags == plain.tags
    assert {name for _, name, _ in hostile.attributes} == {name for _, name, _ in plain.attributes}
    shown = {row[0] for row in hostile.tables["What was escalated"]}
    names = [kind for kind in HOSTILE.kinds if len(kind) < 48 and kind.isprintable()]
    assert [name for name in names if name not in shown] == []
    assert "\\u202egnp.exe\\x1b[31m" in shown
    assert "\u202e" not in hostile.text
    assert "k" * 49 not in hostile.text


def test_a_page_is_complete_in_itself(tmp_path: Path) -> None:
    ledger_story.write(tmp_path / "l.sqlite3")
    page = page_of(tmp_path / "l.sqlite3")
    assert not page.tags & {"script", "link", "img", "iframe", "object", "a", "form", "base", "use", "image"}
    values = [value for _, name, value in page.attributes if name != "class"]
    assert [value for value in values if "//" in value or value.startswith("url(")] == []
    assert not {"style", "href", "src"} & {name for _, name, _ in page.attributes}
    assert "url(" not in page.style
    assert "@import" not in page.style
    allowed = b64encode(sha256(page.style.encode()).digest()).decode()
    policy = next(value for _, _, value in page.attributes if value.startswith("default-src"))
    assert policy == f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_palettes_name_the_same_colours(tmp_path: Path, scheme: str) -> None:
    style = page_of(tmp_path / "l.sqlite3").style
    light, dark = (set(_named(part)) for part in style.split("@media (prefers-color-scheme: dark)", 1))
    assert dark >= light if scheme == "dark" else light


def _named(style: str) -> list[str]:
    lines = style.split("* {", maxsplit=1)[0].splitlines()
    return [line.split(":")[0].strip() for line in lines if line.strip().startswith("--")]


@pytest.mark.slow
def test_a_page_of_very_many_attempts_is_no_longer_than_one_of_few(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    ledger_story.write(path, evolve(PLAIN, tasks=12_000, days=390, completions=10_000))
    assert run(path, "--html", str(tmp_path / "bill.html")).exit_code == 0
    assert json.loads(run(path, "--json").output)["total"]["attempts"] > 20_000
    assert (tmp_path / "bill.html").stat().st_size < 100_000


@pytest.mark.slow
def test_many_names_make_no_endless_page(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    kinds = tuple(f"<{number:03d}>" + "<" * 190 for number in range(300))
    ledger_story.write(path, evolve(PLAIN, tasks=3000, kinds=kinds))
    done = run(path, "--html", "-")
    assert len(done.stdout_bytes) < 500_000
    assert "276 more are not shown." in Page(done.stdout_bytes.decode()).text


# Where the page goes.


def test_a_file_is_made_and_replaced_whole(tmp_path: Path) -> None:
    path, page, link = tmp_path / "l.sqlite3", tmp_path / "bill.html", tmp_path / "link.html"
    assert run(path, "--html", str(page)).output == f"The bill is in {page}.\n"
    page.write_text("older")
    page.chmod(0o640)
    link.symlink_to(page)
    before = page.stat().st_ino
    assert run(path, "--html", str(link)).exit_code == 0
    assert page.read_text().startswith("<!doctype html>")
    assert (page.stat().st_mode & 0o777, link.is_symlink()) == (0o640, True)
    assert page.stat().st_ino != before
    assert sorted(each.name for each in tmp_path.glob("*.html")) == ["bill.html", "link.html"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere/bill.html", "No such file or directory"),
        (".", "it is no regular file"),
        ("readonly.html", "it is read-only"),
        ("/dev/null", "it is no regular file"),
        ("a\0b", "embedded null"),
    ],
)
def test_where_it_cannot_be_written_a_line_says_what_to_do(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "readonly.html").write_text("kept")
    (tmp_path / "readonly.html").chmod(0o444)
    done = run(tmp_path / "l.sqlite3", "--html", str(tmp_path / name))
    said = str(done.exception)
    assert why in said
    assert said.endswith("Name a file in a folder that you may write into, or `-` for standard output.")
    assert "\n" not in said
    assert (tmp_path / "readonly.html").read_text() == "kept"


@pytest.mark.slow
def test_the_installed_command_speaks_utf8_and_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    env = os.environ | {"LASTMILE_LEDGER": str(tmp_path / "l.sqlite3"), "PYTHONIOENCODING": "ascii"}
    ledger_story.write(tmp_path / "l.sqlite3")
    command = [sys.executable, "-m", "lastmile", "bill", "--html"]
    done = subprocess.run([*command, "-"], env=env, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "rules → local" in Page(done.stdout.decode("utf-8")).text
    done = subprocess.run([*command, str(tmp_path / "a" / "b")], env=env, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (3, b"", 1)


@pytest.mark.parametrize("options", [("--json",), ("--by", "kind")])
def test_it_is_a_page_or_something_else(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(tmp_path / "l.sqlite3", "--html", "-", *options)
    assert done.exit_code == 2
    assert "goes with --since alone" in done.output
