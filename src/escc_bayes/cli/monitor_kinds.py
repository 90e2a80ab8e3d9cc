"""The verb `monitor` for designs of a kind of their own: a single arm, and PFS and OS."""

from dataclasses import dataclass, replace
from pathlib import Path

import typer

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.kind import PFS_OS, SINGLE_ARM
from escc_bayes.trial.monitoring.reading_interim import Columns


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says of the data and of the look."""

    data: str
    schema: str
    endpoint: str
    os_endpoint: str | None
    columns: Columns
    month: float | None
    blinded: bool
    level: float
    seed: int
    out: Path


def monitor_kind(kind: str, design: str, given: Given) -> None:
    """Look at a running trial of such a design."""
    verbs = {SINGLE_ARM: monitor_arm, PFS_OS: monitor_endpoints}
    if kind not in verbs:
        raise InputError(f"{design}: a design of kind '{kind}' is planned alone; monitor reads no data of its trial")
    verbs[kind](design, given)


def monitor_arm(design: str, given: Given) -> None:
    """Look at a running trial of one arm."""
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.monitor_kinds import write_arm_look
    from escc_bayes.report.verbs.monitor_rows import said
    from escc_bayes.trial.monitoring.reading_interim import follow_up_from, read_interim
    from escc_bayes.trial.single_arm.look import arm_look
    from escc_bayes.trial.single_arm.reading import load_single_arm

    if given.blinded:
        raise InputError("--blinded: a trial of one arm has nothing to blind; leave it out")
    if given.os_endpoint is not None:
        raise InputError(f"--os-endpoint {given.os_endpoint}: {design} has one endpoint; leave it out")
    asked = load_single_arm(design)
    # A single arm has no column of arms.
    patients = read_interim(given.data, given.schema, given.columns, blinded=True)
    seen = follow_up_from(patients, asked, endpoint=given.endpoint, columns=given.columns, month=given.month)
    look = arm_look(asked, seen, level=given.level, provenance=patients.provenance, data_digest=patients.digest)
    with staged(given.out) as folder:
        write_arm_look(folder, look)
    for sentence in said(look.findings):
        typer.echo(sentence)


def monitor_endpoints(design: str, given: Given) -> None:
    """Look at a running trial of PFS and OS."""
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.verbs.monitor_kinds import write_endpoints_look
    from escc_bayes.report.verbs.monitor_rows import said
    from escc_bayes.trial.monitoring.reading_interim import arm_of, follow_up_from, read_interim
    from escc_bayes.trial.two_endpoints.look import endpoints_look
    from escc_bayes.trial.two_endpoints.reading import load_two_endpoints
    from escc_bayes.trial.two_endpoints.watched import BothSeen

    if given.os_endpoint is None:
        raise InputError(f"{design} has two endpoints: name PFS with --endpoint and OS with --os-endpoint")
    asked, columns = load_two_endpoints(design), given.columns
    patients = read_interim(given.data, given.schema, columns, blinded=given.blinded)
    os = follow_up_from(patients, asked, endpoint=given.os_endpoint, columns=columns, month=given.month)
    # A patient lost after progression is lost for OS alone.
    free = replace(columns, lost=None)
    pfs = follow_up_from(patients, asked, endpoint=given.endpoint, columns=free, month=os.month)
    pfs = replace(pfs, lost=os.lost & ~pfs.event)
    treated = None if given.blinded else arm_of(patients, asked.name, asked.arms, columns.arm) == 1
    look = endpoints_look(
        asked,
        BothSeen(pfs, os, treated),
        seed=given.seed,
        level=given.level,
        provenance=patients.provenance,
        data_digest=patients.digest,
    )
    with staged(given.out) as folder:
        write_endpoints_look(folder, look)
    for sentence in said(look.findings):
        typer.echo(sentence)
