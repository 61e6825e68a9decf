"""Forms with which a person signs in and changes the own account."""

from __future__ import annotations

from typing import Any, cast

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import PortalForm
from organizations.devices import origin_of
from organizations.enums import EventKind
from organizations.events import record
from organizations.models import User
from organizations.passwords import normalise, rules_in_words
from organizations.services.own import account_of
from organizations.throttle import count_as, may_try, password_is_right

#: Marks typed as characters of their own make a phrase of 128 characters up to four times as long.
LONGEST_TYPED = 512


class SignInForm(forms.Form):
    """Name or e-mail address and password; says how many tries are left, and how long a lock lasts."""

    use_required_attribute = False
    username = forms.CharField(
        max_length=150,
        error_messages={
            "required": gettext_lazy("Nhập tên đăng nhập."),
            "max_length": gettext_lazy("Tên đăng nhập dài hơn 150 ký tự. Kiểm tra lại tên đã được cấp."),
        },
    )
    password = forms.CharField(
        strip=False,
        max_length=LONGEST_TYPED,
        error_messages={
            "required": gettext_lazy("Nhập mật khẩu."),
            "max_length": gettext_lazy("Mật khẩu dài hơn 512 ký tự. Kiểm tra lại mật khẩu đã đặt."),
        },
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        username, password = data.get("username"), data.get("password")
        if username and password:
            count_as(self.request, username)
            self.user = self._authenticate(_name_of(username), normalise(password))
        return data

    def _authenticate(self, username: str, password: str) -> User:
        credentials = {"username": username, "password": password}
        was_allowed = AxesProxyHandler.is_allowed(self.request, credentials)
        user = authenticate(self.request, **credentials)
        if isinstance(user, User):
            return user
        if was_allowed:  # whoever has to wait already must not fill the log
            record(kind=EventKind.SIGN_IN_FAILED, user=account_of(username), origin=origin_of(self.request))
        if not AxesProxyHandler.is_allowed(self.request, credentials):
            minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
            raise ValidationError(
                _("Đã thử sai nhiều lần nên phải chờ. Đăng nhập lại sau %(minutes)d phút, hoặc liên hệ Phòng Nội vụ.")
                % {"minutes": minutes},
                code="locked",
            )
        left = settings.AXES_FAILURE_LIMIT - AxesProxyHandler.get_failures(self.request, credentials)
        raise ValidationError(
            _(
                "Tên đăng nhập hoặc mật khẩu chưa đúng. Còn %(left)d lần thử. "
                "Kiểm tra phím Caps Lock và bộ gõ tiếng Việt."
            )
            % {"left": left},
            code="wrong",
        )


def _name_of(text: str) -> str:
    """The user name for what was typed: an e-mail address counts when it belongs to one account."""
    found = account_of(text) if "@" in text else None
    return found.username if found else text.strip()


class PasswordInput(forms.PasswordInput):
    """A password box with the button that shows it; paste is allowed."""

    template_name = "organizations/_password_input.html"


def password_field(label: Any, *, new: bool = False, hint: str = "") -> forms.CharField:
    """A box for the current password or a new one."""
    name = "new-password" if new else "current-password"
    attrs = {"autocomplete": name, "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(
        label=label, strip=False, max_length=LONGEST_TYPED, widget=PasswordInput(attrs=attrs), help_text=hint
    )


class NewPasswordForm(PortalForm):
    """A new password, typed twice; every fault at once."""

    new_password = password_field(gettext_lazy("Mật khẩu mới"), new=True)
    new_password_again = password_field(gettext_lazy("Gõ lại mật khẩu mới"), new=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new_password"].help_text = rules_in_words()
        self.fields["new_password_again"].error_messages["required"] = _("Gõ lại mật khẩu mới.")

    def clean_new_password(self) -> str:
        password = normalise(self.cleaned_data["new_password"])
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed, again = (self.data.get(name, "") for name in ("new_password", "new_password_again"))
        if again and normalise(typed) != normalise(again):
            self.add_error("new_password_again", _("Hai lần gõ khác nhau. Gõ lại mật khẩu mới."))
        return data


class PasswordChangeForm(NewPasswordForm):
    """The current password and a new one."""

    current_password = password_field(gettext_lazy("Mật khẩu hiện tại"))
    field_order = ("current_password", "new_password", "new_password_again")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, user=cast(User, request.user), **kwargs)
        self.request = request

    def clean_current_password(self) -> str:
        password = self.cleaned_data["current_password"]
        check_own_password(self.request, password)
        return password

    def clean_new_password(self) -> str:
        password = super().clean_new_password()
        if check_password(password, self.user.password):
            raise ValidationError(_("Mật khẩu mới giống mật khẩu đang dùng. Chọn mật khẩu khác."))
        return password


def check_own_password(request: HttpRequest, password: str) -> None:
    """Refuse a password that is not the signed-in person's; tries are counted like those of signing in."""
    user = cast(User, request.user)
    if may_try(request, user.username):  # whoever has to wait already must not fill the log
        if password_is_right(request, user, password):
            return
        record(kind=EventKind.CONFIRM_FAILED, user=user, origin=origin_of(request))
    if not may_try(request, user.username):
        raise ValidationError(_("Đã thử sai nhiều lần nên phải chờ 15 phút. Chưa có gì thay đổi."), code="locked")
    raise ValidationError(_("Mật khẩu hiện tại chưa đúng. Kiểm tra phím Caps Lock và bộ gõ tiếng Việt."), code="wrong")


class ConfirmForm(PortalForm):
    """The password once more, before a sensitive change."""

    confirm_password = password_field(gettext_lazy("Mật khẩu"))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_confirm_password(self) -> str:
        password = self.cleaned_data["confirm_password"]
        check_own_password(self.request, password)
        return password


class CodeForm(PortalForm):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Mã xác thực"),
        max_length=40,
        help_text=gettext_lazy("6 chữ số trong ứng dụng xác thực. Mất điện thoại thì nhập một mã dự phòng."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class SetupForm(CodeForm):
    """The first code of a new authenticator app, with the signed secret that the page showed."""

    signed_key = forms.CharField(widget=forms.HiddenInput, max_length=400)
    field_order = ("signed_key", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("6 chữ số đang hiện trong ứng dụng.")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class ForgottenForm(PortalForm):
    """The name or address for which a link is asked."""

    name = forms.CharField(
        label=gettext_lazy("Tên đăng nhập hoặc thư điện tử"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


def email_field() -> forms.EmailField:
    """A box for an e-mail address."""
    return forms.EmailField(
        label=gettext_lazy("Thư điện tử"),
        max_length=150,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class EmailForm(PortalForm):
    """A new address of one's own."""

    email = email_field()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["email"].label = _("Địa chỉ thư mới")

    def clean_email(self) -> str:
        address = self.cleaned_data["email"]
        if address.lower() == self.user.email.lower():
            raise ValidationError(_("Địa chỉ này đang dùng. Nhập địa chỉ khác."))
        return address
