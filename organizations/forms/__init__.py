"""Forms of accounts: the own one, and those of other people."""

from .own import (
    CodeForm,
    ConfirmForm,
    EmailForm,
    ForgottenForm,
    NewPasswordForm,
    PasswordChangeForm,
    SetupForm,
    SignInForm,
)
from .people import AddressFaultForm, DetailsForm, FilterForm, GrantEndForm, GrantForm, InviteForm

__all__ = [
    "AddressFaultForm",
    "CodeForm",
    "ConfirmForm",
    "DetailsForm",
    "EmailForm",
    "FilterForm",
    "ForgottenForm",
    "GrantEndForm",
    "GrantForm",
    "InviteForm",
    "NewPasswordForm",
    "PasswordChangeForm",
    "SetupForm",
    "SignInForm",
]
