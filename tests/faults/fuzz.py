"""The fuzzer: mails of the corpus, broken in many ways, through reading, deciding, writing and answering.

    python -m tests.faults.fuzz --minutes 60 --seed 1 --findings findings

Each mail must end once, in seconds, with at most one letter to each person, none to a machine, nothing of it in a
header; afterwards bookings, cells, letters and mails agree. Mails answer our letters too. Versions of rules.yaml are
broken as well: they hold, or are refused with their faults. What breaks a promise is written to the folder of
findings; tests/faults/found keeps those that were mended, and the tests read them all again.
"""

from __future__ import annotations

import argparse
import logging
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.utils import getaddresses
from functools import cache
from pathlib import Path

from mailbot.errors import BadRules, LostRace, Temporary, Unreadable
from mailbot.policy.rules import load
from mailbot.reading.mime import parse
from mailbot.service.deliver import deliver
from mailbot.service.handle import handle
from mailbot.service.rounds import tick
from tests.corpus import machines
from tests.corpus.mails import SETS, build
from tests.corpus.mails import load as corpus
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import STAFF, nested
from tests.stories.town import MAILBOX, ROOT, Clock, Town, opened

FOUND = Path(__file__).parent / "found"
PROMISED = 5.0
"""Seconds of this process within which a mail must end."""
A_TOWN = 150
"""Mails that one commune gets before the next one begins: its conversations grow long, its tables stay small."""

TOKENS = [
    *(b"\x00", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\t", b"\x0b\x0c", b"\xff\xfe", b"\xed\xa0\x80"),
    *(b"\xc0\xaf", b"=?utf-8?q?", b"=?utf-8?b?", b"?=", b"=?x?y?z?=", b"=0D=0A", b"=", b"--", b"--b--", b'"'),
    *(b"<", b">", b"(", b",", b"99999999999999999999", b"-1", b"0", b"31/02/2026", b"25h61", b"24:00"),
    *(b"00:00", b"1e9", b"12.12.12", b"2026", b"le 3 ou le 10", b"tous les mardis sauf", b"van 14 tot"),
    *(b"half", b"from 25 to", b"minuit", b"midi", b"oui", b"1", b"R-7K3F2", b"UID:R-7K3F2@x", b"annuler"),
    *(b"non", b"ja", b"STOP", b"oubliez-moi", b"mes donn\xc3\xa9es", b"sans suite", b"{{7*7}}", b"{% raw %}"),
    *(b"<script>", b"&#0;", b"%s%n", b"../..", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xc2\x85"),
    *(b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Transfer-Encoding: base64\r\n"),
    *(b"MIME-Version: 1.0\r\n", b"Auto-Submitted: no\r\n", b"Reply-To: x@y.example\r\n", b"Date: 1\r\n"),
    *(b"From: \r\n", b"Message-ID: <>\r\n", "é".encode("latin-1"), "\U0001f389".encode(), "ﬁ".encode()),
    *("İ".encode(), "ß".encode(), "²".encode(), "½".encode(), "٣".encode(), "一".encode(), "\u200b".encode()),
    *("a\u0301".encode() * 40, b"a" * 3_000, b"1 " * 500, b"salle, " * 200),
]  # fmt: skip
CHARSETS = [b"utf-8", b"utf-16", b"utf-7", b"iso-8859-1", b"windows-1252", b"gb18030", b"klingon", b"us-ascii", b"idna"]


@cache
def seeds() -> tuple[bytes, ...]:
    """Return the mails that are broken: people's, machines', and some that are hostile already."""
    people = [build(case) for path in sorted(SETS.glob("*.jsonl")) for case in corpus(path)]
    robots = [raw for kind in ("machines", "people") for _, raw in machines.mails(kind)]
    return (*people, *robots * 3, nested(30), *(path.read_bytes() for path in sorted(FOUND.glob("*.eml"))))


# --- breaking


class Breaker:
    """Breaks texts, the same way for the same seed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._ways: list[Callable[[bytes], bytes]] = [
            *(self._octet, self._cut, self._repeat, self._swap, self._token, self._token, self._number, self._number),
            *(self._lines, self._splice, self._charset, self._header, self._case),
        ]

    def __call__(self, raw: bytes) -> bytes:
        for _ in range(self._chance.choice([0, 1, 1, 2, 2, 3, 5, 8])):
            raw = self._chance.choice(self._ways)(raw) or b"\r\n"
        return raw[:400_000]

    def _place(self, raw: bytes) -> int:
        return self._chance.randrange(len(raw) + 1)

    def _stretch(self, raw: bytes) -> tuple[int, int]:
        first = self._place(raw)
        return first, min(len(raw), first + self._chance.choice([1, 3, 10, 50, 300]))

    def _octet(self, raw: bytes) -> bytes:
        at = self._place(raw)
        return raw[:at] + bytes([self._chance.randrange(256)]) + raw[at + 1 :]

    def _cut(self, raw: bytes) -> bytes:
        first, last = self._stretch(raw)
        return raw[:first] + raw[last:]

    def _repeat(self, raw: bytes) -> bytes:
        first, last = self._stretch(raw)
        return raw[:first] + raw[first:last] * self._chance.choice([2, 2, 3, 30]) + raw[last:]

    def _swap(self, raw: bytes) -> bytes:
        first, last = self._stretch(raw)
        at = self._place(raw)
        return raw[:first] + raw[last:at] + raw[first:last] + raw[max(last, at) :]

    def _token(self, raw: bytes) -> bytes:
        at = self._place(raw)
        return raw[:at] + self._chance.choice(TOKENS) + raw[at:]

    def _number(self, raw: bytes) -> bytes:
        found = list(re.finditer(rb"\d+", raw))
        if not found:
            return raw
        one = self._chance.choice(found)
        other = self._chance.choice(
            [b"0", b"1", b"7", b"12", b"13", b"24", b"31", b"32", b"60", b"99", b"2026", b"00", b"1" * 30]
        )
        return raw[: one.start()] + other + raw[one.end() :]

    def _lines(self, raw: bytes) -> bytes:
        lines = raw.splitlines(keepends=True)
        first, last = sorted((self._chance.randrange(len(lines) or 1), self._chance.randrange(len(lines) or 1)))
        some = lines[first:last]
        self._chance.shuffle(some)
        return b"".join([*lines[:first], *some, *lines[last:]])

    def _splice(self, raw: bytes) -> bytes:
        other = self._chance.choice(seeds())
        return raw[: self._place(raw)] + other[self._place(other) :]

    def _charset(self, raw: bytes) -> bytes:
        return re.sub(rb'charset="?[\w-]+"?', b"charset=" + self._chance.choice(CHARSETS), raw, count=1)

    def _header(self, raw: bytes) -> bytes:
        head, gap, body = raw.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        at = self._chance.randrange(len(lines))
        way = self._chance.randrange(3)
        if way == 0:
            lines.pop(at)
        elif way == 1:
            lines.insert(at, lines[self._chance.randrange(len(lines))])
        else:
            lines[at] = lines[at].partition(b":")[0] + b": " + self._chance.choice(TOKENS)
        return b"\r\n".join(lines) + gap + body

    def _case(self, raw: bytes) -> bytes:
        first, last = self._stretch(raw)
        return raw[:first] + raw[first:last].swapcase() + raw[last:]


# --- judging


class Broken(Exception):
    """A promise was not kept."""


class Commune:
    """A town that gets broken mails, and looks at what becomes of each."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._chance = chance
        rules = (ROOT / "rules.yaml").read_text(encoding="utf-8")
        rules = re.sub(r"^(\s*answers_\w+: )\d+", r"\g<1>100000", rules, flags=re.MULTILINE)
        (folder / "rules.yaml").write_text(rules, encoding="utf-8")
        self.town = Town(folder, Clock(NINE_THIRTY), rules=folder / "rules.yaml")
        self._ours = frozenset(self.town.office.rules.current().catalogue.mailboxes)

    def mail(self, breaker: Breaker) -> bytes:
        """Return a broken mail; some answer one of our letters, some come from staff."""
        raw = self._chance.choice(seeds())
        sent = self.town.outbox.sent
        if sent and self._chance.random() < 0.4:
            raw = self._answer(opened(self._chance.choice(sent[-20:]).raw), raw)
        if self._chance.random() < 0.1:
            raw = re.sub(rb"^From: .*$", f"From: {self._chance.choice(STAFF)}".encode(), raw, flags=re.MULTILINE)
        self.town.written += 1
        raw = re.sub(rb"^(Message-ID: <)", rb"\g<1>%d." % self.town.written, raw, count=1, flags=re.MULTILINE)
        return breaker(raw)

    def _answer(self, letter: object, raw: bytes) -> bytes:
        """Return a mail of whoever got a letter of ours, in answer to it, in the words of another mail."""
        named = {name: str(letter[name]).replace("\n", " ") for name in ("To", "Subject", "Message-ID")}  # type: ignore[index]
        text = raw.partition(b"\r\n\r\n")[2]
        if self._chance.random() < 0.6:
            text = self._chance.choice(
                [b"oui", b"non", b"2", b"ok pour le 1", b"annulez", b"ja graag", b"yes please", b"19h plutot"]
            )
        head = (
            f"From: {named['To']}\r\nTo: {MAILBOX}\r\nSubject: Re: {named['Subject']}\r\nMessage-ID: <a@b.example>\r\n"
        )
        head += f"In-Reply-To: {named['Message-ID']}\r\nDate: Tue, 02 Jun 2026 09:30:00 +0200\r\n\r\n"
        return head.encode("utf-8", "replace") + text

    def receive(self, raw: bytes) -> None:
        """Let a mail go its whole way. Raises Broken."""
        before = len(self.town.outbox.sent)
        self.town.inbox.put(raw)
        started = time.process_time()
        for mail in self.town.inbox.waiting(5):
            try:
                handle(mail, self.town.office)
            except (Temporary, LostRace) as error:
                raise Broken(f"it waits for ever: {error}") from error
        while deliver(self.town.office, self.town.outbox):
            pass
        took = time.process_time() - started
        if took > PROMISED:
            raise Broken(f"it took {took:.1f} s")
        self._judge(raw, before)

    def _judge(self, raw: bytes, before: int) -> None:
        posts = self.town.outbox.sent[before:]
        to = Counter(recipient for post in posts for recipient in post.recipients)
        if twice := [address for address, number in to.items() if number > 1 and address not in STAFF]:
            raise Broken(f"several letters to one person: {twice}")
        for post in posts:
            head = post.raw.partition(b"\r\n\r\n")[0]
            if not head.isascii() or b"\x00" in head or re.search(rb"(?<!\r)\n|\r(?!\n)", head):
                raise Broken("something of it is in a header, raw")
            letter = opened(post.raw)
            if faults := [fault for fault in _defects(letter) if "local-part" not in fault and "'.'" not in fault]:
                raise Broken(f"a letter of ours is not well formed: {faults}")
            if [address for _, address in getaddresses([str(letter["To"])])] != list(post.recipients):
                raise Broken(f"a letter names {letter['To']} and goes to {post.recipients}")
        try:
            read = parse(raw, self.town.clock(), own=self._ours)
        except Unreadable:
            return
        if read.machine and read.sender.address in to and read.sender.address not in STAFF:
            raise Broken("a machine was answered")

    def go_on(self) -> None:
        """Let some time pass. Raises Broken."""
        self.town.clock.now += timedelta(hours=self._chance.choice([1, 5, 20, 60]))
        tick(self.town.office)
        while deliver(self.town.office, self.town.outbox):
            pass

    def close(self) -> None:
        """Look at what is left. Raises Broken."""
        with self.town.store.unit() as unit:
            found = unit.differences(self.town.clock()).found()
        self.town.close()
        if found:
            raise Broken(f"the database does not agree with itself: {found[:5]}")


def _defects(letter: EmailMessage) -> list[str]:
    """Return what is wrong with a letter; two dots in a row before the @ are the business of who is called so."""
    values = (fault for value in letter.values() for fault in getattr(value, "defects", ()))
    return [str(fault) for fault in (*letter.defects, *values)]


# --- running

Found = Callable[[str, bytes, str], None]
"""Called with a name, the mail, and what it broke."""


def storm(seed: int, seconds: float, most: int, found: Found) -> Iterator[int]:
    """Break mails for so long, `most` at most; yield how many there were."""
    chance = random.Random(seed)
    breaker = Breaker(chance)
    end = time.monotonic() + seconds
    number = 0
    while number < most and time.monotonic() < end:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            numbers = range(number + 1, min(number + A_TOWN, most) + 1)
            for number in _one_town(Commune(Path(folder), chance), breaker, numbers, end, found):
                yield number
            _try(f"rules-{number}", b"", found, _rules, breaker, Path(folder))


def _one_town(commune: Commune, breaker: Breaker, numbers: range, end: float, found: Found) -> Iterator[int]:
    """Send broken mails to a commune, until it had enough or the time is over."""
    raw = b""
    for number in numbers:
        raw = commune.mail(breaker)
        _try(f"mail-{number}", raw, found, commune.receive, raw)
        if number % 10 == 0:
            _try(f"clock-{number}", raw, found, commune.go_on)
        yield number
        if time.monotonic() > end:
            break
    _try(f"rows-{number}", raw, found, commune.close)


def _rules(breaker: Breaker, folder: Path) -> None:
    """Break rules.yaml: it holds, or it is refused with its faults. Raises Broken."""
    for number in range(5):
        path = folder / f"broken-{number}.yaml"
        path.write_bytes(breaker((ROOT / "rules.yaml").read_bytes()))
        started = time.process_time()
        try:
            load(path)
        except BadRules as bad:
            if not bad.lines:
                raise Broken("rules were refused without a reason") from bad
        except Exception as error:
            raise Broken(f"rules that fail: {error!r}\n{path.read_text('utf-8', 'replace')}") from error
        if time.process_time() - started > PROMISED:
            raise Broken(f"rules that take long\n{path.read_text('utf-8', 'replace')}")


def _try(name: str, raw: bytes, found: Found, work: Callable[..., None], *arguments: object) -> None:
    try:
        work(*arguments)
    except Exception:  # noqa: BLE001 - that is what is looked for
        found(name, raw, traceback.format_exc())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--findings", type=Path, default=Path("findings"))
    chosen = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    kinds = Counter[str]()

    def found(name: str, raw: bytes, why: str) -> None:
        kind = why.strip().splitlines()[-1][:150]
        kinds[kind] += 1
        if kinds[kind] <= 3:  # one fault shows itself many times
            chosen.findings.mkdir(parents=True, exist_ok=True)
            (chosen.findings / f"{name}.eml").write_bytes(raw)
            (chosen.findings / f"{name}.txt").write_text(why, encoding="utf-8")

    number, said = 0, time.monotonic()
    for number in storm(chosen.seed, chosen.minutes * 60, sys.maxsize, found):
        if time.monotonic() - said > 60:
            said = time.monotonic()
            sys.stdout.write(f"{number} mails, {sum(kinds.values())} findings of {len(kinds)} kinds\n")
            sys.stdout.flush()
    sys.stdout.write(f"{number} mails in {chosen.minutes:g} minutes, {sum(kinds.values())} findings\n")
    sys.stdout.writelines(f"{times} × {kind}\n" for kind, times in kinds.most_common())
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
