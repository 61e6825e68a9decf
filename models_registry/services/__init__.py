from .answers import answer_remarks
from .bin import discard_draft, empty_bin, restore_draft
from .bulk import blocked_set, recognise_set, reject_set, return_set, undo_set
from .changes import apply_change, ask_for_change, decline_change, withdraw_change
from .confirmation import answer_confirmation, ask_confirmation
from .doubts import agree_with_criterion, doubt_criterion
from .drafts import DraftInput, SaveResult, create_draft, save_draft
from .emulation import add_example, remove_example
from .files import PhotoWords, add_document, add_photo, describe_photos, move_photo, put_back, remove_attachment
from .hold import hold_exemplar, release_exemplar
from .kind import change_kind
from .life import end_exemplar, resubmit_exemplar, revoke_exemplar, submit_exemplar, withdraw_exemplar
from .privacy import look_at_private_fields, note_download, withdraw_consent
from .promotion import promote_exemplar
from .review import recognise_exemplar, reject_exemplar, return_exemplar, take_exemplar, undo_decision
from .settings import (
    add_stock_remark,
    change_stock_remark,
    move_stock_remark,
    remove_stock_remark,
    save_review_settings,
)

__all__ = [
    "DraftInput",
    "PhotoWords",
    "SaveResult",
    "add_document",
    "add_example",
    "add_photo",
    "add_stock_remark",
    "agree_with_criterion",
    "answer_confirmation",
    "answer_remarks",
    "apply_change",
    "ask_confirmation",
    "ask_for_change",
    "blocked_set",
    "change_kind",
    "change_stock_remark",
    "create_draft",
    "decline_change",
    "describe_photos",
    "discard_draft",
    "doubt_criterion",
    "empty_bin",
    "end_exemplar",
    "hold_exemplar",
    "look_at_private_fields",
    "move_photo",
    "move_stock_remark",
    "note_download",
    "promote_exemplar",
    "put_back",
    "recognise_exemplar",
    "recognise_set",
    "reject_exemplar",
    "reject_set",
    "release_exemplar",
    "remove_attachment",
    "remove_example",
    "remove_stock_remark",
    "restore_draft",
    "resubmit_exemplar",
    "return_exemplar",
    "return_set",
    "revoke_exemplar",
    "save_draft",
    "save_review_settings",
    "submit_exemplar",
    "take_exemplar",
    "undo_decision",
    "undo_set",
    "withdraw_change",
    "withdraw_consent",
    "withdraw_exemplar",
]
