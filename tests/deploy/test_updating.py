"""N5: a machine takes a signed release, after one room, by day, and never an older one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.keys.signer import make_person_key
from console.roles import Role
from console.rules.policy import shipped_policy
from deploy.errors import UpdateRefused
from deploy.updating.command import main
from deploy.updating.release import Release, admitted, read, sign_proved, sign_release

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICY = shipped_policy()
TWO = (Role.ENGINEER, Role.CLINICAL_SAFETY_OFFICER)


class Site:
    """Keys of a publisher and of two people, and one signed release."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.publisher = make_person_key(folder / "publisher.key")
        self.people = {role: make_person_key(folder / f"{role.value}.key") for role in TWO}
        self.archive = folder / "hushward-0.2.0.tar.gz"
        self.archive.write_bytes(b"a release")
        self.paper = sign_release(self.archive, "0.2.0", folder / "publisher.key", NOON)

    def says(self, role: Role, since: datetime = NOON - timedelta(days=1), room: str = "room-6") -> Path:
        return sign_proved(self.archive, role, self.folder / f"{role.value}.key", room, since, NOON, POLICY)

    def take(self, now: datetime = NOON, *, first: bool = False, running: Release | None = None) -> str:
        told = admitted(
            self.archive, self.publisher, self.people, now, POLICY, running=running, is_first_room=first
        )  # fmt: skip
        return told.version


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_N5_the_first_room_takes_it_and_the_others_after_two_people_have_looked(site: Site) -> None:
    assert site.take(first=True) == "0.2.0"
    with pytest.raises(UpdateRefused, match="one room first"):
        site.take()
    site.says(Role.ENGINEER)
    with pytest.raises(UpdateRefused, match="clinical safety officer has not said"):
        site.take()
    site.says(Role.CLINICAL_SAFETY_OFFICER)
    assert site.take() == "0.2.0"


@pytest.mark.parametrize(
    ("hour", "minute", "may"), [(7, 59, False), (8, 0, True), (20, 59, True), (21, 0, False), (3, 0, False)]
)
def test_N5_never_at_night(site: Site, hour: int, minute: int, may: bool) -> None:
    now = NOON.replace(hour=hour, minute=minute)
    if may:
        assert site.take(now, first=True) == "0.2.0"
    else:
        with pytest.raises(UpdateRefused, match="nothing is updated between 21:00 and 08:00"):
            site.take(now, first=True)


def test_T40_what_is_not_signed_or_was_changed_is_refused(site: Site) -> None:
    site.archive.write_bytes(b"another release")
    with pytest.raises(UpdateRefused, match="not what was signed"):
        site.take(first=True)
    (site.folder / "stranger").mkdir()
    stranger = Site(site.folder / "stranger")
    with pytest.raises(UpdateRefused, match="not signed by the publisher"):
        admitted(stranger.archive, site.publisher, site.people, NOON, POLICY, running=None, is_first_room=True)
    site.paper.unlink()
    with pytest.raises(UpdateRefused, match="comes with the archive"):
        site.take(first=True)


def test_T40_an_older_release_is_no_update(site: Site) -> None:
    running = read(site.paper, Release)
    with pytest.raises(UpdateRefused, match="not newer"):
        site.take(first=True, running=running)
    assert site.take(first=True, running=running.model_copy(update={"made_at": NOON - timedelta(days=30)}))


def test_N5_a_word_of_the_wrong_person_too_early_or_for_another_room_does_not_count(site: Site) -> None:
    with pytest.raises(UpdateRefused, match="the engineer and the clinical safety officer"):
        site.says(Role.NURSE)
    with pytest.raises(UpdateRefused, match="not long enough"):
        site.says(Role.ENGINEER, NOON - timedelta(hours=23))
    site.says(Role.ENGINEER)
    with pytest.raises(UpdateRefused, match="another room"):
        site.says(Role.CLINICAL_SAFETY_OFFICER, room="room-7")


def test_N5_a_word_that_was_given_for_another_release_opens_nothing(site: Site, tmp_path: Path) -> None:
    for role in TWO:
        proved = site.says(role)
    site.archive.write_bytes(b"the next release")
    sign_release(site.archive, "0.3.0", tmp_path / "publisher.key", NOON + timedelta(days=7))
    assert proved.exists()
    with pytest.raises(UpdateRefused, match="of another release"):
        site.take()


def test_the_command_says_whether_this_machine_may(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    trust = site.folder / "updates.toml"
    check = ["check", str(site.archive), "--trust", str(trust)]
    assert main(check) == 1
    assert "whom to trust" in capsys.readouterr().err
    trust.write_text(f'publisher = "{site.publisher}"\n')
    assert main(check) == 1
    assert "rule N5" in capsys.readouterr().err
