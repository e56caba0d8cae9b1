"""The sections of rules.yaml about what is allowed, who decides, what is recalled, and how long anything is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import get_args

from mailbot.model.objections import Objection
from mailbot.model.rules import (
    KINDS,
    Approvals,
    AtDeadline,
    College,
    Handovers,
    Letting,
    Limits,
    NeedsApproval,
    Reminders,
    Retention,
    Supervision,
    UseBefore,
    Words,
)
from mailbot.policy import notation
from mailbot.policy.form import Form, each, leaf
from mailbot.policy.outline import Node
from mailbot.policy.schema.fields import (
    at_least,
    choice,
    ids_of,
    read_minutes_of_day,
    read_one_weekday,
    some_days,
    some_time,
    table,
)
from mailbot.policy.schema.known import Known


def read_limits(node: Node) -> Limits:
    form = Form(node, "limits")
    limits = Limits(
        notice=form.need("notice", leaf(notation.read_length)),
        horizon=form.need("horizon", some_time),
        longest=form.need("longest", some_time),
        longest_loan=form.need("longest_loan", some_days),
        active_bookings=form.need("active_bookings", at_least(1)),
        hours_per_week=form.need("hours_per_week", at_least(1)),
        hold=form.may("hold", some_days, 2),
        hold_until=form.may("hold_until", leaf(notation.read_clock), time(18)),
        options=form.may("options", at_least(0), 2),
        longest_option=form.may("longest_option", some_days, 14),
        answers_per_sender=form.may("answers_per_sender", at_least(1), 20),
        answers_per_conversation=form.may("answers_per_conversation", at_least(1), 10),
        answers_per_domain=form.may("answers_per_domain", at_least(1), 100),
        answers_to_strangers_per_hour=form.may("answers_to_strangers_per_hour", at_least(1), 200),
    )
    if limits.notice and limits.horizon and limits.notice >= limits.horizon:
        form.say("notice-beyond-horizon", "notice")
    form.close()
    return limits


def read_reminders(node: Node) -> Reminders:
    form, usual = Form(node, "reminders"), Reminders()
    reminders = Reminders(
        before_use=form.may("before_use", some_time, usual.before_use),
        after_use=form.may("after_use", leaf(notation.read_length), usual.after_use),
        evaluation=form.may("evaluation", leaf(notation.read_yes_no), usual.evaluation),
        quiet=form.may("quiet", leaf(notation.read_night), usual.quiet),
        on_rest_days=form.may("on_rest_days", leaf(notation.read_yes_no), usual.on_rest_days),
        option=form.may("option", some_time, usual.option),
        quarter=form.may("quarter", some_time, usual.quarter),
        quarter_again=form.may("quarter_again", some_time, usual.quarter_again),
    )
    if 2 * reminders.quarter_again >= reminders.quarter:
        form.say("reminders-too-slow", "quarter_again")
    form.close()
    return reminders


def read_supervision(node: Node) -> Supervision:
    form, usual = Form(node, "supervision"), Supervision()
    kinds = {kind: form.may(kind, choice(Letting), Letting.AUTOMATIC) for kind in KINDS}
    supervision = Supervision(kinds, form.may("reminder", some_time, usual.reminder))
    form.close()
    return supervision


def read_approvals(node: Node, known: Known) -> Approvals:
    form, usual = Form(node, "approvals"), Approvals()
    approvals = Approvals(
        needs=form.may("needs", table(_needs_approval, known), {}),
        within=form.may("within", some_days, usual.within),
        reminder=form.may("reminder", some_time, usual.reminder),
        at_deadline=form.may("at_deadline", choice(AtDeadline), usual.at_deadline),
    )
    form.close()
    return approvals


def _needs_approval(id: str, node: Node, known: Known) -> NeedsApproval:
    form = Form(node, id)
    need = NeedsApproval(
        id=id,
        because=form.need("because", known.words),
        rooms=frozenset(form.may("rooms", ids_of(known.rooms, "no-room"), ())),
        capacity_above=form.may("capacity_above", at_least(0), None),
        people_above=form.may("people_above", at_least(0), None),
        after=form.may("after", read_minutes_of_day, None),
        days=form.may("days", each(leaf(notation.read_days)), ()),
        things=frozenset(form.may("things", ids_of(known.equipment, "no-thing"), ())),
        units_above=form.may("units_above", at_least(0), None),
        hours_per_week_above=form.may("hours_per_week_above", at_least(0), None),
        alcohol=form.may("alcohol", leaf(notation.read_yes_no), False),
        unknown_initiative=form.may("unknown_initiative", leaf(notation.read_yes_no), False),
        sites=frozenset(form.may("sites", ids_of(known.sites, "no-site"), ())),
        initiatives=frozenset(form.may("initiatives", ids_of(known.initiatives, "no-initiative"), ())),
    )
    form.close()
    if need == NeedsApproval(id, need.because):
        form.say("needs-nothing", "because")
    of_rooms = need.rooms or need.sites or need.capacity_above is not None or need.after
    if (need.things or need.units_above is not None) and of_rooms:
        form.say("needs-both", "because")
    form.close()
    return need


def read_college(node: Node, known: Known) -> College:
    form, usual = Form(node, "college"), College()
    college = College(
        needs=form.need("needs", table(_needs_approval, known)) or {},
        meets_on=form.need("meets_on", read_one_weekday),
        recess=form.may("recess", each(leaf(notation.read_days)), ()),
        list_before=form.may("list_before", some_days, usual.list_before),
        list_at=form.may("list_at", leaf(notation.read_clock), usual.list_at),
        use_before=form.may("use_before", choice(UseBefore), usual.use_before),
    )
    form.close()
    return college


def read_handovers(node: Node) -> Handovers:
    form, usual = Form(node, "handed_to_staff"), Handovers()
    handovers = Handovers(
        recall_after=form.may("recall_after", some_days, usual.recall_after),
        answer_within=form.may("answer_within", some_days, usual.answer_within),
    )
    form.close()
    return handovers


def read_retention(node: Node) -> Retention:
    form, usual = Form(node, "retention"), Retention()
    retention = Retention(
        bookings=form.may("bookings", some_time, usual.bookings),
        letters=form.may("letters", some_time, usual.letters),
        mails=form.may("mails", some_time, usual.mails),
    )
    form.close()
    return retention


def read_articles(node: Node, known: Known) -> Mapping[str, Words]:
    """Read which article a refusal names: by the kind of objection, or `order` for all that came too late."""
    form = Form(node, "articles")
    kinds = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower() for kind in get_args(Objection)]
    articles = {kind.replace("_", "-"): form.may(kind, known.words, None) for kind in ["order", *kinds]}
    form.close()
    return {kind: words for kind, words in articles.items() if words is not None}
