"""View: one piece of HTML with everything inside, the same bytes each time, and no need of Jupyter."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from page_parts import Parts

from reidlib.errors import ReidError
from reidlib.views import View, figure

SCRIPT = "export function mount(root, data, host) { root.append(data.label); }\n"


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp("view") / "tiny_view.js"
    path.write_text(SCRIPT)
    return path


@pytest.fixture(scope="module")
def picture():
    return figure(alt="A picture of three weights, of which the second is largest.", width=2, height=1)


def make(script, picture, label="three weights", **options):
    return View(script, {"label": label, "values": [1, 2]}, picture=picture, title=f"View of {label}", **options)


def test_html_has_picture_data_and_one_module(script, picture):
    parts = Parts(make(script, picture).html())
    assert [kind for kind, _ in parts.scripts] == ["application/json", "module"]
    assert parts.data == {"label": "three weights", "values": [1, 2]}
    assert SCRIPT in parts.scripts[1][1]
    assert parts.one("img")["alt"] == picture.alt
    # The picture stands before the script and outside it, so it stays where scripts are taken out.
    assert parts.tags.index("img") < parts.tags.index("script")
    assert "iframe" not in parts.tags
    frame = next(each for tag, each in parts.attributes if tag == "div")
    assert frame["aria-label"] == "View of three weights"
    assert re.fullmatch(r"tiny_view-[0-9a-f]{12}", frame["data-reid-view"])
    assert f'startAll("{frame["data-reid-view"]}", mount)' in parts.scripts[1][1]


def test_same_input_same_bytes_and_other_input_another_name(script, picture, tmp_path):
    def name(view):
        return re.search(r'data-reid-view="([^"]+)"', view.html()).group(1)

    assert make(script, picture).html() == make(script, picture).html()
    linked = make(script, picture, links={"a": "b"})
    assert len({name(view) for view in (make(script, picture), make(script, picture, "four"), linked)}) == 3
    one, two = (make(script, picture).save(tmp_path / f"{i}.html").read_bytes() for i in (1, 2))
    assert one == two


def test_a_file_asks_nobody_for_anything(script, picture, tmp_path):
    text = make(script, picture, links={"next": "02.ipynb"}).save(tmp_path / "view.html").read_text("utf-8")
    parts = Parts(text)
    loading = ("src", "href", "srcset", "data", "poster")
    addresses = [value for _, each in parts.attributes for key, value in each.items() if key in loading]
    assert [a.split(";")[0] for a in addresses] == ["data:image/png", "02.ipynb"]
    assert "@import" not in text
    assert set(re.findall(r"https?://[^\s\"'`<)]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert parts.one("html")["lang"] == "en"


@settings(max_examples=40, deadline=None)
@example(label="</script><script>x")
@example(label='"><img src=x onerror=x><!--')
@given(label=st.text(st.characters(codec=None), max_size=30))
def test_hostile_names_change_no_structure(script, picture, label):
    view = View(script, {"label": label}, picture=picture, title=label, links={label: "a.ipynb"})
    plain = View(script, {"label": "x"}, picture=picture, title="x", links={"x": "a.ipynb"})
    parts = Parts(view.html())
    assert parts.tags == Parts(plain.html()).tags
    assert parts.data == {"label": label}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://elsewhere.org", "//elsewhere.org", " javascript:x", "java\tscript:x",
                "", "\\\\share", "C:/notes.ipynb"]
)  # fmt: skip
def test_links_lead_beside_the_page_only(script, picture, address):
    with pytest.raises(ReidError, match="relative"):
        make(script, picture, links={"x": address})


def test_mistakes_get_a_sentence(script, picture, tmp_path):
    with pytest.raises(ReidError, match=r"ends in \.html"):
        make(script, picture).save(tmp_path / "view.png")
    with pytest.raises(ReidError, match="entry 'label'"):
        make(script, picture, label=float("nan"))
    with pytest.raises(ReidError, match="could not be used"):
        make(script, picture).save(tmp_path / "nowhere" / "view.html")
    assert list(tmp_path.iterdir()) == []


def test_a_style_sheet_of_the_same_name_is_used(script, picture, tmp_path):
    own = tmp_path / "styled.js"
    own.write_text(SCRIPT)
    own.with_suffix(".css").write_text(".styled-thing { color: inherit; }")
    assert ".styled-thing" in make(own, picture).html()
    assert ".styled-thing" not in make(script, picture).html()


def test_bundle_for_jupyter(script, picture):
    view = make(script, picture)
    assert view._repr_mimebundle_() == {"text/html": view.html(), "text/plain": picture.alt}
    assert view._repr_html_() == view.html()


def test_views_need_no_jupyter():
    code = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("anywidget", "ipywidgets", "IPython", "traitlets", "jupyterlab"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from reidlib.errors import ReidError
from reidlib.views import pipeline_map
view = pipeline_map()
assert view.html()
try:
    view.live()
except ReidError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "no anywidget package" in run.stdout
    assert 'pip install "reidlib[course]"' in run.stdout
