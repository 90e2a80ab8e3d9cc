"""Posteriors of an ensemble, read back from the folder that ``EnsemblePosterior.save`` wrote."""

import json
from pathlib import Path

from escc_bayes.bayes.posterior.ensemble_posterior import INDEX, EnsemblePosterior
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.data.ensemble import RECONSTRUCTIONS, Ensemble
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.record import Record
from escc_bayes.spec.model import ModelSpec


@careful
def load_ensemble_posterior(
    folder: str | Path, spec: ModelSpec | None = None, ensemble: Ensemble | None = None
) -> EnsemblePosterior:
    """Return what ``EnsemblePosterior.save`` wrote.

    Parameters
    ----------
    folder : with ``ensemble.json``.
    spec, ensemble : those of the fit, where it is to be made sure of them: their digests must equal the ones in the
        files. Files of earlier versions need both.

    Raises
    ------
    InputError : no such folder, a file that is damaged, or it belongs to another specification or ensemble.
    """
    where = Path(folder) / INDEX
    if not where.is_file():
        raise InputError(f"{where}: no such file; give a folder written by EnsemblePosterior.save")
    try:
        raw = json.loads(where.read_text(encoding="utf-8"))
        name, members = str(raw["name"]), [(str(m["file"]), str(m["data_digest"])) for m in raw["members"]]
        told = {key: tuple(raw["record"][key].items()) for key in ("settings", "versions")}
        record = Record(**{**raw["record"], **told})
        kind, about = str(raw.get("kind", RECONSTRUCTIONS)), tuple(map(str, raw.get("about", ())))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"{where}: is damaged, or EnsemblePosterior.save did not write it ({error!r:.200}); fit again"
        ) from None
    if ensemble is not None and record.data_digest != ensemble.digest:
        raise InputError(
            f"{where}: belongs to another ensemble (digest {record.data_digest}, given {ensemble.digest}); fit again"
        )
    cohorts = {} if ensemble is None else {cohort.digest: cohort for cohort in ensemble}
    read = tuple(load_posterior(where.parent / file, spec, cohorts.get(digest)) for file, digest in members)
    if not read:
        raise InputError(f"{where}: lists no member; fit again")
    return EnsemblePosterior(name, read, record, kind, about)
