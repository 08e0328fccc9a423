"""No order of entries opens a sensor that the patient's last word closed (rules C1, C2, C5, C9, C10, P9)."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from broker.vocabulary import Modality
from console.rules.consenting.consent import ConsentEntry, ConsentState, EntryKind, carried_details, derive
from console.rules.consenting.grants import Basis, is_own_word
from console.rules.consenting.leasing import LeaseFacts, decide_lease
from console.rules.consenting.trying import ENDS_TRIAL
from console.rules.policy import shipped_policy
from console.running.seed import example_grant
from tests.kit.house import Module, modules

LONDON = ZoneInfo("Europe/London")
POLICY = shipped_policy()
BEGIN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOTES = [
    (EntryKind.OFFERED, {}),
    (EntryKind.EXPLAINED, {"in_their_own_form": True}),
    (EntryKind.ADJUSTED, {"needs": ["none"], "met": True}),
    (EntryKind.ADVANCE_WISH, {"says_no": False}),
    (EntryKind.TALKED, {"less": "nothing_less"}),
    (EntryKind.FELT, {"feeling": "safer"}),
    (EntryKind.TRANQUILLISED, {}),
    (EntryKind.CHECKED_IN_PERSON, {"seen": "asleep"}),
    (EntryKind.SEDATION_ENDED, {}),
    (EntryKind.CHANGED, {"what": "legal_status"}),
    (EntryKind.CHANGED, {"what": "capacity_regained"}),
    (EntryKind.RETURNED, {}),
    (EntryKind.FREED, {}),
    (EntryKind.RELAY_ANSWERED, {"answer": "no"}),
    (EntryKind.EARLIER_NO_REVIEWED, {}),
]
"""What staff can write down in any order; none of it is a yes or a tap of the patient."""


class Lifecycle(RuleBasedStateMachine):
    """Anybody writes anything, in any order, at any hour.

    `may_be_on` follows the words alone: it is set by a yes that may count and by the patient's own tap, and cleared by
    every no. The sensor is never open without it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[ConsentEntry] = []
        self.now = BEGIN
        self.may_be_on = False
        self.said_no = False
        self.has_died = False
        self.trial_until: datetime | None = None

    def write(self, kind: EntryKind, /, **details: object) -> None:
        if kind in ENDS_TRIAL:
            self.trial_until = None
        self.entries.append(ConsentEntry(f"{len(self.entries)}", "c" * 32, "s" * 32, self.now, kind, details))

    @property
    def standing(self):
        return derive(self.entries, self.now, POLICY, LONDON)

    @rule(minutes=st.integers(1, 1500))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(basis=st.sampled_from(list(Basis)))
    def somebody_says_yes(self, basis: Basis) -> None:
        before = self.standing
        self.write(EntryKind.GIVEN, **replace(example_grant(self.now), basis=basis).to_details())
        if is_own_word(basis):
            if before.confinement is None and before.away is None:
                self.may_be_on, self.said_no = True, False
        elif not self.said_no:
            self.may_be_on = True

    @rule(kind=st.sampled_from([EntryKind.REFUSED, EntryKind.WITHDRAWN]))
    def they_say_no(self, kind: EntryKind) -> None:
        self.write(kind)
        self.may_be_on, self.said_no = False, True

    @rule(
        kind=st.sampled_from([EntryKind.RELAYED_NO, EntryKind.SUSPENDED, EntryKind.AWAY, EntryKind.CONFINED]),
    )
    def it_is_stopped(self, kind: EntryKind) -> None:
        details = {EntryKind.AWAY: {"kind": "leave"}, EntryKind.CONFINED: {"place": "seclusion"}}.get(kind, {})
        self.write(kind, **details)
        self.may_be_on = False

    @rule()
    def they_tap_same_as_before(self) -> None:
        was = self.standing
        self.write(EntryKind.RESUMED)
        if was.state in (ConsentState.SUSPENDED, ConsentState.PAUSED):
            self.may_be_on = True

    @rule()
    def they_pause(self) -> None:
        self.write(EntryKind.PAUSED)

    @rule()
    def they_try_it_out(self) -> None:
        self.write(EntryKind.TRIED, sensor="radar")
        if not self.has_died:
            self.trial_until = self.now + timedelta(minutes=10)

    @rule(note=st.sampled_from(NOTES))
    def staff_write_something_down(self, note: tuple[EntryKind, dict[str, object]]) -> None:
        kind, details = note
        self.write(kind, **details)

    @rule()
    def they_move(self) -> None:
        self.write(EntryKind.CARRIED, **carried_details(self.standing))
        self.may_be_on = False

    @rule()
    def they_die(self) -> None:
        self.write(EntryKind.DIED)
        self.has_died, self.may_be_on = True, False

    @invariant()
    def an_open_sensor_stands_on_a_word_that_nobody_took_back(self) -> None:
        standing = self.standing
        verdict = decide_lease(LeaseFacts(Modality.RADAR, standing), self.now, POLICY, LONDON)
        if verdict.is_trial:
            assert self.trial_until is not None and self.now < self.trial_until and not standing.is_given
            return
        assert verdict.is_open <= (self.may_be_on and not self.has_died)
        assert not verdict.is_open or standing.state is ConsentState.GIVEN
        if self.said_no:
            assert not verdict.is_open or is_own_word(standing.grant.basis)


def test_C1_C5_C9_no_order_of_entries_opens_what_the_last_word_closed() -> None:
    run_state_machine_as_test(Lifecycle, settings=settings(max_examples=80, stateful_step_count=25, deadline=None))


def test_C1_nothing_but_derive_feeds_the_lease_signer() -> None:
    """A standing is made by `derive` and its steps alone, and a lease is decided in one place from one."""
    makers = {module.name for module in modules() for call in calls(module) if call == "Standing"}
    deciders = {module.name for module in modules() for call in calls(module) if call == "decide_lease"}
    signers = {module.name for module in modules() for call in calls(module) if call.endswith("keys.sign")}

    assert makers == {"console.rules.consenting.consent", "console.rules.consenting.happenings"}
    assert deciders == {"console.leasing.leases"}
    assert {name for name in signers if name.startswith("console.leasing.")} == {"console.leasing.leases"}


def calls(module: Module) -> list[str]:
    """Return what a module calls, as it is written."""
    return [ast.unparse(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
