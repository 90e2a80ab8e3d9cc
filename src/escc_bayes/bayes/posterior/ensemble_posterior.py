"""The posterior over every cohort of an ensemble: a mixture of the members' posteriors with equal weights.

Var(theta) = mean of Var(theta | m) + Var of E(theta | m): the second term is what the print, or what is missing, leaves
open. docs/methods/ensembles.md, docs/methods/missing.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from escc_bayes.bayes.posterior.answers import Answering, estimate_of
from escc_bayes.bayes.posterior.between import VarianceParts, between_words, evenly, variance_parts
from escc_bayes.bayes.posterior.cure_fraction import cure_sentences
from escc_bayes.bayes.posterior.drifts import drift_sentences
from escc_bayes.bayes.posterior.frailty import frailty_sentences
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.pseudo_posterior import pseudo_note
from escc_bayes.bayes.posterior.shrinkage import shrunk_over
from escc_bayes.bayes.posterior.state_answers import OfDraws, StateAnswers
from escc_bayes.bayes.posterior.trajectory import trajectory_sentences
from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.data.ensemble import RECONSTRUCTIONS, span
from escc_bayes.estimand.as_read import estimates_as_read, levels_in, said_of
from escc_bayes.estimand.behind import beyond_follow_up, counted
from escc_bayes.estimand.differing import differing_note
from escc_bayes.estimand.estimand import Estimand, HazardRatio, groups_named
from escc_bayes.estimand.estimate import Estimate, joined_notes, ratio_words
from escc_bayes.estimand.evaluate import completed
from escc_bayes.estimand.one_endpoint import order_note, plan_behind
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import some_of
from escc_bayes.foundation.kinds import LEVEL
from escc_bayes.foundation.outputs import staged, write_json
from escc_bayes.foundation.record import Record
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.cautions import caution_of, lines_of, shared_cautions, verdict_words
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.transitions import in_words

INDEX = "ensemble.json"


@dataclass(frozen=True, repr=False)
class EnsemblePosterior(Answering, StateAnswers):
    """Posteriors of one model on the members of an ensemble. Reads as a ``Posterior`` does.

    Attributes
    ----------
    name : of the ensemble.
    members : one posterior each, in the order of the ensemble.
    record : of the ensemble as a whole.
    kind : of the ensemble: what the members are, in words.
    about : what every number of it rests on: how many values of each covariate are imputed.
    """

    name: str
    members: tuple[Posterior, ...]
    record: Record
    kind: str = RECONSTRUCTIONS
    about: tuple[str, ...] = ()

    @property
    def plan(self) -> ModelPlan:
        """The first member's plan: names, levels, endpoint and clock are those of all, times and events its own."""
        return self.members[0].plan

    @property
    def diagnostics(self) -> Diagnostics:
        """The worst of every diagnostic over the members."""
        found = [member.diagnostics for member in self.members]
        return replace(
            found[0],
            divergences=sum(d.divergences for d in found),
            max_rhat=float(np.max([d.max_rhat for d in found])),
            min_ess_bulk=float(np.min([d.min_ess_bulk for d in found])),
            min_ess_tail=float(np.min([d.min_ess_tail for d in found])),
            worst=max(found, key=lambda d: d.max_rhat).worst,
            pareto_k_max=float(np.fmax.reduce([d.pareto_k_max for d in found])),
            importance_ess=float(np.min([d.importance_ess for d in found])),
            grid_edge=float(np.max([d.grid_edge for d in found])),
        )

    @property
    def verdict(self) -> str:
        """``ok``, or NOT FIT FOR USE with the members at fault, their reasons, and what to do about the first."""
        bad = [m for m in self.members if not m.diagnostics.fit_for_use]
        if not bad:
            return "ok"
        named = some_of([f"{m.plan.rows.cohort} ({', '.join(m.diagnostics.faults)})" for m in bad], most=3)
        share = f"{len(bad)} of {len(self.members)} {self.kind}"
        return f"NOT FIT FOR USE: {share}: {named}; {bad[0].diagnostics.advice}"

    @careful
    def member_draws(self, asked: Estimand) -> FloatArray:
        """Return the draws of every member, (members, draws); hazard ratios as logarithms."""
        return np.stack(evenly([member.draws(completed(asked, self.plan)) for member in self.members]))

    @careful
    def draws(self, asked: Estimand) -> FloatArray:
        """Return the draws of the mixture, members one after the other; hazard ratios as logarithms."""
        return self.member_draws(asked).ravel()

    @careful
    def variance_parts(self, asked: Estimand) -> VarianceParts:
        """Return what varies inside and between members; for hazard ratios, of the logarithm."""
        return variance_parts(self.member_draws(asked))

    @careful
    def estimates(self, asked: Sequence[Estimand], *, level: float = LEVEL) -> tuple[Estimate, ...]:
        """Return median and equal-tailed credible interval of the mixture, of each estimand.

        The note says which share of the variance lies between members. ``n`` and ``events`` are means,
        ``last_follow_up`` is the shortest.
        """
        return tuple(self.of_mixture(completed(one, self.plan), level) for one in asked)

    def of_mixture(self, asked: Estimand, level: float) -> Estimate:
        """Return the estimate of an estimand that ``completed`` returned."""
        by_member = self.member_draws(asked)
        found = estimate_of(asked, by_member.ravel(), self.plan, level=level, record=self.record, verdict=self.verdict)
        counts = [counted(asked, plan_behind(asked, member.plan).rows) for member in self.members]
        return replace(
            found,
            n=round(float(np.mean([of_member.n for of_member in counts]))),
            events=round(float(np.mean([of_member.events for of_member in counts]))),
            rows=round(float(np.mean([of_member.rows for of_member in counts]))),
            last_follow_up=min(of_member.last_follow_up for of_member in counts),
            groups="",
            note=joined_notes(
                self.note(asked, (found.value, found.lower, found.upper), by_member),
                order_note(asked, by_member.ravel(), self.plan, self.draws),
            ),
        )

    def note(self, asked: Estimand, numbers: tuple[float, float, float], by_member: FloatArray) -> str:
        """Return what a reader must know: the share between reconstructions, how far follow-up reaches, the priors."""
        ratio = isinstance(asked, HazardRatio)
        behind = [plan_behind(asked, m.plan) for m in self.members]
        beyond = [beyond_follow_up(asked, numbers, own.rows) for own in behind]
        conflict = [] if ratio else [m.prior_conflict.note for m in self.members]
        return joined_notes(
            between_words(by_member, self.kind, ratio=ratio),
            *self.about,
            self.said_of_some(beyond),
            self.said_of_some(conflict),
            self.said_of_some([caution_of(own, asked.term, groups_named(asked)) for own in behind]),
            self.said_of_some([differing_note(asked, m.plan) for m in self.members]),
            self.ratio_note(asked) if isinstance(asked, HazardRatio) else "",
            pseudo_note(self.plan),
        )

    def said_of_some(self, notes: Sequence[str]) -> str:
        """Return the first of the members' notes, in the order of the alphabet, and how many have one."""
        said = sorted(note for note in notes if note)
        some = "" if len(said) == len(self.members) else f"in {len(said)} of {len(self.members)} {self.kind} "
        return some + said[0] if said else ""

    def ratio_note(self, asked: HazardRatio) -> str:
        """Return what form and baseline prior have to do with a hazard ratio; the latter from one member for all."""
        one = self.typical
        moved = one.moved_by_baseline(asked, one.draws(asked))
        return joined_notes(self.plan.design.by_construction(asked.term), self.one_for_all(moved) if moved else "")

    @property
    def typical(self) -> Posterior:
        """The member that stands for all where one suffices, as they give back one print: whatever their order."""
        return min(self.members, key=lambda member: member.record.data_digest)

    def one_for_all(self, said: str) -> str:
        """Say that it was looked at in one reconstruction."""
        return f"in {self.typical.plan.rows.cohort}, looked at for all, {said}" if len(self.members) > 1 else said

    @careful
    def survival(
        self, times: FloatArray, *, term: str = "", group: str = "", population: str = "group", endpoint: str = ""
    ) -> FloatArray:
        """Return the survival curve of a group in every draw of the mixture, (draws, times); see ``SurvivalAt``."""
        whom = {"term": term, "group": group, "population": population, "endpoint": endpoint}
        curves = [member.survival(times, **whom) for member in self.members]
        return np.concatenate(evenly(curves))

    def of_draws(self, computed: OfDraws) -> FloatArray:
        """Return what ``computed`` makes of plan and hazards of each member, one after the other."""
        return np.concatenate(evenly([member.of_draws(computed) for member in self.members]))

    @careful
    def thinned(self, most: int) -> "EnsemblePosterior":
        """Return the pool with about ``most`` draws in all, at least 50 of each member."""
        each = max(50, most // len(self.members))
        return replace(self, members=tuple(member.thinned(each) for member in self.members))

    def sentence(self) -> str:
        """Say how many cohorts were analysed, with how many events, and which of their values are imputed."""
        rows = [member.plan.rows for member in self.members]
        made = "cohorts" if self.kind == RECONSTRUCTIONS else self.kind
        left = "; ".join(f"{d.patients} {d.reason}" for d in rows[0].dropped) if self.kind != RECONSTRUCTIONS else ""
        said = "".join(f"; {one}" for one in (*self.about, f"left out: {left}" if left else "") if one)
        return (
            f"{self.record.provenance.upper()}: {len(rows)} {made} of {self.name}, {span([r.n for r in rows])} "
            f"patients each, {rows[0].endpoint} from {rows[0].clock}: {self.event_words()}{said}."
        )

    def event_words(self) -> str:
        """Count the events of the members: of one endpoint, or of each transition."""
        rows = [member.plan.rows for member in self.members]
        names = rows[0].transitions.names if rows[0].transitions is not None else ()
        each = [f"{in_words(name)} {span([r.in_transition(name).events for r in rows])}" for name in names]
        return ", ".join(each) or f"{span([r.events for r in rows])} events"

    @careful
    def save(self, folder: str | Path) -> None:
        """Write one netCDF file for each member and ``ensemble.json``; ``load_ensemble_posterior`` reads them back."""
        files = [f"member_{k:03d}.nc" for k in range(1, len(self.members) + 1)]
        with staged(Path(folder)) as staging:
            for file, member in zip(files, self.members, strict=True):
                member.save(staging / file)
            listed = [
                {"file": file, "cohort": member.plan.rows.cohort, "data_digest": member.record.data_digest}
                for file, member in zip(files, self.members, strict=True)
            ]
            said = {"kind": self.kind, "about": list(self.about)}
            write_json(staging / INDEX, {"name": self.name, "record": self.record.as_dict(), "members": listed, **said})

    def sentences(self) -> tuple[str, ...]:
        """Say what was analysed, by which model and engine, whether it may be used, and what else must be known."""
        carried = lines_of(shared_cautions([member.plan for member in self.members]))
        verdict = f"{self.method}, seed {self.record.seed}: {verdict_words(self.verdict)}"
        conflict = self.one_for_all(self.typical.prior_conflict.sentence())
        kept = (one.sentence(LEVEL) for one in shrunk_over(self.members))
        said = (cure_sentences, drift_sentences, frailty_sentences, trajectory_sentences)
        terms = (words for of_term in said for words in of_term(self.members, LEVEL, self.kind))
        every = (self.sentence(), f"{self.plan.spec!r}", verdict, *carried, conflict, *kept, *terms)
        return said_of(self.plan.rows, every)

    def ratio_lines(self, ratios: Sequence[Estimate]) -> list[str]:
        """Return each hazard ratio as a line with its note."""
        return [f"  {ratio_words(e)}; {e.note}" for e in estimates_as_read(ratios, levels_in(self.plan.rows))]
