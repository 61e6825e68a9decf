from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    """What a unit is; those of a rural district."""

    PROVINCE = "province", _("Tỉnh")
    DISTRICT = "district", _("Huyện")
    COMMUNE = "commune", _("Xã, thị trấn")
    PARTY = "party", _("Cơ quan Đảng")
    COUNCIL_COMMITTEE = "council_committee", _("HĐND, UBND")
    DEPARTMENT = "department", _("Cơ quan chuyên môn")
    PUBLIC_SERVICE = "public_service", _("Đơn vị sự nghiệp")
    FRONT_MASS = "front_mass", _("Mặt trận, tổ chức chính trị – xã hội")
    ASSOCIATION = "association", _("Hội quần chúng")
    ARMED_INTERNAL = "armed_internal", _("Lực lượng vũ trang, nội chính")
    VERTICAL = "vertical", _("Cơ quan ngành dọc")
    SCHOOL = "school", _("Trường học")
    ENTERPRISE = "enterprise", _("Doanh nghiệp")
    COOPERATIVE = "cooperative", _("Hợp tác xã")


class DayKind(models.TextChoices):
    """How a day of the calendar differs from its weekday."""

    HOLIDAY = "holiday", _("Nghỉ")
    WORKING = "working", _("Làm bù")


class Role(models.TextChoices):
    """What a person may do within the subtree of the scope unit."""

    OFFICER = "officer", _("Cán bộ phụ trách")
    UNIT_LEADER = "unit_leader", _("Lãnh đạo đơn vị")
    REVIEWER = "reviewer", _("Chuyên viên Phòng Nội vụ")
    INTERIOR_HEAD = "interior_head", _("Trưởng phòng Nội vụ")
    CLERK = "clerk", _("Văn thư")
    COUNCIL_MEMBER = "council_member", _("Thành viên Hội đồng TĐ-KT")
    LEADER = "leader", _("Lãnh đạo UBND huyện")
    EDITOR = "editor", _("Biên tập Trung tâm VH-TT và Truyền thanh")
    ADMINISTRATOR = "administrator", _("Quản trị hệ thống")


#: Roles that work inside one unit: they reach what the unit itself owns.
UNIT_ROLES = frozenset({Role.OFFICER, Role.UNIT_LEADER})
#: Roles of the Interior Office: they reach what was sent to the office.
OFFICE_ROLES = frozenset({Role.REVIEWER, Role.INTERIOR_HEAD})
#: Roles whose sessions end sooner, because they decide (decisions.md, Sessions).
DECIDING_ROLES = OFFICE_ROLES | {Role.CLERK, Role.COUNCIL_MEMBER, Role.LEADER, Role.ADMINISTRATOR}


def second_factor_roles() -> frozenset[str]:
    """Roles whose people must have a second factor; the word `deciding` stands for those who decide."""
    named = set(settings.SECOND_FACTOR_ROLES)
    return frozenset(named - {"deciding"}) | (DECIDING_ROLES if "deciding" in named else frozenset())


#: Who may give which role; nobody gives one above the own (docs/accounts.md).
GIVES: dict[str, frozenset[str]] = {
    Role.INTERIOR_HEAD: frozenset(
        {Role.OFFICER, Role.UNIT_LEADER, Role.REVIEWER, Role.CLERK, Role.COUNCIL_MEMBER, Role.EDITOR}
    ),
    Role.ADMINISTRATOR: frozenset(Role),
}
#: Roles that look after accounts.
ACCOUNT_ROLES = frozenset(GIVES)
#: Roles that read the figures of whole emulation blocks: they see what all units of the scope handed in.
GRID_ROLES = OFFICE_ROLES | {Role.LEADER, Role.COUNCIL_MEMBER}
#: Roles that keep the calendar of working days.
CALENDAR_ROLES = frozenset({Role.INTERIOR_HEAD, Role.ADMINISTRATOR})


class Purpose(models.TextChoices):
    """Why a letter about an account is written."""

    INVITATION = "invitation", _("Mời dùng cổng")
    RESET = "reset", _("Đặt lại mật khẩu")
    EMAIL_CONFIRM = "email_confirm", _("Xác nhận địa chỉ thư mới")
    EMAIL_TAKEN = "email_taken", _("Địa chỉ đã có tài khoản")
    EMAIL_CHANGED = "email_changed", _("Địa chỉ thư đã đổi")
    PASSWORD_CHANGED = "password_changed", _("Mật khẩu đã đổi")
    FACTOR_CHANGED = "factor_changed", _("Xác thực hai lớp đã đổi")
    ROLES_CHANGED = "roles_changed", _("Vai trò đã đổi")
    DETAILS_CHANGED = "details_changed", _("Thông tin tài khoản đã đổi")


class AddressFault(models.TextChoices):
    """Why mails no longer go to an address; marked by hand by who looks after the account."""

    RETURNED = "returned", _("Thư bị trả lại")
    NOT_THEIRS = "not_theirs", _("Địa chỉ của người khác")
    UNREAD = "unread", _("Hộp thư không còn dùng")


class EventKind(models.TextChoices):
    """What happened to an account, in the words of its owner's log."""

    SIGNED_IN = "signed_in", _("Đăng nhập")
    SIGN_IN_FAILED = "sign_in_failed", _("Đăng nhập sai mật khẩu")
    CODE_FAILED = "code_failed", _("Nhập sai mã xác thực")
    CODE_USED = "code_used", _("Dùng một mã dự phòng")
    SIGNED_OUT = "signed_out", _("Đăng xuất")
    SESSION_ENDED = "session_ended", _("Kết thúc một phiên khác")
    SESSIONS_ENDED = "sessions_ended", _("Kết thúc mọi phiên khác")
    CONFIRM_FAILED = "confirm_failed", _("Xác nhận lại sai mật khẩu")
    PASSWORD_CHANGED = "password_changed", _("Đổi mật khẩu")
    RESET_ASKED = "reset_asked", _("Xin đặt lại mật khẩu")
    PASSWORD_RESET = "password_reset", _("Đặt lại mật khẩu qua thư")
    EMAIL_ASKED = "email_asked", _("Xin đổi địa chỉ thư")
    EMAIL_CHANGED = "email_changed", _("Đổi địa chỉ thư")
    FACTOR_SET = "factor_set", _("Bật xác thực hai lớp")
    FACTOR_REMOVED = "factor_removed", _("Tắt xác thực hai lớp")
    FACTOR_RESET = "factor_reset", _("Quản trị đặt lại xác thực hai lớp")
    CODES_MADE = "codes_made", _("Tạo mã dự phòng mới")
    INVITED = "invited", _("Được mời dùng cổng")
    INVITED_AGAIN = "invited_again", _("Gửi lại thư mời")
    INVITE_CANCELLED = "invite_cancelled", _("Hủy lời mời")
    INVITE_ACCEPTED = "invite_accepted", _("Nhận lời mời, đặt mật khẩu")
    DEACTIVATED = "deactivated", _("Tài khoản bị ngừng")
    REACTIVATED = "reactivated", _("Tài khoản được mở lại")
    ROLE_GIVEN = "role_given", _("Được giao vai trò")
    ROLE_ENDED = "role_ended", _("Vai trò được đặt ngày hết")
    ROLE_TAKEN = "role_taken", _("Vai trò bị thu")
    DETAILS_CHANGED = "details_changed", _("Sửa họ tên hoặc đơn vị")
    ADDRESS_CORRECTED = "address_corrected", _("Sửa địa chỉ thư")
    ADDRESS_WRONG = "address_wrong", _("Địa chỉ thư bị đánh dấu sai")
    ADDRESS_RIGHT = "address_right", _("Bỏ đánh dấu địa chỉ thư sai")
    FEED_MADE = "feed_made", _("Tạo địa chỉ lịch")
    FEED_REVOKED = "feed_revoked", _("Thu hồi địa chỉ lịch")
