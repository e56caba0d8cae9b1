"""Bytes of a mail become characters that may be shown, compared and put into a letter: nothing here raises.

Mails name their charset wrongly or not at all, break base64, and carry invisible characters. What is decoded here
holds no control characters but line feed and tab, no soft hyphens, no zero width and no direction marks.
"""

from __future__ import annotations

import binascii
import codecs
import re
import unicodedata
from functools import lru_cache

_READABLE = re.compile(
    r"ascii|utf-(8|7|16|16-le|16-be|32|32-le|32-be)|utf-8-sig|iso8859-\d+|cp(125\d|437|85\d|86\d|874|932|949|950)|koi8-[rut]"
    r"|mac-(roman|latin2|cyrillic|greek|turkish)|gb2312|gbk|gb18030|big5|big5hkscs|shift_jis\w*|euc_(jp|kr)\w*|iso2022_\w+"
)
"""Codecs that decode text in linear time (punycode, for one, does not)."""

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,40}\?[bBqQ]\?)")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u20e3\ufe0e\ufe0f\ufeff"
    "\ufff9\ufffa\ufffb"
)
_CLEAN: dict[int, str | None] = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], None),
    **dict.fromkeys(range(0xE0000, 0xE0080), None),  # tags: text that no one sees
    **dict.fromkeys(map(ord, _INVISIBLE), None),
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, "\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n"),
    ord("\t"): "\t",
}
_UNCLEAN = re.compile("[" + "".join(re.escape(chr(code)) for code in _CLEAN if code not in (0x0A, 0x09)) + "]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def cleaned(text: str) -> str:
    """Return `text` with line feeds as line ends, plain spaces, composed accents, and nothing invisible."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNCLEAN.search(text):
        text = text.translate(_CLEAN)
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text))


def one_line(text: str) -> str:
    """Return `text` cleaned and on one line, spaces collapsed: what may stand in a header or a name."""
    return " ".join(cleaned(text).split())


def decoded(octets: bytes, charset: str) -> str:
    """Return `octets` as text, with the charset they are really in where the label is wrong: never raises.

    UTF-8 that holds more than ASCII is not something else by accident, so it goes before any label of single bytes;
    ISO 8859-1 and ASCII are read as windows-1252, which is what programs mean by them.
    """
    name = _codec(charset)
    if octets.isascii() and not name.startswith(("utf-7", "utf-16", "utf-32", "iso2022")):
        return octets.decode("ascii")
    for attempt in dict.fromkeys((name if name.startswith(("utf-", "iso2022")) else "utf-8-sig", name, "utf-8-sig")):
        try:
            return octets.decode(attempt)
        except (UnicodeError, ValueError):
            continue
    if _mostly_utf8(octets):
        return octets.decode("utf-8", errors="replace")
    return octets.decode("cp1252", errors="replace")


@lru_cache(maxsize=200)
def _codec(label: str) -> str:
    """Return the name of the codec that a charset label means; "cp1252" where it means none."""
    label = label.strip(" \t\"'").split("*")[0][:40]
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError, UnicodeError):
        return "cp1252"
    if name == "utf-8":
        return "utf-8-sig"
    if name in ("iso8859-1", "ascii") or not _READABLE.fullmatch(name):
        return "cp1252"
    return name


def _mostly_utf8(octets: bytes) -> bool:
    """True where for each broken character (one cut in two, say) two beyond ASCII are whole."""
    text = octets.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return sum(1 for letter in text if letter > "\x7f") >= 3 * broken


def from_base64(octets: bytes) -> bytes:
    """Return what can be decoded: foreign characters are skipped, and what follows the padding is not read."""
    start = octets.find(b"=")
    letters = (octets if start < 0 else octets[:start]).translate(None, _NOT_BASE64)
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def transfer_decoded(octets: bytes, encoding: str) -> bytes:
    """Return a body without its Content-Transfer-Encoding (RFC 2045 section 6); an unknown one is left as it is."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        return from_base64(octets)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(octets)
    return octets


def header_text(value: bytes) -> str:
    """Return a header's value unfolded, its encoded words decoded (RFC 2047), on one line: never raises.

    Raw bytes beyond ASCII are read as UTF-8, else windows-1252. Neighbouring words in one charset are joined before
    they are decoded, for there are programs that cut a character in two.
    """
    text = decoded(value, "utf-8")
    return one_line(_without_encoded_words(text) if "=?" in text else text)


def _without_encoded_words(text: str) -> str:
    text = _BETWEEN_WORDS.sub(r"\1", text)
    out: list[str] = []
    pending, charset, position = b"", "", 0
    for word in _ENCODED_WORD.finditer(text):
        if pending and (word.start() > position or word[1].lower() != charset):
            out.append(decoded(pending, charset))
            pending = b""
        out.append(text[position : word.start()])
        pending, charset, position = pending + _word_octets(word[2], word[3]), word[1].lower(), word.end()
    if pending:
        out.append(decoded(pending, charset))
    out.append(text[position:])
    return "".join(out)


def _word_octets(encoding: str, content: str) -> bytes:
    octets = content.encode("utf-8", errors="replace")
    return from_base64(octets) if encoding in "bB" else binascii.a2b_qp(octets, header=True)
