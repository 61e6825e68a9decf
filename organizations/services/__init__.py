"""What changes an account: passwords, addresses, second factors, invitations."""

from .details import Details, correct_details, mark_address_right, mark_address_wrong
from .grants import Grant, end_role, give_role
from .own import (
    AccountError,
    change_password,
    confirm_email,
    note_factor,
    request_email,
    request_reset,
    reset_factor,
    set_password,
    set_up_factor,
    try_code,
)
from .people import (
    Invitation,
    cancel_invitation,
    deactivate,
    invite,
    invite_again,
    make_operator,
    reactivate,
)

__all__ = [
    "AccountError",
    "Details",
    "Grant",
    "Invitation",
    "cancel_invitation",
    "change_password",
    "confirm_email",
    "correct_details",
    "deactivate",
    "end_role",
    "give_role",
    "invite",
    "invite_again",
    "make_operator",
    "mark_address_right",
    "mark_address_wrong",
    "note_factor",
    "reactivate",
    "request_email",
    "request_reset",
    "reset_factor",
    "set_password",
    "set_up_factor",
    "try_code",
]
