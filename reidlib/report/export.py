"""An executed notebook as one HTML page that asks the network for nothing.

nbconvert's own template loads MathJax, require.js, mermaid and the widget manager from a CDN. Here formulas become
MathML, which browsers draw themselves, views bring their own script, and a widget that would need a kernel is replaced
by the picture or text that it left.
"""

from __future__ import annotations

from pathlib import Path

from latex2mathml.converter import convert as latex_to_mathml
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from reidlib.data.files import explained, write_whole

# nbconvert's page without the four blocks that fetch scripts.
TEMPLATE = """{% extends 'lab/index.html.j2' %}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
"""
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class MathMLRenderer(IPythonRenderer):
    """nbconvert's Markdown renderer, with formulas as MathML instead of text for MathJax."""

    def block_math(self, body: str) -> str:
        return f"<p>{latex_to_mathml(body.strip(), display='block')}</p>"

    def inline_math(self, body: str) -> str:
        return latex_to_mathml(body.strip())

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")


class OfflineExporter(HTMLExporter):
    """HTMLExporter whose pages hold everything they need."""

    raw_template = TEMPLATE
    embed_images = True

    def markdown2html(self, context, source):
        resources = context.get("resources", {}).get("metadata", {})
        renderer = MathMLRenderer(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=self.embed_images,
            path=resources.get("path", ""),
            anchor_link_text=self.anchor_link_text,
        )
        return MarkdownWithMath(renderer=renderer).render(source)

    # jinja hands the context to filters that say so; the parent's decorator does not survive overriding.
    markdown2html.jinja_pass_arg = HTMLExporter.markdown2html.jinja_pass_arg


def without_dead_widgets(notebook):
    """A copy without widget views, blank without a kernel; the HTML, picture or text beside them stays."""
    import copy

    notebook = copy.deepcopy(notebook)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return notebook


def export_html(executed: Path, page: Path) -> None:
    """Write the executed notebook `executed` as the self-contained page `page` (through a temporary name)."""
    import nbformat

    notebook = without_dead_widgets(nbformat.read(executed, as_version=4))
    html, _ = OfflineExporter().from_notebook_node(
        notebook, resources={"metadata": {"name": executed.stem, "path": str(executed.parent)}}
    )
    # Notebooks link to each other by file name; among exported pages the neighbour is a page.
    html = html.replace('.ipynb"', '.html"')
    with explained(page):
        write_whole(page, html.encode())
