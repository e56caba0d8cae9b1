"""One letter to be written: to whom, and what it holds."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from mailbot.model.letters import Address
from mailbot.model.meaning import Language
from mailbot.model.to_askers import (
    AnswerBy,
    ApprovedOtherwise,
    Asked,
    BroughtBack,
    Cancelled,
    Challenged,
    Changed,
    ChangeOffered,
    CollectorNoted,
    Confirmed,
    DataAsked,
    Declined,
    DirectAgreed,
    DirectAsked,
    DirectAwaited,
    DirectOff,
    Displaced,
    Evaluated,
    Examined,
    Firm,
    ForgetAsked,
    Forgotten,
    Free,
    Freed,
    Freeing,
    GoesOn,
    Handed,
    Helped,
    Kept,
    Lapsed,
    Listed,
    NotApproved,
    NotFetched,
    Offered,
    OnCall,
    OnTheSpot,
    OpeningsOffered,
    OptionHeld,
    Overdue,
    PersonSays,
    Problem,
    Proposed,
    Refused,
    Reminded,
    Repeated,
    ShortWarned,
    StillNeeded,
    Thanked,
    Unchanged,
    Vouching,
    WaitedInVain,
    Waits,
    Which,
    Withdrawn,
    YourData,
)
from mailbot.model.to_key_holders import Coming, Digest, ReportChallenged, ReportTold, ReportUnclear, ShortNotice
from mailbot.model.to_staff import (
    Alert,
    ApprovalAsked,
    ApprovalTold,
    BehalfTold,
    BehalfUnclear,
    BlockTold,
    BlockUnclear,
    CaseTold,
    CollegeList,
    CollegeTold,
    DraftShown,
    Morning,
    OverdueTold,
    OwnersTold,
    Recalled,
    StillInside,
    ToStaff,
    WeekPlan,
)

Content: TypeAlias = (
    Coming
    | Overdue
    | OverdueTold
    | ShortWarned
    | BroughtBack
    | ReportUnclear
    | ReportChallenged
    | ReportTold
    | Confirmed
    | Examined
    | ApprovedOtherwise
    | NotApproved
    | ApprovalAsked
    | ApprovalTold
    | Firm
    | Withdrawn
    | CollegeList
    | CollegeTold
    | Offered
    | Refused
    | Asked
    | Handed
    | Free
    | Listed
    | Helped
    | Challenged
    | Changed
    | ChangeOffered
    | Proposed
    | Repeated
    | Which
    | Vouching
    | CollectorNoted
    | OpeningsOffered
    | DirectAsked
    | DirectAwaited
    | DirectAgreed
    | DirectOff
    | Unchanged
    | Cancelled
    | Declined
    | Lapsed
    | Thanked
    | Reminded
    | Evaluated
    | OptionHeld
    | Waits
    | Freed
    | WaitedInVain
    | GoesOn
    | Kept
    | Freeing
    | DataAsked
    | ForgetAsked
    | YourData
    | StillNeeded
    | Forgotten
    | OnTheSpot
    | OnCall
    | Problem
    | ToStaff
    | DraftShown
    | CaseTold
    | BehalfTold
    | BehalfUnclear
    | BlockUnclear
    | BlockTold
    | OwnersTold
    | Displaced
    | StillInside
    | WeekPlan
    | NotFetched
    | Recalled
    | AnswerBy
    | Morning
    | PersonSays
    | Alert
    | Digest
    | ShortNotice
)


class Notice(Struct, frozen=True):
    """One letter to be written: to whom, in which language(s) (two where the asker's is unclear), about what.
    `answers` is set where it answers the mail at hand: it then carries In-Reply-To, References and its subject."""

    to: Address
    languages: tuple[Language, ...]
    content: Content
    answers: bool = True
    through: str = ""
    """Who of the commune passed the request on, where the reader did not send it themselves."""
    also: tuple[str, ...] = ()
    """Topics that the mail asks about besides, which the rules answer."""
    words: str = ""
    """Of a person, that stand in the place of the letter's own."""
    person: str = ""
    """Whose words these are."""
