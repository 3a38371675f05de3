"""The page of the bill in Chromium: axe's rules, a phone's width, light and dark, and no network."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.support import ledger_story
from tests.support.ledger_story import HOSTILE, PLAIN
from tests.support.programs import CHROMIUM

from lastmile.cli.bill import bill

pytestmark = [pytest.mark.editor, pytest.mark.slow]
LOOK = Path(__file__).with_name("look.mjs")
PAGES = {"plain": PLAIN, "hostile": HOSTILE, "empty": None}
BAD_PAGE = """<!doctype html><html lang="en"><title>Bad</title>
<style>p { color: #999; background: #aaa; width: 600px }</style>
<p>Cannot be read.</p><img src="http://127.0.0.1:9/"><script>console.log("ran")</script></html>"""

Seen = dict[str, Any]


def seen(*pages: Path) -> list[Seen]:
    """Look at pages, light and dark, 360 and 1280 pixels wide."""
    chromium = CHROMIUM.path()
    assert chromium is not None
    done = subprocess.run(
        ["node", str(LOOK), chromium, *map(str, pages)], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    found: list[Seen] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    """Draw the pages and look at them, all with one browser."""
    folder = tmp_path_factory.mktemp("pages")
    for name, story in PAGES.items():
        ledger = folder / f"{name}.sqlite3"
        if story is not None:
            ledger_story.write(ledger, story)
        done = CliRunner().invoke(bill, ["--html", str(folder / f"{name}.html")], env={"LASTMILE_LEDGER": str(ledger)})
        assert done.exit_code == 0, done.output
    (folder / "bad.html").write_text(BAD_PAGE)
    return seen(*(folder / f"{name}.html" for name in (*PAGES, "bad")))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_has_nothing_against_it(looks: list[Seen], page: str, width: int, scheme: str) -> None:
    look = one(looks, page, width, scheme)
    assert look["findings"] == []
    assert look["past"] == {"page": 0, "elements": []}
    assert [url for url in look["asked"] if not url.startswith("file:")] == []
    assert len(look["asked"]) == 1
    assert look["said"] == []
    assert look["forbidden"] == "img-src"
    assert look["text"].startswith("The bill, everything")


@pytest.mark.parametrize("page", PAGES)
def test_light_and_dark_are_two(looks: list[Seen], page: str) -> None:
    assert one(looks, page, 360, "light")["paper"] != one(looks, page, 360, "dark")["paper"]


def test_what_is_in_the_ledger_is_shown_and_not_run(looks: list[Seen]) -> None:
    text = one(looks, "hostile", 1280, "light")["text"]
    assert [
        name for name in ("<script>alert(1)</script>", "{{ 7 * 7 }}", "</style><b>free</b>") if name not in text
    ] == []


def test_a_bad_page_is_seen_to_be_bad(looks: list[Seen]) -> None:
    look = one(looks, "bad", 360, "light")
    assert {"color-contrast", "image-alt"} <= {finding["id"] for finding in look["findings"]}
    assert look["past"]["page"] > 0
    assert look["forbidden"] == "nothing"
    assert "http://127.0.0.1:9/" in look["asked"]
    assert "ran" in look["said"]


def one(looks: list[Seen], page: str, width: int, scheme: str) -> Seen:
    """Find what was seen of a page in one way."""
    return next(
        each for each in looks if (each["page"], each["width"], each["scheme"]) == (f"{page}.html", width, scheme)
    )
