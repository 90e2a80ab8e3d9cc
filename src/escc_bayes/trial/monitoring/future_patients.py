"""A running trial carried to its end, many times: parameters from the exact posterior, then every patient's future.

Patients still followed live on from what is known of them: H(T) = H(t) + E. The hazards have the design's own shape,
times factors drawn from the data (``design_clock.py``): none of them goes on as its last piece for ever.
"""

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.monitoring.accrual_rate import future_entries
from escc_bayes.trial.monitoring.design_clock import pooled_clock, shaped
from escc_bayes.trial.monitoring.interim import FollowUp, Interim
from escc_bayes.trial.monitoring.interim_model import Columns, DrawnHazard, columns_by, joint_draws, on_design_clock
from escc_bayes.trial.simulation.simulate import exponentials
from escc_bayes.trial.truth.stratum import Stratum, apportioned


def completed(design: TrialDesign, interim: Interim, count: int, generator: np.random.Generator) -> Patients:
    """Return ``count`` completions of a trial: the patients seen, with their futures, and those still to come.

    Patients still to come enter at a pace drawn given the entries so far, the arms in random order, and fill each arm
    and stratum to its planned number. Controls come first, strata in order within arms: ``final_columns``.
    """
    drawn = on_design_clock(design, interim, joint_draws(design, interim, count, generator))
    coming = coming_by_stratum(design, interim)
    total = sum(coming[0]) + sum(coming[1])
    arrivals = generator.permuted(future_entries(design, interim, (count, total), generator), axis=1)
    parts, first = [], 0
    for arm in (0, 1):
        for stratum, hazard in enumerate(drawn.hazards[arm]):
            mine = (interim.treated == bool(arm)) & (interim.strata == stratum)
            here = arrivals[:, first : first + coming[arm][stratum]]
            first += coming[arm][stratum]
            parts.append(arm_futures(interim, mine, here, hazard, design.dropout[arm], design.follow_up, generator))
    entry, died, lost = (np.concatenate(of, axis=1) for of in zip(*parts, strict=True))
    controls = sum(interim.counts[0]) + sum(coming[0])
    return Patients(entry, np.minimum(died, lost), np.where(lost < died, np.inf, entry + died), controls)


def final_columns(design: TrialDesign, interim: Interim) -> Columns:
    """Return the columns of each stratum among controls and among treated of a completion."""
    coming = coming_by_stratum(design, interim)
    control, treated = (
        tuple(seen + come for seen, come in zip(of_seen, of_coming, strict=True))
        for of_seen, of_coming in zip(interim.counts, coming, strict=True)
    )
    return columns_by((control, treated))


def coming_by_stratum(design: TrialDesign, interim: Interim) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how many patients each stratum of each arm still gets: in proportion to what it lacks of the plan."""
    control, treated = (
        shared_out(arm_coming, planned, seen, design.strata)
        for arm_coming, planned, seen in zip(
            still_to_come(design, interim), design.patients, interim.counts, strict=True
        )
    )
    return control, treated


def shared_out(coming: int, planned: int, seen: tuple[int, ...], strata: tuple[Stratum, ...]) -> tuple[int, ...]:
    """Return patients to come of one arm by stratum."""
    if len(seen) == 1:
        return (coming,)
    lacking = [max(wanted - have, 0) for wanted, have in zip(apportioned(planned, strata), seen, strict=True)]
    whole = sum(lacking)
    shares = [lack / whole if whole else stratum.share for lack, stratum in zip(lacking, strata, strict=True)]
    return apportioned(coming, [Stratum(of.name, share) for of, share in zip(strata, shares, strict=True)])


def still_to_come(design: TrialDesign, interim: Interim) -> tuple[int, int]:
    """Return how many patients each arm still lacks; an arm with more than planned takes them from the other."""
    left = max(sum(design.patients) - interim.entry.size, 0)
    control = min(max(design.patients[0] - int(np.count_nonzero(~interim.treated)), 0), left)
    return control, left - control


def completed_blinded(design: TrialDesign, seen: FollowUp, count: int, generator: np.random.Generator) -> Patients:
    """Return ``count`` completions by one hazard for all patients: nothing is asked or told of the arms.

    Pooled hazards lambda_j ~ Gamma(a + D_j, b + Y_j), shaped as the design's arms mixed; dropout at their mean rate.
    """
    prior, planned = design.analysis_prior, design.patients
    cuts = seen.cuts(prior.pieces, prior.cuts)
    events, months = seen.pooled(cuts)
    shape = np.broadcast_to(events + prior.baseline.shape, (count, events.size))
    hazard = generator.standard_gamma(shape) / (months + prior.baseline.rate)
    arrivals = future_entries(design, seen, (count, max(sum(planned) - seen.entry.size, 0)), generator)
    dropout = float(np.average(design.dropout, weights=planned))
    everyone = np.ones(seen.entry.shape, dtype=np.bool_)
    pieces = shaped(hazard, cuts, pooled_clock(design), seen.time, events)
    entry, died, lost = arm_futures(seen, everyone, arrivals, pieces, dropout, design.follow_up, generator)
    return Patients(entry, np.minimum(died, lost), np.where(lost < died, np.inf, entry + died), entry.shape[1])


def arm_futures(
    interim: FollowUp,
    mine: BoolArray,
    arrivals: FloatArray,
    hazard: DrawnHazard,
    dropout_rate: float,
    follow_up: float | None,
    generator: np.random.Generator,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return entry, months to event and months to loss of one arm, each (count, patients); infinite where never.

    Parameters
    ----------
    mine : (n,) the arm's patients among those seen.
    arrivals : (count, m) entry of its patients still to come.
    hazard : of each completion.
    follow_up : months for which each patient is followed; None: without an end.
    """
    count, come = arrivals.shape
    known = np.concatenate([interim.time[mine], np.zeros(come)])
    event = np.concatenate([interim.event[mine], np.zeros(come, dtype=np.bool_)])
    lost = np.concatenate([interim.lost[mine], np.zeros(come, dtype=np.bool_)])
    entry = np.concatenate([np.broadcast_to(interim.entry[mine], (count, int(mine.sum()))), arrivals], axis=1)
    shape = (count, known.size)
    died = hazard.time_at(hazard.cumulative(known) + exponentials(generator, shape))
    died = np.where(event, known, np.where(lost, np.inf, died))
    months = known + exponentials(generator, shape) / dropout_rate if dropout_rate > 0.0 else np.full(shape, np.inf)
    if follow_up is not None:
        months = np.minimum(months, np.maximum(follow_up, known))
    return entry, died, np.where(event, np.inf, np.where(lost, known, months))
