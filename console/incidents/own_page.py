"""What a patient's own page says after something happened: what is kept, who opened it, and keep or delete (I3, R3)."""

from console.incidents.informing import Informing
from console.incidents.keeping import Keeping
from console.own.own_views import AfterIncident, KeptView
from console.rules.afterwards.keeping import KeepAnswer, KeepEnd, Kept
from console.showing.views import Words
from console.staying.roll import Person
from console.store import holds
from console.store.database import Tx
from console.store.tellings import TellingRow

_HELD = Words(
    "Notes about you from {begins:date} to {ends:date} are kept, because something happened. "
    "Ask us about it at any time."
)
OWN_HOLD = Words("It is kept. Nobody on the ward sees that you asked.")
_OPENED = Words(
    "Notes about you were opened by two people together, to look into something that happened. "
    "Ask us who saw them, and why."
)
_MAY_CHOOSE = Words(
    "You stopped the sensor. What it noted is kept for 14 days. You can have it deleted sooner. "
    "Take a copy first if you want one."
)
_KEPT = Words("You said: keep it. It is deleted after 14 days. Until then you can change this.")
_COMING = Words("It is deleted on {at:day}. Until then you can change this.")
_DELETED = Words("What was noted about you was deleted, as you asked.")
_COULD_NOT = Words("Something happened around that time, so it has to be kept for now. You can ask why.")


def after_incident(tx: Tx, person: Person, informing: Informing, keeping: Keeping) -> AfterIncident:
    """Return what their page says, within a read that is theirs already."""
    told = informing.on_page(tx, person.stay.patient_id)
    kept = keeping.of(tx, person)
    lines = tuple(line for one in told if (line := _line(tx, one)) is not None)
    return AfterIncident(lines, _kept(kept) if kept else None)


def _line(tx: Tx, one: TellingRow) -> Words | None:
    """Return what is said of a hold or a release; None of a hold that was lifted, since nothing is kept by it."""
    if one.about == "release":
        return _OPENED
    hold = holds.of(tx, one.about_id)
    return Words(_HELD.text, {"begins": hold.time.from_at, "ends": hold.time.until_at}) if hold else None


def _kept(kept: Kept) -> KeptView:
    if kept.ending is KeepEnd.DELETED:
        return KeptView(_DELETED, kept.ending, kept.receipt, may_keep=False, may_delete=False)
    if kept.ending is KeepEnd.HELD:
        return KeptView(_COULD_NOT, kept.ending, kept.receipt, may_keep=False, may_delete=False)
    if kept.answer is KeepAnswer.DELETE and kept.delete_at is not None:
        words = Words(_COMING.text, {"at": kept.delete_at})
        return KeptView(words, None, -1, may_keep=True, may_delete=False)
    words = _KEPT if kept.answer is KeepAnswer.KEEP else _MAY_CHOOSE
    return KeptView(words, None, -1, may_keep=kept.answer is None, may_delete=True)
