"""The text of ``prior.toml``, and the prior of an effect without usable evidence (read in ``spec.evidence_prior``)."""

import json
import math

from escc_bayes.evidence.pooling.published_effect import EvidenceError
from escc_bayes.spec.effective_events import UNIT_INFORMATION_SD
from escc_bayes.spec.evidence_prior import EvidencePrior


def weak_prior(effect: str, endpoint: str, *, sd: float) -> EvidencePrior:
    """Return N(0, ``sd``) for an effect without usable evidence; it says that it rests on no study."""
    if not 0.0 < sd < math.inf:
        raise EvidenceError(f"weak prior of {effect} on {endpoint}: sd is {sd:g}; give a positive number")
    said = f"No study of {effect} on {endpoint} was pooled; N(0, {sd:g}) on the log HR was asked for."
    return EvidencePrior(effect, endpoint, ((1.0, 0.0, sd),), statements=(said,))


def prior_toml(prior: EvidencePrior) -> str:
    """Return the text of ``prior.toml``; numbers with all their digits."""
    worth = prior.effective_events
    components = [f"  {{ weight = {w!r}, mean = {m!r}, sd = {s!r} }},\n" for w, m, s in prior.components]
    direction = [f"hazard_of = {quoted(prior.hazard_of)}\nversus = {quoted(prior.versus)}\n"] if prior.hazard_of else []
    lines = [
        "schema = 1\n\n[prior]\n",
        f"effect = {quoted(prior.effect)}\nendpoint = {quoted(prior.endpoint)}\n",
        *direction,
        f"# On the log hazard ratio.\ncomponents = [\n{''.join(components)}]\n",
        f"# Weight of the vague component, the last one; its sd by default is {UNIT_INFORMATION_SD:g}, one event.\n",
        f"robust_weight = {prior.robust_weight!r}\n",
        "# Events of a 1:1 trial: expected local information ratio, and 4 / variance.\n",
        f"effective_events = {worth.elir!r}\neffective_events_moment = {worth.moment!r}\n",
        f"studies = [{', '.join(quoted(study) for study in prior.studies)}]\n",
        "statements = [\n" + "".join(f"  {quoted(said)},\n" for said in prior.statements) + "]\n",
    ]
    return "".join(lines)


def quoted(text: str) -> str:
    """Return a TOML basic string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
