"""K8: one estimate for a room with two sensors; who leads, what contradicts, and when silence says nothing."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.readings import BreathingReading, MovementReading, PeopleReading, PlaceReading, PresenceReading, RateReading
from broker.vocabulary import Modality, Movement, Place, Presence, Purpose, SensedState, Withheld
from console.rules.sensing.joining import SensorSays, Subject, join
from console.rules.sensing.leading import Why
from tests.console.test_tiles import LEASE, NOW, POLICY
from tests.kit.boxed_ward import some_readings

EVERY = tuple(Purpose)
OLD, NEW = NOW - timedelta(seconds=11), NOW - timedelta(seconds=3)
DOUBT = Withheld.LOW_QUALITY


def radar(purposes=EVERY, **changes):
    return SensorSays(Modality.RADAR, purposes, some_readings(LEASE, NOW, **changes))


def camera(purposes=EVERY, **changes):
    return SensorSays(Modality.CAMERA, purposes, some_readings("c" * 32, NOW, **changes))


def joined(one, other):
    return join((one, other), NOW, POLICY)


def absent(since):
    return {"presence": PresenceReading(value=Presence.ABSENT, since=since)}


def at(place, since=OLD):
    return {"place": PlaceReading(value=place, since=since)}


def breath(rate, width):
    return {"respiratory_rate": RateReading(value_per_min=rate, uncertainty_per_min=width)}


def test_K8_a_sensor_that_is_alone_is_told_exactly_as_it_speaks():
    one = radar(quality=0.3)
    told = join((one,), NOW, POLICY)

    assert told.readings is one.readings and told.purposes == EVERY
    assert not told.leads and not told.contradicted


@pytest.mark.parametrize(
    ("mine", "theirs", "subject"),
    [
        ({}, absent(OLD), Subject.PRESENCE),
        ({}, {"people": PeopleReading(value=2)}, Subject.PEOPLE),
        (breath(14.0, 1.0), breath(17.1, 2.0), Subject.RESPIRATORY_RATE),
        (at(Place.IN_BED), at(Place.OUT_OF_BED), Subject.PLACE),
        (at(Place.IN_BED), at(Place.ENSUITE), Subject.PLACE),
        (at(Place.LEFT_ROOM), at(Place.ENSUITE), Subject.PLACE),
        ({}, {"breathing": BreathingReading(value=SensedState.NO_BREATHING_SEEN, since=OLD)}, Subject.BREATHING),
    ],
)
def test_K8_two_sensors_that_contradict_each_other_make_the_room_unsure(mine, theirs, subject):
    for told in (joined(radar(**mine), camera(**theirs)), joined(radar(**theirs), camera(**mine))):
        assert told.contradicted == (subject,)
        assert told.readings.presence.withheld is Withheld.SENSORS_DISAGREE
        assert getattr(told.readings, subject).withheld is Withheld.SENSORS_DISAGREE
        assert subject not in told.leads


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (breath(14.0, 1.0), breath(17.0, 2.0)),
        (at(Place.OUT_OF_BED), at(Place.ENSUITE)),
        (at(Place.OUT_OF_BED), at(Place.ON_FLOOR)),
        ({}, {"movement": MovementReading(value=Movement.MOVING, since=OLD)}),
        (at(Place.ENSUITE), at(Place.OUT_OF_BED) | absent(OLD)),
        ({}, {"presence": PresenceReading(withheld=DOUBT), "place": PlaceReading(withheld=DOUBT)}),
        ({}, {"people": PeopleReading(withheld=DOUBT)}),
        ({}, {"respiratory_rate": RateReading(withheld=Withheld.MOVING)}),
    ],
)
def test_K8_what_can_both_be_so_and_what_is_withheld_contradicts_nothing(mine, theirs):
    assert joined(radar(**mine), camera(**theirs)).contradicted == ()
    assert joined(radar(**theirs), camera(**mine)).contradicted == ()


def test_C3_what_a_sensor_may_not_tell_contradicts_nothing_and_is_told_by_the_other():
    told = joined(radar((Purpose.PRESENCE,)), camera((Purpose.SECOND_PERSON,), people=PeopleReading(value=2)))

    assert told.contradicted == () and told.purposes == (Purpose.PRESENCE, Purpose.SECOND_PERSON)
    assert told.readings.people.value == 2 and told.leads[Subject.PEOPLE].modality is Modality.CAMERA
    assert told.readings.respiratory_rate.withheld is Withheld.NOT_PERMITTED


def test_K8_while_a_change_is_new_the_less_calm_of_the_two_leads():
    left = joined(radar(), camera(**absent(NEW)))
    came = joined(radar(**absent(OLD)), camera(presence=PresenceReading(value=Presence.PRESENT, since=NEW)))
    up = joined(radar(**at(Place.IN_BED)), camera(**at(Place.OUT_OF_BED, NEW)))

    for told in (left, came):
        assert told.contradicted == () and told.readings.presence.value is Presence.ABSENT
    assert up.readings.place.value is Place.OUT_OF_BED and up.leads[Subject.PLACE].why is Why.SEES_MORE


def test_the_narrower_rate_leads_and_with_it_the_room():
    told = joined(radar(**breath(14.0, 2.0)), camera(**breath(15.0, 0.8)))

    assert told.readings.respiratory_rate.value_per_min == 15.0
    assert told.leads[Subject.RESPIRATORY_RATE].why is Why.NARROWER
    assert told.readings.lease_id == "c" * 32


def test_the_camera_leads_on_places_and_the_radar_on_the_en_suite():
    in_bed = joined(radar(quality=1.0), camera(quality=0.2))
    inside = joined(radar(**at(Place.ENSUITE)), camera(quality=1.0, **at(Place.ENSUITE, NEW)))

    assert in_bed.leads[Subject.PLACE].modality is Modality.CAMERA
    assert inside.leads[Subject.PLACE].modality is Modality.RADAR and inside.readings.place.since == OLD


def test_nobody_is_seen_since_the_later_of_the_two_last_saw_somebody():
    told = joined(radar(**absent(NOW - timedelta(minutes=9))), camera(**absent(NOW - timedelta(minutes=4))))

    assert told.readings.presence.since == NOW - timedelta(minutes=4)


def test_C17_one_sensor_that_sees_a_second_person_suspends_the_rate_of_both():
    crowd = {"respiratory_rate": RateReading(withheld=Withheld.SECOND_PERSON)}
    told = joined(radar(), camera(**crowd))

    assert told.readings.respiratory_rate.withheld is Withheld.SECOND_PERSON


def test_K8_the_newest_evidence_of_a_living_body_counts_whoever_saw_it():
    told = joined(radar(living_seen_at=None), camera(living_seen_at=OLD))

    assert told.readings.living_seen_at == OLD


_SINCE = st.sampled_from([OLD, NEW])
_SAID = st.fixed_dictionaries(
    {
        "presence": st.one_of(
            st.builds(PresenceReading, value=st.sampled_from([Presence.PRESENT, Presence.ABSENT]), since=_SINCE),
            st.just(PresenceReading(withheld=DOUBT)),
        ),
        "place": st.one_of(
            st.builds(PlaceReading, value=st.sampled_from(list(Place)), since=_SINCE),
            st.just(PlaceReading(withheld=DOUBT)),
        ),
        "people": st.builds(PeopleReading, value=st.integers(0, 2)),
        "respiratory_rate": st.one_of(
            st.builds(RateReading, value_per_min=st.floats(6, 30), uncertainty_per_min=st.floats(0, 4)),
            st.just(RateReading(withheld=DOUBT)),
        ),
    }
)
_PURPOSES = st.sets(st.sampled_from(EVERY)).map(tuple)


@settings(max_examples=100, deadline=None)
@given(_SAID, _SAID, _PURPOSES, _PURPOSES)
def test_K8_C3_no_value_is_told_that_no_permitted_sensor_told_and_order_does_not_matter(one, other, mine, theirs):
    pair = (radar(mine, **one), camera(theirs, **other))
    told, turned = joined(*pair), joined(*reversed(pair))

    assert told.contradicted == turned.contradicted
    for subject, lead in told.leads.items():
        said = next(each for each in pair if each.modality is lead.modality)
        assert getattr(told.readings, subject) == getattr(said.readings, subject)
    for subject in set(Subject) - told.leads.keys():
        assert not getattr(told.readings, subject).has_value()
