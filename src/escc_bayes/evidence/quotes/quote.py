"""A quoted sentence, read once: all that it says in numbers."""

from dataclasses import dataclass
from functools import lru_cache

from escc_bayes.evidence.quotes.p_values import PValue, p_values
from escc_bayes.evidence.quotes.ratios import Ratio, listed, ratios
from escc_bayes.evidence.quotes.shares import Share, shares
from escc_bayes.evidence.quotes.statistics import ChiSquare, chi_squares, degrees_of_freedom, numbers, sizes
from escc_bayes.evidence.quotes.survival import Median, Rate, medians, rates
from escc_bayes.evidence.quotes.text import plain


@dataclass(frozen=True, slots=True)
class Quote:
    """What a sentence says.

    Attributes
    ----------
    text : the sentence in one way of writing.
    shares, ratios, ps, chis, rates, medians, sizes, df : what it joins.
    listed : ratios that stand in a list behind one name.
    numbers : every number, as printed.
    """

    text: str
    shares: tuple[Share, ...]
    ratios: tuple[Ratio, ...]
    listed: tuple[str, ...]
    ps: tuple[PValue, ...]
    chis: tuple[ChiSquare, ...]
    df: int | None
    rates: tuple[Rate, ...]
    medians: tuple[Median, ...]
    sizes: tuple[int, ...]
    numbers: tuple[str, ...]


@lru_cache(maxsize=4096)
def read_quote(sentence: str) -> Quote:
    """Read a sentence.

    Examples
    --------
    >>> quote = read_quote("HR = 1.689; 95 % CI 1.078\N{EN DASH}3.423; P = 0.026")
    >>> quote.ratios[0].value, quote.ratios[0].high, quote.ps[0].digits
    ('1.689', '3.423', '0.026')
    """
    text = plain(sentence)
    return Quote(
        text=text,
        shares=shares(text),
        ratios=ratios(text),
        listed=listed(text),
        ps=p_values(text),
        chis=chi_squares(text),
        df=degrees_of_freedom(text),
        rates=rates(text),
        medians=medians(text),
        sizes=sizes(text),
        numbers=numbers(text),
    )
