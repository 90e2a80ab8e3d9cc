"""A study with the digits of its quotes: a key padded to 1.000 beside a printed "1.00" stands for 0.995 to 1.005."""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from decimal import Decimal
from functools import partial

from escc_bayes.data.published import Landmark, PublishedEstimate, PublishedNumber, PublishedSurvival, Study
from escc_bayes.evidence.quotes.quote import read_quote


def as_quoted(study: Study) -> Study:
    """Return the study with every number as its quote prints it; what the quote does not print stays."""
    return replace(
        study,
        estimates=tuple(of_entry(entry) for entry in study.estimates),
        survivals=tuple(with_landmarks(of_entry(entry)) for entry in study.survivals),
        numbers=tuple(of_entry(entry) for entry in study.numbers),
    )


def printed(value: Decimal, prints: Iterable[str], *, per_cent: bool = False) -> Decimal:
    """Return the print that equals a value, its own digits first; as a fraction where prints are percentages.

    Examples
    --------
    >>> printed(Decimal("1.000"), ["0.85", "1.00"]), printed(Decimal("0.6"), ["60.0"], per_cent=True)
    (Decimal('1.00'), Decimal('0.600'))
    """
    same = [number for text in prints if (number := Decimal(text).scaleb(-2 if per_cent else 0)) == value]
    return next((number for number in same if str(number) == str(value)), same[0] if same else value)


def of_entry[T: (PublishedEstimate, PublishedSurvival, PublishedNumber)](entry: T) -> T:
    """Return one entry with the digits of its quote."""
    numbers = read_quote(entry.quote).numbers
    given = {field.name: getattr(entry, field.name) for field in fields(entry)}
    decimals = {name: value for name, value in given.items() if isinstance(value, Decimal) and name != "ci_level"}
    change: Callable[..., T] = replace
    return change(entry, **{name: printed(value, numbers) for name, value in decimals.items()})


def with_landmarks(curve: PublishedSurvival) -> PublishedSurvival:
    """Return a curve whose landmarks have the digits of its quote, in per cent there."""
    digits = partial(printed, prints=read_quote(curve.quote).numbers, per_cent=True)
    landmarks = tuple(
        Landmark(
            mark.t,
            digits(mark.s),
            None if mark.lo is None else digits(mark.lo),
            None if mark.hi is None else digits(mark.hi),
        )
        for mark in curve.landmarks
    )
    return replace(curve, landmarks=landmarks)
