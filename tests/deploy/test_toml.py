import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from deploy import toml

KEY = st.text(min_size=1, max_size=12, alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]))
TEXT = st.text(max_size=20, alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]))
PLAIN = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXT
TABLE = st.dictionaries(KEY, PLAIN | st.lists(PLAIN, max_size=3), max_size=4)


@given(st.dictionaries(KEY, PLAIN | st.lists(PLAIN | TABLE, max_size=3) | TABLE, max_size=6))
def test_what_is_written_is_read_back(settings: dict[str, toml.Value]) -> None:
    assert tomllib.loads(toml.text(settings)) == settings


def test_a_path_is_text_and_nothing_is_left_out() -> None:
    assert tomllib.loads(toml.text({"a": Path("/x y"), "b": None})) == {"a": "/x y"}
