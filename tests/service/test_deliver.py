"""The second hand: letters that cannot be delivered now, or never; and crashes between the server's yes and ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from mailbot.model.outbox import Post, Receipt
from mailbot.service.deliver import LONGEST_PAUSE, MOST_TRIES, deliver, pause_after
from mailbot.service.rounds import fetch
from mailbot.store.mailbox import Mailbox
from tests.service.mails import KARIM, MARC, READING_ROOM, STAFF
from tests.stories.town import Town, opened, text_of

MINUTE = timedelta(minutes=1)


@dataclass
class Server:
    """A mail server with moods: what it says to whom (final, later), and how many letters it takes before it dies."""

    town: Town
    refuses: dict[str, str] = field(default_factory=dict)
    """By recipient: the error of a refusal for good."""
    postpones: dict[str, str] = field(default_factory=dict)
    dies_after: int | None = None
    taken: list[Post] = field(default_factory=list)
    tried: list[tuple[datetime, str]] = field(default_factory=list)

    def send(self, posts: Sequence[Post]) -> Iterator[Receipt]:
        for post in posts:
            [to] = post.recipients
            self.tried.append((self.town.clock.now, to))
            if error := self.refuses.get(to):
                yield Receipt(post.id, taken=False, final=True, error=error)
            elif error := self.postpones.get(to):
                yield Receipt(post.id, taken=False, error=error)
            else:
                self.taken.append(post)
                if self.dies_after is not None and len(self.taken) > self.dies_after:
                    raise KeyboardInterrupt("the plug was pulled after the server's 250")
                yield Receipt(post.id, taken=True)

    def close(self) -> None: ...

    def recipients(self) -> list[str]:
        return [post.recipients[0] for post in self.taken]


def written(town: Town) -> None:
    """Let Marc write; his answer waits in the outbox."""
    town.inbox.put(town.mail(MARC, "lecture", READING_ROOM))
    fetch(town.inbox, town.office)


def through_the_days(town: Town, server: Server, days: float, step: timedelta = MINUTE) -> None:
    until = town.clock.now + timedelta(days=days)
    while town.clock.now < until:
        while deliver(town.office, server):
            pass
        town.clock.now += step


def test_pauses_grow_from_a_minute_to_six_hours() -> None:
    assert [pause_after(tries) / MINUTE for tries in range(1, 7)] == [1, 2, 4, 8, 16, 32]
    assert pause_after(MOST_TRIES) == LONGEST_PAUSE == timedelta(hours=6)
    assert pause_after(10_000) == LONGEST_PAUSE


def test_a_letter_that_is_put_off_is_tried_again_after_growing_pauses(town: Town) -> None:
    written(town)
    server = Server(town, postpones={"marc@valleeverte.example": "450 greylisted"})
    through_the_days(town, server, 0.1)
    moments = [when for when, _ in server.tried]
    pauses = [(later - sooner) / MINUTE for sooner, later in pairwise(moments)]
    assert pauses == [1, 2, 4, 8, 16, 32, 64]
    server.postpones.clear()
    through_the_days(town, server, 0.2)
    assert server.recipients() == ["marc@valleeverte.example"]


def test_a_letter_that_is_never_taken_is_given_up_with_one_alert_to_staff(town: Town) -> None:
    written(town)
    server = Server(town, postpones={"marc@valleeverte.example": "450 mailbox full"})
    through_the_days(town, server, 3, 10 * MINUTE)
    assert [to for _, to in server.tried if to.startswith("marc")] == ["marc@valleeverte.example"] * MOST_TRIES
    assert server.recipients() == STAFF
    alert = opened(server.taken[0].raw)
    assert "marc@valleeverte.example" in text_of(alert)
    assert "450 mailbox full" in text_of(alert)
    assert "n'a pas pu être remise" in str(alert["Subject"])
    assert alert["Auto-Submitted"] == "auto-generated"
    assert alert["In-Reply-To"] is None


def test_a_letter_that_is_refused_for_good_is_tried_once_and_told_to_staff(town: Town) -> None:
    written(town)
    server = Server(town, refuses={"marc@valleeverte.example": "550 no such user"})
    through_the_days(town, server, 2, 30 * MINUTE)
    assert Counter(to for _, to in server.tried) == {"marc@valleeverte.example": 1, STAFF[0]: 1, STAFF[1]: 1}
    assert "550 no such user" in text_of(opened(server.taken[0].raw))


def test_a_confirmation_that_is_refused_marks_the_booking(town: Town) -> None:
    town.inbox.put(town.mail(MARC, "lecture", READING_ROOM))
    fetch(town.inbox, town.office)
    deliver(town.office, Server(town, refuses={"marc@valleeverte.example": "550 no such user"}))
    assert [one.unreached for one in town.standing()] == [True]


def test_no_alert_is_written_about_an_alert(town: Town) -> None:
    written(town)
    everybody = {"marc@valleeverte.example": "550 no", STAFF[0]: "550 no", STAFF[1]: "550 no"}
    server = Server(town, refuses=everybody)
    through_the_days(town, server, 2, 30 * MINUTE)
    assert Counter(to for _, to in server.tried) == {"marc@valleeverte.example": 1, STAFF[0]: 1, STAFF[1]: 1}


def test_one_letter_that_fails_does_not_keep_the_others(town: Town) -> None:
    written(town)
    town.inbox.put(town.mail(KARIM, "plainte", "Bonjour, je me plains du bruit dans le parc."))
    server = Server(town, postpones={"marc@valleeverte.example": "421 later"})
    fetch(town.inbox, town.office)
    deliver(town.office, server)
    assert server.recipients() == ["karim@leslombrics.example", *STAFF]


def test_a_crash_after_the_servers_yes_repeats_that_letter_alone_under_its_own_identifier(town: Town) -> None:
    for sender in (MARC, KARIM):
        town.inbox.put(town.mail(sender, "plainte", "Bonjour, je me plains du bruit dans le parc."))
    fetch(town.inbox, town.office)
    server = Server(town, dies_after=2)
    with pytest.raises(KeyboardInterrupt):
        deliver(town.office, server)
    server.dies_after = None
    through_the_days(town, server, 0.1)
    identifiers = Counter(str(opened(post.raw)["Message-ID"]) for post in server.taken)
    assert sorted(identifiers.values()) == [1, 1, 1, 1, 1, 2], "six letters, one of them twice"


def test_what_was_taken_is_never_sent_again(town: Town) -> None:
    written(town)
    server = Server(town)
    through_the_days(town, server, 2, 30 * MINUTE)
    assert server.recipients() == ["marc@valleeverte.example"]


def test_nothing_of_a_mail_leaves_before_its_commit(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Mailbox, "ended", fail)
    written(town)
    server = Server(town)
    assert deliver(town.office, server) == 0
    assert server.taken == []
