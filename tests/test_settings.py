"""What an installation sets, in the environment or in .env, and what it is told when that does not hold."""

from __future__ import annotations

import pickle
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot import settings
from mailbot.errors import BadSettings
from mailbot.settings import Secret, Settings, Tls, load_settings

ENOUGH = {
    "MAILBOT_IMAP_HOST": "imap.bruyere.example",
    "MAILBOT_IMAP_USER": "reservations@bruyere.example",
    "MAILBOT_IMAP_PASSWORD": "correct horse",
    "MAILBOT_SMTP_HOST": "smtp.bruyere.example",
}
EXAMPLE = Path(__file__).parents[1] / ".env.example"


def faults_of(environ: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    with pytest.raises(BadSettings) as caught:
        load_settings(environ, folder)
    return caught.value.faults


def write_env(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_two_servers_and_a_password_are_enough(tmp_path: Path) -> None:
    settings = load_settings(ENOUGH, tmp_path)
    assert (settings.imap.host, settings.imap.port, settings.imap.tls) == ("imap.bruyere.example", 993, Tls.TLS)
    assert (settings.smtp.port, settings.smtp.tls, settings.smtp.user) == (587, Tls.STARTTLS, "")
    assert settings.imap.password.reveal() == "correct horse"
    assert settings.database_url.reveal() == f"sqlite:///{tmp_path}/data/mailbot.sqlite3"
    assert settings.rules == tmp_path / "rules.yaml"
    assert settings.templates == tmp_path / "templates"
    assert (settings.inbox, settings.handled_folder, settings.poll_seconds) == ("INBOX", "", 60)
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("which", "mode", "port"),
    [
        ("IMAP", "tls", 993),
        ("IMAP", "starttls", 143),
        ("SMTP", "tls", 465),
        ("SMTP", "STARTTLS", 587),
    ],
)
def test_the_port_follows_the_encryption(tmp_path: Path, which: str, mode: str, port: int) -> None:
    settings = load_settings(ENOUGH | {f"MAILBOT_{which}_TLS": mode}, tmp_path)
    assert getattr(settings, which.lower()).port == port


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    write_env(tmp_path, "MAILBOT_IMAP_HOST=old.example\nMAILBOT_INBOX=Réservations\n")
    settings = load_settings(ENOUGH, tmp_path)
    assert settings.imap.host == "imap.bruyere.example"
    assert settings.inbox == "Réservations"


def test_the_file_alone_is_enough(tmp_path: Path) -> None:
    lines = "\n".join(f"{name}={value}" for name, value in ENOUGH.items())
    write_env(tmp_path, "\ufeff# settings\n" + lines + "\n")
    assert load_settings({}, tmp_path) == load_settings(ENOUGH, tmp_path)


def test_a_password_with_dollars_quotes_and_hashes_is_taken_as_it_is(tmp_path: Path) -> None:
    write_env(tmp_path, "MAILBOT_IMAP_PASSWORD='a${HOME} #b\"c '\n")
    environ = {name: value for name, value in ENOUGH.items() if name != "MAILBOT_IMAP_PASSWORD"}
    assert load_settings(environ, tmp_path).imap.password.reveal() == 'a${HOME} #b"c '


def test_a_password_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret \n")
    (tmp_path / "password").chmod(0o600)
    environ = dict(ENOUGH, MAILBOT_IMAP_PASSWORD_FILE="password")
    del environ["MAILBOT_IMAP_PASSWORD"]
    settings = load_settings(environ, tmp_path)
    assert settings.imap.password.reveal() == "s3cret "
    assert settings.warnings == ()


def test_a_password_that_is_set_twice_is_a_fault(tmp_path: Path) -> None:
    [both, missing] = faults_of(ENOUGH | {"MAILBOT_IMAP_PASSWORD_FILE": "nowhere"}, tmp_path)
    assert both == "MAILBOT_IMAP_PASSWORD and MAILBOT_IMAP_PASSWORD_FILE are both set: keep one of them"
    assert missing == "MAILBOT_IMAP_PASSWORD_FILE cannot be read: No such file or directory"


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    faults = faults_of(
        {
            "MAILBOT_IMAP_PORT": "imaps",
            "MAILBOT_SMTP_TLS": "ssl",
            "MAILBOT_SMTP_USER": "reservations",
            "MAILBOT_POLL_SECONDS": "0",
            "MAILBOT_LOG_LEVEL": "chatty",
            "MAILBOT_DATABASE_URL": "mysql://root:hunter2@db.example/x",
        },
        tmp_path,
    )
    assert sorted(faults) == [
        "MAILBOT_DATABASE_URL must begin with sqlite:/// or postgresql://",
        "MAILBOT_IMAP_HOST is missing",
        "MAILBOT_IMAP_PORT must be a whole number from 1 to 65535, not imaps",
        "MAILBOT_IMAP_USER is missing",
        "MAILBOT_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not chatty",
        "MAILBOT_POLL_SECONDS must be a whole number from 5 to 3600, not 0",
        "MAILBOT_SMTP_HOST is missing",
        "MAILBOT_SMTP_PASSWORD is missing: set it, or MAILBOT_SMTP_PASSWORD_FILE",
        "MAILBOT_SMTP_TLS must be tls, starttls or none, not ssl",
    ]


WORDS = tomllib.loads((Path(settings.__file__).with_suffix(".toml")).read_text("utf-8"))


def test_each_fault_is_worded_in_each_language_with_the_same_values() -> None:
    for kind, words in WORDS.items():
        assert set(words) == {"fr", "nl", "en"}, kind
        named = {language: set(re.findall(r"{\w+}", sentence)) for language, sentence in words.items()}
        assert named["fr"] == named["nl"] == named["en"], kind


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_each_wording_is_of_a_fault_that_there_is(kind: str) -> None:
    program = "".join(path.read_text("utf-8") for path in Path(settings.__file__).parent.glob("*.py"))
    assert f'"{kind}"' in program or kind.startswith("authserv.")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", ["MAILBOT_IMAP_HOST manque", "MAILBOT_IMAP_PORT doit être un nombre entier de 1 à 65535, et non imaps"]),
        ("nl", ["MAILBOT_IMAP_HOST ontbreekt", "MAILBOT_IMAP_PORT moet een geheel getal van 1 tot 65535 zijn"]),
        ("en", ["MAILBOT_IMAP_HOST is missing", "MAILBOT_IMAP_PORT must be a whole number from 1 to 65535, not imaps"]),
    ],
)
def test_faults_are_told_in_the_language_of_whoever_sets_it_up(tmp_path: Path, language: str, told: list[str]) -> None:
    write_env(tmp_path, "MAILBOT_IMAP_PORT=imaps\n", 0o644)
    with pytest.raises(BadSettings) as caught:
        load_settings({}, tmp_path, language)
    assert all(any(fault.startswith(one) for fault in caught.value.faults) for one in told)


def test_a_misspelt_setting_in_the_file_is_a_fault(tmp_path: Path) -> None:
    write_env(tmp_path, "MAILBOT_IMPA_PORT=143\nLANG=fr\n")
    assert faults_of(ENOUGH, tmp_path) == (
        "MAILBOT_IMPA_PORT in .env is not a setting: did you mean MAILBOT_IMAP_PORT?",
    )


def test_lines_that_are_no_settings_are_named(tmp_path: Path) -> None:
    write_env(tmp_path, "MAILBOT_INBOX=a\nMAILBOT_INBOX=b\njust words\nMAILBOT_RULES\n")
    assert faults_of(ENOUGH, tmp_path) == (
        ".env line 2 sets MAILBOT_INBOX a second time",
        ".env line 3 is not NAME=value",
        ".env line 4 is not NAME=value",
    )


def test_a_file_in_another_encoding_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("MAILBOT_INBOX=Réservations".encode("latin-1"))
    assert faults_of(ENOUGH, tmp_path) == (".env cannot be read: not UTF-8",)


@pytest.mark.parametrize(
    "host", ["imaps://imap.b.example", "imap.b.example:993", "imap b.example", "imap://a:secret@b.example"]
)
def test_what_is_no_name_of_a_server_is_a_fault(tmp_path: Path, host: str) -> None:
    assert faults_of(ENOUGH | {"MAILBOT_IMAP_HOST": host}, tmp_path) == (
        "MAILBOT_IMAP_HOST must be the name of a server alone, such as mail.bruyere.example: no imaps://, no port",
    )


@pytest.mark.parametrize("handled", ["INBOX", "inbox"])
def test_handled_mail_is_not_moved_to_where_it_is_read(tmp_path: Path, handled: str) -> None:
    assert faults_of(ENOUGH | {"MAILBOT_HANDLED_FOLDER": handled}, tmp_path) == (
        f"MAILBOT_HANDLED_FOLDER is the folder that is read ({handled}): name another, or nothing",
    )
    own = {"MAILBOT_INBOX": "Zalen", "MAILBOT_HANDLED_FOLDER": handled}
    assert load_settings(ENOUGH | own, tmp_path).handled_folder == handled


def test_a_data_folder_that_is_a_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert faults_of(ENOUGH | {"MAILBOT_DATA_FOLDER": "data"}, tmp_path) == (
        f"MAILBOT_DATA_FOLDER must be a folder, and {tmp_path / 'data'} is a file",
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "[::1]", "127.9.9.9"])
def test_on_this_machine_mail_may_go_unencrypted(tmp_path: Path, host: str) -> None:
    settings = load_settings(ENOUGH | {"MAILBOT_IMAP_TLS": "none", "MAILBOT_IMAP_HOST": host}, tmp_path)
    assert (settings.imap.tls, settings.imap.port) == (Tls.NONE, 143)


@pytest.mark.parametrize("host", ["imap.bruyere.example", "10.0.0.5", "localhost.example", "127.0.0.1.example"])
def test_elsewhere_it_may_not_unless_someone_says_so(tmp_path: Path, host: str) -> None:
    environ = ENOUGH | {"MAILBOT_IMAP_TLS": "none", "MAILBOT_IMAP_HOST": host}
    [fault] = faults_of(environ, tmp_path)
    assert "in the clear" in fault
    assert "MAILBOT_ALLOW_UNENCRYPTED=yes" in fault
    assert load_settings(environ | {"MAILBOT_ALLOW_UNENCRYPTED": "yes"}, tmp_path).imap.tls is Tls.NONE


def test_who_signs_in_needs_a_password(tmp_path: Path) -> None:
    environ = {name: value for name, value in ENOUGH.items() if not name.endswith("PASSWORD")}
    assert faults_of(environ, tmp_path) == ("MAILBOT_IMAP_PASSWORD is missing: set it, or MAILBOT_IMAP_PASSWORD_FILE",)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_secrets_that_others_can_read_give_a_warning(tmp_path: Path, mode: int) -> None:
    path = write_env(tmp_path, "MAILBOT_INBOX=INBOX\n", mode)
    assert load_settings(ENOUGH, tmp_path).warnings == (
        f"{path} holds secrets and can be read by other users: chmod 600 {path}",
    )


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o705])
def test_a_data_folder_that_others_can_look_into_gives_a_warning(tmp_path: Path, mode: int) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(mode)
    [warning] = load_settings(ENOUGH, tmp_path).warnings
    assert warning.endswith(f"other users can look into it: chmod 700 {tmp_path / 'data'}")
    (tmp_path / "data").chmod(0o700)
    assert load_settings(ENOUGH, tmp_path).warnings == ()


def test_a_password_file_that_others_can_read_gives_a_warning(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret")
    (tmp_path / "password").chmod(0o644)
    environ = dict(ENOUGH, MAILBOT_SMTP_USER="x", MAILBOT_SMTP_PASSWORD_FILE="password")
    [warning] = load_settings(environ, tmp_path).warnings
    assert "password holds secrets" in warning


def test_relative_paths_begin_at_the_folder_of_the_installation(tmp_path: Path) -> None:
    environ = ENOUGH | {
        "MAILBOT_DATA_FOLDER": "var",
        "MAILBOT_RULES": "../rules.yaml",
        "MAILBOT_TEMPLATES": "/usr/share/mailbot/templates",
    }
    settings = load_settings(environ, tmp_path)
    assert settings.data_folder == tmp_path / "var"
    assert settings.rules == tmp_path.parent / "rules.yaml"
    assert settings.templates == Path("/usr/share/mailbot/templates")
    assert settings.database_url.reveal() == f"sqlite:///{tmp_path}/var/mailbot.sqlite3"


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:///data/a.sqlite3", "sqlite:///{folder}/data/a.sqlite3"),
        ("sqlite:////var/lib/mailbot/a.sqlite3", "sqlite:////var/lib/mailbot/a.sqlite3"),
        ("postgresql://bot:pw@db.example/mailbot", "postgresql+psycopg://bot:pw@db.example/mailbot"),
        ("postgres://db.example/mailbot", "postgresql+psycopg://db.example/mailbot"),
    ],
)
def test_the_database_is_a_file_or_a_postgresql_server(tmp_path: Path, written: str, used: str) -> None:
    settings = load_settings(ENOUGH | {"MAILBOT_DATABASE_URL": written}, tmp_path)
    assert settings.database_url.reveal() == used.format(folder=tmp_path)


@pytest.mark.parametrize("written", ["sqlite://", "sqlite:///:memory:", "sqlite:///"])
def test_a_database_that_forgets_everything_is_refused(tmp_path: Path, written: str) -> None:
    assert faults_of(ENOUGH | {"MAILBOT_DATABASE_URL": written}, tmp_path) == (
        "MAILBOT_DATABASE_URL must name a file: sqlite:///data/mailbot.sqlite3",
    )


def test_certificates_must_be_there(tmp_path: Path) -> None:
    environ = ENOUGH | {"MAILBOT_IMAP_CERTIFICATES": "own.pem"}
    assert faults_of(environ, tmp_path) == ("MAILBOT_IMAP_CERTIFICATES names no file: own.pem",)
    (tmp_path / "own.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    assert load_settings(environ, tmp_path).imap.certificates == tmp_path / "own.pem"


def secretive(tmp_path: Path) -> Settings:
    return load_settings(ENOUGH | {"MAILBOT_DATABASE_URL": "postgresql://bot:hunter2@db.example/mailbot"}, tmp_path)


def test_no_secret_shows_itself(tmp_path: Path) -> None:
    settings = secretive(tmp_path)
    shown = f"{settings!r} {settings} {settings.imap} {settings.imap.password} %s" % settings.database_url
    assert "hunter2" not in shown
    assert "correct horse" not in shown


def test_no_secret_is_pickled(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(secretive(tmp_path))


def test_secrets_compare_by_what_they_hold(tmp_path: Path) -> None:
    settings = secretive(tmp_path)
    assert Secret("a") == Secret("a") != Secret("b")
    assert settings != replace(settings, imap=replace(settings.imap, password=Secret("other")))


def test_no_fault_quotes_a_secret(tmp_path: Path) -> None:
    environ = {"MAILBOT_DATABASE_URL": "hunter2", "MAILBOT_IMAP_PASSWORD": "hunter2"}
    assert "hunter2" not in " ".join(faults_of(environ, tmp_path))


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, *args: Mapping[str, str]) -> None:
        super().__init__(*args)
        self.names: set[object] = set()

    def __contains__(self, name: object) -> bool:
        self.names.add(name)
        return super().__contains__(name)


def test_the_example_names_each_setting_and_no_other(tmp_path: Path) -> None:
    environ = Asked(ENOUGH)
    load_settings(environ, tmp_path)
    named = re.findall(r"^(?:# )?(MAILBOT_[A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) == environ.names


def test_what_the_example_says_of_defaults_is_so(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace("_PASSWORD=\n", "_PASSWORD=x\n")
    write_env(tmp_path, text)
    as_it_is = load_settings({}, tmp_path)
    defaults = [line for line in text.splitlines() if re.match(r"# MAILBOT_[A-Z_]+=.", line) and "_FILE=" not in line]
    write_env(tmp_path, text + "\n".join(line.removeprefix("# ") for line in defaults) + "\n")
    assert len(defaults) > 8
    assert load_settings({}, tmp_path) == as_it_is


@pytest.mark.parametrize(
    ("written", "proof"),
    [
        ({}, "challenge"),
        ({"MAILBOT_AUTHSERV_ID": "mx.bruyere.example"}, "host"),
        ({"MAILBOT_AUTHSERV_ID": "mx.bruyere.example", "MAILBOT_PROOF": "host"}, "host"),
        ({"MAILBOT_PROOF": "exchange-online"}, "exchange-online"),
        ({"MAILBOT_PROOF": "DKIM"}, "dkim"),
    ],
)
def test_how_a_sender_is_proven(tmp_path: Path, written: dict[str, str], proof: str) -> None:
    assert load_settings(ENOUGH | written, tmp_path).proof == proof


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ({"MAILBOT_PROOF": "host"}, "MAILBOT_AUTHSERV_ID is missing"),
        (
            {"MAILBOT_PROOF": "dkim", "MAILBOT_AUTHSERV_ID": "mx"},
            "MAILBOT_AUTHSERV_ID is set, and MAILBOT_PROOF is dkim",
        ),
        ({"MAILBOT_PROOF": "spf"}, "must be host, exchange-online, dkim or challenge"),
    ],
)
def test_a_way_to_prove_senders_that_cannot_work_is_told(tmp_path: Path, written: dict[str, str], fault: str) -> None:
    assert fault in " ".join(faults_of(ENOUGH | written, tmp_path))


# --- signing in without a password

MICROSOFT = {
    "MAILBOT_OAUTH": "microsoft",
    "MAILBOT_OAUTH_TENANT": "bruyere.example",
    "MAILBOT_OAUTH_CLIENT": "11111111-2222-3333-4444-555555555555",
    "MAILBOT_IMAP_USER": "reservations@bruyere.example",
}


def test_microsoft_365_needs_a_mailbox_a_directory_and_an_application(tmp_path: Path) -> None:
    settings = load_settings(MICROSOFT, tmp_path)
    assert (settings.imap.host, settings.imap.port) == ("outlook.office365.com", 993)
    assert (settings.smtp.host, settings.smtp.port) == ("smtp.office365.com", 587)
    assert settings.imap.user == settings.smtp.user == "reservations@bruyere.example"
    assert settings.imap.password is settings.smtp.password is None
    assert settings.oauth is not None
    assert settings.oauth.authority == "https://login.microsoftonline.com"


def test_letters_may_leave_by_a_server_of_ones_own(tmp_path: Path) -> None:
    own = {"MAILBOT_SMTP_HOST": "relay.bruyere.example", "MAILBOT_SMTP_TLS": "tls"}
    settings = load_settings(MICROSOFT | own, tmp_path)
    assert (settings.smtp.host, settings.smtp.user) == ("relay.bruyere.example", "")


def test_what_is_missing_or_set_twice_for_a_sign_in_is_told(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("a key")
    (tmp_path / "key.pem").chmod(0o600)
    both = {"MAILBOT_OAUTH_SECRET": "s", "MAILBOT_OAUTH_KEY_FILE": "key.pem", "MAILBOT_OAUTH_CLIENT": ""}
    assert faults_of(MICROSOFT | both, tmp_path) == (
        "MAILBOT_OAUTH_CLIENT is missing",
        "MAILBOT_OAUTH_SECRET and MAILBOT_OAUTH_KEY_FILE are both set: keep one of them",
    )
    assert faults_of(ENOUGH | {"MAILBOT_OAUTH_TENANT": "x"}, tmp_path) == (
        "MAILBOT_OAUTH is missing: microsoft or google",
    )
    assert faults_of({"MAILBOT_OAUTH": "google", "MAILBOT_IMAP_USER": "a@b.example"}, tmp_path) == (
        "MAILBOT_OAUTH_KEY_FILE is missing: the key of a service account, as JSON",
    )


@pytest.mark.parametrize("address", ["http://login.example", "ftp://127.0.0.1", "login.example"])
def test_secrets_are_sent_over_tls_alone(tmp_path: Path, address: str) -> None:
    [fault] = faults_of(MICROSOFT | {"MAILBOT_OAUTH_AUTHORITY": address}, tmp_path)
    assert fault == f"MAILBOT_OAUTH_AUTHORITY must begin with https://, not {address}"


def test_a_key_that_others_can_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("a key")
    (tmp_path / "key.pem").chmod(0o644)
    [warning] = load_settings(MICROSOFT | {"MAILBOT_OAUTH_KEY_FILE": "key.pem"}, tmp_path).warnings
    assert warning.endswith(f"chmod 600 {tmp_path}/key.pem")
