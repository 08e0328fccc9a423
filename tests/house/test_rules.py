"""The rule book holds: each rule is enforced where it says, tested, and part of the whole."""

from console.roles import Role
from console.rules.policy import RuleState, shipped_policy
from deploy.rule_check import ROOMS, Tree, findings
from tests.kit.house import ROOT, imports, modules

BOOK = {
    "C": [*range(1, 23), "5a", "5b"],
    "P": range(1, 12),
    "K": range(1, 11),
    "A": range(1, 20),
    "O": range(1, 11),
    "X": range(1, 9),
    "I": range(1, 8),
    "R": range(1, 4),
    "S": range(1, 8),
    "E": range(1, 6),
    "G": [*range(1, 11), "3a"],
    "H": range(1, 6),
    "N": range(1, 7),
}
"""Every rule of the governance chapters."""
WAITING: set[str] = set()
"""What of the chapters on consent, scope, the patient's side and equality this version does not enforce."""
OF_SOUND = ("sounddevice", "pyaudio", "alsaaudio", "soundcard", "audioop", "wave", "ossaudiodev", "speech_recognition")


def test_every_rule_is_enforced_where_the_book_says_and_a_test_names_it() -> None:
    assert [f"{one.rule_id}: {one.sentence}" for one in findings(shipped_policy(), Tree(ROOT))] == []


def test_the_book_is_whole() -> None:
    told = {f"{chapter}{number}" for chapter, numbers in BOOK.items() for number in numbers}
    assert told - set(shipped_policy().rules) == set()


def test_what_waits_in_these_chapters_is_known_and_says_why() -> None:
    rules = shipped_policy().in_order()
    waiting = {one.rule_id for one in rules if one.state is RuleState.NOT_YET and one.chapter in "CPSE"}
    assert waiting == WAITING


def test_P4_no_part_of_the_product_can_open_a_microphone() -> None:
    assert [one.name for one in modules() if {name.split(".")[0] for name in imports(one)} & set(OF_SOUND)] == []


def test_S7_no_carer_has_a_sign_in() -> None:
    assert [role for role in Role if role in ("carer", "family", "relative", "visitor")] == []


def test_N2_nothing_that_a_ward_opens_comes_from_the_internet() -> None:
    screens = [path for room in ROOMS for path in (ROOT / room).rglob("*.html")]
    texts = {path.name: path.read_text("utf-8") for path in screens}
    strays = [name for name, text in texts.items() if 'src="http' in text or '<link href="http' in text]
    assert len(texts) > 20 and strays == []
