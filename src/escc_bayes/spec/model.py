"""A model specification: what is asked of a cohort, immutable, with a digest. Files are read in ``reading``."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.record import digest
from escc_bayes.spec.background import Background
from escc_bayes.spec.cure import Cure
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.external import External, studies_of
from escc_bayes.spec.missing import Missing
from escc_bayes.spec.prior import HalfNormal, Normal, Slab
from escc_bayes.spec.request import Outcome, PiecewiseBaseline, WeibullBaseline
from escc_bayes.spec.structures.keys import stated
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.transitions import ENDPOINT, EVERY, TRANSITION, SeveralEndpoints
from escc_bayes.spec.writing import model_text

COMPLETE_CASES = "@complete_cases"

# What a likelihood may have beside patients with the month of each event.
CURE_FRACTION, BACKGROUND_MORTALITY, OTHER_SOURCES = "cure_fraction", "background_mortality", "other_sources"


@careful_class
@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as requested; fit it to a cohort with ``fit``.

    ``transitions`` says of each effect in which transitions of an illness-death model, or causes, it acts: empty: by a
    coefficient of its own in each, ``EVERY``: by one in all. No entries: one endpoint. ``external`` counts survivors of
    other sources. ``missing`` says how missing covariates are imputed; None: complete cases. ``background`` is a life
    table, in excess of which hazards are; None: hazards are of all causes. ``cure`` is the prior on the share that
    never has the event; None: hazards are of everybody.
    """

    name: str
    outcome: Outcome
    baseline: PiecewiseBaseline | WeibullBaseline
    effects: tuple[Structure, ...]
    variants: tuple[str, ...] = ()
    title: str = ""
    transitions: tuple[tuple[str, ...], ...] = ()
    external: tuple[External, ...] = ()
    missing: Missing | None = None
    background: Background | None = None
    cure: Cure | None = None

    @property
    def digest(self) -> str:
        """Digest of all that changes a result: 12 hexadecimal digits."""
        baseline = dataclasses.asdict(self.baseline)
        content = {
            "outcome": self.outcome.content,
            "baseline": {name: value for name, value in baseline.items() if name != "strata" or value},
            "effects": [effect_content(effect) for effect in self.effects],
            "family": self.baseline.family,
            **({"transitions": self.transitions} if self.transitions else {}),
            **({"external": [one.content for one in self.external]} if self.external else {}),
            **({"missing": dataclasses.asdict(self.missing)} if self.missing is not None else {}),
            **({"cure": dataclasses.asdict(self.cure)} if self.cure is not None else {}),
            **({"background": background_content(self.background)} if self.background is not None else {}),
        }
        return digest(content)

    @property
    def covariates(self) -> tuple[str, ...]:
        """Every covariate that the model uses, in order."""
        return tuple(dict.fromkeys(name for effect in self.effects for name in effect.covariates))

    @property
    def lacking(self) -> tuple[str, ...]:
        """Covariates with which an effect differs and that have none themselves, nor a baseline of each level."""
        return tuple(n for e in self.effects for n in modifiers(e) if n not in (*self.covariates, self.strata))

    @property
    def strata(self) -> str:
        """The covariate whose levels have a baseline each; of states the transition, or a covariate within each."""
        return self.baseline.strata

    @property
    def strata_within(self) -> str:
        """The covariate of the cohort whose levels have a baseline each, also within transitions; empty: none."""
        return "" if self.strata in (TRANSITION, ENDPOINT) else self.strata

    @property
    def asked_of_patients(self) -> tuple[str, ...]:
        """Every covariate that a patient must have: those of effects, of strata, and of a life table."""
        own = self.strata_within
        known = self.background.covariates if self.background is not None else ()
        return tuple(dict.fromkeys((*self.covariates, *((own,) if own else ()), *known)))

    @property
    def other_sources(self) -> tuple[str, ...]:
        """What the model knows of other sources, in words: counts of survivors, a life table."""
        known = (self.background.words(),) if self.background is not None else ()
        return (*(one.words() for one in self.external), *known)

    @property
    def studies(self) -> tuple[tuple[str, float], ...]:
        """The studies whose hazards may drift from ours, each with the SD of its drift."""
        return studies_of(self.external)

    @property
    def without_sources(self) -> "ModelSpec":
        """The same model of the patients alone."""
        return dataclasses.replace(self, external=(), background=None)

    @property
    def own_term(self) -> str:
        """What the likelihood has beside patients with the month of each event, in a word; empty of most models.

        ``cure_fraction``, ``background_mortality`` or ``other_sources``: no two stand together.
        """
        if self.cure is not None:
            return CURE_FRACTION
        return BACKGROUND_MORTALITY if self.background is not None else OTHER_SOURCES if self.external else ""

    @property
    def without_own_term(self) -> "ModelSpec":
        """The same model of the patients alone, of all causes, and without a share cured."""
        return dataclasses.replace(self, external=(), background=None, cure=None)

    @property
    def complete_cases(self) -> "ModelSpec":
        """The same model of complete cases; of a model that imputes, under a name of its own."""
        if self.missing is None:
            return self
        return dataclasses.replace(self, missing=None, name=f"{self.name}{COMPLETE_CASES}")

    @property
    def intercepts(self) -> tuple[str, ...]:
        """Covariates with an intercept for each level, such as centres: strata or frailties of maximum likelihood."""
        return tuple(dict.fromkeys(effect.covariates[0] for effect in self.effects if not effect.unshrunk()))

    @property
    def centre_words(self) -> str:
        """What each of ``intercepts`` is, for the notes of a table: ``random intercept of centre``."""
        own = (effect for effect in self.effects if not effect.unshrunk())
        return "; ".join(f"{getattr(one, 'said', 'random intercept')} of {one.covariates[0]}" for one in own)

    def acting(self, names: tuple[str, ...]) -> tuple[tuple[Structure, tuple[str, ...]], ...]:
        """Return the effects as blocks of columns have them, each with the transitions in which it acts.

        ``names`` are those of all transitions; none of one endpoint. An effect with a coefficient of its own in each of
        them stands once for each.
        """
        if not self.transitions:
            return tuple((effect, ()) for effect in self.effects)
        found: list[tuple[Structure, tuple[str, ...]]] = []
        for effect, within in zip(self.effects, self.transitions, strict=True):
            own = names if within == EVERY else within
            refuse_other_names(effect, own, names)
            # The names as the rows have them, which know what they are of.
            own = tuple(names[names.index(name)] for name in own)
            found += [(effect, own)] if own else [(in_one(effect, name), (name,)) for name in names]
        return tuple(found)

    @property
    def toml(self) -> str:
        """The specification as a file that ``load_spec`` reads back to the same digest; without variants.

        Raises
        ------
        SpecError : a prior rests on published evidence, or hazards on a life table, which stands in a file of its own.
        """
        if self.background is not None:
            raise SpecError(
                f"the background mortality of model '{self.name}' stands in a life table, and the specification no "
                "longer knows where; print the TOML file that was loaded"
            )
        parts = (self.outcome, self.baseline, self.effects, self.transitions, self.external, self.missing, self.cure)
        return model_text(self.name, self.title, *parts)

    def __str__(self) -> str:
        evidence = any(isinstance(getattr(e, key), EvidencePrior) for e in self.effects for key in e.KEYS)
        return repr(self) if evidence or self.background is not None else self.toml

    def __repr__(self) -> str:
        effects = ", ".join(f"{e.name} ({e.WORD})" for e in self.effects) or "none"
        states = self.outcome.states
        own = "transition" if states is not None else f"stratum of {self.strata}"
        own = "endpoint" if isinstance(states, SeveralEndpoints) else own
        own += f" and stratum of {self.strata_within}" if states is not None and self.strata_within else ""
        within = f" in each {own}" if self.strata else ""
        imputed = "; missing covariates imputed" if self.missing is not None else ""
        imputed += "; a fraction cured" if self.cure is not None else ""
        imputed += f"; in excess of {self.background.table.file}" if self.background is not None else ""
        return (
            f"model {self.name} [{self.digest}]: {self.outcome.endpoint}, {self.baseline.family}{within}, "
            f"{self.outcome.clock}; effects: {effects}{imputed}"
        )


def effect_content(effect: Structure) -> dict[str, object]:
    """Return all that a digest knows of an effect: its word, and its keys, prior and SD among them or absent."""
    fields = {name: getattr(effect, name) for name in ("name", "covariates", *stated(effect))}
    plain = {name: dataclasses.asdict(v) if dataclasses.is_dataclass(v) else v for name, v in fields.items()}  # type: ignore[arg-type]
    return {"structure": effect.WORD, "prior": None, "sd": None, **plain}


def background_content(background: Background) -> dict[str, object]:
    """Return all that a digest knows of background mortality: the table's own digest in place of its rates."""
    return {"table": background.table.digest, **{key: getattr(background, key) for key in ("age", "sex", "year")}}


def field_names(effect: Structure) -> tuple[str, ...]:
    """Return the names of an effect's fields: name, covariates and its keys."""
    return ("name", "covariates", *effect.KEYS)


def modifiers(effect: Structure) -> tuple[str, ...]:
    """Return the covariates with which an effect differs; none for most."""
    return tuple(str(getattr(effect, name)) for name, key in effect.KEYS.items() if key.modifier)


def refuse_lacking(spec: ModelSpec, where: str) -> None:
    """Raise where an effect differs with a covariate that has no effect of its own."""
    for effect in spec.effects:
        lacking = [name for name in modifiers(effect) if name in spec.lacking]
        if lacking:
            raise SpecError(
                f"{where}, effect '{effect.name}': its hazard ratio differs with '{lacking[0]}', which has no effect "
                "of its own; without one, differences between its levels would count as this effect: add [[effect]] "
                f'covariate = "{lacking[0]}", or [baseline] strata = "{lacking[0]}"'
            )


def shape_of(effect: Structure) -> tuple[object, ...]:
    """Return all of an effect that is no prior: its word and the fields that decide its columns and parameters."""
    values = (getattr(effect, name) for name in field_names(effect))
    return (effect.WORD, *(v for v in values if not isinstance(v, Normal | HalfNormal | Slab | EvidencePrior)))


def refuse_other_names(effect: Structure, within: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Raise where an effect names a transition that the outcome does not have: a cause that does not occur."""
    for name in within:
        if name not in names:
            raise SpecError(f"effect '{effect.name}', transitions: no '{name}'; the outcome has: {', '.join(names)}")


def in_one(effect: Structure, transition: str) -> Structure:
    """Return the effect as it acts in one transition alone, under a name of its own."""
    return with_key(effect, "name", f"{effect.name}_{transition}")


def with_key(effect: Structure, key: str, value: object) -> Structure:
    """Return an effect with one of its keys changed."""
    make: Callable[..., Structure] = type(effect)
    return make(**{name: getattr(effect, name) for name in field_names(effect)} | {key: value})
