"""Counts, group sizes, means and ranges of a sentence as numbers of a study file, named by the words beside them."""

import re
from collections.abc import Iterator
from decimal import Decimal

from escc_bayes.evidence.manuscript.entry import Entry
from escc_bayes.evidence.manuscript.group_sizes import group_sizes
from escc_bayes.evidence.quotes.quote import Quote
from escc_bayes.evidence.quotes.shares import Share

NUMBER = r"\d+(?:\.\d+)?"
STOP = frozenset(
    re.findall(
        r"[a-z]+",
        """a an the of in to for with and or were was had have has been who that this these those by on at from as is
        are be we their its there patients patient cases case subjects participants respectively all overall total
        included including only most while which whom them than among between both either received showed experienced
        during after before median mean range years year months month n no p vs versus rate rates percent achieved""",
    )
)
OTHER = re.compile(
    r"\b(?:historical|external|previous|separate|validation|control|subset|subgroup)\b[^.;]{0,40}$", re.IGNORECASE
)
"""Words before a number of patients who are not those of the study."""

MATCHED = re.compile(r"\bmatch(?:ed|ing)\b[^.;]*\d", re.IGNORECASE)
"""A sentence that goes on to the patients who were matched: the number before it is of those they were chosen from."""

WHOLE = (
    re.compile(
        r"(?:total of|enrolled|included|recruited|randomi[sz]ed|analy[sz]ed|reviewed|of|identified|studied|trial,) "
        r"(?:a total of )?(?P<n>\d{2,6}) (?:[A-Za-z-]+ ){0,6}?(?:patients|participants|subjects|cases|women|men)\b"
        r"(?! \(\d)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\d.] )(?<![\d.-])(?P<n>\d{2,6}) (?:[A-Za-z-]+ ){0,6}?(?:patients|participants|subjects)\b[^.;]{0,80}?"
        r"\b(?:were|was) (?:\w+ )?(?:enrolled|included|recruited|randomi[sz]ed|randomly|analy[sz]ed|reviewed"
        r"|identified|assigned|treated|studied)",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:[A-Z][a-z]+: ?)?(?P<n>\d{2,6}) (?:[A-Za-z-]+ ){0,6}?(?:patients|participants|subjects)\b"
        r"[^.;]{0,80}?\breceived\b(?![^.;]*\d+ (?:patients )?(?:received|had)\b)",
        re.IGNORECASE,
    ),
)
MOMENTS = re.compile(
    rf"(?P<mean>-?{NUMBER}) ?(?:\+/-|\N{{PLUS-MINUS SIGN}}|\+-) ?(?P<sd>{NUMBER})"
    rf"|mean[^.;\d]{{0,40}}?(?P<mean2>-?{NUMBER}) ?(?:[a-z]+ ?)?[(\[] ?SD,? ?=? ?(?P<sd2>{NUMBER})",
    re.IGNORECASE,
)
RANGE = re.compile(
    rf"[(\[,;] ?(?:[a-z]+ )?range,?:? ?(?:from )?(?P<low>{NUMBER}) ?(?:-|to|~|,) ?(?P<high>{NUMBER})", re.IGNORECASE
)
MEDIAN = re.compile(
    rf"median (?P<what>(?!(?:overall|progression|PFS|OS|survival)\b)[A-Za-z -]{{2,30}}?)(?: of| was| were|:|,| =)+ "
    rf"(?P<value>{NUMBER})(?: ?(?P<unit>years?|months?|Gy|cycles?|days?|cm|weeks?))?",
    re.IGNORECASE,
)
DESIGN = re.compile(
    r"(?:(?:non-?)?randomi[sz]ed|retrospective|prospective|single-arm)(?:[a-z ,-]{0,30}phase (?:[1-4]|I{1,3}|IV)\b)?"
    r"|phase (?:[1-4]|I{1,3}|IV)\b",
    re.IGNORECASE,
)
DAY_AND_MONTH = r"(?:\d{1,2} )?(?:[A-Z][a-z]{2,8}\.? ?)?(?:\d{1,2}, ?)?"
PERIOD = re.compile(rf"{DAY_AND_MONTH}(?:19|20)\d\d ?(?:-|to|and|until|through) ?{DAY_AND_MONTH}(?:19|20)\d\d")
VERBS = re.compile(r"^ ?(?:patients? )?(?:had|have|were|was|died|received|achieved|experienced|developed|with|in) ")


def numbers(quote: Quote, sentence: str) -> Iterator[Entry]:
    """Yield the counts with a percentage, the sizes, the means and medians of a sentence."""
    for share in quote.shares:
        yield of_share(quote.text, share, sentence)
    yield from of_study(quote.text, sentence)
    yield from whole(quote.text, sentence)
    yield from group_sizes(quote, sentence)
    yield from measures(quote.text, sentence)


def of_study(text: str, sentence: str) -> Iterator[Entry]:
    """Yield the sentence that says the design, and the one that says when patients entered."""
    design, period = DESIGN.search(text), PERIOD.search(text)
    if design:
        yield Entry("design", {"value": sentence}, f"design: {design[0]}", (design.span(),))
    if period:
        yield Entry("population", {"value": sentence}, f"entry {period[0]}", (period.span(),))


def of_share(text: str, share: Share, sentence: str) -> Entry:
    """Return a count beside its percentage as a number; the percentage stays in the quote, where the rules read it."""
    name = f"{named(text, share.start, share.end)}_n"
    of = f" of {share.of}" if share.of else ""
    words = f"{share.patients}{of} ({share.percent} %) as {name}"
    closed = len(text) - len(text[share.end :].lstrip(" %)]"))
    body = {"name": name, "value": Decimal(share.patients), "quote": sentence}
    return Entry("number", body, words, ((share.start, closed),))


def named(text: str, start: int, end: int) -> str:
    """Return a name from the words beside a number: those behind it where a verb follows, else those before it.

    Examples
    --------
    >>> named("38 patients (48.1 %) had stage IV disease", 0, 20), named("Stage IV disease in 38 (48.1 %)", 20, 31)
    ('stage_iv_disease', 'stage_iv_disease')
    """
    behind = re.split(r"[.;,:(]|\d", text[end:].lstrip(") %]"), maxsplit=1)[0]
    before = re.split(r"[.;,:()]|\d", text[:start])[-1]
    sides = (behind, before) if VERBS.match(f" {behind}") else (before, behind)
    for side in sides:
        words = [word for word in re.findall(r"[a-z]+", side.casefold()) if word not in STOP]
        if words:
            return "_".join(words[-4:] if side is before else words[:4])
    return "patients_counted"


def whole(text: str, sentence: str) -> Iterator[Entry]:
    """Yield the number of patients that a sentence says were studied."""
    for form in WHOLE:
        found = form.search(text)
        if found and not OTHER.search(text[: found.start("n")]) and not MATCHED.search(text, found.end()):
            yield Entry("n", {"value": int(found["n"]), "quote": sentence}, f"n = {found['n']}", (found.span("n"),))
            return


def measures(text: str, sentence: str) -> Iterator[Entry]:
    """Yield means with SDs, and medians with ranges, of what no curve shows."""
    for found in MOMENTS.finditer(text):
        mean, sd = found["mean"] or found["mean2"], found["sd"] or found["sd2"]
        name = named(text, found.start(), found.end())
        span = (found.span(),)
        yield Entry("number", {"name": f"{name}_mean", "value": Decimal(mean), "quote": sentence}, f"mean {mean}", span)
        yield Entry("number", {"name": f"{name}_sd", "value": Decimal(sd), "quote": sentence}, f"SD {sd}", span)
        yield from ranged(text, found.end(), name, sentence)
    for found in MEDIAN.finditer(text):
        what = "_".join(word for word in re.findall(r"[a-z]+", found["what"].casefold()) if word not in STOP)
        name = "followup" if re.search(r"follow", what) else what or "value"
        unit = {"unit": found["unit"].casefold()} if found["unit"] else {}
        body = {"name": f"{name}_median", "value": Decimal(found["value"]), **unit, "quote": sentence}
        yield Entry("number", body, f"median {name} {found['value']}", (found.span(),))
        yield from ranged(text, found.end(), name, sentence)


def ranged(text: str, at: int, name: str, sentence: str) -> Iterator[Entry]:
    """Yield the ends of a range that stands close behind."""
    found = RANGE.search(text, at, at + 60)
    if found is None:
        return
    for key, end in (("min", "low"), ("max", "high")):
        body = {"name": f"{name}_{key}", "value": Decimal(found[end]), "quote": sentence}
        yield Entry("number", body, f"{key} {name} {found[end]}", (found.span(end),))
