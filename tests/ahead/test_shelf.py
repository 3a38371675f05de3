"""What is kept: by content, bounded, and dropped where it may no longer be true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import evolve
from tests.support.ledger import accepted, attempt, task

from lastmile.ahead.shelf import Shelf
from lastmile.ahead.values import Ready, Refused, name_of
from lastmile.cascade.verdict import CheckRun, Verdict
from lastmile.tasks.kind import Offer
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot


def snapshot(text: str) -> Snapshot:
    return Snapshot("file:///x.py", text, Path("/x.py"))


def ready(text: str = "x = 1\n", at: int = 0, **more: Any) -> Ready:  # noqa: ANN401 - fields of what is ready
    offer = Offer("fix", "Fix it", "quickfix", Span(at, at + 1), {"code": "F401"})
    outcome = accepted(task(), attempt(verdict=Verdict((), (CheckRun("lint", 0.0),), text)))
    made = Ready(offer, outcome, snapshot(text), (Replacement(Span(0, 1), "y"),))
    return evolve(made, **more)


def test_an_edit_is_found_for_its_own_text_and_document_alone() -> None:
    shelf, made = Shelf(), ready()
    shelf.put("x", made)
    digest = made.snapshot.digest
    assert shelf.find("x", digest, made.name, around="any") is made
    assert shelf.find("y", digest, made.name, around="any") is None
    assert shelf.find("x", snapshot("x = 2\n").digest, made.name, around="any") is None
    assert shelf.find("x", digest, name_of("fix", Span(1, 2), {"code": "F401"}), around="any") is None
    assert shelf.find("x", digest, name_of("fix", Span(0, 1), {"code": "F402"}), around="any") is None


def test_what_was_judged_by_other_files_holds_as_long_as_they_do() -> None:
    shelf, made = Shelf(), ready(around="now")
    shelf.put("x", made)
    assert shelf.of("x", made.snapshot.digest, around="now") == [made]
    assert shelf.of("x", made.snapshot.digest, around="later") == []
    assert shelf.find("x", made.snapshot.digest, made.name, around="now") is made
    assert shelf.find("x", made.snapshot.digest, made.name, around="later") is None
    narrow = ready(at=3)
    shelf.put("x", narrow)
    shelf.forget_wide(but="x")
    assert list(shelf) == [made, narrow]
    shelf.forget_wide()
    assert list(shelf) == [narrow]


def test_one_that_no_longer_passes_goes_alone() -> None:
    shelf, gone, stays = Shelf(), ready(), ready(at=3)
    for made in (gone, stays):
        shelf.put("x", made)
    shelf.drop("x", gone.snapshot.digest, gone.name)
    shelf.drop("x", gone.snapshot.digest, gone.name)
    shelf.drop("y", gone.snapshot.digest, stays.name)
    assert list(shelf) == [stays]


def test_the_text_before_is_the_one_that_was_used_last() -> None:
    shelf, first, second = Shelf(), ready("a = 1\n"), ready("b = 1\n")
    for made in (first, second):
        shelf.put("x", made)
    assert shelf.before("x", "now") == [second]
    assert shelf.before("x", second.snapshot.digest) == [first]
    assert shelf.before("y", "now") == []


def test_of_too_many_texts_the_oldest_go() -> None:
    shelf = Shelf()
    for number in range(100):
        shelf.put("x", ready(f"x = {number}\n"))
    assert len(shelf) == 64
    assert shelf.of("x", snapshot("x = 0\n").digest, around="") == []


def test_of_too_much_text_the_oldest_goes() -> None:
    shelf = Shelf()
    for number in range(100):
        shelf.put("x", ready(f"x = {number}\n" + "#" * 1_000_000))
    assert sum(made.weight for made in shelf) <= 32_000_000


def test_an_edit_that_was_wrong_is_gone_and_not_tried_again() -> None:
    shelf, wrong, right = Shelf(), ready(what="wrong"), ready(at=3, what="right")
    for made in (wrong, right):
        shelf.put("x", made)
    shelf.distrust(wrong.outcome.task.id)
    assert list(shelf) == [right]
    assert [shelf.tried("x", what, around="") for what in ("wrong", "right")] == [True, False]
    shelf.forget()
    assert not shelf.tried("x", "wrong", around="")


def test_what_did_not_pass_is_tried_again_where_what_decided_that_changes() -> None:
    shelf = Shelf()
    shelf.give_up("x", "narrow", Refused())
    shelf.give_up("x", "wide", Refused("now"))

    def tried(around: str) -> list[bool]:
        return [shelf.tried("x", what, around=around) for what in ("narrow", "wide")]

    assert (tried("now"), tried("later")) == ([True, True], [True, False])
    assert not shelf.tried("y", "narrow", around="now")
    shelf.forget("y")
    assert tried("now") == [True, True]
    shelf.forget_wide()
    assert tried("now") == [True, False]
    shelf.forget("x")
    assert tried("now") == [False, False]


def test_what_failed_for_a_moment_is_tried_again_a_few_times_and_anew_once_a_file_changed() -> None:
    shelf, tried = Shelf(), []
    for _ in range(5):
        tried.append(shelf.tried("x", "it", around=""))
        shelf.give_up("x", "it", None)
    assert (any(tried), shelf.tried("x", "it", around="")) == (False, True)
    shelf.forget_wide()
    assert not shelf.tried("x", "it", around="")


def test_a_closed_document_is_forgotten_and_others_are_not() -> None:
    shelf, made = Shelf(), ready()
    shelf.put("x", made)
    shelf.put("y", made)
    shelf.forget("x")
    assert shelf.of("x", made.snapshot.digest, around="") == []
    assert shelf.of("y", made.snapshot.digest, around="") == [made]
