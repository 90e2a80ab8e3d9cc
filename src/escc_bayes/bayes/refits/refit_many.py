"""Many fits by ``laplace`` in one call: a prior grid, every patient left out once, many data sets or models.

What makes them cheaper than as many calls of ``fit``: refits that share rows share their cells, start from the modes
of the fit they vary and use the same random numbers; weighted draws are summarised without being resampled or kept.
"""

import warnings
from pathlib import Path

import numpy as np

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.likelihood.protocol import Cells
from escc_bayes.bayes.modes.warm_start import Start
from escc_bayes.bayes.numeric.quasi_random import Source
from escc_bayes.bayes.posterior.pseudo_posterior import label_of, rescaled
from escc_bayes.bayes.refits.requests import RefitRequest
from escc_bayes.bayes.refits.table import Asked, OfWhom, RefitTable
from escc_bayes.bayes.refits.weighted_draws import starts_of
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import Estimand, HazardRatio
from escc_bayes.estimand.evaluate import completed, draws_of_many
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.choose_scheduler import scheduler_for
from escc_bayes.foundation.chunks import Progress, Store, run_chunks
from escc_bayes.foundation.errors import EsccBayesError, NotFitForUseWarning, SpecError, some_of
from escc_bayes.foundation.kinds import LEVEL, SEED
from escc_bayes.foundation.memory import keep_freed_memory
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.scheduler import Arrays, Scheduler
from escc_bayes.foundation.seeds import Seed, generator, spawned, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

# Weighted draws of a refit: about 3,000 effective ones.
DRAWS = 4000
# Refits that are handed out and kept together, at most, and how many chunks even a short request has, so that there is
# something for every process.
CHUNK, LEAST_CHUNKS = 25, 8


class RefitWork:
    """The refits of a request, chunk by chunk. A process keeps what the chunks share."""

    def __init__(
        self, request: RefitRequest, asked: tuple[Estimand, ...], draws: int, level: float, seed: Seed
    ) -> None:
        self.request, self.asked, self.draws, self.level, self.seed = request, asked, draws, level, seed
        self._cells: dict[tuple[int, int], Cells] = {}
        self._source: Source | None = None
        self._starts: tuple[Start, ...] | None = None

    def __call__(self, chunk: int) -> Arrays:
        """Return numbers (refits, asked, 6) and checks (refits, 4) of a chunk."""
        keep_freed_memory()
        each = chunk_size(len(self.request))
        places = range(chunk * each, min((chunk + 1) * each, len(self.request)))
        found = [self.refit(place) for place in places]
        return {"numbers": np.array([numbers for numbers, _ in found]), "checks": np.array([c for _, c in found])}

    def refit(self, place: int) -> tuple[FloatArray, FloatArray]:
        """Return numbers (asked, 6) and checks (4,) of one refit."""
        plan = self.request.plans[place]
        source = self.source(place)
        try:
            parts = laplace.explored(plan, self.cells(plan), self.starts())
            found = laplace.weighted(parts, self.draws, source, generator(source.seed, "laplace"))
        except EsccBayesError as error:
            named = ", ".join(f"{n} {v}" for n, v in zip(self.request.varied, self.request.labels[place], strict=True))
            raise type(error)(f"refit {place + 1} of {len(self.request)} ({named}): {error}") from None
        smoothed = found.smoothed
        # A pseudo-likelihood is no probability of the data: it has no marginal likelihood.
        evidence = np.nan if plan.rows.pseudo else smoothed.log_mean
        checks = np.array([smoothed.k, smoothed.effective, found.grid_edge, evidence])
        return summaries(plan, self.asked, found, self.level), checks

    def source(self, place: int) -> Source:
        """Return the random numbers of a refit."""
        if self.request.numbers == "own":
            return Source(spawned(stream(self.seed, "refits"), place))
        if self._source is None:
            self._source = Source(stream(self.seed, "refits"))
        return self._source

    def cells(self, plan: ModelPlan) -> Cells:
        """Return the collapsed data of a plan, once for all plans that share rows, columns and cuts."""
        base = self.request.base
        if base is None or plan.rows is not base.rows or plan.design.columns is not base.design.columns:
            return cells_of(plan)
        key = (id(plan.rows), id(plan.design.columns))
        if key not in self._cells:
            self._cells[key] = cells_of(plan)
        return self._cells[key]

    def starts(self) -> tuple[Start, ...]:
        """Return where refits start: at the modes of the fit that all of them vary; nowhere without such a fit."""
        if self._starts is None:
            base = self.request.base
            self._starts = self.request.starts or (() if base is None else starts_of(base))
        return self._starts


def chunk_size(refits: int) -> int:
    """Return how many refits one chunk has.

    Examples
    --------
    >>> chunk_size(1000), chunk_size(25), chunk_size(3)
    (25, 4, 1)
    """
    return min(CHUNK, -(-refits // LEAST_CHUNKS))


def summaries(plan: ModelPlan, asked: tuple[Estimand, ...], found: laplace.Weighted, level: float) -> FloatArray:
    """Return median, limits, P(HR > 1), mean and SD of the log of every estimand under weighted draws, (asked, 6)."""
    values, weight = found.values(), found.smoothed.weight
    if plan.rows.pseudo:
        values = rescaled(plan, values, weight)
    drawn = np.stack(draws_of_many(asked, plan, parameters.hazards(plan, values, weight.size)))
    ratios = np.array([isinstance(one, HazardRatio) for one in asked])[:, None]
    tail = (1.0 - level) / 2.0
    points = weighted_quantiles(drawn, weight, (0.5, tail, 1.0 - tail))
    mean = drawn @ weight
    sd = np.sqrt((drawn - mean[:, None]) ** 2 @ weight)
    moments = np.stack([(drawn > 0.0) @ weight, mean, sd], axis=1)
    return np.concatenate([np.where(ratios, np.exp(points), points), np.where(ratios, moments, np.nan)], axis=1)


def weighted_quantiles(drawn: FloatArray, weight: FloatArray, probabilities: tuple[float, ...]) -> FloatArray:
    """Return quantiles (q, probabilities) of weighted draws (q, m), linear between the midpoints of the weights."""
    order = np.argsort(drawn, axis=1)
    own = weight[order]
    reached = np.cumsum(own, axis=1) - 0.5 * own
    ordered = np.take_along_axis(drawn, order, axis=1)
    return np.array([np.interp(probabilities, *pair) for pair in zip(reached, ordered, strict=True)])


@careful
def refit_many(
    request: RefitRequest,
    *,
    seed: Seed = SEED,
    level: float = LEVEL,
    asked: tuple[Estimand, ...] = (),
    draws: int = DRAWS,
    workers: int = 1,
    scheduler: str | Scheduler | None = None,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> RefitTable:
    """Fit every plan of a request by ``laplace`` and return one table.

    Parameters
    ----------
    request : from ``prior_grid``, ``leave_one_out``, ``each_cohort`` or ``each_model``.
    seed : with it and the request the table is the same to the last bit, whoever computes it.
    level : of the credible intervals, such as 0.95.
    asked : estimands; none: every hazard ratio of the first plan, each level against its reference.
    draws : weighted draws of each refit.
    workers : processes of this machine. In a script, call below ``if __name__ == "__main__":``.
    scheduler : address of a Dask scheduler, ``tcp://HOST:PORT``, or a scheduler, instead of ``workers``.
    folder : where finished chunks, of 25 refits at most, are kept: the same call then goes on after a kill. They stay
        until you remove the folder. None: nothing is kept.
    progress : called with the chunks done and to do.

    Returns
    -------
    RefitTable: one row for each refit and estimand; ``save`` and ``load_refits`` keep it.

    Raises
    ------
    EstimandError : a model lacks a term, level or group that is asked for.
    SamplingError : a refit needs too large a grid; the message names it.
    InputError : the Dask scheduler cannot be used.

    Warns
    -----
    NotFitForUseWarning : once, with the refits at fault.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> spec, cohort = eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx")
    >>> table = refit_many(eb.leave_one_out(spec, cohort), seed=1, level=0.95)
    >>> len(table), table.column("value", term="age").shape
    (91, (91,))
    """
    if draws < 1000:
        raise SpecError(f"refit_many: draws = {draws} is too few to judge a refit by; give 1,000 or more")
    questions = completed_questions(request, asked)
    where = scheduler if not isinstance(scheduler, str | None) else scheduler_for(workers, scheduler)
    record = record_of(request, draws, seed)
    each = chunk_size(len(request))
    store = None if folder is None else Store(Path(folder), f"{record.as_dict()}/{questions}/{level!r}/{each}")
    work = RefitWork(request, questions, draws, level, seed)
    found = list(run_chunks(work, -(-len(request) // each), scheduler=where, store=store, progress=progress))
    table = RefitTable(
        varied=request.varied,
        labels=request.labels,
        asked=tuple(Asked.of(question) for question in questions),
        numbers=np.concatenate([part["numbers"] for part in found]),
        checks=np.concatenate([part["checks"] for part in found]),
        level=level,
        record=record,
        whom=whom(request),
    )
    warn_of_unfit(request.plans[0].spec.name, table)
    return table


def whom(request: RefitRequest) -> tuple[OfWhom, ...]:
    """Return whose observations each refit is of."""
    each = {id(plan.rows): plan.rows for plan in request.plans}
    known = {key: OfWhom.of(rows) for key, rows in each.items()}
    return tuple(known[id(plan.rows)] for plan in request.plans)


def completed_questions(request: RefitRequest, asked: tuple[Estimand, ...]) -> tuple[Estimand, ...]:
    """Return the estimands with defaults filled in; a hazard ratio must mean the same in every plan."""
    first = request.plans[0]
    questions = tuple(completed(question, first) for question in asked or standard_contrasts(first.design))
    if not questions:
        raise SpecError("refit_many: the model has no effect to report; name estimands with asked=(...)")
    for plan in request.plans:
        if plan.design.blocks is not first.design.blocks:
            for question in questions:
                completed(question, plan)
    return questions


def record_of(request: RefitRequest, draws: int, seed: Seed) -> Record:
    """Return the record of a run."""
    first = request.plans[0] if request.base is None else request.base
    pseudo = (("weights", label_of(first)),) if first.rows.pseudo else ()
    return Record(
        spec_digest=first.spec.digest,
        data_digest=first.rows.data_digest,
        seed=seed_label(seed),
        provenance=first.rows.provenance,
        engine="laplace",
        settings=(("refits", len(request)), ("draws", draws), ("request", request.digest), *pseudo),
        versions=versions(),
    )


def warn_of_unfit(model: str, table: RefitTable) -> None:
    """Warn once, with the refits at fault."""
    verdicts = table.verdicts
    unfit = [row for row, verdict in enumerate(verdicts) if verdict != "ok"]
    if unfit:
        named = some_of([f"{table.name_of(row)} ({verdicts[row]})" for row in unfit], most=3)
        warnings.warn(
            f"model '{model}': {len(unfit)} of {len(table)} refits: {named}", NotFitForUseWarning, stacklevel=3
        )
