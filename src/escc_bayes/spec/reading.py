"""TOML to ModelSpec: a closed vocabulary, variants as differences, errors with file and key."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from escc_bayes.data.shipped import find_toml, models_folder
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.toml import read_toml
from escc_bayes.spec.cure import cure_from
from escc_bayes.spec.external import External
from escc_bayes.spec.external_arm import external_arms_from
from escc_bayes.spec.missing import missing_from, refuse_unused
from escc_bayes.spec.model import ModelSpec, in_one, refuse_lacking
from escc_bayes.spec.reading_baseline import PIECEWISE_KEYS, WEIBULL_KEYS, baseline_from
from escc_bayes.spec.reading_states import (
    ENDPOINTS_KEYS,
    TRANSITION_KEYS,
    endpoints_from,
    keys_of,
    refuse_named,
    refuse_one_name,
    refuse_outcome_as_effect,
    refuse_transitions,
    states_from,
    transitions_from,
    within_endpoints,
)
from escc_bayes.spec.reading_terms import background_from, external_from, refuse_two_drifts, visits_from
from escc_bayes.spec.request import Outcome
from escc_bayes.spec.structures.protocol import Reading, Structure, acts_across
from escc_bayes.spec.structures.registry import keys, structures
from escc_bayes.spec.transitions import COMPETING, EVERY, KIND, CompetingCauses, IllnessDeath, SeveralEndpoints

TOP_KEYS = (
    *(
        "name",
        "title",
        "outcome",
        "visits",
        "external",
        "external_arm",
        "background",
        "cure",
        "baseline",
        "priors",
        "effect",
    ),
    *("missing", "variants"),
)
OUTCOME_KEYS = ("endpoint", "landmark", "time_zero")
EFFECT_KEYS = ("name", "covariate", "covariates", "structure")


@careful
def load_spec(name_or_path: str | Path, *, variant: str | None = None) -> ModelSpec:
    """Read a model specification.

    Parameters
    ----------
    name_or_path : a bundled name such as ``os_piecewise``, or the path of a ``.toml`` file; either may end
        with ``@variant``.
    variant : name of a table ``[variants.NAME]`` of the file, whose differences are applied.

    Raises
    ------
    SpecError, TomlError, CutError : with file, key, what was given and what to do.

    Examples
    --------
    >>> load_spec("larynx_piecewise", variant="sceptical").name
    'larynx_piecewise@sceptical'
    """
    given, named = split_variant(str(name_or_path))
    wanted = variant or named or None
    if variant is not None and named and variant != named:
        raise SpecError(f"'{name_or_path}' names the variant '{named}', the call names '{variant}'; keep one")
    path = find_toml(given, models_folder(), "model", SpecError)
    return spec_from(read_toml(path), str(path), variant=wanted, folder=path.parent)


def split_variant(name_or_path: str) -> tuple[str, str]:
    """Return what stands before and after the last ``@``; an ``@`` inside a path is part of the path."""
    given, at, named = name_or_path.rpartition("@")
    if not at or "/" in named or "\\" in named or named.endswith(".toml"):
        return name_or_path, ""
    return given, named


def spec_from(raw: Mapping[str, object], where: str, *, variant: str | None = None, folder: Path = Path()) -> ModelSpec:
    """Build a specification from a parsed table; ``where`` begins every message.

    Paths of evidence priors are relative to ``folder``.
    """
    checks.refuse_unknown_keys(raw, TOP_KEYS, where)
    variants = checks.table(raw.get("variants", {}), f"{where}, [variants]")
    # The base first: what is wrong in it would else be reported of the first variant.
    spec = read(raw, where, folder)
    for name in variants:
        read(apply_variant(raw, name, where), f"{where}, variants.{name}", folder)
    if variant is None:
        return replace(spec, variants=tuple(variants))
    if variant not in variants:
        known = checks.suggestion(variant, variants) if variants else "it has no variants"
        raise SpecError(f"{where}: no variant '{variant}'; {known}")
    changed = read(apply_variant(raw, variant, where), f"{where}, variants.{variant}", folder)
    return replace(changed, name=f"{spec.name}@{variant}")


def apply_variant(raw: Mapping[str, object], variant: str, where: str) -> dict[str, object]:
    """Return the table with the differences of one variant written over it."""
    at = f"{where}, variants.{variant}"
    changed = copy.deepcopy({key: value for key, value in raw.items() if key != "variants"})
    variants = checks.table(raw["variants"], f"{where}, [variants]")
    sections = checks.table(variants[variant], at)
    drop_shape_prior(changed, sections)
    for section, body in sections.items():
        checks.one_of(section, ("outcome", "visits", "cure", "baseline", "priors", "effect", "missing"), at)
        differences = checks.table(body, f"{at}.{section}")
        if section == "effect":
            change_effects(changed, differences, at)
        else:
            target = checks.table(changed.setdefault(section, {}), f"{where}, [{section}]")
            changed[section] = without_replaced(target, differences) | differences
    return changed


def drop_shape_prior(changed: Mapping[str, object], sections: Mapping[str, object]) -> None:
    """Remove the Weibull's prior on the shape where a variant changes the family to another."""
    baseline, stated = sections.get("baseline"), changed.get("priors")
    if isinstance(baseline, dict) and isinstance(stated, dict) and baseline.get("family", "weibull") != "weibull":
        stated.pop("log_shape", None)


def without_replaced(target: Mapping[str, object], differences: Mapping[str, object]) -> dict[str, object]:
    """Return ``target`` without the keys that the differences exclude.

    One baseline prior for another, cuts for pieces, and what belongs to another family, smoothing or structure.
    """
    gone = {
        key
        for key in target
        for group in (("baseline_",), ("cuts", "pieces"), ("landmark", "time_zero"))
        if key.startswith(group) and any(new.startswith(group) for new in differences)
    }
    if "family" in differences:
        known = WEIBULL_KEYS if differences["family"] == "weibull" else PIECEWISE_KEYS
        gone |= set(target) - set(known)
    if differences.get("smoothing") == "independent":
        gone |= {"sd", "steps"}
    if "structure" in differences:
        known_now = structures().get(str(differences["structure"]))
        gone |= set(keys()) - set(known_now.KEYS if known_now is not None else ())
    return {key: value for key, value in target.items() if key not in gone}


def change_effects(raw: dict[str, object], differences: Mapping[str, object], at: str) -> None:
    """Write the differences of each named effect over the effect of that name."""
    effects = {effect_name(e): e for e in effect_tables(raw, at)}
    for name, body in differences.items():
        if name not in effects:
            raise SpecError(f"{at}: no effect '{name}'; {checks.suggestion(name, effects)}")
        new = checks.table(body, f"{at}, effect.{name}")
        kept = without_replaced(effects[name], new)
        effects[name].clear()
        effects[name].update(kept | new)


def effect_tables(raw: Mapping[str, object], where: str) -> list[dict[str, object]]:
    """Return the list under ``[[effect]]``."""
    value = raw.get("effect", [])
    if not isinstance(value, list):
        raise SpecError(f"{where}: write each effect as [[effect]] with double brackets")
    return [checks.table(body, f"{where}, [[effect]]") for body in value]


def effect_name(raw: Mapping[str, object]) -> str:
    """Return the name by which a variant calls an effect."""
    several = raw.get("covariates")
    joined = "_".join(map(str, several)) if isinstance(several, list) else ""
    return str(raw.get("name") or raw.get("covariate") or joined)


def read(raw: Mapping[str, object], where: str, folder: Path) -> ModelSpec:
    """Read one specification without its variants."""
    for section, form in (("name", 'name = ".."'), ("outcome", "[outcome]"), ("baseline", "[baseline]")):
        if section not in raw:
            raise SpecError(f"{where}: '{section}' is missing; add {form} (models/README.md shows the format)")
    outcome = outcome_from(checks.table(raw["outcome"], f"{where}, [outcome]"), f"{where}, [outcome]")
    outcome = replace(outcome, visits=visits_from(raw, where, outcome))
    effects, transitions = effects_from(raw, where, outcome, folder)
    refuse_repeats(effects, transitions, where)
    spec = ModelSpec(
        name=checks.file_name(raw["name"], f"{where}, name"),
        title=str(raw.get("title", "")),
        outcome=outcome,
        baseline=baseline_from(raw, where, outcome),
        effects=effects,
        transitions=transitions,
        external=all_external(raw, where, outcome, folder),
        missing=missing_from(checks.table(raw["missing"], f"{where}, [missing]"), where) if "missing" in raw else None,
        cure=cure_from(raw, where),
        background=background_from(raw, where, folder),
    )
    refuse_unused(spec.missing, spec.covariates, spec.strata, where)
    if spec.strata in spec.covariates:
        raise SpecError(
            f"{where}, [baseline], strata: '{spec.strata}' has an effect too; with a baseline of its own each level "
            "has no hazard ratio: leave the effect out, or strata"
        )
    refuse_lacking(spec, where)
    return spec


def all_external(raw: Mapping[str, object], where: str, outcome: Outcome, folder: Path) -> tuple[External, ...]:
    """Read the counts of survivors of other sources: those stated, and those of patients of other studies."""
    found = (*external_from(raw, where), *external_arms_from(raw, where, outcome, folder))
    refuse_two_drifts(found, where)
    return found


def refuse_repeats(effects: tuple[Structure, ...], transitions: tuple[tuple[str, ...], ...], where: str) -> None:
    """Raise if an effect name stands twice, or a covariate: in one transition where there are several."""
    seen: set[tuple[str, str]] = set()
    for effect, within in zip(effects, transitions or ((),) * len(effects), strict=True):
        # With transitions an effect's own name differs from its covariate's.
        names = {(effect.name, "")} | {(name, t) for name in effect.covariates for t in within or ("",)}
        for name, transition in sorted(names & seen):
            of = f" of {transition}" if transition else ""
            raise SpecError(f"{where}: '{name}' stands in two effects{of}; keep one")
        seen |= names


def outcome_from(raw: Mapping[str, object], at: str) -> Outcome:
    """Read ``[outcome]``: an endpoint or states, and a landmark or ``time_zero = "naive"`` but not both."""
    several = "endpoints" in raw and "kind" not in raw
    known = ENDPOINTS_KEYS if several else keys_of(raw, at) if "kind" in raw else OUTCOME_KEYS
    checks.refuse_unknown_keys(raw, known, at)
    if "kind" not in raw and not several and "endpoint" not in raw:
        raise SpecError(f"{at}: 'endpoint' is missing; name an endpoint of the cohort schema, such as os")
    naive = "time_zero" in raw and checks.one_of(raw["time_zero"], ("naive",), f"{at}, time_zero") == "naive"
    landmark = checks.number(raw["landmark"], f"{at}, landmark", above=0.0) if "landmark" in raw else None
    if naive and landmark is not None:
        raise SpecError(f'{at}: a landmark and time_zero = "naive" exclude each other; keep one')
    if several:
        together = endpoints_from(raw, at)
        return Outcome(together.name, landmark, naive, together)
    if "kind" in raw:
        states = states_from(raw, at)
        name = states.endpoint if isinstance(states, CompetingCauses) else KIND
        return Outcome(name, landmark, naive, states)
    return Outcome(checks.text(raw["endpoint"], f"{at}, endpoint"), landmark, naive)


def effects_from(
    raw: Mapping[str, object], where: str, outcome: Outcome, folder: Path
) -> tuple[tuple[Structure, ...], tuple[tuple[str, ...], ...]]:
    """Read every ``[[effect]]``, and in which transitions each acts; none of one endpoint."""
    bodies = effect_tables(raw, where)
    if outcome.states is None:
        return tuple(effect_from(body, where, outcome.endpoint, folder) for body in bodies), ()
    refuse_one_name([effect_name(body) for body in bodies], where)
    found = [own for body in bodies for own in in_transitions(body, where, outcome, folder)]
    return tuple(effect for effect, _ in found), tuple(within for _, within in found)


def in_transitions(
    body: Mapping[str, object], where: str, outcome: Outcome, folder: Path
) -> list[tuple[Structure, tuple[str, ...]]]:
    """Read one ``[[effect]]``: a coefficient of its own in each of its transitions, or one for all of them."""
    at = f"{where}, effect '{effect_name(body)}'"
    assert outcome.states is not None
    if isinstance(outcome.states, SeveralEndpoints):
        body = within_endpoints(body, at)
    kind = KIND if isinstance(outcome.states, IllnessDeath) else COMPETING
    coefficients = transitions_from(body, at, kind)
    plain = {key: value for key, value in body.items() if key not in TRANSITION_KEYS}
    effect = effect_from(plain, where, outcome.endpoint, folder)
    refuse_outcome_as_effect(outcome.states, effect.covariates, at)
    if acts_across(effect):
        refuse_named(body, effect.WORD, at)
        return [(effect, EVERY)]
    return [(in_one(effect, *within) if single(within) else effect, within) for within in coefficients]


def single(within: tuple[str, ...]) -> bool:
    """Return whether a coefficient acts in one transition, which is named."""
    return len(within) == 1 and within != EVERY


def effect_from(raw: Mapping[str, object], where: str, endpoint: str, folder: Path) -> Structure:
    """Read one ``[[effect]]`` of a model of ``endpoint``: its structure says which keys it has."""
    name = effect_name(raw)
    at = f"{where}, effect '{name}'"
    refuse_transitions(raw, at)
    checks.refuse_unknown_keys(raw, (*EFFECT_KEYS, *keys()), at)
    if "structure" not in raw:
        raise SpecError(f"{at}: 'structure' is missing; one of {', '.join(structures())}")
    word = checks.one_of(raw["structure"], tuple(structures()), f"{at}, structure")
    structure = structures()[word]
    for key in keys():
        if key in raw and key not in structure.KEYS:
            raise SpecError(f"{at}: '{key}' does not belong to structure '{word}'; remove it")
    reading = Reading(endpoint, folder)
    covariates = covariates_from(raw, structure, at)
    values = {}
    for key, form in structure.KEYS.items():
        if key not in raw and form.usual is None:
            raise SpecError(f"{at}: structure '{word}' needs {key} = {form.form}")
        values[key] = form.read(raw[key], f"{at}, {key}", reading) if key in raw else form.usual
    make: Callable[..., Structure] = structure
    return make(name=checks.covariate_name(name, at), covariates=covariates, **values)


def covariates_from(raw: Mapping[str, object], structure: type[Structure], at: str) -> tuple[str, ...]:
    """Return the covariates of an effect: several, or one, as its structure takes."""
    if structure.SEVERAL:
        if "covariate" in raw or "covariates" not in raw:
            raise SpecError(f"{at}: structure '{structure.WORD}' needs covariates = [..] with two names or more")
        several = checks.words(raw["covariates"], f"{at}, covariates")
        if len(several) < 2:
            raise SpecError(
                f"{at}: structure '{structure.WORD}' needs two covariates or more, was given {list(several)}"
            )
        return several
    if "covariate" not in raw or "covariates" in raw:
        raise SpecError(f"{at}: structure '{structure.WORD}' needs covariate = one name")
    return (checks.text(raw["covariate"], f"{at}, covariate"),)
