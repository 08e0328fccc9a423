import socket
from pathlib import Path

from broker.clock import HandClock
from deploy import doctor
from deploy.doctor import Finding
from tests.kit.contract import NIGHT


def problems(findings: object) -> list[Finding]:
    return [one for one in findings if one.remedy is not None]  # type: ignore[attr-defined]


def test_a_clock_of_1970_is_a_problem_with_a_remedy() -> None:
    clock = HandClock(NIGHT)
    clock.jump(NIGHT.replace(year=1970))
    found = problems(doctor.time_of_day(clock))
    assert found[0].is_needed
    assert "timedatectl" in str(found[0].remedy)


def test_a_taken_port_is_named() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        found = problems(doctor.port(holder.getsockname()[1], "console"))
    assert str(found[0].what).endswith("is taken")


def test_a_broker_that_does_not_answer_is_a_problem() -> None:
    assert problems(doctor.broker("127.0.0.1:1"))[0].is_needed
    assert problems(doctor.broker("nonsense"))[0].is_needed


def test_a_folder_that_is_not_there_yet_is_looked_at_by_its_parent(tmp_path: Path) -> None:
    assert "MB free" in next(iter(doctor.disk(tmp_path / "a" / "b"))).what


def test_a_check_that_fails_is_a_finding_and_not_an_end() -> None:
    def broken() -> list[Finding]:
        raise OSError("no such thing")

    assert "no such thing" in doctor.examine([broken])[0].what


def test_the_pythons_version_is_right_here() -> None:
    assert next(iter(doctor.python_version())).mark == "ok"
