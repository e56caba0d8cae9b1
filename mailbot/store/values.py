"""Values of the model as JSON text and back, equal to what went in.

Driven by the type hints of the structs. Fields that hold their default are left out, so that a field added to the
model later reads as its default from old rows. Not pydantic: its UTC is not `datetime.UTC`, which `Span` insists on,
and importing it with the adapter for `Reservation` takes 0.26 s, here 0.01 s.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import fields

Value = TypeVar("Value")
Decoder: TypeAlias = Callable[[Any], Any]


def to_json(value: object) -> str:
    """Return a value of the model (structs, tuples, frozensets, enums, dates, moments, scalars) as JSON text."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[Value], text: str) -> Value:
    """Return the value of this kind that `to_json` wrote. Raises ValueError or TypeError where it is none: the values
    check themselves as they are made."""
    hint: Any = kind
    return cast("Value", _decoder(hint)(json.loads(text)))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, frozenset):
        return sorted(_plain(part) for part in value)
    kind: Any = type(value)
    return {name: _plain(part) for name, default in _fields(kind) if (part := getattr(value, name)) != default}


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    if not issubclass(kind, Struct):
        raise TypeError(f"cannot be kept: {kind}")
    return tuple((field.name, field.default) for field in fields(kind))


@cache
def _decoder(hint: Any) -> Decoder:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _one_of([part for part in inner if part is not types.NoneType])
    if origin is tuple:
        return _tuple(inner)
    if origin is frozenset:
        return _many(frozenset, inner[0])
    if hint in (date, datetime):
        return _moment
    if hint in (str, int, float, bool):
        return _same
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if _is_struct(hint):
        return _struct(hint)
    raise TypeError(f"cannot be kept: {hint}")


def _same(part: Any) -> Any:
    return part


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _many(gather: Callable[[Any], Any], hint: Any) -> Decoder:
    decode = _decoder(hint)
    return lambda parts: gather(decode(part) for part in parts)


def _tuple(inner: tuple[Any, ...]) -> Decoder:
    if inner[-1] is Ellipsis:
        return _many(tuple, inner[0])
    decoders = [_decoder(hint) for hint in inner]
    return lambda parts: tuple(decode(part) for decode, part in zip(decoders, parts, strict=True))


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _struct(kind: type[Struct]) -> Decoder:
    decoders: dict[str, Decoder] = {}

    def decode(parts: dict[str, Any]) -> Any:
        if not decoders:  # at the first use, not when made: a value may hold others of its own kind
            decoders.update({name: _decoder(hint) for name, hint in _hints(kind).items()})
        return kind(**{name: decoders[name](part) for name, part in parts.items()})

    return decode


def _hints(kind: type[Struct]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {name: hints[name] for name, _ in _fields(kind)}


def _one_of(hints: list[Any]) -> Decoder:
    """Return the decoder of a union: scalars and moments tell themselves apart, structs by their fields."""
    if len(hints) == 1:
        only = _decoder(hints[0])
        return lambda part: None if part is None else only(part)
    if not all(_is_struct(hint) for hint in hints):
        if set(hints) <= {date, datetime}:
            return _nullable(_moment)
        raise TypeError(f"cannot be told apart: {hints}")
    return _nullable(_by_fields({_required(hint): _decoder(hint) for hint in hints}))


def _nullable(decode: Decoder) -> Decoder:
    return lambda part: None if part is None else decode(part)


def _by_fields(decoders: dict[frozenset[str], Decoder]) -> Decoder:
    def decode(parts: dict[str, Any]) -> Any:
        [found] = [decoder for required, decoder in decoders.items() if required <= parts.keys()]
        return found(parts)

    return decode


def _required(kind: Any) -> frozenset[str]:
    return frozenset(field.name for field in fields(kind) if field.required)
