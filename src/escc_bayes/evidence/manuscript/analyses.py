"""Of which analysis a sentence speaks: of matched patients, an interim look, a subgroup. Its numbers stay apart."""

import re

ANALYSIS = re.compile(
    r"(?:before|after|following) (?:propensity[- ]score |PS )?(?:matching|weighting|adjustment|IPTW|PSM)"
    r"|(?:propensity[- ])?(?:score[- ])?(?<!un)matched (?:cohort|patients|pairs|population|analysis)"
    r"|(?:interim|final|updated?|primary|per-protocol|post hoc|subgroup|landmark) (?:overall survival )?analys[ie]s"
    r"|\b(?:in|of|from) (?:an?|the) (?:historical|external|separate|previous|validation) (?:[a-z]+ )?(?:series|cohort"
    r"|control|group|study|trial)"
    r"|\bin (?:locally advanced|metastatic|oligometastatic|recurrent) (?:disease|patients|carcinoma|tumou?rs)"
    r"|\b(?:in|among|for) (?:the )?(?:\d+ )?(?:patients|those|subgroup|population)[^,.;]{0,20}? "
    r"(?:with|who|whose|of)\b[^,.;(]{2,50}",
    re.IGNORECASE,
)


def analysis_of(text: str) -> str:
    """Return the words that say of which analysis a plain sentence is; empty where none do.

    Examples
    --------
    >>> analysis_of("After matching, median OS was 20 months"), analysis_of("Among patients with a CPS of 10, OS was")
    ('after matching', 'among patients with a cps of 10')
    """
    found = ANALYSIS.search(text)
    return " ".join(found[0].casefold().split()) if found else ""


def goes_on(analysis: str) -> bool:
    """Whether the next sentence of a paragraph is of the same analysis: matched patients or a look, no subgroup.

    Examples
    --------
    >>> goes_on("after matching"), goes_on("among patients with a cps of 10")
    (True, False)
    """
    return re.match(r"in |of |from |among |for ", analysis) is None


def kept_apart(body: dict[str, object], analysis: str) -> dict[str, object]:
    """Return a curve or an estimate of one analysis; how many patients it has is then unknown."""
    return {**{key: value for key, value in body.items() if key != "n"}, "cutoff": analysis}
