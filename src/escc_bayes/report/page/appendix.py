"""The end of the page: cautions model by model, notes of a reconstruction, models in sentences, seed and versions."""

from escc_bayes.foundation.record import seed_label
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.verdict import verdict
from escc_bayes.report.page.view import Block, Section, Table
from escc_bayes.spec.describe import describe


def cautions(bundle: Bundle) -> Section:
    """Return the verdict on the computing, and what the data can carry: models, and the sentences true of them all."""
    reliable = () if bundle.faults else (verdict(bundle),)
    blocks = tuple(Block(models, sentences) for models, sentences in bundle.carried)
    return Section(
        "cautions",
        "What the data can carry",
        " ".join(reliable),
        blocks,
        "Cautions",
        ("cautions",),
    )


def appendix(bundle: Bundle) -> Section:
    """Return counts and notes of the data, each model in sentences, seed, digests and versions."""
    counts = tuple(bundle.cohort.count_sentence(name) + "." for name in bundle.cohort.endpoints)
    notes = (*counts, *bundle.cohort.notes)
    held = bundle.reconstructions
    blocks = [Block("Notes on the data", notes)]
    if held is not None:
        said = repr(held.ensemble).splitlines()[0] + "."
        blocks.append(Block("Notes on the reconstructions", (said, *held.ensemble.notes)))
    models = [Block(f"Model {name}", describe(p.plan), folded=True) for name, p in bundle.posteriors.items()]
    return Section("appendix", "Appendix", "", (*blocks, *models, origins(bundle)), "Appendix", ("outputs",))


def origins(bundle: Bundle) -> Block:
    """Return seed, digests, settings and versions."""
    records = [(p.plan.spec.name, p.method, p.record) for p in bundle.fits]
    fits = tuple(
        (name, method, r.spec_digest, r.data_digest, str(r.seed), ", ".join(f"{k} {v}" for k, v in r.settings))
        for name, method, r in records
    )
    return Block(
        "Seed, digests and versions",
        sentences=(
            f"{bundle.cohort.provenance.upper()}: cohort {bundle.cohort.name}, digest {bundle.cohort.digest}.",
            f"Seed of the run: {seed_label(bundle.seed)}. The same seed, data and versions give the same page.",
        ),
        tables=(
            Table(
                "Fits",
                ("Model", "Method", "Specification digest", "Data digest", "Seed", "Settings"),
                fits,
                folded=True,
            ),
            Table("Versions", ("Software", "Version"), tuple(records[0][2].versions), folded=True),
        ),
    )
