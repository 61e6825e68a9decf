from .content import Achievement, CriterionClaim, ExemplarSearch
from .emulation import EmulationExample
from .exemplar import Exemplar
from .files import Attachment
from .history import (
    ChangeRequest,
    Confirmation,
    CriterionDoubt,
    ExemplarTransition,
    ExemplarVersion,
    PrivateLook,
    ReviewComment,
)
from .names import SubjectName
from .reference import Criterion, Field, ReviewSettings, StockRemark, SubField

__all__ = [
    "Achievement",
    "Attachment",
    "ChangeRequest",
    "Confirmation",
    "Criterion",
    "CriterionClaim",
    "CriterionDoubt",
    "EmulationExample",
    "Exemplar",
    "ExemplarSearch",
    "ExemplarTransition",
    "ExemplarVersion",
    "Field",
    "PrivateLook",
    "ReviewComment",
    "ReviewSettings",
    "StockRemark",
    "SubField",
    "SubjectName",
]
