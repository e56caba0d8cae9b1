"""The first schema: cells, conversations, the ledger of mails, the outbox, and what a mail source must remember."""

from __future__ import annotations

STATEMENTS = (
    "CREATE TABLE schema_version (version INTEGER NOT NULL)",
    "INSERT INTO schema_version (version) VALUES (0)",
    # --- what is taken: the database itself forbids a double booking
    """
    CREATE TABLE occupancy (
        resource TEXT NOT NULL,
        cell INTEGER NOT NULL,
        taken INTEGER NOT NULL,
        capacity INTEGER NOT NULL,
        PRIMARY KEY (resource, cell),
        CONSTRAINT never_above_capacity CHECK (taken BETWEEN 0 AND capacity)
    ) {keyed}
    """,
    # --- conversations: columns for what is looked for, the whole value as JSON
    """
    CREATE TABLE reservation (
        code TEXT NOT NULL PRIMARY KEY,
        state TEXT NOT NULL,
        version INTEGER NOT NULL,
        address TEXT NOT NULL,
        initiative TEXT,
        deadline {moment},
        first_start {moment},
        last_end {moment},
        released {moment},
        created {moment} NOT NULL,
        updated {moment} NOT NULL,
        body TEXT NOT NULL
    )
    """,
    "CREATE INDEX reservation_address ON reservation (address)",
    "CREATE INDEX reservation_initiative ON reservation (initiative)",
    "CREATE INDEX reservation_deadline ON reservation (deadline) WHERE state = 'offered'",
    "CREATE INDEX reservation_released ON reservation (released) WHERE state = 'confirmed'",
    """
    CREATE TABLE occasion (
        code TEXT NOT NULL REFERENCES reservation (code) ON DELETE CASCADE,
        starts {moment} NOT NULL,
        ends {moment} NOT NULL,
        PRIMARY KEY (code, starts, ends)
    ) {keyed}
    """,
    "CREATE INDEX occasion_ends ON occasion (ends, starts)",
    """
    CREATE TABLE history (
        id {number},
        code TEXT NOT NULL REFERENCES reservation (code) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        act TEXT NOT NULL,
        state TEXT NOT NULL,
        at {moment} NOT NULL,
        "by" TEXT NOT NULL,
        why TEXT NOT NULL,
        UNIQUE (code, version)
    )
    """,
    "CREATE TABLE quota_lock (whose TEXT NOT NULL PRIMARY KEY) {keyed}",
    """
    CREATE TABLE digest (
        holder TEXT NOT NULL,
        day DATE NOT NULL,
        written {moment} NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (holder, day)
    )
    """,
    # --- mails that came in; the digests outlive the rest when personal data is erased
    """
    CREATE TABLE ledger (
        digest TEXT NOT NULL PRIMARY KEY,
        message_id_digest TEXT NOT NULL,
        sender TEXT NOT NULL,
        arrived {moment},
        admitted {moment} NOT NULL DEFAULT CURRENT_TIMESTAMP,
        ended TEXT,
        why TEXT,
        code TEXT
    )
    """,
    "CREATE TABLE tries (place TEXT NOT NULL PRIMARY KEY, tries INTEGER NOT NULL) {keyed}",
    # --- letters that go out
    """
    CREATE TABLE outbox (
        id {number},
        message_id TEXT NOT NULL UNIQUE,
        code TEXT NOT NULL,
        kind TEXT NOT NULL,
        cause TEXT NOT NULL,
        sender TEXT NOT NULL,
        text TEXT NOT NULL,
        raw {bytes} NOT NULL,
        written {moment} NOT NULL,
        next_try {moment},
        tries INTEGER NOT NULL,
        worker TEXT,
        leased_until {moment},
        sent {moment},
        given_up {moment},
        error TEXT NOT NULL
    )
    """,
    "CREATE INDEX outbox_code ON outbox (code, written)",
    "CREATE INDEX outbox_waiting ON outbox (next_try) WHERE next_try IS NOT NULL",
    """
    CREATE TABLE recipient (
        post BIGINT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        address TEXT NOT NULL,
        written {moment} NOT NULL,
        PRIMARY KEY (post, place)
    ) {keyed}
    """,
    "CREATE INDEX recipient_address ON recipient (address, written)",
    # --- what a mail source must not forget
    """
    CREATE TABLE watermark (
        folder TEXT NOT NULL PRIMARY KEY,
        uid_validity BIGINT NOT NULL,
        uid_next BIGINT NOT NULL,
        moment {moment} NOT NULL
    )
    """,
    """
    CREATE TABLE low_water (
        folder TEXT NOT NULL,
        uid_validity BIGINT NOT NULL,
        uid BIGINT NOT NULL,
        PRIMARY KEY (folder, uid_validity)
    ) {keyed}
    """,
    """
    CREATE TABLE done (
        folder TEXT NOT NULL,
        uid_validity BIGINT NOT NULL,
        uid BIGINT NOT NULL,
        PRIMARY KEY (folder, uid_validity, uid)
    ) {keyed}
    """,
)
