"""What is asked of a record, as people do it: a confirmation before sending, a change after recognition."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.jobs import ask_the_leader, recognise, register, start_draft
from tests.browser.people import WIDTHS, Person

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_leader_sends_a_draft_back_and_then_confirms_it(meet: Meet, width: int) -> None:
    officer, leader = meet("binhnhi", width=width), meet("chutich.binhnhi", width=width)
    pk = start_draft(officer, f"Phan Thị Hỏi {width}")
    ask_the_leader(officer, pk)
    officer.says("Đang chờ")
    leader.go(f"/dien-hinh/{pk}/xac-nhan/")
    leader.press("Gửi lại để sửa")
    leader.says("Ghi điều cần sửa để đơn vị biết.")
    leader.fill(note="Ghi rõ ngày xảy ra.")
    leader.press("Gửi lại để sửa")
    officer.go(f"/dien-hinh/{pk}/")
    officer.says("Ghi rõ ngày xảy ra.")
    ask_the_leader(officer, pk)
    leader.go(f"/dien-hinh/{pk}/xac-nhan/")
    leader.press("Xác nhận")
    officer.go(f"/dien-hinh/{pk}/")
    officer.says("Đã đồng ý")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_change_after_recognition_is_asked_for_read_and_applied(meet: Meet, width: int) -> None:
    officer, reviewer = meet("binhnhi", width=width), meet("noivu", width=width)
    pk = register(officer, f"Phan Thị Sửa {width}", with_files=False)
    reviewer.go(f"/dien-hinh/{pk}/xet/")
    recognise(reviewer)
    officer.go(f"/dien-hinh/{pk}/")
    officer.press("Đề nghị điều chỉnh", role="link")
    officer.press("Gửi đề nghị")
    officer.says("Ghi lý do điều chỉnh để Phòng Nội vụ biết.")
    officer.fill(reason="Bổ sung kết quả vụ này.", results="Mỗi hộ lãi 45 triệu đồng một năm.")
    officer.press("Gửi đề nghị")
    officer.says("Hồ sơ giữ nguyên")
    officer.says("Mỗi hộ lãi 40 triệu đồng một năm.")
    reviewer.go(f"/dien-hinh/{pk}/dieu-chinh/")
    reviewer.says("Bổ sung kết quả vụ này.")
    reviewer.press("Áp dụng đúng như trên")
    officer.go(f"/dien-hinh/{pk}/")
    officer.says("Mỗi hộ lãi 45 triệu đồng một năm.")
    officer.press("Xem những gì đã sửa", role="link")
    officer.says("Từ bản 1 đến bản 2")
