from .due import change_due
from .extensions import ask_extension, grant_extension, refuse_extension
from .files import add_file, note_download, remove_file
from .milestone import (
    add_exception,
    delete_milestone,
    missing_years,
    remove_exception,
    repeat_milestone,
    save_milestone,
    why_not_deleted,
    why_not_repeated,
)
from .owner import hand_over, hand_over_all
from .programme import add_basis, clone_programme, close_programme, remove_basis, save_goals, save_programme
from .publishing import addressed_units, publish_milestone
from .reports import (
    accept_report,
    gather_texts,
    return_report,
    save_report,
    submit_report,
    withdraw_report,
)
from .urging import late_units, proposed_text, urge

__all__ = [
    "accept_report",
    "add_basis",
    "add_exception",
    "add_file",
    "addressed_units",
    "ask_extension",
    "change_due",
    "clone_programme",
    "close_programme",
    "delete_milestone",
    "gather_texts",
    "grant_extension",
    "hand_over",
    "hand_over_all",
    "late_units",
    "missing_years",
    "note_download",
    "proposed_text",
    "publish_milestone",
    "refuse_extension",
    "remove_basis",
    "remove_exception",
    "remove_file",
    "repeat_milestone",
    "return_report",
    "save_goals",
    "save_milestone",
    "save_programme",
    "save_report",
    "submit_report",
    "urge",
    "why_not_deleted",
    "why_not_repeated",
    "withdraw_report",
]
