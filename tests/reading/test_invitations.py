"""The answers of calendar programs to our invitations (RFC 5546)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.model.letters import CalendarReply
from mailbot.reading import invitations
from tests.watchdog import computing_ends


def calendar(method: str, attendee: str, *more: str) -> bytes:
    fields = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Test//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        "UID:R-7K3F2@x.example",
    ]
    fields += [
        "DTSTAMP:20260601T070000Z",
        "DTSTART:20261127T180000Z",
        attendee,
        *more,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(fields).encode()


@pytest.mark.parametrize("status", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_an_answer_has_the_event_and_the_status(status: str) -> None:
    octets = calendar("REPLY", f"ATTENDEE;CN=Clara;PARTSTAT={status}:mailto:clara@x.example", "COMMENT:merci")
    assert invitations.reply(octets) == CalendarReply("R-7K3F2@x.example", status)


def test_empty_lines_around_a_calendar_do_not_matter() -> None:
    octets = b"\r\n" + calendar("REPLY", "ATTENDEE;PARTSTAT=DECLINED:mailto:clara@x.example") + b"\r\n\r"
    assert invitations.reply(octets) == CalendarReply("R-7K3F2@x.example", "DECLINED")


def test_another_time_that_is_proposed_is_for_a_person() -> None:
    octets = calendar("COUNTER", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:clara@x.example")
    assert invitations.reply(octets) == CalendarReply("R-7K3F2@x.example", invitations.COUNTER)


@pytest.mark.parametrize(
    "octets",
    [
        calendar("REQUEST", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:clara@x.example"),
        calendar("REPLY", "SUMMARY:no attendee"),
        calendar("REPLY", "ATTENDEE;PARTSTAT=PERHAPS:mailto:clara@x.example"),
        calendar(
            "REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.example", "ATTENDEE;PARTSTAT=DECLINED:mailto:b@x.example"
        ),
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nEND",
        b"METHOD:REPLY BEGIN:VEVENT \xff\x00",
        b"",
    ],
)
def test_what_is_no_answer_is_none(octets: bytes) -> None:
    assert invitations.reply(octets) is None


WHOLE = calendar("REPLY", "ATTENDEE;CN=Clara;PARTSTAT=ACCEPTED:mailto:clara@x.example", "COMMENT:merci")
PIECES = st.sampled_from(
    [
        *(
            b"\r\n",
            b"\r\n ",
            b":",
            b";",
            b",",
            b"'",
            b"\\",
            b"\x00",
            b"\xff",
            b"BEGIN:VEVENT\r\n",
            b"END:VCALENDAR\r\n",
        ),
        *(b"RRULE:FREQ=SECONDLY\r\n", b"TZID=Mars/Phobos", b"METHOD:COUNTER\r\n", b"PARTSTAT=", b"9" * 20),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 30), PIECES | st.binary(max_size=20)), max_size=6))
def test_a_calendar_that_is_broken_anywhere_is_an_answer_or_none(breaks: list[tuple[int, int, bytes]]) -> None:
    octets = WHOLE
    for place, cut, piece in breaks:
        octets = octets[:place] + piece + octets[place + cut :]
    found = invitations.reply(octets)
    assert found is None or (found.uid and found.status in {*invitations.STATUSES, invitations.COUNTER})


def test_a_calendar_made_to_cost_time_does_not() -> None:
    endless = calendar(
        "REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:c@x.example", "RRULE:FREQ=SECONDLY", "RDATE:19700101T000000Z"
    )
    with computing_ends():
        assert invitations.reply(endless) == CalendarReply("R-7K3F2@x.example", "ACCEPTED")
        assert invitations.reply(calendar("REPLY", "X:" + "y" * 300_000)) is None
        invitations.reply(calendar("REPLY", "X", *(["BEGIN:VALARM"] * 10_000)))
