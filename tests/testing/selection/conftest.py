"""Has what tests here share say what differs, as asserts of a test do."""

import pytest

pytest.register_assert_rewrite("tests.support.selecting")
