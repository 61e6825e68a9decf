from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from organizations import factors, services, sessions
from organizations.devices import origin_of
from organizations.enums import EventKind
from organizations.events import record
from organizations.forms import SetupForm
from organizations.throttle import codes_must_wait
from organizations.views.confirming import recently_confirmed
from organizations.views.sign_in import answer


@sensitive_post_parameters("code", "signed_key")
@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
def factor_setup(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: its secret is shown, and kept once a code proves that the app has it."""
    if factors.has_factor(request.user):
        messages.info(request, _("Xác thực hai lớp đang bật."))
        return redirect("organizations:account")
    form = SetupForm(request.POST if "code" in request.POST else None)
    locked = codes_must_wait(request.user)
    if form.is_bound and not locked and form.is_valid():
        codes = _try_code(request, form)
        if codes:
            return _show_codes(request, codes)
        locked = codes_must_wait(request.user)
    return _setup_page(request, form, locked=locked)


def _try_code(request: HttpRequest, form: SetupForm) -> list[str] | None:
    device = factors.device_for(request.user, form.cleaned_data["signed_key"])
    if device is None:
        form.add_error(None, _("Trang mở đã quá 15 phút nên khóa cũ bỏ đi. Quét mã QR mới dưới đây."))
        return None
    code, here = "".join(form.cleaned_data["code"].split()), request.session.session_key
    codes = services.set_up_factor(user=request.user, device=device, code=code, origin=origin_of(request), here=here)
    if codes:
        request.session.pop(sessions.MUST_SET_UP, None)
        return codes
    if codes is not None:
        form.add_error("code", _("Mã chưa đúng. Kiểm tra giờ của điện thoại, rồi nhập mã đang hiện."))
    return None


def _setup_page(request: HttpRequest, form: SetupForm, *, locked: bool) -> HttpResponse:
    """The same secret is shown again after a wrong code, so that the app need not be set up twice."""
    signed = form.data.get("signed_key", "")
    device = factors.device_for(request.user, signed)
    if device is None:
        signed = factors.new_key(request.user)
        device = factors.device_for(request.user, signed)
    context = {
        "form": form,
        "signed": signed,
        "qr": factors.qr_picture(device),
        "key": factors.key_in_groups(device),
        "locked": locked,
    }
    return answer(request, "organizations/factor_setup.html", context, locked=locked)


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The one answer to a POST that is a page: the codes are shown this once and stored nowhere in clear."""
    return render(request, "organizations/recovery_codes.html", {"codes": codes})


@require_POST
@recently_confirmed
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; the old ones are worth nothing from then on."""
    if not factors.has_factor(request.user):
        messages.error(request, _("Bật xác thực hai lớp trước, rồi tạo mã dự phòng."))
        return redirect("organizations:account")
    codes = factors.make_codes(user=request.user)
    record(kind=EventKind.CODES_MADE, user=request.user, origin=origin_of(request), by=request.user)
    return _show_codes(request, codes)


@require_POST
@recently_confirmed
def factor_remove(request: HttpRequest) -> HttpResponse:
    """Take the own second factor away, where no role asks for it."""
    if request.user.needs_second_factor:
        messages.error(request, _("Vai trò của tài khoản cần xác thực hai lớp, nên không tắt được."))
    elif factors.remove(user=request.user):
        origin = origin_of(request)
        services.note_factor(user=request.user, kind=EventKind.FACTOR_REMOVED, origin=origin, by=request.user)
        messages.success(request, _("Đã tắt xác thực hai lớp. Các mã dự phòng không dùng được nữa."))
    return redirect("organizations:account")
