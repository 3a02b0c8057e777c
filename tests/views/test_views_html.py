"""Whatever people name their files, it stays text; whatever views send, it is JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from page_parts import Parts

from reidlib.errors import ReidError
from reidlib.views import html

TRICKS = st.sampled_from(
    ["</script>", "<!--", "-->", "<script>", "]]>", "&lt;", '"', "'", "`", "\\", "\u2028", "\u2029", "\x00", "\ud800",
     "<img src=x onerror=alert(1)>", "${x}", "</style>", "\r\n", "</SCRIPT >", "&#x27;"]
)  # fmt: skip
HOSTILE = st.lists(st.one_of(TRICKS, st.text(max_size=8)), max_size=6).map("".join)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | HOSTILE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HOSTILE, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(HOSTILE, JSON, max_size=4))
@example({"</script>": "<!--<script>"})
def test_json_survives_a_script_element(data):
    block = html.data_block(data)
    parts = Parts(f"<div>{block}</div>")
    assert parts.tags == ["div", "script", "/script", "/div"]
    assert parts.data == data
    inside = block.removeprefix('<script type="application/json">').removesuffix("</script>")
    assert inside.isascii()
    assert not set("<>&") & set(inside)


@given(HOSTILE)
def test_text_survives_an_attribute_and_an_element(value):
    parts = Parts(f'<p title="{html.text(value)}">x</p>')
    assert parts.tags == ["p", "/p"]
    assert parts.one("p")["title"] == html.writable(value)
    html.text(value).encode()  # a lone surrogate would fail here


@given(HOSTILE)
def test_ordinary_characters_are_not_touched(value):
    kept = [c for c in value if c in "\t\n\r" or (c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)]
    written = html.writable(value)
    assert len(written) == len(value)
    assert [c for c, was in zip(written, value, strict=True) if was in kept] == [c for c in value if c in kept]


@pytest.mark.parametrize("source", ["let a = '</script><b>';", "let a = '</SCRIPT >';", "// <!-- <script>\nlet b = 1;"])
def test_a_module_cannot_end_its_element(source):
    parts = Parts(html.module_block(source))
    assert parts.tags == ["script", "/script"]
    assert "<!--" not in parts.scripts[0][1]


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [(0.25, 2, "0.25"), (9.9996, 3, "10.00"), (12.3456, 3, "12.35"), (123.456, 2, "123.5"), (67705.7, 2, "67710"),
     (-1234.5, 2, "−1235"), (-0.001, 2, "0.00"), (0.125, 2, "0.13"), (-0.125, 2, "−0.13"),
     (999960.0, 2, "1e+6"), (677057160.0, 2, "6.771e+8"), (7.380884670144705e29, 2, "7.381e+29"),
     (0.0, 2, "0.00"), (0.012345, 4, "0.0123")],
)  # fmt: skip
def test_numbers_have_four_digits_at_most(value, decimals, said):
    assert html.number_text(value, decimals) == said


def test_arrays_are_rounded_and_small():
    data = {
        "weights": np.array([1 / 3, -0.0, 2.0, 1e-9], np.float32), "counts": np.arange(3), "one": np.float32(0.5),
        "nested": {"mask": np.array([[True, False]])},
    }  # fmt: skip
    text = html.to_json(data)
    expected = '{"weights":[0.3333,0.0,2.0,0.0],"counts":[0,1,2],"one":0.5,"nested":{"mask":[[true,false]]}}'
    assert text == expected
    assert html.rounded(np.array([0.123456]), 2) == [0.12]
    weights = html.rounded(np.random.default_rng(0).random(1000))
    assert len(json.dumps(weights, separators=(",", ":"))) <= 7001


@pytest.mark.parametrize(
    "bad", [np.array([0.1, np.nan]), [float("inf")], {"deep": [np.float32("nan")]}, {1, 2}, object(), np.array([1j])]
)
def test_what_json_cannot_say_is_named(bad):
    with pytest.raises(ReidError, match="entry 'attention'"):
        html.to_json({"fine": 1, "attention": bad})


@given(HOSTILE)
def test_a_page_keeps_its_shape(title):
    parts = Parts(html.page(title, "<p>body</p>"))
    assert parts.tags == Parts(html.page("plain", "<p>body</p>")).tags
    policy = [each for tag, each in parts.attributes if tag == "meta" and "http-equiv" in each]
    assert policy[0]["content"].startswith("default-src 'none';")
