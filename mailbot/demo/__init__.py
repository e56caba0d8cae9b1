"""The demo: the very daemon of production, on an embedded mail server, with a few mails of a few neighbours."""
