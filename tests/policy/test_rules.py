"""rules.yaml: the sample commune, and what an employee is told when the file does not hold."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.errors import BadRules, Fault
from mailbot.model.letters import Address
from mailbot.model.rules import Closure, Room, Rules, UnknownSender, UseBefore
from mailbot.model.spans import Days, Hours
from mailbot.policy import faults as faults_module
from mailbot.policy import outline
from mailbot.policy.rules import RulesFile, load, parse
from tests.corpus.commune import catalogue

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "rules.yaml"

SMALL = """\
commune:
  names: {fr: Commune, nl: Gemeente}
  service: {fr: le service, nl: de dienst}
  mailbox: Réservations <reservations@commune.example>
  phone: 02 000 01 23
  timezone: Europe/Brussels
  languages: [fr, nl]
staff:
  - {name: Claire, address: claire@commune.example, language: fr}
key_holders:
  josiane: {name: Josiane, address: josiane@voisines.example, language: fr, digest_at: 6:45, stand_in: lieve}
  lieve: {name: Lieve, address: lieve@commune.example, language: nl}
counters:
  loge: {place: {fr: à la loge}, holder: josiane, hours: {lu-ve: "8:00-10:00, 17:00-19:00", sa: 9:00-11:00}}
sites:
  parc: {names: {fr: [Parc], nl: [Park]}, address: {fr: rue du Parc 1, nl: Parkstraat 1}}
keys:
  parc: {counter: loge, copies: 2}
features:
  wifi: {fr: wifi, nl: wifi}
rooms:
  grande-salle:
    names: {fr: [grande salle, salle], nl: [grote zaal]}
    site: parc
    key: parc
    capacity: 80
    features: [wifi]
    hours: {lu-je: 8:00-22:00, ve-sa: 18:00-01:00}
    turnaround: 30 min
equipment:
  tonnelle: {names: {fr: [tonnelle], nl: [partytent]}, stock: 6, counter: loge}
day_parts: {morning: 9-12, midday: 12-14, afternoon: 13-18, evening: 18-22, day: 9-18}
limits: {notice: 48 h, horizon: 12 mois, longest: 14 h, longest_loan: 10, active_bookings: 6, hours_per_week: 40}
unknown_senders: allowed
initiatives:
  lombrics: {name: Les Lombrics, addresses: ["@leslombrics.example", bruno@courrier.example]}
school_holidays:
  fr:
    - {days: 19/10/2026..01/11/2026, name: {fr: congé d'automne}}
"""


ELS = "name: Els, address: els@school.example, language: fr"
HUGO = "name: Hugo, address: hugo@garage.example, language: fr"


def rules_with(old: str = "", new: str = "") -> Rules:
    assert old in SMALL
    return parse(SMALL.replace(old, new, 1).encode())


def faults_with(old: str, new: str, language: str = "en") -> list[Fault]:
    assert SMALL.count(old) >= 1, old
    with pytest.raises(BadRules) as caught:
        parse(SMALL.replace(old, new, 1).encode(), language=language)
    return list(caught.value.faults)


# --- the sample


@pytest.fixture(scope="module")
def sample() -> Rules:
    return load(SAMPLE)


def test_the_sample_is_the_commune_that_the_mails_of_the_corpus_speak_of(sample: Rules) -> None:
    known = catalogue()
    assert {room.id: (room.names, room.site, room.capacity) for room in sample.rooms.values()} == {
        room.id: (room.names, room.site, room.capacity) for room in known.rooms.values()
    }
    assert {thing.id: (thing.names, thing.stock) for thing in sample.equipment.values()} == {
        thing.id: (thing.names, thing.stock) for thing in known.equipment.values()
    }
    assert {site.id: site.names for site in sample.sites.values()} == {s.id: s.names for s in known.sites.values()}
    assert sample.day_parts == known.day_parts
    assert (sample.catalogue.zone, sample.catalogue.languages) == (known.zone, known.languages)
    assert sample.catalogue.mailboxes == ("reservations@bruyere.example",)


def test_the_sample_says_how_to_get_each_key_in_each_language(sample: Rules) -> None:
    languages = set(sample.commune.languages)
    for room in sample.rooms.values():
        key = sample.keys[room.key or ""]
        counter = sample.counters[key.counter]
        site = sample.sites[room.site]
        texts = (counter.place, counter.names, key.names, key.deposit, key.sign, site.address, site.access)
        assert all(set(words) == languages for words in texts), room.id
        assert counter.week
        assert counter.phone
        assert site.on_call
        assert key.copies >= 2


def test_every_text_of_the_sample_is_there_in_each_language(sample: Rules) -> None:
    languages = set(sample.commune.languages)
    texts = [*sample.answers.values(), *sample.feature_names.values(), *sample.articles.values()]
    texts += [text for thing in sample.equipment.values() for text in (thing.contents, thing.transport) if text]
    texts += [closure.reason for holidays in sample.school_holidays.values() for closure in holidays]
    texts += [thing.names for things in (sample.rooms, sample.equipment, sample.sites) for thing in things.values()]
    assert all(set(text) == languages for text in texts)


def test_addresses_and_numbers_of_the_sample_are_invented() -> None:
    text = SAMPLE.read_text("utf-8")
    assert set(re.findall(r"@[\w.-]+", text)) - {"@domaine", "@domein"} <= set(re.findall(r"@[\w.-]+\.example", text))
    assert all(
        number.startswith(("0400 00 00", "02 000 01")) for number in re.findall(r"\b0\d+ \d\d\d? \d\d \d\d", text)
    )


def test_clothes_dry_and_cups_are_washed_between_loans(sample: Rules) -> None:
    assert sample.equipment["tonnelle"].days_between == 1
    assert sample.equipment["gobelet"].days_between == 2
    assert sample.equipment["chaise"].days_between == 0


def test_the_school_calendars_cover_two_school_years(sample: Rules) -> None:
    for community in ("fr", "nl"):
        holidays = sample.school_holidays[community]
        assert [closure.days for closure in holidays] == sorted(closure.days for closure in holidays)
        assert (holidays[0].days.first.year, holidays[-1].days.first.year) == (2025, 2027)
        assert all(h.days.first.weekday() == 0 or h.days.first.month in (7, 8) for h in holidays)


@pytest.mark.parametrize(
    ("room", "start", "end"),
    [
        ("salle-polyvalente", "2026-03-14T19:00", "2026-03-15T01:00"),
        ("salle-polyvalente", "2026-12-18T18:30", "2026-12-19T00:00"),
        ("bibliotheque", "2026-11-16T10:00", "2026-11-16T17:00"),
        ("salle-reunion", "2026-10-12T19:00", "2026-10-12T21:00"),
        ("classe-tilleuls", "2026-11-13T19:45", "2026-11-13T23:00"),
        ("classe-tilleuls", "2026-10-20T18:30", "2026-10-20T20:00"),
        ("refectoire-tilleuls", "2026-06-27T10:00", "2026-06-27T13:00"),
        ("cuisine-quartier", "2026-06-28T09:00", "2026-06-28T15:00"),
        ("maison-quartier", "2026-09-14T09:30", "2026-09-14T11:00"),
    ],
)
def test_what_the_mails_ask_for_lies_within_the_opening_hours(sample: Rules, room: str, start: str, end: str) -> None:
    assert is_open(sample, sample.rooms[room], datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("room", "start", "end"),
    [
        ("classe-tilleuls", "2026-11-17T10:00", "2026-11-17T12:00"),
        ("salle-polyvalente", "2026-03-12T19:00", "2026-03-13T01:00"),
    ],
)
def test_classrooms_are_closed_in_class_hours_and_halls_at_night_in_the_week(
    sample: Rules, room: str, start: str, end: str
) -> None:
    assert not is_open(sample, sample.rooms[room], datetime.fromisoformat(start), datetime.fromisoformat(end))


def is_open(rules: Rules, room: Room, start: datetime, end: datetime) -> bool:
    school_holidays = rules.school_holidays[room.holiday_community or "fr"]
    week = room.holidays if any(start.date() in closure.days for closure in school_holidays) else room.term
    midnight = datetime.combine(start.date(), time())
    first, last = ((moment - midnight) // timedelta(minutes=1) for moment in (start, end))
    return any(hours.start <= first and last <= hours.end for hours in week.get(start.weekday(), ()))


# --- what the fields become


def test_a_small_file_becomes_rules() -> None:
    rules = rules_with()
    assert rules.commune.mailbox == Address("Réservations", "reservations@commune.example")
    assert rules.commune.zone == ZoneInfo("Europe/Brussels")
    assert rules.holders["josiane"].digest_at == time(6, 45)
    assert rules.counters["loge"].week[4] == (Hours(480, 600), Hours(1020, 1140))
    assert rules.counters["loge"].week[5] == (Hours(540, 660),)
    assert 6 not in rules.counters["loge"].week
    room = rules.rooms["grande-salle"]
    assert room.term == room.holidays
    assert room.term[5] == (Hours(1080, 1500),)
    assert room.turnaround == timedelta(minutes=30)
    assert rules.limits.horizon == timedelta(days=365)
    assert rules.limits.hold_until == time(18)
    assert rules.unknown_senders is UnknownSender.ALLOWED
    assert rules.initiative_of("Anyone@LesLombrics.example") == rules.initiatives["lombrics"]
    assert rules.school_holidays["fr"][0].days == Days(date(2026, 10, 19), date(2026, 11, 1))
    assert rules.answers == {}


def test_a_thing_added_can_be_booked_at_once() -> None:
    rules = rules_with("day_parts:", "  trottinette: {names: {fr: [trottinette]}, stock: 3, counter: loge}\nday_parts:")
    assert rules.catalogue.equipment["trottinette"].names == {"fr": ("trottinette",)}


def test_a_text_in_one_language_needs_no_list() -> None:
    rules = rules_with("wifi: {fr: wifi, nl: wifi}", "wifi: sans-fil")
    assert rules.feature_names["wifi"] == {"fr": "sans-fil"}


def test_names_may_stand_on_one_line() -> None:
    rules = rules_with("fr: [grande salle, salle]", 'fr: "grande salle, salle"')
    assert rules.rooms["grande-salle"].names["fr"] == ("grande salle", "salle")


def test_a_long_text_keeps_its_lines_and_a_name_is_one_line() -> None:
    rules = rules_with(
        "address: {fr: rue du Parc 1, nl: Parkstraat 1}",
        'address: {fr: "rue du\\n Parc 1"}, access: {fr: "Entrez.\\nFermez."}',
    )
    assert rules.sites["parc"].address == {"fr": "rue du Parc 1"}
    assert rules.sites["parc"].access == {"fr": "Entrez.\nFermez."}


def test_words_between_two_parts_of_a_field_name_are_all_the_same() -> None:
    assert rules_with("key_holders:", "Key-Holders:").holders.keys() == {"josiane", "lieve"}


def test_what_is_left_empty_is_as_if_it_were_not_there() -> None:
    assert rules_with("turnaround: 30 min", "turnaround:").rooms["grande-salle"].turnaround == timedelta(0)
    assert rules_with("features: [wifi]", "features: []").rooms["grande-salle"].features == frozenset()


def test_a_room_may_be_closed_all_through_the_holidays() -> None:
    assert rules_with("turnaround:", "holiday_hours: fermé\n    turnaround:").rooms["grande-salle"].holidays == {}


def test_a_room_may_have_the_same_hours_each_day() -> None:
    week = rules_with("{lu-je: 8:00-22:00, ve-sa: 18:00-01:00}", "8:00-22:00").rooms["grande-salle"].term
    assert week == dict.fromkeys(range(7), (Hours(480, 1320),))


def test_closures_are_days_with_or_without_a_reason() -> None:
    closures = "closures: [21/07/2026, {days: 17/08/2026..21/08/2026, reason: {fr: parquet}}]\n    turnaround:"
    assert rules_with("turnaround:", closures).rooms["grande-salle"].closures == (
        Closure(Days(date(2026, 7, 21), date(2026, 7, 21))),
        Closure(Days(date(2026, 8, 17), date(2026, 8, 21)), {"fr": "parquet"}),
    )


def test_public_holidays_can_be_added_and_removed() -> None:
    assert rules_with().public_holidays[date(2026, 7, 21)]["fr"] == "fête nationale"
    section = "public_holidays: {add: {day: 27/09, name: {fr: fête}}, remove: [11/11, 2026-05-01]}\nschool_holidays:"
    holidays = rules_with("school_holidays:", section).public_holidays
    assert holidays[date(2027, 9, 27)] == {"fr": "fête"}
    assert date(2027, 11, 11) not in holidays
    assert date(2026, 5, 1) not in holidays
    assert date(2027, 5, 1) in holidays
    assert list(holidays) == sorted(holidays)


def test_a_refusal_may_name_an_article_by_its_reason() -> None:
    rules = rules_with("initiatives:", "articles: {order: {fr: art. 4}, too-late: art. 5}\ninitiatives:")
    assert rules.articles == {"order": {"fr": "art. 4"}, "too-late": {"fr": "art. 5"}}


def test_each_version_of_the_file_has_its_own_mark() -> None:
    assert rules_with().version == rules_with().version != rules_with("capacity: 80", "capacity: 81").version


# --- what does not hold

FAULTY: list[tuple[str, str, int, str]] = [
    ("18:00-01:00", "18:00-8:00", 28, "the opening hours of grande-salle end at 08:00, before they start at 18:00"),
    ("ve-sa: 18", "me-sa: 18", 28, "a day stands both in “me-sa” and in “lu-je” (“hours” of grande-salle)"),
    ("lu-ve: \"8:00-10:00, 17:00-19:00\", sa:", "ma:", 14,
     "“ma” is one day in French and another in Dutch (“hours” of loge): write mar, dim, maa or din"),
    ("{lu-ve: \"8:00-10:00, 17:00-19:00\", sa: 9:00-11:00}", "gesloten", 14,
     "loge is never open: nothing could be handed over there"),
    ("capacity: 80", "capacity: quatre-vingts", 26,
     "“capacity” of grande-salle must be a whole number, not “quatre-vingts”"),
    ("capacity: 80", "capacity: 0", 26, "“capacity” of grande-salle must be at least 1, not 0"),
    ("capacity: 80", "capacity: [80]", 26, "“capacity” of grande-salle must be one text"),
    ("    capacity: 80\n", "", 23, "“capacity” is missing in grande-salle"),
    ("capacity: 80", "capacity:", 26, "“capacity” of grande-salle is empty"),
    ("capacity: 80", "capacité: 80\n    capacity: 80", 26, "“capacité” is not known in grande-salle."),
    ("turnaround:", "turnarund:", 29, "“turnarund” is not known in grande-salle. Did you mean “turnaround”?"),
    ("30 min", "20 min", 29, "“turnaround” of grande-salle must be a multiple of 15 minutes, not “20 min”"),
    ("site: parc", "site: prac", 24,
     "grande-salle names the site “prac”, which is not among “sites”. Did you mean “parc”?"),
    ("key: parc", "key: loge", 25, "grande-salle names the key “loge”, which is not among “keys”."),
    ("[wifi]", "wify", 27, "grande-salle has the feature “wify”, which is not among “features”. Did you mean “wifi”?"),
    ("stock: 6, counter: loge", "stock: 6, counter: loges", 31,
     "tonnelle names the counter “loges”, which is not among “counters”. Did you mean “loge”?"),
    ("holder: josiane", "holder: josianne", 14,
     "loge names the key-holder “josianne”, who is not among “key_holders”. Did you mean “josiane”?"),
    ("stand_in: lieve", "stand_in: josiane", 11, "josiane cannot stand in for themself"),
    ("{names: {fr: [Parc]", "{plan: ../secret.pdf, names: {fr: [Parc]", 16,
     "“../secret.pdf” cannot be a plan: name a PDF, PNG or JPEG file below the folder of rules.yaml"),
    ("counters:", f"stewards: {{hugo: {{{HUGO}, things: tonnele}}}}\ncounters:", 13,
     "hugo names the equipment “tonnele”, which is not among “equipment”. Did you mean “tonnelle”?"),
    ("counters:", "approvals: {needs: {nuit: {because: late}}}\ncounters:", 13,
     "nuit says why somebody must agree, and not to what: add people_above, after, rooms, things, days…"),
    ("counters:", "approvals: {needs: {nuit: {because: late, rooms: sale}}}\ncounters:", 13,
     "nuit names the room “sale”, which is not among “rooms”."),
    ("counters:", "approvals: {needs: {nuit: {because: late, after: 22:00, things: tonnelle}}}\ncounters:", 13,
     "nuit speaks of a room and of equipment at once, which nothing can be: make two of it"),
    ("counters:", "college: {meets_on: mar, needs: {ecole: {because: late, sites: park}}}\ncounters:", 13,
     "ecole names the site “park”, which is not among “sites”. Did you mean “parc”?"),
    ("counters:", "college: {meets_on: mar, needs: {ecole: {because: late, initiatives: lombric}}}\ncounters:", 13,
     "ecole names the initiative “lombric”, which is not among “initiatives”. Did you mean “lombrics”?"),
    ("counters:", "approvals: {at_deadline: later}\ncounters:", 13,
     "“later” cannot be chosen for “at_deadline”, which is one of lapse, accept, refuse."),
    ("counters:", f"stewards: {{josiane: {{{HUGO}}}}}\ncounters:", 13,
     "josiane is among “key_holders” and “stewards” both: give one of them another identifier"),
    ("  tonnelle: {names: {fr: [tonnelle]", "  tonnelle: {names: {fr: [Sallé]", 31,
     "tonnelle and grande-salle (line 23) are both called “Sallé”: a mail could mean either"),
    ("counters:",
     "approvals: {needs: {ecole: {because: late, after: 22:00}}}\n"
     "college: {meets_on: mar, needs: {ecole: {because: late, sites: parc}}}\ncounters:",
     14, "“ecole” is already the identifier of something on line 13"),
    ("  tonnelle: {", "  grande-salle: {", 31, "“grande-salle” is already the identifier of something on line 22"),
    ("  grande-salle:", "  Grande Salle:", 22,
     "“Grande Salle” cannot be an identifier: use small letters without accents, digits and hyphens."
     " Did you mean “grande-salle”?"),
    ("  tonnelle: {", "  unknown: {", 31, "“unknown” means something else to mailbot: choose another identifier"),
    ("bruno@courrier.example]}", "x@y.example]}\n  vers: {name: Vers, addresses: X@Y.example}", 37,
     "X@Y.example stands in vers and in lombrics (line 36): one address belongs to one initiative"),
    ("\"@leslombrics.example\"", "leslombrics.example", 36,
     "“leslombrics.example” is not a mail address (“addresses” of lombrics)"),
    ("notice: 48 h", "notice: 48", 33,
     "“48” is not a length of time (“notice” of limits): write 48 h, 3 days or 30 min"),
    ("notice: 48 h", "notice: 2 ans", 33, "the notice is longer than the horizon: nothing could be booked"),
    ("longest: 14 h", "longest: 0 h", 33, "“longest” of limits must be longer than nothing"),
    ("unknown_senders: allowed", "unknown_senders: ask", 34,
     "“ask” cannot be chosen for “unknown_senders”, which is one of allowed, ask-name, to-staff."),
    ("evening: 18-22, ", "", 32, "“evening” is missing in day_parts"),
    ("evening: 18-22", "evening: 18-20 et 21-22", 32,
     "“18-20 et 21-22” are not hours (“evening” of day_parts): write 8:00-12:00, or closed"),
    ("Europe/Brussels", "Europe/Bruxelles", 6, "“Europe/Bruxelles” is not a time zone: write Europe/Brussels"),
    ("Europe/Brussels", "../../etc/passwd", 6, "“../../etc/passwd” is not a time zone: write Europe/Brussels"),
    ("Europe/Brussels", "America/New_York", 6,
     "the clocks of “America/New_York” do not change on the days of Belgium's, as calendar files need:"
     " write Europe/Brussels"),
    ("Europe/Brussels", "UTC", 6,
     "the clocks of “UTC” do not change on the days of Belgium's, as calendar files need: write Europe/Brussels"),
    ("names: {fr: [tonnelle], nl: [partytent]}", "names: {fr: [], nl: [partytent]}", 31,
     "a name is missing in “names” of tonnelle: write it, or leave that language out"),
    ("\"@leslombrics.example\"", "“@leslombrics.example”", 36,
     "““@leslombrics.example”” is not a mail address (“addresses” of lombrics)"),
    ("bruno@courrier.example]}", "‘bruno@courrier.example’]}", 36,
     "“‘bruno@courrier.example’” is not a mail address (“addresses” of lombrics)"),
    ("\"@leslombrics.example\"", "\"@GMail.com\"", 36,
     "anybody may have an address at “@GMail.com” (“addresses” of lombrics):"
     " write the whole addresses of the initiative"),
    ("languages: [fr, nl]", "languages: [fr, nl, de]", 7, "“de” is not a language of mailbot: fr, nl or en"),
    ("names: {fr: Commune, nl: Gemeente}", "names: {fr: Commune, nll: Gemeente}", 2,
     "“nll” is not a language of this commune (“names” of commune). Did you mean “nl”?"),
    ("names: {fr: Commune, nl: Gemeente}", "names: {}", 2,
     "“names” of commune must be given in at least one language: “fr: …”"),
    ("02 000 01 23", "appelez-nous", 5, "“appelez-nous” is not a telephone number (“phone” of commune)"),
    ("Réservations <reservations@commune.example>", "Réservations", 4,
     "“Réservations” is not a mail address (“mailbox” of commune)"),
    ("  - {name: Claire, address: claire@commune.example, language: fr}", "  []", 9,
     "somebody of the staff must be named: they get what mailbot cannot answer"),
    ("19/10/2026..01/11/2026", "01/11/2026..19/10/2026", 39,
     "the days of “days” (school_holidays) end on 19/10/2026, before they begin on 01/11/2026"),
    ("digest_at: 6:45", "digest_at: l'aube", 11, "“l'aube” is not a time of day (“digest_at” of josiane): write 6:45"),
    ("name: Josiane,", "name: \"Jo\\0siane\",", 11, "“name” of josiane holds a character that cannot be printed"),
    ("claire@commune.example", "c@" + "a" * 5000, 9, "“address” of staff is longer than 4000 characters"),
    ("site: parc\n", "site: parc\n\tkey: parc\n", 25, "this line begins with a tab: use spaces"),
    ("capacity: 80", "capacity: 80\n    site: parc", 27, "“site” already stands on line 24: keep one of the two"),
    ("initiatives:", "articles: {too-lat: {fr: art. 5}}\ninitiatives:", 35,
     "“too-lat” is not known in articles. Did you mean “too-late”?"),
    ("unknown_senders: allowed\n", "", 1, "“unknown_senders” is missing in rules.yaml"),
    ("initiatives:", f"site_managers: {{els: {{{ELS}, sites: [gare]}}}}\ninitiatives:",
     35, "els names the site “gare”, which is not among “sites”."),
    ("initiatives:", f"site_managers: {{els: {{{ELS}, sites: parc, plan_day: lu-ve}}}}\ninitiatives:", 35,
     "“lu-ve” names several days: “plan_day” of els is one day of the week"),
    ("bruno@courrier.example]}", "bruno@courrier.example], contact: eve@courrier.example}", 36,
     "eve@courrier.example is none of the addresses of lombrics: the contact must be able to answer"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "message"), FAULTY)
def test_one_fault_is_one_line_in_plain_words(old: str, new: str, line: int, message: str) -> None:
    [fault] = faults_with(old, new)
    assert (fault.line, fault.message) == (line, message)
    assert fault.column > 0


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SMALL
    for old, new, _, _ in FAULTY[:1] + FAULTY[4:5] + FAULTY[16:17]:
        text = text.replace(old, new)
    with pytest.raises(BadRules) as caught:
        parse(text.encode(), "/etc/mailbot/rules.yaml")
    assert [fault.line for fault in caught.value.faults] == [14, 26, 28]
    assert str(caught.value) == "/etc/mailbot/rules.yaml: 3 fault(s)"


def test_one_fault_makes_no_others() -> None:
    """A room that does not hold is still there for what names it."""
    assert len(faults_with("counters:\n  loge: {place", "counters:\n  loge: {plaats")) == 2
    assert len(faults_with("languages: [fr, nl]", "languages: [fr, xx]")) == 1


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("fr", "les heures d'ouverture de grande-salle finissent à 08:00, avant de commencer à 18:00"),
        ("nl", "de openingsuren van grande-salle eindigen om 08:00, vóór ze om 18:00 beginnen"),
        ("de", "the opening hours of grande-salle end at 08:00, before they start at 18:00"),
    ],
)
def test_faults_are_told_in_the_readers_language(language: str, message: str) -> None:
    [fault] = faults_with("18:00-01:00", "18:00-8:00", language)
    assert fault.message == message


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BadRules) as caught:
        load(tmp_path / "rules.yaml", "fr")
    assert [(f.line, f.message) for f in caught.value.faults] == [
        (0, "le fichier ne peut pas être lu : No such file or directory")
    ]


def test_each_sentence_is_there_in_three_languages_with_the_same_values() -> None:
    table = yaml_free_toml(Path(faults_module.__file__).with_suffix(".toml"))
    fields = re.compile(r"\{\w+\}")
    for kind, words in table.items():
        assert set(words) == {"fr", "nl", "en"}, kind
        assert len({tuple(sorted(fields.findall(sentence))) for sentence in words.values()}) == 1, kind


def test_each_kind_of_fault_has_a_sentence_and_each_sentence_a_use() -> None:
    kinds = set(yaml_free_toml(Path(faults_module.__file__).with_suffix(".toml")))
    policy = Path(faults_module.__file__).parent
    used = {
        word for path in policy.rglob("*.py") for word in re.findall(r'"([a-z]+(?:[.-][a-z-]+)*)"', path.read_text())
    }
    assert kinds <= used
    made = r'(?:misread|Slip|say|keep)\(\s*"([^"]+)"'
    assert {kind for path in policy.rglob("*.py") for kind in re.findall(made, path.read_text())} <= kinds


def yaml_free_toml(path: Path) -> dict[str, dict[str, str]]:
    import tomllib

    return tomllib.loads(path.read_text("utf-8"))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(), cuts=st.integers(1, 6))
def test_whatever_people_do_to_the_file_they_get_faults_and_no_crash(seed: int, cuts: int) -> None:
    """Lines lost, doubled, moved in; characters dropped and typed: rules, or faults with words, nothing else."""
    chance = random.Random(seed)
    lines = SMALL.splitlines(keepends=True)
    for _ in range(cuts):
        at = chance.randrange(len(lines))
        line = lines[at]
        column = chance.randrange(len(line) + 1)
        typed = chance.choice([*"[]{}:,\"'#&*!|>%@`-?\t\n \\é\0", "", "  ", "<<: *x", "null", ": {}", "- "])
        lines[at] = chance.choice(["", line * 2, " " + line, line[:column] + typed + line[column + 1 :]])
    assert held_or_told("".join(lines).encode())


def held_or_told(raw: bytes) -> bool:
    """Return whether the bytes are rules, or are refused with a sentence for each fault."""
    try:
        return bool(parse(raw).rooms)
    except BadRules as error:
        return bool(error.faults) and all(fault.message for fault in error.faults)


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_faults_and_no_crash(raw: bytes) -> None:
    with pytest.raises(BadRules):
        parse(raw)


def test_the_slower_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch, sample: Rules) -> None:
    """Where PyYAML was built without libyaml."""
    monkeypatch.setattr(outline, "_Loader", yaml.BaseLoader)
    assert load(SAMPLE) == sample


# --- the rules in force


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def capacity(rules: Rules) -> int:
    return rules.rooms["grande-salle"].capacity


def rewrite(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))


def test_a_file_that_does_not_hold_at_the_start_stops_the_program(path: Path) -> None:
    rewrite(path, "capacity: 80", "capacity: x")
    with pytest.raises(BadRules):
        RulesFile(path)


def test_a_change_is_in_force_at_the_next_look(path: Path) -> None:
    file = RulesFile(path)
    rewrite(path, "capacity: 80", "capacity: 90")
    assert capacity(file.current()) == 90


def test_a_file_that_did_not_change_is_not_read_again(path: Path) -> None:
    file = RulesFile(path)
    assert file.current() is file.current()
    os.utime(path, ns=(1, 1))  # touched, with the same text
    assert file.current() is file.current()


def test_bad_rules_never_replace_good_ones_and_are_told_once(path: Path) -> None:
    told: list[BadRules] = []
    file = RulesFile(path, "fr", told.append)
    good = file.current()
    rewrite(path, "capacity: 80", "capacity: beaucoup")
    assert file.current() is good
    assert file.current() is good
    os.utime(path, ns=(1, 1))
    assert file.current() is good
    assert [[fault.line for fault in error.faults] for error in told] == [[26]]
    assert file.rejected is told[0]
    rewrite(path, "capacity: beaucoup", "capacity: trop")
    assert file.current() is good
    assert len(told) == 2


def test_a_mended_file_is_in_force_again(path: Path) -> None:
    file = RulesFile(path)
    rewrite(path, "capacity: 80", "capacity: beaucoup")
    file.current()
    rewrite(path, "capacity: beaucoup", "capacity: 70")
    assert capacity(file.current()) == 70
    assert file.rejected is None


def test_going_back_to_what_was_in_force_clears_the_faults(path: Path) -> None:
    told: list[BadRules] = []
    file = RulesFile(path, on_fault=told.append)
    rewrite(path, "capacity: 80", "capacity: beaucoup")
    file.current()
    rewrite(path, "capacity: beaucoup", "capacity: 80")
    assert capacity(file.current()) == 80
    assert file.rejected is None
    rewrite(path, "capacity: 80", "capacity: beaucoup")
    file.current()
    assert len(told) == 2


def test_a_file_that_is_gone_leaves_the_rules_in_force(path: Path) -> None:
    told: list[BadRules] = []
    file = RulesFile(path, on_fault=told.append)
    path.unlink()
    assert capacity(file.current()) == 80
    assert capacity(file.current()) == 80
    assert len(told) == 1
    path.write_text(SMALL, encoding="utf-8")
    assert capacity(file.current()) == 80
    assert file.rejected is None


def test_a_file_put_in_its_place_is_read(path: Path, tmp_path: Path) -> None:
    """As editors do that write a new file and rename it."""
    file = RulesFile(path)
    fresh = tmp_path / "fresh.yaml"
    fresh.write_text(SMALL.replace("capacity: 80", "capacity: 60"), encoding="utf-8")
    os.utime(fresh, ns=(path.stat().st_mtime_ns, path.stat().st_mtime_ns))
    fresh.replace(path)
    assert capacity(file.current()) == 60


def test_who_is_told_of_faults_may_ask_for_the_rules(path: Path) -> None:
    seen: list[int] = []

    def tell(_error: BadRules) -> None:
        seen.append(capacity(file.current()))

    callback: Callable[[BadRules], None] = tell
    file = RulesFile(path, on_fault=callback)
    rewrite(path, "capacity: 80", "capacity: beaucoup")
    file.current()
    assert seen == [80]


def test_a_steward_looks_after_all_equipment_or_what_is_named() -> None:
    section = f"stewards: {{hugo: {{{HUGO}}}}}\ncounters:"
    everything = rules_with("counters:", section)
    assert everything.holders["hugo"].things == frozenset(everything.equipment)
    one = rules_with("counters:", section.replace("fr}", "fr, things: tonnelle}"))
    assert one.holders["hugo"].things == {"tonnelle"}
    assert not one.holders["josiane"].things


def test_several_may_stand_at_a_counter_and_a_return_may_have_to_be_reported() -> None:
    assert rules_with("holder: josiane", "holder: [josiane, lieve]").counters["loge"].holders == ("josiane", "lieve")
    assert rules_with().counters["loge"].holders == ("josiane",)
    assert (
        rules_with("stock: 6, counter: loge", "stock: 6, counter: loge, report_return: oui")
        .equipment["tonnelle"]
        .report_return
    )
    assert not rules_with().equipment["tonnelle"].report_return


def shown(section: str) -> Rules:
    """Return the sample's rules with a section that it shows as a comment."""
    sample = SAMPLE.read_text(encoding="utf-8")
    start = sample.index(f"# {section}:")
    block = sample[start : sample.index("\n\n", start)]
    return parse(sample.replace(block, "\n".join(line.removeprefix("# ") for line in block.splitlines())).encode())


def test_the_approvals_that_the_sample_shows_as_a_comment_hold() -> None:
    approvals = shown("approvals").approvals
    assert set(approvals.needs) == {"grande-fete", "nuit", "alcool", "inconnus", "elections", "grand-pret"}
    assert approvals.needs["nuit"].after == 22 * 60


def test_what_the_sample_shows_of_the_college_as_a_comment_holds() -> None:
    college = shown("college").college
    assert college.needs["ecole"].sites == {"ecole-tilleuls"}
    assert (college.meets_on, college.list_before, college.list_at) == (1, 2, time(8))
    assert (college.use_before, college.recess) == (UseBefore.STAFF, (Days(date(2026, 7, 20), date(2026, 8, 16)),))
