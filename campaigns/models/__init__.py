from .enclosure import Enclosure
from .guidance import Guidance, GuidanceTransition, GuidanceUnit, Question, QuestionTransition, ReadReceipt
from .inspection import (
    ChecklistLine,
    FollowUp,
    FollowUpTransition,
    InspectionPlan,
    Visit,
    VisitAnswer,
    VisitTransition,
)
from .milestone import Milestone, ReminderException
from .movement import Joining, Movement, MovementTransition
from .programme import LegalBasis, Programme, UnitGoal
from .report import TaskFile, TaskRemark, TaskReport, TaskReportVersion
from .task import Extension, TaskTransition, UnitTask
from .urging import UrgedUnit, Urging

__all__ = [
    "ChecklistLine",
    "Enclosure",
    "Extension",
    "Joining",
    "FollowUp",
    "FollowUpTransition",
    "Guidance",
    "GuidanceTransition",
    "GuidanceUnit",
    "InspectionPlan",
    "LegalBasis",
    "Milestone",
    "Movement",
    "MovementTransition",
    "Programme",
    "Question",
    "QuestionTransition",
    "ReadReceipt",
    "ReminderException",
    "TaskFile",
    "TaskRemark",
    "TaskReport",
    "TaskReportVersion",
    "TaskTransition",
    "UnitGoal",
    "UnitTask",
    "Visit",
    "VisitAnswer",
    "VisitTransition",
    "UrgedUnit",
    "Urging",
]
