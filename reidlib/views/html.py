"""Put text, data and scripts into HTML so that none of it can become something else.

Names of people's files end up in titles, alt texts and data; whatever they contain, they stay text.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import numpy as np

from reidlib.errors import ReidError

DIGITS = 4
# No request of any kind: a saved view that wanted the network would be blocked by the browser itself.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
# Lone surrogates cannot be written as UTF-8, and control characters have no place in HTML.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_JSON_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def writable(value: str) -> str:
    """`value` with every character that no file of ours could hold replaced by the replacement character."""
    return _UNWRITABLE.sub("\ufffd", value)


def text(value: str) -> str:
    """`value` as HTML text or as a quoted attribute's content."""
    return html.escape(writable(value), quote=True)


def rounded(values: Any, digits: int = DIGITS) -> list[Any]:
    """An array as nested lists with a few digits: four are finer than a screen shows and a fifth of the bytes."""
    array = np.asarray(values)
    # Adding zero turns -0.0 into 0.0, which is a byte shorter and prints like a number.
    return (np.round(array.astype(np.float64), digits) + 0.0 if array.dtype.kind == "f" else array).tolist()


def number_text(value: float, decimals: int) -> str:
    """`value` with so many decimals; from 10 on with at most four significant digits. host.js has the same.

    A true minus, because a hyphen is read as a dash, and no negative zero; halves are rounded up, as browsers do. What
    is not finite is "nan" or "inf".
    """
    if not math.isfinite(value):
        return str(float(value))
    exact = Decimal(abs(float(value)))
    size = float(Context(prec=4, rounding=ROUND_HALF_UP).plus(exact))
    if size >= 1e6:
        digits, power = f"{size:.3e}".split("e")
        text = f"{digits.rstrip('0').rstrip('.')}e+{int(power)}"
    else:
        places = decimals if size < 10 else max(0, min(decimals, 3 - math.floor(math.log10(size))))
        shown = exact if size < 10 else Decimal(size)
        text = f"{shown.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    return f"−{text}" if value < 0 and float(text) else text


def decimals_for(span: float, least: int = 2) -> int:
    """As many decimals as numbers need that fill an axis of this length. host.js has the same."""
    return min(8, max(least, 2 - math.floor(math.log10(max(span, 1e-9)))))


def to_json(data: Mapping[str, Any]) -> str:
    """`data` as JSON that is safe inside a `<script>` element: arrays rounded, ASCII only, `<`, `>` and `&` escaped.

    Raises ReidError naming the entry that holds NaN, an infinity or something that JSON cannot say.
    """
    parts = []
    for key, value in data.items():
        try:
            encoded = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=_plain)
        except (TypeError, ValueError) as error:
            raise ReidError(f"Found an entry {key!r} that a view cannot show ({error})",
                            "text, finite numbers, arrays of them, lists and dictionaries",
                            f"look for NaN or infinity in {key!r} first") from error
        parts.append(f"{json.dumps(str(key))}:{encoded}")
    joined = "{" + ",".join(parts) + "}"
    return re.sub("[<>&]", lambda found: _JSON_ESCAPES[found.group()], joined)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return rounded(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__}")


def data_block(data: Mapping[str, Any]) -> str:
    """The data of a view, beside its script."""
    return f'<script type="application/json">{to_json(data)}</script>'


def module_block(source: str) -> str:
    """An inline ES module. Inside strings and comments `<\\/script` means the same and does not end the element."""
    source = re.sub(r"<(?=/script|!--)", r"<\\", source, flags=re.IGNORECASE)
    return f'<script type="module">{source}</script>'


def page(title: str, body: str) -> str:
    """A whole document around `body` that asks the network for nothing."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n"
        "<style>:root{color-scheme:light dark}body{margin:24px auto;max-width:1000px;padding:0 12px}"
        "h1{margin:0 0 12px;font:600 20px/1.3 system-ui,sans-serif;overflow-wrap:anywhere}</style>\n"
        f"</head>\n<body>\n<main>\n<h1>{text(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
