"""Fixtures of all tests: the real servers, each started when first asked for."""

pytest_plugins = [
    "tests.servers.dovecot",
    "tests.servers.embedded",
    "tests.servers.names",
    "tests.servers.postgresql",
    "tests.servers.proxy",
    "tests.servers.smtp_sink",
    "tests.servers.tokens",
]
