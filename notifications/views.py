from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.http import throttled_address
from core.paging import CountedPaginator
from core.text import shorten
from notifications import feeds, selectors
from notifications.calendar import feed_of
from notifications.enums import NoticeKind, Status
from notifications.forms import PreferenceForm
from notifications.kinds import KINDS
from notifications.mailbox import mail_names, read_mail
from notifications.models import OutboxMessage
from notifications.preferences import choose_rhythms
from notifications.services import mark_read
from organizations.devices import origin_of
from organizations.views.confirming import recently_confirmed
from organizations.views.sign_in import local_path

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from organizations.models import User

PAGE_SIZE = 25
PLAIN = "text/plain; charset=utf-8"


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """The notices of the person, newest first: all, unread or those of one kind."""
    choice = selectors.read_choice(request.GET)
    tabs = selectors.notice_tabs(request.user, choice)
    rows = selectors.notices(request.user, choice)
    page = CountedPaginator(rows, PAGE_SIZE, tabs.shown).get_page(request.GET.get("trang"))
    context = {"page_obj": page, "tabs": tabs, "here": request.get_full_path()}
    return render(request, "notifications/notice_list.html", context)


@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and go to what it is about."""
    notice = _own_notice(request, pk)
    mark_read(user=request.user, pks=[notice.pk])
    return redirect(notice.path or "notifications:notice_list")


@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and stay in the list."""
    notice = _own_notice(request, pk)
    mark_read(user=request.user, pks=[notice.pk])
    messages.success(request, _("Đã đánh dấu đã đọc: %(title)s") % {"title": shorten(notice.title, 100)})
    return _back_to_list(request)


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read, or those of the kind that the list shows."""
    choice = selectors.read_choice(request.POST)
    mark_read(user=request.user, kind=choice.kind)
    words = _("Đã đánh dấu mọi thông báo là đã đọc.")
    if choice.kind:
        words = _("Đã đánh dấu đã đọc mọi thông báo loại “%(kind)s”.") % {"kind": NoticeKind(choice.kind).label}
    messages.success(request, words)
    return _back_to_list(request)


def _own_notice(request: HttpRequest, pk: int) -> OutboxMessage:
    return get_object_or_404(OutboxMessage.objects.notices_of(request.user, clock.wall_now()), pk=pk)


def _back_to_list(request: HttpRequest) -> HttpResponse:
    return redirect(local_path(request.POST.get("next", "")) or "notifications:notice_list")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How soon the person is told, by kind; duties are shown and cannot be chosen."""
    form = PreferenceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        choose_rhythms(user=request.user, rhythms=form.rhythms)
        messages.success(request, _("Đã lưu cách nhận thông báo. Tin đã viết từ trước vẫn theo cách cũ."))
        return redirect("notifications:preferences")
    context = {
        "form": form,
        "fixed": [kind for kind in KINDS.values() if kind.is_fixed],
        "ways": selectors.ways_to(request.user),
    }
    return render(request, "notifications/preferences.html", context)


# The own calendar


@require_POST
@recently_confirmed
def calendar_make(request: HttpRequest) -> HttpResponse:
    """Make an address for the own calendar; the one answer to a POST that is a page, since it is shown only here."""
    token = feeds.make_feed(user=request.user, origin=origin_of(request))
    path = reverse("notifications:calendar_feed", args=[token])
    address = urljoin(settings.SITE_URL, path)
    context = {"address": address, "subscribe": f"webcal:{address.partition(':')[2]}"}
    return render(request, "notifications/calendar_address.html", context)


@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    """Revoke the address of the own calendar; asks for no password, so that a lost one ends at once."""
    if feeds.revoke_feed(user=request.user, origin=origin_of(request)):
        messages.success(request, _("Đã thu hồi địa chỉ lịch. Ứng dụng lịch nào đang dùng nó sẽ không đọc được nữa."))
    else:
        messages.info(request, _("Tài khoản không có địa chỉ lịch nào đang dùng."))
    return redirect("organizations:account")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar that a token opens, for a calendar program; unknown and revoked tokens get the same answer."""
    answer = _calendar_answer(request, token)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def _calendar_answer(request: HttpRequest, token: str) -> HttpResponseBase:
    owner = feeds.owner_of(token)
    if owner is None:
        return _missed(throttled_address(request))
    return _too_often() if feeds.asks_too_often(token) else _calendar_of(request, owner)


def _missed(address: str) -> HttpResponse:
    """The answer to a token that opens nothing; misses of a network hold back none of its good calendars."""
    if feeds.misses_must_wait(address):
        return _too_often()
    feeds.note_miss(address)
    return HttpResponseNotFound(_("Không có lịch nào ở địa chỉ này."), content_type=PLAIN)


def _too_often() -> HttpResponse:
    words = _("Địa chỉ này được hỏi quá nhiều lần. Thử lại sau một giờ.")
    return HttpResponse(words, status=429, content_type=PLAIN, headers={"Retry-After": "3600"})


def _calendar_of(request: HttpRequest, owner: User) -> HttpResponseBase:
    body = feed_of(owner)
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    headers = {"ETag": etag, "Content-Disposition": 'inline; filename="lich.ics"'}
    whole = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=whole) or whole


# The folder of mails


@require_safe
def mail_folder(request: HttpRequest) -> HttpResponse:
    """The mails that the embedded mode wrote to its folder, newest first; for the administrator."""
    _require_folder(request)
    page = Paginator(mail_names(), PAGE_SIZE).get_page(request.GET.get("trang"))
    context = {
        "page_obj": page,
        "mails": [mail for name in page if (mail := read_mail(name))],
        "failed": failed_mails(),
    }
    return render(request, "notifications/mail_folder.html", context)


def failed_mails() -> list[OutboxMessage]:
    """The newest mails that could not be sent, with their error."""
    failed = OutboxMessage.objects.filter(status=Status.FAILED).select_related("recipient").order_by("-pk")
    return list(failed[:PAGE_SIZE])


@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail of the folder, as plain text."""
    _require_folder(request)
    mail = read_mail(name)
    if mail is None:
        raise Http404
    return render(request, "notifications/mail_detail.html", {"mail": mail})


def _require_folder(request: HttpRequest) -> None:
    if settings.EMAIL_BACKEND != "notifications.mailbox.FolderBackend":
        raise Http404
