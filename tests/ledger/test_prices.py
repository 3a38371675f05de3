import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.cascade.draft import Usage
from lastmile.config.tree import Price
from lastmile.ledger.prices import BATCH, REGIONAL, TABLE_VERSION, Rates, explain, rates_for

MILLION = 1_000_000

HAIKU = (1.0, 5.0)
SONNET = (3.0, 15.0)
OPUS = (5.0, 25.0)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-haiku-5-5", HAIKU),
        ("claude-haiku-4-5-20251001", HAIKU),
        ("claude-sonnet-5-5", SONNET),
        ("claude-sonnet-5", SONNET),
        ("claude-sonnet-4-6", SONNET),
        ("claude-opus-5-5", OPUS),
        ("claude-opus-4-8", OPUS),
        ("claude-opus-4-5-20251101", OPUS),
        ("anthropic.claude-opus-5-5-v1:0", OPUS),
        ("us.anthropic.claude-sonnet-5-5-v1:0", SONNET),
        ("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-haiku-5-5-v1:0", HAIKU),
        ("publishers/anthropic/models/claude-opus-5-5", OPUS),
        ("claude-sonnet-5-5@20260901", SONNET),
        ("claude-fable-5-2", None),
        ("claude-mythos-5-2", None),
        ("claude-opus-4-1", None),
        ("claude-opus-4-20250514", None),
        ("claude-opus-6", None),
        ("claude-opus-50", None),
        ("claude-3-5-haiku-20241022", None),
        ("my-claude-opus-5-5", None),
        ("claude-sonnet", None),
        ("gpt-oss-20b", None),
        ("", None),
    ],
)
def test_the_table_knows_a_model_by_the_beginning_of_its_id_and_guesses_none(
    model: str, expected: tuple[float, float] | None
) -> None:
    rates = rates_for(model, None)
    assert (None if rates is None else (rates.input, rates.output)) == expected


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(input=MILLION), 3.0),
        (Usage(output=MILLION), 15.0),
        (Usage(cache_read=MILLION), 0.3),
        (Usage(cache_write=MILLION), 3.75),
        (Usage(cache_write_1h=MILLION), 6.0),
        (Usage(), 0.0),
        (Usage(input=1000, cache_write=2000, cache_read=40_000, output=500), 0.003 + 0.0075 + 0.012 + 0.0075),
    ],
)
def test_each_bucket_has_its_own_price(usage: Usage, expected: float) -> None:
    rates = rates_for("claude-sonnet-5-5")
    assert rates is not None
    assert rates.cost(usage) == pytest.approx(expected)
    assert rates.times(BATCH).cost(usage) == pytest.approx(expected / 2)
    assert rates.times(REGIONAL).cost(usage) == pytest.approx(expected * 1.1)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (Price(2, 8), Rates(2, 8, 0.2, 2.5, 4)),
        (Price(2, 8, cache_read=1, cache_write=3), Rates(2, 8, 1, 3, 4)),
        (Price(0, 0), Rates(0, 0, 0, 0, 0)),
    ],
)
def test_a_price_in_the_settings_comes_before_the_table(price: Price, expected: Rates) -> None:
    for model in ("claude-opus-5-5", "claude-fable-5-2", "qwen3-coder"):
        assert rates_for(model, price) == expected


buckets = st.integers(0, 10**7)
usages = st.builds(Usage, buckets, buckets, buckets, buckets, buckets)


@given(usages, usages)
def test_the_cost_of_two_calls_is_the_sum_of_their_costs(one: Usage, other: Usage) -> None:
    rates = rates_for("claude-opus-5-5")
    assert rates is not None
    assert rates.cost(one + other) == pytest.approx(rates.cost(one) + rates.cost(other))


@pytest.mark.parametrize(
    ("model", "cost", "expected"),
    [
        ("claude-sonnet-5-5", 3.0, TABLE_VERSION),
        ("claude-sonnet-5-5", 2.0, "settings"),
        ("claude-fable-5-2", 3.0, "settings"),
        ("claude-sonnet-5-5", 0.0, ""),
    ],
)
def test_a_cost_says_which_prices_it_was_made_with(model: str, cost: float, expected: str) -> None:
    assert explain(model, Usage(input=MILLION), cost) == expected
