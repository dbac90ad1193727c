"""Documents as Markdown and HTML."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.documents import Bullets, Document, Heading, Paragraph, Table, to_html, to_markdown

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "ul", "li", "div",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class Elements(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and the names of its attributes."""
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text.append(data)


def parsed(page: str) -> Elements:
    elements = Elements()
    elements.feed(page)
    return elements


def a_document(text: str) -> Document:
    return Document(
        title=text,
        subtitle=text,
        language="en",
        blocks=(
            Heading(text),
            Paragraph(text),
            Paragraph(text, small=True),
            Bullets((text, text)),
            Table(caption=text, header=(text, "n"), rows=((text, "1"), (text, "2")), numbers=frozenset({1})),
        ),
    )


HOSTILE = [
    '<script>alert("x")</script>',
    '"><img src=x onerror=alert(1)>',
    "a|b `c` *d* [e](javascript:f) ![g](h)",
    "![]()<!-- -->&lt;",
    "# heading\n\n- item\n\n| a |",
    "\\|",
    "1. first",
    "- item",
]


class TestEscaping:
    """T67: names with markup are escaped for their target."""

    @pytest.mark.parametrize("text", HOSTILE)
    def test_html_holds_no_element_of_the_text(self, text: str) -> None:
        """Parsed again, the page has only the elements of the renderer, and the text as it was."""
        page = parsed(to_html(a_document(text)))
        assert set(page.tags) <= ALLOWED
        assert page.attributes <= {"lang", "charset", "name", "content", "class"}
        assert text in "".join(page.text)

    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
    @settings(deadline=None)
    def test_any_text_comes_back_from_html(self, text: str) -> None:
        """Nothing is lost and nothing becomes an element."""
        page = parsed(to_html(a_document(text)))
        assert set(page.tags) <= ALLOWED
        assert text in "".join(page.text)

    @pytest.mark.parametrize("text", HOSTILE)
    def test_markdown_has_its_rows_and_no_others(self, text: str) -> None:
        """A line break or a bar in a name makes no new row, cell, heading or list."""
        lines = to_markdown(a_document(text)).splitlines()
        assert ["#", "##"] == [line.split(" ")[0] for line in lines if line.startswith("#")]
        assert 4 == sum(line.startswith("| ") for line in lines)
        assert 2 == sum(line.startswith("- ") for line in lines)
        assert {3} == {
            line.replace("\\\\", "").replace("\\|", "").count("|") for line in lines if line.startswith("| ")
        }
        assert not any(re.search(r"(?<!\\)\]\(", line) for line in lines)


class TestPage:
    """One page that a county office can send out."""

    def test_it_needs_nothing_else(self) -> None:
        """No script, no link, no picture, no address."""
        page = to_html(a_document("通报"))
        assert page.startswith("<!DOCTYPE html>")
        assert 'lang="en"' in page
        assert not any(word in page for word in ("<script", "<link", "<img", "http:", "https:", "url("))

    def test_numbers_are_set_to_the_right(self) -> None:
        """Header and cells of a column of numbers, and no other cell."""
        page = to_html(a_document("t"))
        assert ('<th class="number">n</th>', 3) == (
            page[page.index("<th class") : page.index("</th>", page.index("<th class")) + 5],
            page.count('class="number"'),
        )
        assert "| ---: |" in to_markdown(a_document("t"))

    def test_small_print(self) -> None:
        """Notes are marked as such."""
        assert 1 == to_html(a_document("t")).count('<p class="small">')
