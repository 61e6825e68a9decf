from .account import access_log, account, email_change, email_confirm, password_change, session_end, sessions_end
from .blocks import block_add, block_copy, block_edit, block_list, block_members
from .calendar import calendar_add, calendar_change, calendar_drop, calendar_fill, calendar_year
from .confirming import confirm
from .factor import factor_remove, factor_setup, recovery_codes
from .keeping import account_edit, address_right, address_wrong, role_end, role_give
from .letters import password_forgotten, password_letter_sent, password_set
from .people import (
    account_deactivate,
    account_detail,
    account_invite,
    account_list,
    account_reactivate,
    invitation_cancel,
    invitation_resend,
)
from .sign_in import sign_in, sign_in_code, sign_out

__all__ = [
    "access_log",
    "account",
    "account_deactivate",
    "account_detail",
    "account_edit",
    "account_invite",
    "account_list",
    "account_reactivate",
    "block_add",
    "block_copy",
    "block_edit",
    "block_list",
    "block_members",
    "calendar_add",
    "calendar_change",
    "calendar_drop",
    "calendar_fill",
    "calendar_year",
    "address_right",
    "address_wrong",
    "confirm",
    "email_change",
    "email_confirm",
    "factor_remove",
    "factor_setup",
    "invitation_cancel",
    "invitation_resend",
    "password_change",
    "password_forgotten",
    "password_letter_sent",
    "password_set",
    "recovery_codes",
    "role_end",
    "role_give",
    "session_end",
    "sessions_end",
    "sign_in",
    "sign_in_code",
    "sign_out",
]
