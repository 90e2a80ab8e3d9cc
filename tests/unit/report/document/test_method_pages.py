"""Pages on methods: one for a word, and no link of the file beside a report that leads nowhere."""

import re

import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.report.document.method_pages import as_html, method_page, titles


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("cox", "# Cox regression"),
        ("log-rank", "# Log-rank tests"),
        ("RMST", "# Restricted"),
        ("Shapley", "# Why"),
    ],
)
def test_a_word_finds_its_page(word, title):
    assert method_page(word).startswith(title)


def test_words_that_no_page_or_several_say_are_refused():
    with pytest.raises(InputError, match="no page of methods says 'horoscope'"):
        method_page("horoscope")
    with pytest.raises(InputError, match="several pages say 'posterior'; write one of "):
        method_page("posterior")


def test_all_pages_in_one_file_link_to_each_other_and_nowhere_else():
    text = as_html(titles())
    there = set(re.findall(r'<article id="(\w+)">', text))
    links = re.findall(r'href="([^"]+)"', text)
    assert there == set(titles())
    assert links
    assert all((link.startswith("#") and link[1:] in there) or link.startswith("https://") for link in links)
    assert ".md" not in "".join(links)
