"""What staff must know of the program's own work: a letter that never arrived, rules that do not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.meaning import Language
from mailbot.model.notices import Notice
from mailbot.model.rules import Rules
from mailbot.model.to_staff import Alert
from mailbot.service.desk import Desk
from mailbot.service.office import Office


def alerted(why: str, details: Callable[[Language], Mapping[str, str]], rules: Rules, event: str = "") -> Decision:
    """Return the decision that tells each of the staff, in their language; the same event once a day."""
    notices = tuple(
        Notice(
            to=Address(person.name, person.address),
            languages=(person.language,),
            content=Alert(why=why, details=details(person.language), event=event),
            answers=False,
        )
        for person in rules.staff
    )
    return Decision(end=End.HANDED, because=(why,), notices=notices)


def alert(why: str, details: Callable[[Language], Mapping[str, str]], office: Office, event: str = "") -> None:
    """Tell staff now, in a transaction of its own."""
    rules = office.rules.current()
    with office.store.unit() as unit:
        Desk(unit, rules, office, office.clock()).carry_out(alerted(why, details, rules, event))
        unit.commit()
    office.wake_delivery()
