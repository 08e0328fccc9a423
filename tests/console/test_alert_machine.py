"""No order of presses, and no passing of time, silences or ends an alert that nobody walked to (rules A2 to A6)."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from console.roles import Role
from console.rules.alerting.alerts import TOP, AlertState, Step, StepKind, progress_of
from console.rules.alerting.ladder import due_steps
from console.rules.alerting.place_codes import code_of, proves_place, tag_key, window_of
from console.rules.alerting.responding import may_arrive, may_go, may_report, may_report_tag_fault
from console.rules.alerting.visits import NOT_SEEN, HowSeen, VisitOutcome
from tests.kit.alerting import ADA, BEN, CHARGE, POLICY, RAISED, SITE, a_full_shift, after, an_alert, somebody

ROLES = {ADA: Role.NURSE, BEN: Role.NURSE, CHARGE: Role.NURSE_IN_CHARGE, SITE: Role.SITE_COORDINATOR}
PEOPLE = st.sampled_from(sorted(ROLES))
KEY = tag_key(b"k" * 32, "room6")
LONGEST_WALK_S = 90


class Night(RuleBasedStateMachine):
    """Everybody presses everything; only `at_the_door` knows the code, and only there somebody is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.alert = an_alert(voice_answer=False)
        self.steps: list[Step] = []
        self.now_s = 0.0
        self.was_there: set[str] = set()
        self.last_going_s = -1000.0

    @property
    def progress(self):
        return progress_of(self.alert, self.steps, POLICY)

    def add(self, decision, kind: StepKind, who: str, **details: str) -> bool:
        if decision:
            self.steps.append(Step(kind, after(self.now_s), who, details))
        return bool(decision)

    @rule(tens=st.integers(1, 12))
    def time_passes(self, tens: int) -> None:
        for _ in range(tens):
            self.now_s += 10
            self.steps += due_steps(self.alert, self.progress, a_full_shift(), after(self.now_s), POLICY)

    @rule(who=PEOPLE)
    def somebody_says_going(self, who: str) -> None:
        if self.add(may_go(self.progress, somebody(ROLES[who], who), POLICY), StepKind.GOING, who):
            self.last_going_s = self.now_s

    @rule(who=PEOPLE, told=st.integers(0, 9999))
    def somebody_guesses_a_code(self, who: str, told: int) -> None:
        code = f"{told:04}"
        if code in (code_of(KEY, window_of(after(self.now_s), POLICY) - n) for n in (0, 1)):
            return
        is_proven = proves_place(KEY, code, after(self.now_s), POLICY)
        assert not self.add(may_arrive(self.progress, is_proven, 0, POLICY), StepKind.ARRIVED, who)

    @rule(who=PEOPLE)
    def at_the_door(self, who: str) -> None:
        code = code_of(KEY, window_of(after(self.now_s), POLICY))
        is_proven = proves_place(KEY, code, after(self.now_s), POLICY)
        if self.add(may_arrive(self.progress, is_proven, 0, POLICY), StepKind.ARRIVED, who):
            self.was_there.add(who)

    @rule(who=PEOPLE, outcome=st.sampled_from(VisitOutcome), how=st.sampled_from([None, *HowSeen]))
    def somebody_reports(self, who: str, outcome: VisitOutcome, how: HowSeen | None) -> None:
        decision = may_report(self.alert, self.progress, somebody(ROLES[who], who), outcome, how, POLICY)
        kind = StepKind.FOUND if outcome in NOT_SEEN else StepKind.CLOSED
        if self.add(decision, kind, who, outcome=outcome.value) and kind is StepKind.CLOSED:
            assert who in self.was_there and how is not None
        if decision and kind is StepKind.FOUND:
            self.was_there.discard(who)

    @rule(who=st.sampled_from([ADA, BEN, SITE]))
    def somebody_else_than_the_nurse_in_charge_says_the_tag_is_broken(self, who: str) -> None:
        actor, fine = somebody(ROLES[who], who), VisitOutcome.SAW_THEM_FINE
        assert not may_report_tag_fault(self.alert, self.progress, actor, fine, HowSeen.SPOKE, POLICY)

    @invariant()
    def silence_always_has_a_walk_behind_it(self) -> None:
        progress = self.progress
        if not progress.sounds(after(self.now_s)):
            is_walking = self.now_s - self.last_going_s < LONGEST_WALK_S
            assert is_walking or self.was_there or progress.state is AlertState.CLOSED

    @invariant()
    def nobody_there_for_five_minutes_reaches_the_site_coordinator(self) -> None:
        progress = self.progress
        if progress.is_open and progress.state is not AlertState.WITH_PATIENT and self.now_s >= 301:
            due = due_steps(self.alert, progress, a_full_shift(), after(self.now_s), POLICY)
            assert progress.rung is TOP or (due and due[0].details == {"rung": "site_coordinator"})

    @invariant()
    def the_rung_never_falls(self) -> None:
        rungs = [progress_of(self.alert, self.steps[:n], POLICY).rung for n in range(len(self.steps) + 1)]
        assert rungs == sorted(rungs)


def test_A2_A3_A4_A6_no_order_of_presses_silences_what_nobody_walked_to() -> None:
    run_state_machine_as_test(Night, settings=settings(max_examples=40, stateful_step_count=15, deadline=None))


def test_A4_a_code_is_worth_a_minute_at_most_and_only_at_its_own_door() -> None:
    shown = code_of(KEY, window_of(RAISED, POLICY))
    worth = [seconds for seconds in range(200) if proves_place(KEY, shown, after(seconds), POLICY)]
    assert worth and max(worth) < 60
    assert tag_key(b"k" * 32, "room7") != KEY


def test_A4_the_code_is_that_of_the_published_algorithm() -> None:
    """RFC 6238, appendix B: SHA-256, time 59 s, whose eight digits are 46119246; ours are the last four of them."""
    assert code_of(b"12345678901234567890123456789012", 1) == "9246"
