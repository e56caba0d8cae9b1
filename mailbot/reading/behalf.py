"""Mails of the commune for somebody else: "pour Les Lombrics : salle polyvalente le 14 mai, 18-22h", or a citizen's own
mail, handed on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache

from mailbot.model.addresses import one_form
from mailbot.model.behalf import Behalf
from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Language
from mailbot.model.rules import Catalogue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.moments import find
from mailbot.reading.page import page
from mailbot.reading.patterns import folded, one_of, phrases
from mailbot.reading.reader import library
from mailbot.reading.things import Sort
from mailbot.reading.words import OwnWords, own_words

LONGEST_REQUEST = 300
"""Characters of a request inside of which somebody may be named."""
MOST_WORDS = 8
"""Words among which the name stands."""
LONGEST_NAME = 80
"""Characters of what stands between "for" and the colon."""
OLDEST = timedelta(days=60)
"""A mail that is handed on was written so long before, at most; else its date is misread."""
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NAME = re.compile(r"[^\W_]+")
_BEFORE_ADDRESS = re.compile(r"([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,4})\s*[\"”»]?\s*[<(\[]*(?:mailto:)?\s*$")


Known = Callable[[Sequence[str]], int]
"""Returns how many of the words, folded, are the name of somebody known: 0 where they begin with none."""


def read_behalf(
    letter: Letter,
    context: Context,
    catalogue: Catalogue,
    lexica: Mapping[Language, Lexicon],
    known: Known = lambda _: 0,
) -> Behalf | None:
    """Return what the letter asks for somebody else, None where it asks nothing of the kind. Words of every language
    count. Pure."""
    own = own_words(letter, context, catalogue.banners)
    said = _said_for(own, letter, catalogue, lexica) or _named(own, letter, known)
    if own.forwarded:
        whom, address = _announced(own, catalogue)
        if said is not None and said.sure and not address:
            whom, address = said.whom, said.address
        sent = _written(own.announced, letter, catalogue, lexica)
        return Behalf(whom, address, own.original.strip(), own.subject, sent, handed_on=True)
    return said


def read_whom(letter: Letter, context: Context, catalogue: Catalogue) -> tuple[str, str]:
    """Return the name and the address that answer our question for whom a request is; both empty in a longer mail."""
    words = own_words(letter, context, catalogue.banners).body.strip()
    return _party(words) if words and len(words) <= LONGEST_NAME and "\n" not in words else ("", "")


def _said_for(own: OwnWords, letter: Letter, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> Behalf | None:
    body = own.body.strip()
    for words, rest_of in ((body, ""), (own.subject, body)):
        found = _for().match(folded(words))
        if found is None:
            continue
        whom = words[found.start("whom") : found.end("whom")].strip()
        rest = words[found.end() :].strip()
        if not (rest or rest_of) and not own.forwarded:
            continue
        name, address = _party(whom)
        text = "\n\n".join(part for part in (rest, rest_of) if part)
        sure = bool(address) or (found["mark"] == ":" and not _is_something_else(name, letter, catalogue, lexica))
        subject = own.subject if words is body else ""
        return Behalf(name, address, text, subject, letter.sent, sure=sure)
    return None


def _named(own: OwnWords, letter: Letter, known: Known) -> Behalf | None:
    """Return a request of one short sentence or two in which somebody known is named behind "for", with no sign between
    the name and the rest."""
    body = own.body.strip()
    if len(body) > LONGEST_REQUEST:
        return None
    for lead in _lead().finditer(folded(body)):
        words = list(_NAME.finditer(folded(body), lead.end()))[:MOST_WORDS]
        length = known([word[0] for word in words])
        if length:
            first, last = words[0].start(), words[length - 1].end()
            before = "" if not body[: lead.start()].strip() else body[: lead.start()].strip(" ,:")
            text = f"{before} {body[last:].strip(' ,:')}".strip()
            return Behalf(body[first:last], "", text, own.subject, letter.sent, named=True, sure=False)
    return None


def _is_something_else(whom: str, letter: Letter, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> bool:
    """Whether "for …" names a day, a number or a thing: nobody is called so."""
    if re.search(r"\d", whom) or find(whom, tuple(lexica.values()), letter.sent, catalogue).whens:
        return True
    kept = library(catalogue, lexica)
    mentions = kept.thesaurus.find(page(whom, kept.abbreviations), tuple(lexica))
    return any(mention.sort in (Sort.ROOM, Sort.EQUIPMENT) for mention in mentions)


def _party(whom: str) -> tuple[str, str]:
    """Return the name and the address in "Yvette Collin <yvette@…>", without the little words before a name."""
    address = _ADDRESS.search(whom)
    name = re.sub(r"[<>()\[\]]|mailto:", " ", whom.replace(address[0], " ") if address else whom)
    words = name.strip(' ,;:."«»“”').split()
    while len(words) > 1 and folded(words[0]) in phrases("staff", "beside"):
        words = words[1:]
    return " ".join(words), one_form(address[0]) if address else ""


def _announced(own: OwnWords, catalogue: Catalogue) -> tuple[str, str]:
    """Return name and address of who wrote the mail that is handed on, as the lines that announce it say."""
    for line in own.announced.split("\n"):
        label, colon, value = line.strip(" *_>|").partition(":")
        if colon and folded(label.strip(" *_")) in phrases("words", "header-from"):
            return _party(value.strip(" *_"))
    found = _ADDRESS.search(own.announced)
    if found is None or one_form(found[0]) in catalogue.mailboxes:
        return "", ""
    before = _BEFORE_ADDRESS.search(own.announced[: found.start()])
    name = before[1] if before else ""
    wrote = {word for phrase in phrases("words", "wrote") for word in phrase.split()}
    words = name.split()
    while words and folded(words[0]) in wrote:
        words = words[1:]
    return " ".join(words), one_form(found[0])


def _written(announced: str, letter: Letter, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> datetime:
    """Return when the mail that is handed on was written: "tomorrow" in it is the day after. Where that cannot be told,
    when it was handed on."""
    for line in announced.split("\n"):
        label, colon, value = line.strip(" *_>|").partition(":")
        if not colon or folded(label.strip(" *_")) not in phrases("words", "header-sent"):
            continue
        try:
            sent = parsedate_to_datetime(value.strip(" *_"))
        except ValueError:
            break
        sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
        return sent if _is_plausible(sent, letter) else letter.sent
    whens = find(announced, tuple(lexica.values()), letter.sent, catalogue).whens
    days = [days.first for when in whens for days in when.days if days.first == days.last]
    if len(set(days)) != 1:
        return letter.sent
    noon = datetime.combine(days[0], datetime.min.time(), catalogue.zone).replace(hour=12)
    return noon if _is_plausible(noon, letter) else letter.sent


def _is_plausible(sent: datetime, letter: Letter) -> bool:
    return letter.sent - OLDEST <= sent <= letter.sent


@cache
def _lead() -> re.Pattern[str]:
    """What stands before a name inside of a sentence."""
    return re.compile(rf"(?<!\w){one_of('staff', 'on-behalf')}(?!\w)")


@cache
def _for() -> re.Pattern[str]:
    """ "Pour … :" at the beginning, also behind a greeting; a comma or the end of a line may stand for the colon."""
    greeting = one_of("words", "greeting")
    return re.compile(
        rf"(?:{greeting}(?: [^\W\d_]+){{0,3}}\s*[,!.]?\s+)?{one_of('staff', 'on-behalf')}\s+"
        rf"(?P<whom>[^:,\n]{{2,{LONGEST_NAME}}}?)\s*(?P<mark>:|,|\n|$)"
    )
