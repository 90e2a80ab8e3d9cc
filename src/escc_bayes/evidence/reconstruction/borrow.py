"""What a search works on, borrowed: every array without its reference count (``compiled.borrowed``)."""

from escc_bayes.evidence.reconstruction.cached_cox import KeptModels
from escc_bayes.evidence.reconstruction.cached_logrank import KeptTests
from escc_bayes.evidence.reconstruction.compiled import borrowed, inlined
from escc_bayes.evidence.reconstruction.problem import Aims, Structure
from escc_bayes.evidence.reconstruction.rank_statistics import CoxRoom
from escc_bayes.evidence.reconstruction.working import Working
from escc_bayes.evidence.reconstruction.workspace import Values, Workspace


@inlined
def borrowed_structure(of: Structure) -> Structure:
    """Return a structure, borrowed."""
    return Structure(
        borrowed(of.endpoint),
        borrowed(of.movable),
        borrowed(of.block),
        borrowed(of.measured),
        borrowed(of.cut),
        borrowed(of.grouping),
        borrowed(of.lut),
    )


@inlined
def borrowed_aims(of: Aims) -> Aims:
    """Return aims, borrowed."""
    return Aims(
        borrowed(of.curve),
        borrowed(of.test),
        borrowed(of.model),
        borrowed(of.rule),
        borrowed(of.rule_tick),
        borrowed(of.task),
        borrowed(of.task_start),
        borrowed(of.target),
        borrowed(of.argument),
        borrowed(of.window),
        borrowed(of.candidate),
    )


@inlined
def borrowed_working(of: Working) -> Working:
    """Return a working set of patients, borrowed."""
    return Working(borrowed(of.rows), of.time, of.event, of.order, of.place, of.record, of.code, of.value, of.group)


@inlined
def borrowed_values(of: Values) -> Values:
    """Return values, borrowed."""
    return Values(borrowed(of.value), borrowed(of.loss), borrowed(of.beta))


@inlined
def borrowed_workspace(of: Workspace) -> Workspace:
    """Return a workspace, borrowed."""
    tests, models, room = of.tests, of.models, of.room
    return Workspace(
        borrowed_values(of.now),
        borrowed_values(of.trial),
        KeptTests(borrowed(tests.before), borrowed(tests.risk), borrowed(tests.total)),
        KeptModels(
            borrowed(models.before),
            borrowed(models.sums),
            borrowed(models.covered),
            borrowed(models.inverse),
            borrowed(models.tried),
            borrowed(models.power),
            borrowed(models.room),
        ),
        CoxRoom(
            borrowed(room.x),
            borrowed(room.patient),
            borrowed(room.power),
            borrowed(room.vector),
            borrowed(room.matrix),
        ),
        borrowed(of.change),
        borrowed(of.moved),
        borrowed(of.place),
        borrowed(of.columns),
        borrowed(of.swapped),
    )
