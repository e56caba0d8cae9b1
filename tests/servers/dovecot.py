"""Dovecot with one maildir account for each name one asks for: IMAP in, LMTP to deliver, TLS with a certificate."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from mailbot.demo.embedded import free_port
from tests.servers import HOST, binary, listens, until

PASSWORD = "sesame"


class Dovecot:
    def __init__(self, folder: Path, *, introspection: str = "") -> None:
        """`introspection` is the address of a service that knows whether a token holds (RFC 7662): who has one is let
        in by XOAUTH2, and nobody with a password."""
        self._introspection = introspection
        self.program = binary("dovecot", "dovecot-imapd")
        self.folder = folder
        self.host = HOST
        self.port, self.tls_port, self.lmtp_port = free_port(), free_port(), free_port()
        self.password = PASSWORD
        self.certificate = folder / "certificate.pem"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        account = pwd.getpwnam(user)
        group = grp.getgrgid(account.pw_gid).gr_name
        for name in ("mail", "run", "state"):
            (self.folder / name).mkdir(exist_ok=True)
        os.chown(self.folder / "mail", account.pw_uid, account.pw_gid)
        self._certify()
        configuration = self.folder / "dovecot.conf"
        (self.folder / "oauth2.conf").write_text(
            f"introspection_mode = post\nintrospection_url = {self._introspection}\n"
            "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
        )
        configuration.write_text(self._configuration(user, group, account.pw_uid, account.pw_gid))
        self._process = subprocess.Popen([self.program, "-F", "-c", str(configuration)])
        until(lambda: listens(self.port) and listens(self.lmtp_port), 10, "Dovecot")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)

    def deliver(self, user: str, raw: bytes) -> None:
        """Deliver one mail over LMTP, as a mail server would."""
        self.deliver_all(user, [raw])

    def deliver_all(self, user: str, mails: list[bytes]) -> None:
        with smtplib.LMTP(HOST, self.lmtp_port) as lmtp:
            for raw in mails:
                lmtp.sendmail("someone@sender.example", [user], raw)

    def client(self, user: str) -> Any:
        client = IMAPClient(HOST, port=self.port, ssl=False)
        client.login(user, PASSWORD)
        return client

    def fill(self, user: str, number: int, mail: Callable[[int], bytes]) -> None:
        """Put many mails into a mailbox at once, as files of its Maildir."""
        client = self.client(user)
        client.select_folder("INBOX")
        client.logout()
        new = self.folder / "mail" / user / "new"
        owner = new.stat()
        for each in range(number):
            path = new / f"{1_600_000_000 + each}.M{each}.old"
            path.write_bytes(mail(each))
            os.chown(path, owner.st_uid, owner.st_gid)

    def forget(self, user: str) -> None:
        """Throw a mailbox away: the next one of that name has another UIDVALIDITY."""
        shutil.rmtree(self.folder / "mail" / user, ignore_errors=True)

    def _certify(self) -> None:
        key = self.folder / "key.pem"
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        subprocess.run([*command, "-keyout", str(key), "-out", str(self.certificate)], check=True, capture_output=True)

    def _passwords(self) -> str:
        if self._introspection:
            return f"""auth_mechanisms = xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {self.folder}/oauth2.conf
}}"""
        return f"""auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={PASSWORD}
}}"""

    def _configuration(self, user: str, group: str, uid: int, gid: int) -> str:
        folder = self.folder
        return f"""
protocols = imap lmtp
listen = {HOST}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
disable_plaintext_auth = no
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
ssl = yes
ssl_cert = <{self.certificate}
ssl_key = <{folder}/key.pem
{self._passwords()}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = {HOST}
    port = {self.lmtp_port}
  }}
}}
"""


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A running Dovecot; ask it for a mailbox by any name."""
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # short: its sockets' paths may not pass 108 characters
    folder.chmod(0o755)
    server = Dovecot(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
