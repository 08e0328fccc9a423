"""A patient tries the sensor of their own room for ten minutes: they alone see it, and nothing of it is kept (S4)."""

from broker.vocabulary import Modality, SensorState
from console.consenting.stops import Reactions
from console.leasing.leases import Leases
from console.office import Office
from console.own.own_views import TrialView
from console.receiving.live import Live
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.consenting.consent import EntryKind, Standing
from console.rules.consenting.person import OwnTrial
from console.rules.consenting.trying import WHILE_TRYING, TryFacts, may_try, must_ask_themselves
from console.rules.decision import Decision
from console.rules.sensing.readings import breathing_view
from console.rules.sensing.tiles import TileFacts, face_of
from console.showing.views import Words
from console.signing_in.patient_accounts import vouched_for
from console.staying.roll import Person, Roll, Sheet
from console.staying.stay_history import Note, StayHistory
from console.store.people import NodeRow


class Trying:
    """Begins, shows and ends trials; their readings are in memory alone, and for one reader."""

    def __init__(self, office: Office, roll: Roll, live: Live, leases: Leases, reactions: Reactions) -> None:
        self._office = office
        self._roll = roll
        self._live = live
        self._leases = leases
        self._reactions = reactions
        self._history = StayHistory(office, roll)

    def begin(self, actor: Actor, sensor: str, *, they_ask: bool) -> Decision:
        """Begin a trial, at the patient's own say; it ends by itself after ten minutes, and ends off.

        Args:
            actor: the patient; nobody else may.
            sensor: the kind of sensor they chose.
            they_ask: they have said in so many words that they ask for it themselves.
        """

        def decide(person: Person, standing: Standing) -> Decision:
            sheet, room_id = self._roll.sheet(), person.stay.room_id
            kind = Modality(sensor) if sensor in set(Modality) else None
            facts = TryFacts(
                standing, person.stay.from_at, kind, _sensors(sheet, room_id), they_ask, sheet.kind_of(room_id)
            )
            return may_try(facts, self._office.now(), self._office.policy, self._office.zone)

        vouch = vouched_for(self._office, actor)
        details = {"sensor": sensor if sensor in set(Modality) else ""}
        return self._note(actor, Note(EntryKind.TRIED, Permission.SENSOR_TRY, decide, details, vouch=vouch))

    def end(self, actor: Actor) -> Decision:
        """End it now. It says neither yes nor no; whoever wants to say no presses stop."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            words = Words("The trial is over. The sensor is off. You have said neither yes nor no.")
            return self._office.policy.allow("S4", reason=words)

        return self._note(actor, Note(EntryKind.TRIAL_ENDED, Permission.SENSOR_TRY, decide))

    def view(self, actor: Actor) -> TrialView | Decision:
        """Return what the sensor says now to whoever tries it; its beginning and its end are in the log."""
        person, office = self._own(actor), self._office
        decision = may(Request(actor.role, Permission.SENSOR_TRY, is_own=person is not None), office.policy)
        if person is None or not decision:
            return decision
        sheet, stay, now = self._roll.sheet(), person.stay, office.now()
        standing = self._roll.standing_of(person, now)
        sensors = _sensors(sheet, stay.room_id)
        must_ask = must_ask_themselves(standing, stay.from_at, now, office.policy, office.zone)
        if standing.trial is None:
            return TrialView(stay.room_id, sensors, must_ask)
        return self._running(stay.room_id, sensors, standing.trial, must_ask)

    def _running(self, room_id: str, sensors: tuple[Modality, ...], trial: OwnTrial, must_ask: bool) -> TrialView:
        nodes = (one for one in _nodes(self._roll.sheet(), room_id) if one.modality == trial.sensor)
        node = next(nodes, None)
        heard = self._live.of(node.node_id) if node else None
        sent = self._leases.newest(node.node_id) if node else None
        if node is None or heard is None or heard.state is None or sent is None or not sent.is_trial:
            return TrialView(room_id, sensors, must_ask, trial.until)
        office, lease_id, state, now = self._office, sent.lease.lease_id, heard.state, self._office.now()
        facts = TileFacts(
            room_id,
            "",
            may_sense=True,
            purposes=WHILE_TRYING,
            lease_id=lease_id,
            live=state,
            loss=self._live.loss(node.node_id, link_up=True),
            heard_at=heard.heard_at,
        )
        rated = heard.rated if heard.rated is not None and heard.rated.lease_id == lease_id else None
        reading = breathing_view(rated, WHILE_TRYING, office.context, state.origin, now, office.policy)
        is_open = state.sensor.state is SensorState.OPEN
        headline = face_of(facts, now, office.policy).headline
        told = reading.words if reading.is_value else None
        return TrialView(room_id, sensors, must_ask, trial.until, is_open, headline, told)

    def _note(self, actor: Actor, note: Note) -> Decision:
        person = self._own(actor)
        stay_id, room_id = (person.stay.stay_id, person.stay.room_id) if person else ("", actor.room_id or "")
        decision = self._history.add(actor, stay_id, note, room=room_id, own=person is not None)
        if decision:
            self._reactions.follow(room_id)
        return decision

    def _own(self, actor: Actor) -> Person | None:
        person = self._roll.sheet().people.get(actor.room_id or "")
        return person if person is not None and person.stay.patient_id == actor.patient_id else None


def _nodes(sheet: Sheet, room_id: str) -> list[NodeRow]:
    confirmed = (one for one in sheet.nodes.values() if one.confirmed_at is not None)
    return [one for one in confirmed if one.room_id == room_id]


def _sensors(sheet: Sheet, room_id: str) -> tuple[Modality, ...]:
    return tuple(sorted({Modality(one.modality) for one in _nodes(sheet, room_id)}))
