"""TOML, measured before it is parsed: nesting, parts of a key, tokens."""

import re
import tomllib
from typing import Any

from gridgov.errors import Fault, Faults
from gridgov.packs._wrong import Limits

__all__ = ["parse_toml"]

_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{0,5}'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{0,5}"
    r'|"(?:[^"\\\n]++|\\[^\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<dot>\.)|(?P<cut>[\n=,])"
    r"|(?P<bare>[^\s\"'\#\[\]{}.=,]++)",
    re.DOTALL,
)
_LINE = re.compile(r" ?\(at line ([0-9]+), column [0-9]+\)$")


def parse_toml(text: str, name: str, limits: Limits, faults: Faults) -> dict[str, Any] | None:
    """Return what TOML text holds; None, with a fault noted, when it is not TOML or larger than the limits."""
    text = text.replace("\r\n", "\n")
    over = _measure(text, limits)
    if over is not None:
        faults.extend([over.at(f"{name}:{over.place}")])
        return None
    try:
        return tomllib.loads(text)
    except ValueError as error:
        message = str(error)
        line = _LINE.search(message)
        code = "duplicate_key" if message.startswith("Cannot ") else "bad_toml"
        faults.add(code, _LINE.sub("", message), f"{name}:{line[1]}" if line else name)
    return None


def _measure(text: str, limits: Limits) -> Fault | None:
    """Return what makes text too costly to parse, placed by its line; None when nothing does."""
    depth = parts = 0
    for count, token in enumerate(_TOKEN.finditer(text)):
        kind = token.lastgroup
        if kind == "open":
            depth, parts = depth + 1, 0
        elif kind == "close":
            depth -= 1
        elif kind == "dot":
            parts += 1
        elif kind == "cut":
            parts = 0
        over = _over(limits, depth, parts, count, token.end() - token.start() if kind == "bare" else 0)
        if over:
            line = text.count("\n", 0, token.start()) + 1
            return Fault(f"limit_{over}", _OVER[over].format(getattr(limits, over)), str(line))
    return None


_OVER = {
    "depth": "nested deeper than {}",
    "key_parts": "a key of more than {} parts",
    "nodes": "more than {} tokens",
    "token": "a number or key of more than {} characters",
}


def _over(limits: Limits, depth: int, parts: int, count: int, length: int) -> str:
    if depth > limits.depth:
        return "depth"
    if parts >= limits.key_parts:
        return "key_parts"
    if count >= limits.nodes:
        return "nodes"
    return "token" if length > limits.token else ""
