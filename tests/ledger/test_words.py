import pytest

from lastmile.ledger.words import many, percent, reason, seconds, short


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (None, "-"),
        (0.0, "0 ms"),
        (0.0006, "1 ms"),
        (0.25, "250 ms"),
        (1.0, "1.0 s"),
        (119.9, "119.9 s"),
        (120.0, "2.0 min"),
        (576.5, "9.6 min"),
        (7199.0, "120.0 min"),
        (7200.0, "2.0 h"),
        (100_000.0, "27.8 h"),
    ],
)
def test_spans_of_time(span: float | None, written: str) -> None:
    assert seconds(span) == written


def test_shares_counts_reasons_and_names() -> None:
    shares = (None, 0.0, 0.002, 0.0435, 0.998, 1 - 1e-15, 1.0, 11.2)
    assert [percent(share) for share in shares] == ["-", "0%", "under 1%", "4%", "over 99%", "100%", "100%", "1120%"]
    assert [many(count, "task") for count in (0, 1, 2)] == ["0 tasks", "1 task", "2 tasks"]
    assert [reason("lint", "F401"), reason("tests", ""), reason("", "")] == ["lint F401", "tests", "no draft"]
    assert [short("opus"), short("o" * 9, 8)] == ["opus", "ooooooo…"]
