from hypothesis import given
from hypothesis import strategies as st

from broker.topics import DOWNWARD, UPWARD, Leaf, Topic, downward_filters, parse, upward_filters

SLUG = st.from_regex(r"\A[a-z][a-z0-9-]{0,31}\Z")


@given(SLUG, SLUG, SLUG, st.sampled_from(Leaf))
def test_a_topic_that_is_built_is_parsed_back(site: str, ward: str, node_id: str, leaf: Leaf) -> None:
    topic = Topic(site, ward, node_id, leaf)
    assert parse(str(topic)) == topic


@given(st.text(max_size=200))
def test_any_text_is_one_of_our_topics_or_nothing(text: str) -> None:
    parsed = parse(text)
    assert parsed is None or str(parsed) == text


def test_a_topic_with_a_line_end_wildcard_or_other_version_is_not_ours() -> None:
    good = "ward/v1/site/ward/room2/live"
    assert parse(good) is not None
    for bad in (good + "\n", good.replace("room2", "+"), good.replace("v1", "v2"), good + "/x", "/" + good, ""):
        assert parse(bad) is None


def test_up_and_down_share_no_leaf_and_leave_none_out() -> None:
    assert not set(UPWARD) & set(DOWNWARD)
    assert set(UPWARD) | set(DOWNWARD) == set(Leaf)


def test_only_live_messages_may_be_lost_on_the_way() -> None:
    assert {leaf for leaf in Leaf if Topic("s", "w", "n", leaf).qos == 0} == {Leaf.LIVE}


def test_a_node_listens_to_its_own_three_states_and_nothing_else() -> None:
    assert set(downward_filters("s", "w", "room2")) == {f"ward/v1/s/w/room2/{leaf}" for leaf in DOWNWARD}


def test_a_console_listens_to_its_own_ward_alone() -> None:
    assert all(one.startswith("ward/v1/s/w/+/") for one in upward_filters("s", "w"))
