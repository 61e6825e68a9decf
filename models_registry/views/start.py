from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.workflow import WorkflowError
from models_registry.forms import KindForm, StartForm
from models_registry.forms.start import CATEGORY_HINTS
from models_registry.services import change_kind, create_draft
from organizations.enums import Role
from organizations.models import Unit

from .scope import open_exemplar


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_start(request: HttpRequest) -> HttpResponse:
    """The first screen: what is registered and a name make the draft, the rest can wait."""
    units = officer_units(request)
    if not units:
        raise PermissionDenied(_("Đơn vị của tài khoản không còn hoạt động nên không đăng ký mới được."))
    form = StartForm(request.POST or None, wanted=request.GET.get("loai", ""))
    unit = next((u for u in units if str(u.pk) == request.POST.get("unit")), units[0])
    if request.method == "POST" and form.is_valid():
        return _begin(request, unit, dict(form.cleaned_data))
    context = {"form": form, "units": units, "unit": unit, "hints": CATEGORY_HINTS}
    return render(request, "models_registry/exemplar_start.html", context)


def _begin(request: HttpRequest, unit: Unit, data: dict) -> HttpResponse:
    kind = {name: data.pop(name) for name in ("category", "subject_kind")}
    exemplar = create_draft(unit=unit, by=request.user, fields=data, **kind)
    messages.success(
        request,
        _("Đã tạo bản nháp “%(name)s”. Viết tiếp, hoặc để đó và mở lại từ Bàn làm việc.")
        % {"name": exemplar.full_name},
    )
    return redirect("models_registry:exemplar_edit", pk=exemplar.pk)


def officer_units(request: HttpRequest) -> list[Unit]:
    """The units for which the person may register: the home unit first."""
    ids = request.user.reach(Role.OFFICER)
    units = list(Unit.objects.valid_on(clock.today()).filter(pk__in=ids))
    return sorted(units, key=lambda u: u.pk != request.user.home_unit_id)


@require_http_methods(["GET", "HEAD", "POST"])
def exemplar_kind(request: HttpRequest, pk: int) -> HttpResponse:
    """Change category or subject of a draft that was never sent."""
    exemplar = open_exemplar(request, pk)
    if not exemplar.is_editable:
        return redirect(exemplar)
    if exemplar.versions.exists():
        messages.info(request, _("Hồ sơ đã từng gửi nên không đổi loại được nữa."))
        return redirect("models_registry:exemplar_edit", pk=pk)
    form = KindForm(request.POST or None, exemplar=exemplar)
    if request.method == "POST" and form.is_valid():
        try:
            change_kind(exemplar=exemplar, by=request.user, **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Đã đổi loại hồ sơ. Nội dung đã nhập vẫn được giữ."))
            return redirect("models_registry:exemplar_edit", pk=pk)
    context = {"form": form, "exemplar": exemplar, "hints": CATEGORY_HINTS}
    return render(request, "models_registry/exemplar_kind.html", context)
