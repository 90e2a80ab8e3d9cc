"""What a referee asks the authors about a finding: one question, by the rule that found it and how certain it is."""

from collections.abc import Mapping

from escc_bayes.evidence.finding import Finding

ASKED: Mapping[str, str] = {
    "impossible print": "Please check this number against the output of the analysis; which value was meant?",
    "file and quote": "Which of the two numbers is that of the analysis?",
    "counts": "How many patients belong to each class, and were some unknown or counted twice?",
    "repeated": "Which of the two counts is right, or are they of different patients or times?",
    "group sizes": "How many patients and events did each group have?",
    "percentages": "Of how many patients is this percentage, and what is the count?",
    "uncensored rates": "Was anyone censored before this time, and how was the rate estimated?",
    "chi-square": "Which test was made, with how many degrees of freedom, and what are its statistic and P?",
    "claims": "At which level was significance judged, and is the P value right?",
    "interval shape": "What are the estimate and its limits, and how was the interval computed?",
    "P and interval": "From which test is P, and from which model the interval? Please give both of one analysis.",
    "implied events": "How many events did each group have here, and how was the standard error computed?",
    "monotone survival": "Are these values of one group and data cut-off? Please give the curve with numbers at risk.",
    "PFS and OS": "Are both endpoints of the same patients and cut-off, and is every death an event of both?",
    "event balance": "How many events of each kind, and how many deaths with and without failure, were there?",
    "direction": "Whose hazard over whose is this ratio, and how were the levels coded?",
    "direction in words": "Whose hazard over whose is this ratio, and which group did better?",
    "one-sided P": "In which direction was the one-sided test made?",
    "swapped groups": "Were the groups exchanged in this row?",
    "2x2 table": "Which test was made of these counts, and are the counts those that were tested?",
    "narrow interval": "By which method and at which level was the interval of this rate computed?",
    "events and rate": "How many events did the group have, and how long were its patients followed?",
    "medians": "Were hazards proportional? Please show the curves.",
    "rmst": "Up to which time were the means restricted?",
    "t tests": "Which t test was made, of how many patients, and are these standard deviations or standard errors?",
    "nesting": "How were the two covariates coded, and how many events had each cell of their cross-table?",
    "numbers at risk": "Please give numbers at risk and events for each interval of the curve.",
    "whole-number means": "How many patients had a value, and was it recorded in whole numbers?",
    "ranges": "Is the spread a standard deviation, and are the range and the mean of the same patients?",
    "follow-up": "How was follow-up measured, from and to which dates?",
    "rate differences": "How was the difference computed, and was it adjusted or stratified?",
    "baseline P values": "How were patients allocated, was the allocation stratified, and which tests were made?",
    "precision": "How many events and how many parameters had this model?",
}
OTHER = "Please check these numbers against the output of the analysis; which of them is right?"


def question(finding: Finding) -> str:
    """Return what to ask about a finding.

    Examples
    --------
    >>> question(Finding("x", "percentages", "impossible", "12 patients are printed as 17.2 %.", "12/79", "Table 1"))
    'Of how many patients is this percentage, and what is the count?'
    """
    return ASKED.get(finding.rule, OTHER)
