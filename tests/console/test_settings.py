from datetime import date
from pathlib import Path

import pytest

from broker.vocabulary import Context
from console.__main__ import main
from console.errors import SettingsError
from console.running.settings import ConsoleSettings, is_loopback
from console.running.settings_file import describe, load

LEAST = 'site = "st-elsewhere"\nward = "willow"\ndata_dir = "console"\n'
EVALUATION = '[evaluation]\nreference = "SE-12"\nsponsor = "A trust"\nends_on = 2026-12-24\n'
CLINICAL = (
    '[clinical]\nmanufacturer = "A maker"\nintended_purpose = "Spot checks"\nconformity_reference = "DoC 1"\n'
    'hazard_version = "1.4"\nhazard_signed_by = "The CSO"\nhazard_signed_on = 2026-10-01\n'
)


def read(folder: Path, text: str, environment: dict[str, str] | None = None) -> ConsoleSettings:
    file = folder / "console.toml"
    file.write_text(text, "utf-8")
    return load(file, environment or {})


def refused(folder: Path, text: str, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as error:
        read(folder, text, environment)
    return str(error.value).replace(f"{folder}/", "")


def test_three_lines_are_enough_and_the_rest_is_safe(tmp_path: Path) -> None:
    settings = read(tmp_path, LEAST)
    assert (settings.host, settings.port, settings.context) == ("127.0.0.1", 8800, Context.DEMONSTRATION)
    assert settings.data_dir == tmp_path / "console"
    assert settings.url == f"sqlite:///{tmp_path}/console/console.db"
    assert settings.keys_dir == tmp_path / "console" / "keys"
    assert str(settings.zone) == "Europe/London"
    assert not settings.is_secure


def test_an_unknown_setting_names_file_line_and_remedy(tmp_path: Path) -> None:
    assert refused(tmp_path, LEAST + "\nprot = 8800\n") == (
        "console.toml:5: there is no setting `prot`; take it out, or see --print-settings"
    )
    assert refused(tmp_path, LEAST + '[broker]\nport = 1883\nhots = "x"\n').startswith("console.toml:6: there is no")


def test_a_wrong_value_says_what_the_setting_means(tmp_path: Path) -> None:
    told = refused(tmp_path, LEAST + "port = 70000\n")
    assert told.startswith("console.toml:4: `port`: Input should be less than or equal to 65535; correct it: TCP port")


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path, 'site = "a"\ndata_dir = "x"\n').startswith("console.toml: `ward` is missing; add it:")


def test_a_file_that_is_no_toml_or_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    assert "not TOML" in refused(tmp_path, "site = \n")
    with pytest.raises(SettingsError, match="--config"):
        load(tmp_path / "nowhere.toml", {})


def test_the_environment_wins_over_the_file_and_is_named_when_it_is_wrong(tmp_path: Path) -> None:
    prefix = "HUSHWARD_CONSOLE_"
    settings = read(tmp_path, LEAST, {f"{prefix}PORT": "9000", f"{prefix}BROKER__PORT": "8883", "OTHER": "x"})
    assert (settings.port, settings.broker.port) == (9000, 8883)
    told = refused(tmp_path, LEAST, {f"{prefix}PORT": "zero"})
    assert told.startswith("HUSHWARD_CONSOLE_PORT: `port`:")


def test_another_address_than_this_machines_own_needs_a_certificate(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.10", "console.ward.example"):
        assert "hushward console cert" in refused(tmp_path, f'{LEAST}host = "{host}"\n')
    secure = read(tmp_path, LEAST + 'host = "0.0.0.0"\ntls_certificate = "c.pem"\ntls_key = "c.key"\n')
    assert (secure.is_secure, secure.tls_certificate) == (True, tmp_path / "c.pem")
    assert "given together" in refused(tmp_path, LEAST + 'tls_key = "c.key"\n')


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machines_own_addresses_need_none(tmp_path: Path, host: str) -> None:
    assert is_loopback(host)
    assert read(tmp_path, f'{LEAST}host = "{host}"\n').host == host


def test_T43_browsers_reach_it_under_its_own_names_only_and_links_bear_the_first(tmp_path: Path) -> None:
    secure = f'{LEAST}host = "0.0.0.0"\ntls_certificate = "c.pem"\ntls_key = "c.key"\n'
    told = read(tmp_path, secure + 'public_names = ["Console.Ward.example", "2001:db8::7"]\n')
    assert told.names == ("console.ward.example", "[2001:db8::7]", "127.0.0.1", "localhost", "[::1]")
    assert read(tmp_path, LEAST).names == ("127.0.0.1", "localhost", "[::1]")
    assert "public_names" in refused(tmp_path, secure + 'public_names = ["https://x/"]\n')


def test_A11_no_context_is_inferred_from_its_table_and_none_goes_without(tmp_path: Path) -> None:
    for text in (EVALUATION, CLINICAL):
        assert "rule A11" in refused(tmp_path, LEAST + text)
    for context in ("evaluation", "clinical"):
        assert "rule A11" in refused(tmp_path, f'{LEAST}context = "{context}"\n')
    assert "rule A11" in refused(tmp_path, LEAST + 'context = "evaluation"\n' + CLINICAL)
    assert "rule A11" in refused(tmp_path, LEAST + 'context = "clinical"\n' + CLINICAL + EVALUATION)


@pytest.mark.parametrize("line", range(1, 4))
def test_A11_an_evaluation_needs_reference_sponsor_and_end(tmp_path: Path, line: int) -> None:
    lines = EVALUATION.splitlines(keepends=True)
    name = lines.pop(line).partition(" ")[0]
    told = refused(tmp_path, LEAST + 'context = "evaluation"\n' + "".join(lines))
    assert told.startswith(f"console.toml: `evaluation.{name}` is missing")


@pytest.mark.parametrize("line", range(1, 7))
def test_A11_clinical_use_needs_everything_that_a_device_needs(tmp_path: Path, line: int) -> None:
    lines = CLINICAL.splitlines(keepends=True)
    name = lines.pop(line).partition(" ")[0]
    told = refused(tmp_path, LEAST + 'context = "clinical"\n' + "".join(lines))
    assert told.startswith(f"console.toml: `clinical.{name}` is missing")


def test_A11_an_evaluation_ends_with_its_last_day(tmp_path: Path) -> None:
    settings = read(tmp_path, LEAST + 'context = "evaluation"\n' + EVALUATION)
    assert settings.context_fault(date(2026, 12, 24)) is None
    assert "ended on 2026-12-24" in str(settings.context_fault(date(2026, 12, 25)))
    clinical = read(tmp_path, LEAST + 'context = "clinical"\n' + CLINICAL)
    assert clinical.context_fault(date(2026, 10, 1)) is None
    assert "future" in str(clinical.context_fault(date(2026, 9, 30)))


def test_a_shared_clock_is_for_demonstrations_only(tmp_path: Path) -> None:
    assert read(tmp_path, LEAST + 'clock_file = "clock.json"\n').clock_file == tmp_path / "clock.json"
    told = refused(tmp_path, LEAST + 'clock_file = "c.json"\ncontext = "evaluation"\n' + EVALUATION)
    assert "time is the machine's own" in told


@pytest.mark.parametrize("url", ["mysql://x", "sqlite://", "sqlite:///", "console.db", "postgresql://x"])
def test_a_database_of_another_kind_is_refused(tmp_path: Path, url: str) -> None:
    assert "console.toml:4: `database_url`" in refused(tmp_path, f'{LEAST}database_url = "{url}"\n')


def test_a_wrong_time_zone_is_named(tmp_path: Path) -> None:
    assert '"Mars/Olympus" is not an IANA time zone' in refused(tmp_path, LEAST + 'timezone = "Mars/Olympus"\n')


def test_printed_settings_hold_every_setting_with_its_meaning_and_no_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://console:s3cret@db.example/ward"  # pragma: allowlist secret
    told = describe(read(tmp_path, f'{LEAST}database_url = "{url}"\n'))
    assert "s3cret" not in told
    for name, field in ConsoleSettings.model_fields.items():
        assert name in told
        assert field.description


def test_the_command_prints_what_it_was_told_and_refuses_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "console.toml"
    file.write_text(LEAST, "utf-8")
    assert main(["print-settings", "--config", str(file)]) == 0
    assert "site = 'st-elsewhere'" in capsys.readouterr().out
    file.write_text(LEAST + "x = 1\n", "utf-8")
    assert main(["print-settings", "--config", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"hushward console: {file}:4: there is no setting `x`")


def test_the_command_makes_a_database_that_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "console.toml"
    file.write_text(LEAST, "utf-8")
    assert main(["migrate", "--config", str(file)]) == 0
    assert main(["audit", "verify", "--data", str(tmp_path)]) == 3
    assert "whole as far as it can be seen from here: 1 rows, 1 under a signed checkpoint" in capsys.readouterr().out
