from .bin import bin_list, exemplar_discard, exemplar_restore
from .bulk import bulk_decide, bulk_undo
from .changes import change_apply, change_ask, change_decline, change_list, change_review, change_withdraw
from .compare import exemplar_compare
from .confirmation import confirmation_answer, confirmation_ask
from .duplicates import name_duplicates
from .examples import movement_example_add, movement_example_remove, movement_examples
from .files import attachment, attachment_add, attachment_move, attachment_remove, attachment_restore
from .hold import exemplar_hold, exemplar_promote, exemplar_release
from .queue import exemplar_review, late_remark_list, review_queue
from .read import consent_withdraw, exemplar_detail, exemplar_list, exemplar_version, private_look
from .register import exemplar_autosave, exemplar_check, exemplar_edit
from .review import (
    criterion_agree,
    criterion_doubt,
    exemplar_end,
    exemplar_recognise,
    exemplar_reject,
    exemplar_return,
    exemplar_revoke,
    exemplar_take,
    exemplar_undo,
)
from .send import exemplar_receipt, exemplar_send, exemplar_withdraw
from .settings import review_settings_page, stock_remark_add, stock_remark_change
from .start import exemplar_kind, exemplar_start

__all__ = [
    "attachment",
    "attachment_add",
    "attachment_move",
    "attachment_remove",
    "attachment_restore",
    "bin_list",
    "bulk_decide",
    "bulk_undo",
    "change_apply",
    "change_ask",
    "change_decline",
    "change_list",
    "change_review",
    "change_withdraw",
    "confirmation_answer",
    "confirmation_ask",
    "consent_withdraw",
    "criterion_agree",
    "criterion_doubt",
    "exemplar_autosave",
    "exemplar_check",
    "exemplar_compare",
    "exemplar_detail",
    "exemplar_discard",
    "exemplar_edit",
    "exemplar_end",
    "exemplar_hold",
    "exemplar_kind",
    "exemplar_list",
    "exemplar_promote",
    "exemplar_receipt",
    "exemplar_recognise",
    "exemplar_reject",
    "exemplar_release",
    "exemplar_restore",
    "exemplar_return",
    "exemplar_review",
    "exemplar_revoke",
    "exemplar_send",
    "exemplar_start",
    "exemplar_take",
    "exemplar_undo",
    "exemplar_version",
    "exemplar_withdraw",
    "late_remark_list",
    "movement_example_add",
    "movement_example_remove",
    "movement_examples",
    "name_duplicates",
    "private_look",
    "review_queue",
    "review_settings_page",
    "stock_remark_add",
    "stock_remark_change",
]
