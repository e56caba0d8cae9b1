"""What staff must know of the program's own work: a letter that never arrived, rules that do not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mailbot.errors import Temporary
from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.meaning import Language
from mailbot.model.notices import Notice
from mailbot.model.outbox import Post, Thread
from mailbot.model.rules import Rules
from mailbot.model.to_staff import Alert
from mailbot.service.desk import Desk
from mailbot.service.office import Office
from mailbot.service.ports import Sender


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


def alert_past_the_outbox(
    why: str, details: Callable[[Language], Mapping[str, str]], office: Office, sender: Sender
) -> None:
    """Tell staff now, where nothing can be written. Raises Temporary where no letter is taken either."""
    rules, now = office.rules.current(), office.clock()
    notices = alerted(why, details, rules).notices
    letters = [office.composer.compose(one, rules, Thread(), now, office.message_id(rules)) for one in notices]
    posts = [Post(number, one.raw, one.sender, one.recipients, 0) for number, one in enumerate(letters)]
    receipts = list(sender.send(posts))
    if not any(receipt.taken for receipt in receipts):
        raise Temporary("; ".join(receipt.error for receipt in receipts[:1]))
