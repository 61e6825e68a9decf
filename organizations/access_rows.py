"""Who may call the addresses of sign-in, of the own account and of other people's accounts."""

from core.access_table import BOTH, GET, POST, Row
from organizations.enums import ACCOUNT_ROLES, CALENDAR_ROLES, Role

_KEEPERS = frozenset(ACCOUNT_ROLES)
_HEAD = frozenset({Role.INTERIOR_HEAD})

RULES = {
    "own session": "sessions of the person",
    "account in scope": "accounts of people whose unit lies within the scope, without those who hold higher roles",
    "role in scope": "roles of such an account that the keeper could give",
    "block": "emulation blocks of the person's district",
    "arranges block": "blocks all of whose members lie in the head's scope",
    "link": "a signed link from a letter, once and for a time",
}
ROWS = [
    Row("organizations:sign_in", BOTH, "Sign in", public=True),
    Row("organizations:sign_in_code", BOTH, "Second factor at sign-in", public=True),
    Row("organizations:sign_out", POST, "Sign out"),
    Row("organizations:password_forgotten", BOTH, "Ask for a link to set a new password", public=True),
    Row("organizations:password_letter_sent", GET, "The same answer whether the account exists", public=True),
    Row("organizations:password_set", BOTH, "Set a password by a link", record="link", public=True),
    Row("organizations:account", GET, "Own account"),
    Row("organizations:access_log", GET, "Own access log"),
    Row("organizations:confirm", BOTH, "Confirm the password before sensitive changes"),
    Row("organizations:password_change", BOTH, "Change the own password"),
    Row("organizations:email_change", BOTH, "Ask for another e-mail address"),
    Row("organizations:email_confirm", BOTH, "Confirm the new address by a link", record="link"),
    Row("organizations:factor_setup", BOTH, "Set up the second factor"),
    Row("organizations:recovery_codes", POST, "Make new recovery codes"),
    Row("organizations:factor_remove", POST, "Remove the second factor"),
    Row("organizations:session_end", POST, "End one own session", record="own session"),
    Row("organizations:sessions_end", POST, "End all other own sessions"),
    Row("organizations:block_list", GET, "Emulation blocks of a year", record="block"),
    Row("organizations:block_add", BOTH, "Add a block", roles=_HEAD),
    Row("organizations:block_edit", BOTH, "Name and years of a block", roles=_HEAD, record="arranges block"),
    Row("organizations:block_members", BOTH, "Members of a year", roles=_HEAD, record="arranges block"),
    Row("organizations:block_copy", BOTH, "Copy the blocks of the year before", roles=_HEAD),
    Row("organizations:calendar_year", GET, "Calendar of working days", roles=CALENDAR_ROLES),
    Row("organizations:calendar_add", BOTH, "Add days", roles=CALENDAR_ROLES),
    Row("organizations:calendar_fill", POST, "Write down the expected days of a year", roles=CALENDAR_ROLES),
    Row("organizations:calendar_change", BOTH, "Change a day", roles=CALENDAR_ROLES),
    Row("organizations:calendar_drop", BOTH, "Take a day off the calendar", roles=CALENDAR_ROLES),
    Row("organizations:account_list", GET, "Accounts of the scope", roles=_KEEPERS, record="account in scope"),
    Row("organizations:account_invite", BOTH, "Invite a person", roles=_KEEPERS),
    Row("organizations:account_detail", GET, "One account", roles=_KEEPERS, record="account in scope"),
    Row("organizations:account_edit", BOTH, "Correct name, unit, address", roles=_KEEPERS, record="account in scope"),
    Row("organizations:role_give", BOTH, "Give one more role", roles=_KEEPERS, record="account in scope"),
    Row("organizations:role_end", BOTH, "End or take a role", roles=_KEEPERS, record="role in scope"),
    Row("organizations:address_wrong", BOTH, "Mark the address as wrong", roles=_KEEPERS, record="account in scope"),
    Row("organizations:address_right", POST, "Take the mark away", roles=_KEEPERS, record="account in scope"),
    Row("organizations:invitation_resend", POST, "Send it again", roles=_KEEPERS, record="account in scope"),
    Row("organizations:invitation_cancel", POST, "Cancel it", roles=_KEEPERS, record="account in scope"),
    Row("organizations:account_deactivate", POST, "Close an account", roles=_KEEPERS, record="account in scope"),
    Row("organizations:account_reactivate", POST, "Open it again", roles=_KEEPERS, record="account in scope"),
]
