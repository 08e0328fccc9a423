"""A whole ward behind one facade: what the screens ask, and what runs behind them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from broker.codec import encode
from broker.link import Link
from broker.messages import ConsentLease
from broker.topics import Leaf, Topic
from console.about_staff.door_taps import DoorTaps
from console.about_staff.own_record import OwnRecord
from console.access import Access, Rooms
from console.alerting.alert_book import AlertBook
from console.alerting.alert_watch import AlertWatch
from console.alerting.alerts import Alerts
from console.alerting.call_tests import CallTests
from console.alerting.calling import Calling
from console.alerting.emergencies import Emergencies
from console.alerting.limits import Limits
from console.alerting.nights import Nights
from console.alerting.prompts import Prompts
from console.alerting.sounders import Sounders
from console.alerting.technical_watch import TechnicalWatch
from console.alerting.trials import Trials
from console.assurance.desk import Assurance
from console.assurance.duties import Duties
from console.assurance.month import Month
from console.consenting.care import Care
from console.consenting.consents import Consents, Reactions
from console.consenting.covers import Covers
from console.consenting.drafts import Drafts
from console.consenting.room_control import RoomControl
from console.consenting.stop_journal import JOURNAL, StopJournal
from console.consenting.stop_watch import StopWatch
from console.consenting.stops import Via
from console.consenting.trying import Trying
from console.errors import StoreError
from console.incidents.desk import Incidents, disclosed
from console.keeping.automatic_holds import AutomaticHolds
from console.keeping.retention import Retention
from console.keys.door_tags import DoorTags
from console.leasing.commissioning import Commissions
from console.leasing.leases import Leases
from console.logbook.witnesses import Witnesses
from console.looking.closeness import Closeness
from console.looking.look_watch import LookWatch
from console.looking.reviews import Reviews
from console.looking.sights import Sights
from console.looking.viewings import Viewings
from console.observing.checks import CheckParts, Checks
from console.office import ANYONE, Office
from console.own.answer_claims import AnswerClaims
from console.own.complaints import Complaints
from console.own.copies import Copies
from console.own.own_groups import OwnGroups
from console.own.own_side import OwnSide
from console.receiving.intake import Intake, Listeners
from console.receiving.live import Live
from console.rules.decision import Decision
from console.running.loops import Loops
from console.running.work import Work
from console.showing.board import Board
from console.showing.desk_views import HealthView
from console.showing.node_health import NodeHealth
from console.showing.views import Words
from console.signing_in.identity import Identity
from console.signing_in.mappings import Mappings
from console.signing_in.provider_settings import ProviderSettings
from console.staffing.first_night import FirstNight
from console.staffing.shifts import Shifts
from console.staffing.staff_visits import StaffVisits
from console.staffing.trained_shift import TrainedShift
from console.staffing.training import Training
from console.staying.desk import Desk
from console.staying.places import Places
from console.staying.roll import Roll
from console.staying.whereabouts import Whereabouts
from console.store.leases import present_boots
from console.wordings import read_wordings

_log = structlog.get_logger(__name__)


class Ward:
    """One ward's console without its screens.

    Attributes:
        office: store, log, rules and clock.
        clock: the console's clock.
        identity: accounts and sessions.
        mappings: which groups of the hospital's sign-in come in.
        access: the one door to patient data.
        desk: rooms, sensors, staff and stays.
        consents: what patients say.
        care: what is written down about them besides.
        whereabouts: where they are when not in their rooms.
        drafts: talks that are not finished.
        places: profiles of seclusion and like places.
        prompts: check prompts.
        visits: who of the staff is in which room.
        alerts: what calls somebody, and what they press.
        alert_watch: what lasts in the rooms.
        limits: of one person's own.
        trials: proposed limits in their silent nights.
        nights: what the alerts were worth.
        technical: what the ward has lost.
        calling: what the screens show of all that.
        shifts: who is on shift.
        training: who is trained in what.
        trained_shift: whether anybody on shift is.
        emergencies: emergencies and the stand-down.
        sounders: the devices that can call somebody.
        call_tests: whether each room's call reaches one of them.
        tags: of the doors.
        complaints: what patients say about us.
        copies: their requests for everything that is kept about them.
        claims: codes of those who have left and wait for an answer.
        month: what those outside the ward read each month.
        own: what a patient chooses on their own page.
        sights: emergency sights.
        closeness: sensitive stays, and whom a patient has shut out.
        reviews: what those who audit look at afterwards.
        look_watch: counts looks.
        trying: their own trial of the sensor.
        groups: what they tell about themselves, to be counted.
        retention: what has come to the end of its time.
        door_taps: which of staff's names go from the tags of doors.
        own_record: what is noted about a member of staff, for themselves.
        incidents: what comes after an incident.
        commissions: the setting-up of empty rooms.
        rollback: whether this console may be an older copy of itself.
        duties: what people owe the rule book.
        checks: seeing people in person: levels, rounds, entries, load and handover.
        assurance: the governance lead's desk.
        intake: what the nodes send; `step` works on it by hand.
        leases: what the nodes may do.
        live: what the nodes say now.
    """

    def __init__(
        self,
        office: Office,
        identity: Identity,
        link: Link,
        data_dir: Path | None = None,
        *,
        vital_signs: bool = False,
        provider: ProviderSettings | None = None,
    ) -> None:
        self._vital_signs = vital_signs
        self.policy = office.policy
        self.office, self.clock, self.identity = office, office.clock, identity
        self._link, self.mappings = link, Mappings(office, provider)
        self.live = Live(office.clock, office.policy)
        self.live.knows_boots(office.store.read(present_boots))
        self.roll = Roll(office)
        self.commissions = Commissions(office, self.roll)
        self.training = Training(office)
        self.first_night = FirstNight(office, self.training)
        self.shifts = Shifts(office, self.training.may_lead, lambda actor: self.checks.turns.keeps(actor))
        self.trained_shift = TrainedShift(office, self.shifts, self.training)
        self.emergencies = Emergencies(office, self.shifts, self._close_all)
        stands_down, self.assurance = self.emergencies.stands_down, Assurance(office, self.roll, disclosed)
        kept_off = self.assurance.kept_off
        self.leases = Leases(office, self.roll, self.live, self._send, self.commissions.of, stands_down, kept_off)
        self.rollback = self.leases.rollback
        self.stops = StopWatch(office, self.roll, self.leases)
        self.prompts = Prompts(office, self.roll, self.live, self.leases)
        folder = office.store.file.parent if office.store.file else data_dir
        self._build_alerts(DoorTags.open(folder / "keys") if folder else DoorTags.made())
        self._build_looks()
        self.viewings = Viewings(office, self.board)
        self._loops = Loops(self.clock)
        self.health = NodeHealth(office, self.roll, self.live, self._is_up, self.leases.newest, self._loops.failing)
        self.complaints, self.own = Complaints(office, self.roll), OwnSide(office, self.roll)
        self.incidents = Incidents(office, self.roll, self.shifts, self.training)
        self.access = Access(
            Rooms(
                office,
                self.roll,
                self.live,
                self.leases,
                self.stops,
                self.viewings,
                self.health,
                self.prompts,
                self.complaints,
                self.incidents.on_page,
                lambda room_id: self.checks.rounds.is_due(room_id),
            )
        )
        self.desk = Desk(office, self.roll, identity, self.leases.renew)
        reactions = self._reactions()
        self._build_consents(reactions, StopJournal(folder / JOURNAL if folder else None))
        self._build_around_people(reactions)
        self._build_checks()
        for room_id in self.consents.rooms_waiting():
            self.leases.keep_shut(room_id)
        control = RoomControl(self.roll, self.leases, self._pauses(Via.ROOM_CONTROL))
        listeners = Listeners(
            (
                self.leases.heard,
                self.stops.heard,
                self.prompts.heard,
                self.visits.heard,
                self.alert_watch.heard,
                self.board.heard,
                self.covers.heard,
                control.heard,
            ),
            (self.leases.announced,),
        )
        self.intake = Intake(office, self.roll, self.live, link, listeners, self.leases.newest)
        self._work = Work(self.clock, self._loops, self.intake, self._pieces())

    def _reactions(self) -> Reactions:
        """Return what follows a word of consent."""
        return Reactions(
            self.prompts.within_stop,
            self.stops.close,
            self.stops.close_unwritten,
            self.stops.close_one,
            self._written,
            self.leases.renew,
        )

    def _build_consents(self, reactions: Reactions, journal: StopJournal) -> None:
        """Put together what is asked, and what gates it: training, and the ward's papers."""
        gates = (self.training, self.trained_shift, self.assurance.gate)
        self.consents = Consents(self.office, self.roll, reactions, journal, read_wordings(), *gates)

    def _build_looks(self) -> None:
        """Put together who may look, who looks afterwards, and the board that tells of it."""
        office = self.office
        self.sights, self.closeness = Sights(office, self.roll, self.shifts), Closeness(office, self.roll, self.shifts)
        self.reviews, self.look_watch = Reviews(office, self.shifts), LookWatch(office, self.roll, self.shifts)
        self.board = Board(
            office,
            self.roll,
            self.live,
            self.leases,
            self.prompts,
            self.calling,
            self._is_up,
            self.visits.explains,
            # What is planned in person is asked of the checks, which come later.
            lambda room_id: self.checks.rounds.of_room(room_id),
            lambda: self.checks.notices(),
            self._told_on_board,
        )

    def _told_on_board(self, since: datetime) -> tuple[Words, ...]:
        return (*self.sights.notices(since), *self.closeness.notices(), *self.assurance.documents.notices())

    def _build_around_people(self, reactions: Reactions) -> None:
        """Put together what is written down, tried and told beside a yes or a no."""
        office = self.office
        self.copies, self.month, self.duties = Copies(office), Month(office), Duties(office)
        self.claims = AnswerClaims(office, self.roll, self.complaints, self.identity.strangers)
        self.witnesses = Witnesses(office, self.roll, self.live, self._link)
        self.covers: Covers = Covers(office, self.roll, self._pauses(Via.COVERED))
        self.care, self.whereabouts = Care(office, self.roll, reactions), Whereabouts(office, self.roll, reactions)
        self.trying = Trying(office, self.roll, self.live, self.leases, reactions)
        self.retention, self.groups = Retention(office), OwnGroups(office, self.roll)
        self.door_taps, self.own_record = DoorTaps(office), OwnRecord(office, self.roll)
        self.places, self.drafts = Places(office, self.roll), Drafts(office, self.roll)

    def _build_alerts(self, tags: DoorTags) -> None:
        """Put together what calls somebody."""
        office, self.tags = self.office, tags
        self.visits = StaffVisits(office, self.roll, self.leases, self.shifts, tags)
        book, self.sounders, self.trials = AlertBook(office), Sounders(office), Trials(office)
        self.alert_watch = AlertWatch(
            office,
            self.roll,
            self.live,
            self.leases,
            book,
            self.trials.told,
            self.visits.explains,
            vital_signs=self._vital_signs,
        )
        self.alerts = Alerts(office, self.roll, book, self.shifts, self.emergencies, tags, self.visits.come)
        self.automatic_holds = AutomaticHolds(office, self.roll, book, self.emergencies)
        self.limits = Limits(office, self.roll, self.alert_watch.read_limits, self.training)
        self.technical = TechnicalWatch(
            office, self.roll, self.live, self.leases, self.prompts, self.sounders, self._is_up
        )
        self.nights = Nights(office, self.alerts, self.technical, self.trials)
        self.call_tests = CallTests(office, self.roll, self.live, self.shifts)
        watching = (self.alerts, self.alert_watch, self.technical, self.shifts, self.emergencies, self.sounders)
        tests, left = (self.trained_shift, self.call_tests), lambda: self.checks.turns.calls()
        self.calling = Calling(office, self.roll, *watching, *tests, left)

    def _build_checks(self) -> None:
        """Put together all that is about seeing people in person."""
        self.checks: Checks = Checks(
            CheckParts(
                self.office,
                self.roll,
                self.care,
                self.shifts,
                self.alerts,
                self.prompts,
                self.live,
                self.leases,
                self.tags,
                self.board.kind_of,
                self._vital_signs,
            )
        )

    def is_ready(self) -> bool:
        """Return whether the database can be read and the broker is there."""
        try:
            self.office.store.read(present_boots)
        except StoreError:
            return False
        return self._link.is_up

    def start(self, gone_round: Callable[[str], None] = lambda _loop: None) -> None:
        """Connect to the broker and begin to work on what is due.

        Args:
            gone_round: told each time that one of `console.running.work.LOOPS` has gone round.
        """
        self.viewings.end_left_over()
        self._link.start(self.intake.receive, self._link_changed)
        self._work.start(gone_round)

    def machine_health(self) -> HealthView:
        """Return what the health page shows, for a machine: nothing of it concerns a person."""
        return self.office.store.read(self.health.view)

    def stop(self) -> None:
        """End every viewing, say goodbye to the broker, finish the writes and close the database."""
        self._work.end()
        self._link.stop()
        self.viewings.end_all("console_ended")
        self.identity.strangers.write_counts()
        self.office.store.close()

    def step(self) -> None:
        """Do once what the threads do again and again: for tests, the walk and the seeding."""
        self._work.step()

    def _pieces(self) -> tuple[Callable[[], object], ...]:
        """Return what is looked at again and again, what a person waits for first."""
        return (
            self.consents.retry,
            self.leases.step,
            self.prompts.step,
            self.alert_watch.step,
            self.alerts.step,
            self.checks.step,
            self.technical.step,
            self.call_tests.step,
            self.trained_shift.step,
            self.visits.step,
            self.automatic_holds.step,
            self.viewings.step,
            self.look_watch.step,
            self.witnesses.step,
            self.retention.step,
            self.door_taps.step,
            self.incidents.step,
            self.assurance.step,
            self.identity.strangers.step,
        )

    def _send(self, lease: ConsentLease) -> bool:
        topic = Topic(self.office.site, self.office.ward, lease.node_id, Leaf.LEASE)
        return self._link.publish(topic, encode(lease))

    def _pauses(self, via: Via) -> Callable[[str], Decision]:
        """Return what pauses a room when nobody in particular has asked for it."""
        return lambda room_id: self.consents.pause(None, room_id, via=via, device=ANYONE)

    def _close_all(self) -> None:
        """Close every sensor at once: the monitor stands down (rule A18)."""
        for room in self.roll.sheet().rooms:
            self.leases.renew(room.room_id)

    def _is_up(self) -> bool:
        return self._link.is_up

    def _written(self, room_id: str) -> None:
        """Follow a room's written consent again: every word of it is in the database."""
        self.stops.written(room_id)
        self.leases.release(room_id)

    def _link_changed(self, is_up: bool) -> None:
        _log.info("link_up" if is_up else "link_lost")
