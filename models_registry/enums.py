from django.db import models
from django.utils.translation import gettext_lazy as _


class SubjectKind(models.TextChoices):
    """Who is the exemplar: the three subjects of Plan 197 (R14)."""

    INDIVIDUAL = "individual", _("Cá nhân")
    COLLECTIVE = "collective", _("Tập thể")
    HOUSEHOLD = "household", _("Hộ gia đình")


class Category(models.TextChoices):
    """What is registered, from a good deed to an advanced exemplar."""

    EXEMPLAR = "exemplar", _("Điển hình tiên tiến")
    MODEL = "model", _("Mô hình")
    NEW_FACTOR = "new_factor", _("Nhân tố mới")
    GOOD_DEED = "good_deed", _("Người tốt, việc tốt")


#: Categories that must claim criteria and give causes, measures and lessons (R26, R27).
ANALYSED = frozenset({Category.EXEMPLAR, Category.MODEL})
#: Small things from which an exemplar or a model can grow (R7, R12).
PROMOTABLE = frozenset({Category.GOOD_DEED, Category.NEW_FACTOR})


class Gender(models.TextChoices):
    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class State(models.TextChoices):
    """Life of an exemplar; the labels are those of the office, see `state_label` for the unit's."""

    DRAFT = "draft", _("Bản nháp")
    SUBMITTED = "submitted", _("Chờ tiếp nhận")
    IN_REVIEW = "in_review", _("Đang thẩm định")
    RETURNED = "returned", _("Đã trả lại")
    RECOGNISED = "recognised", _("Đã công nhận")
    REJECTED = "rejected", _("Không công nhận")
    REVOKED = "revoked", _("Đã hủy công nhận")
    ENDED = "ended", _("Đã kết thúc")


#: The officer of the unit reads these instead (glossary.md, Status words).
UNIT_LABELS = {
    State.SUBMITTED: _("Đã gửi, chờ tiếp nhận"),
    State.RETURNED: _("Cần bổ sung"),
}

#: Before these nothing was sent, and only the unit sees the record.
UNSENT = frozenset({State.DRAFT})
#: The unit may change the content.
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
#: Waits for the office.
WAITING = frozenset({State.SUBMITTED, State.IN_REVIEW})
#: Once recognised and still standing: every signed-in person may read it.
STANDING = frozenset({State.RECOGNISED, State.ENDED})


def state_label(state: str, *, for_unit: bool) -> str:
    """The word for a state, as the unit or as the office reads it."""
    return str(UNIT_LABELS.get(State(state), State(state).label) if for_unit else State(state).label)


#: The office may put a hold on these; a hold hides nothing and changes no state.
HOLDABLE = frozenset({State.SUBMITTED, State.IN_REVIEW, State.RETURNED, State.RECOGNISED})
#: Decisions that can be undone while their letters have not left.
UNDOABLE = frozenset({State.RECOGNISED, State.RETURNED, State.REJECTED})


class AttachmentKind(models.TextChoices):
    PHOTO = "photo", _("Ảnh")
    DOCUMENT = "document", _("Tệp")


class PeopleShown(models.TextChoices):
    """Whether people can be recognised in a photo, and whether they agreed (decree 13/2023)."""

    UNKNOWN = "", _("Chưa rõ")
    NOBODY = "nobody", _("Không thấy rõ mặt ai")
    AGREED = "agreed", _("Người trong ảnh đã đồng ý")
    GUARDIAN = "guardian", _("Có trẻ em, người giám hộ đã đồng ý")


class ConfirmationRule(models.TextChoices):
    """Who must confirm a record before it is sent (R18, R44)."""

    NONE = "none", _("Không cần xác nhận")
    LEADER = "leader", _("Lãnh đạo đơn vị")
    FRONT = "front", _("Mặt trận hoặc đoàn thể")
    EITHER = "either", _("Lãnh đạo đơn vị, Mặt trận hoặc đoàn thể")


class RequestState(models.TextChoices):
    """Where something stands that one side asked of the other."""

    OPEN = "open", _("Đang chờ")
    GRANTED = "granted", _("Đã đồng ý")
    REFUSED = "refused", _("Không đồng ý")
    WITHDRAWN = "withdrawn", _("Đã rút")


class QueueTab(models.TextChoices):
    """The parts of the review queue, in the order in which they are worked; every waiting record is in exactly one."""

    SUDDEN = "dot-xuat", _("Đột xuất")
    DUE = "den-han", _("Đến hạn")
    NEW = "moi-gui", _("Mới gửi")
    AGAIN = "gui-lai", _("Gửi lại sau bổ sung")
    HELD = "dang-giu", _("Tạm dừng")
