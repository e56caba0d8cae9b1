"""What two things in rules.yaml share that only one may have."""

from __future__ import annotations

from mailbot.model.addresses import one_form
from mailbot.model.meaning import Language
from mailbot.policy.form import Form, field_name, plain
from mailbot.policy.outline import Branch, Leaf, Node


def unlike(form: Form, root: Branch) -> None:
    """Tell what two things share that only one may have: ids, names, addresses of initiatives."""
    sections = {field_name(key.text): node for key, node in root.entries if isinstance(node, Branch)}
    things = [entry for name in ("rooms", "equipment") for entry in _entries(sections.get(name))]
    seen_ids: dict[str, int] = {}
    seen_needs: dict[str, int] = {}
    for key, _ in (need for name in ("approvals", "college") for need in _needs(sections.get(name))):
        if seen_needs.setdefault(key.text, key.line) != key.line:
            form.keep("same-id", key, text=key.text, first=seen_needs[key.text])
    seen_names: dict[tuple[str, str], tuple[str, int]] = {}
    for key, node in things:
        if seen_ids.setdefault(key.text, key.line) != key.line:
            form.keep("same-id", key, text=key.text, first=seen_ids[key.text])
        for language, name in _names_of(node):
            owner, line = seen_names.setdefault((language, plain(name.text)), (key.text, name.line))
            if owner != key.text:
                form.keep("same-name", name, text=name.text, owner=key.text, other=owner, first=line)
    seen_addresses: dict[str, tuple[str, int]] = {}
    for key, node in _entries(sections.get("initiatives")):
        for address in _leaves(dict(_fields(node)).get("addresses")):
            owner, line = seen_addresses.setdefault(one_form(address.text), (key.text, address.line))
            if owner != key.text:
                form.keep("same-address", address, text=address.text, owner=key.text, other=owner, first=line)


def _entries(node: Branch | None) -> list[tuple[Leaf, Node]]:
    return node.entries if node else []


def _needs(node: Branch | None) -> list[tuple[Leaf, Node]]:
    """Return what a section asks somebody's yes for; why one waits is told by its identifier alone."""
    needs = dict(_fields(node)).get("needs") if node else None
    return _entries(needs if isinstance(needs, Branch) else None)


def _fields(node: Node) -> list[tuple[str, Node]]:
    return [(field_name(key.text), value) for key, value in node.entries] if isinstance(node, Branch) else []


def _names_of(node: Node) -> list[tuple[Language, Leaf]]:
    names = dict(_fields(node)).get("names")
    return [(language, name) for language, value in _fields(names) for name in _leaves(value)] if names else []


def _leaves(node: Node | None) -> list[Leaf]:
    if isinstance(node, Leaf):
        return [Leaf(node.line, node.column, piece.strip()) for piece in node.text.split(",") if piece.strip()]
    if node is None or isinstance(node, Branch):
        return []
    return [leaf for part in node.parts for leaf in _leaves(part)]
