from __future__ import annotations

import datetime
import re

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager

from core import clock
from core.history import field_history

from .access import Access, UnitTree, unit_tree
from .account_models import AccountEvent, AccountLetter, AuthenticatorApp, RecoveryCode, Tries, UserSession
from .calendar_models import CalendarDay
from .enums import DECIDING_ROLES, AddressFault, Role, UnitKind, second_factor_roles
from .querysets import EmulationBlockQuerySet, UnitQuerySet

__all__ = [
    "AccountEvent",
    "AccountLetter",
    "AuthenticatorApp",
    "BlockMembership",
    "CalendarDay",
    "EmulationBlock",
    "RecoveryCode",
    "RoleAssignment",
    "Tries",
    "Unit",
    "User",
    "UserSession",
]


#: The word before the name of a place.
_KIND_OF_PLACE = re.compile(r"^(?:Xã|Phường|Thị trấn|Thị xã|Đặc khu|Huyện|Quận|Thành phố|Tỉnh) ")


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):  # type: ignore[misc]
    """Manager of units; keeps the order of the tree."""

    def get_queryset(self) -> UnitQuerySet:
        return UnitQuerySet(self.model, using=self._db).order_by("path")


class Unit(MP_Node):
    """A unit of the programme: commune, agency, body, union, school, enterprise.

    Keyed by code *and* validity: three commune codes were given to other communes on 1/7/2025.
    """

    code = models.CharField(_("mã"), max_length=20)
    name = models.CharField(_("tên đơn vị"), max_length=200)
    short_name = models.CharField(_("tên gọn"), max_length=100)
    kind = models.CharField(_("loại đơn vị"), max_length=20, choices=UnitKind.choices)
    valid_from = models.DateField(_("có từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    sort_key = models.CharField(max_length=1300, editable=False)
    successors = models.ManyToManyField(
        "self", verbose_name=_("đơn vị kế tục"), symmetrical=False, related_name="predecessors", blank=True
    )

    objects = UnitManager()

    class Meta:
        verbose_name = _("đơn vị")
        verbose_name_plural = _("đơn vị")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_code_once_per_validity"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="unit_validity_ends_after_start",
                violation_error_message=_("Ngày cuối phải sau ngày đầu."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_text(self) -> str:
        """The name inside a sentence: xã Vĩnh Hựu, huyện Gò Công Tây, but Phòng Nội vụ."""
        if self.kind in (UnitKind.COMMUNE, UnitKind.DISTRICT, UnitKind.PROVINCE):
            return self.name[:1].lower() + self.name[1:]
        return self.name

    @property
    def short_name_in_text(self) -> str:
        """The short name inside a sentence: xã Vĩnh Hựu, but VP HĐND và UBND."""
        if self.kind in (UnitKind.COMMUNE, UnitKind.DISTRICT, UnitKind.PROVINCE):
            return self.short_name[:1].lower() + self.short_name[1:]
        return self.short_name

    @property
    def place_name(self) -> str:
        """The name of the place alone, as a dateline has it: Gò Công Tây; an office keeps its whole name."""
        if self.kind not in (UnitKind.COMMUNE, UnitKind.DISTRICT, UnitKind.PROVINCE):
            return self.name
        return _KIND_OF_PLACE.sub("", self.name) or self.name


class EmulationBlock(models.Model):
    """An emulation block (khối thi đua): units that compete and check one another, by calendar years."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên khối"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("có từ năm"), null=True, blank=True)
    last_year = models.PositiveSmallIntegerField(_("đến hết năm"), null=True, blank=True)
    members = models.ManyToManyField(Unit, through="BlockMembership", related_name="blocks")

    objects = EmulationBlockQuerySet.as_manager()
    history = field_history()

    class Meta:
        verbose_name = _("khối thi đua")
        verbose_name_plural = _("khối thi đua")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_year=None) | Q(last_year=None) | Q(last_year__gte=F("first_year")),
                name="block_ends_after_it_begins",
                violation_error_message=_("Năm cuối phải từ năm đầu trở đi."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class BlockMembership(models.Model):
    """The place of a unit in one block for one year; head and deputies rotate each year (R24).

    `deputy_place` 1 or 2 makes the unit a deputy: so the database itself holds that a block has at most two a year.
    """

    block = models.ForeignKey(EmulationBlock, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    year = models.PositiveSmallIntegerField(_("năm"))
    is_head = models.BooleanField(_("khối trưởng"), default=False)
    deputy_place = models.PositiveSmallIntegerField(_("khối phó thứ"), null=True, blank=True)

    class Meta:
        verbose_name = _("thành viên khối")
        verbose_name_plural = _("thành viên khối")
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="unit_in_one_block_a_year"),
            models.UniqueConstraint(fields=["block", "year"], condition=Q(is_head=True), name="one_block_head_a_year"),
            models.UniqueConstraint(fields=["block", "year", "deputy_place"], name="one_deputy_a_place"),
            models.CheckConstraint(
                condition=Q(deputy_place=None) | Q(deputy_place__in=[1, 2]), name="two_deputies_at_most"
            ),
            models.CheckConstraint(condition=Q(is_head=False) | Q(deputy_place=None), name="head_is_no_deputy"),
        ]

    def __str__(self) -> str:
        return f"{self.block_id}/{self.unit_id}/{self.year}"

    @property
    def is_deputy(self) -> bool:
        return self.deputy_place is not None


class PeopleManager(UserManager["User"]):
    """People with their home unit: the head of every page names it, so the two are read together."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().select_related("home_unit")


class User(AbstractUser):
    """A person with an account: one home unit, any number of roles with a scope."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("họ và tên"), max_length=150)
    home_unit = models.ForeignKey(
        Unit, verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="people", null=True, blank=True
    )
    password_changed_at = models.DateTimeField(null=True, editable=False)
    address_fault = models.CharField(_("địa chỉ thư sai vì"), max_length=20, choices=AddressFault.choices, blank=True)
    address_fault_at = models.DateTimeField(null=True, editable=False)

    #: Corrections of other people write the history (services); signing in and the own password write none.
    skip_history_when_saving = True
    history = field_history(without=("password", "last_login", "date_joined", "password_changed_at"))
    objects = PeopleManager()  # type: ignore[misc]
    REQUIRED_FIELDS = ["full_name", "email"]

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="email_of_one_account",
                violation_error_message=_("Địa chỉ thư này đã thuộc một tài khoản. Dùng địa chỉ khác."),
            ),
            models.CheckConstraint(
                condition=Q(address_fault="", address_fault_at=None)
                | (~Q(address_fault="") & Q(address_fault_at__isnull=False)),
                name="wrong_address_since_a_day",
                violation_error_message=_("Đánh dấu địa chỉ sai cần cả lý do và ngày."),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.rsplit(" ", 1)[-1]

    @cached_property
    def access(self) -> Access:
        """The roles held today with their scope; one query for each request."""
        held = self.role_assignments.held_on(clock.today()).values_list("role", "unit_id", "unit__path")
        return Access(user_id=self.pk, grants=tuple(held))

    def forget_access(self) -> None:
        """Read the roles anew when they are asked for next."""
        self.__dict__.pop("access", None)

    @cached_property
    def unit_tree(self) -> UnitTree:
        """All units, read once for each request; scopes and choice lists come from it."""
        return unit_tree(Unit.objects.all())

    def reach(self, *roles: str) -> list[int]:
        """Ids of the units that the scopes of `roles` cover; no query when none of them is held."""
        paths = self.access.paths(*roles)
        return self.unit_tree.ids_within(*paths) if paths else []

    @property
    def mail_address_is_good(self) -> bool:
        """Whether mails may go to the stored address: there is one, and nobody marked it as wrong."""
        return bool(self.email) and not self.address_fault

    @property
    def needs_second_factor(self) -> bool:
        """Whether a role held today asks for a second factor (setting SECOND_FACTOR_ROLES)."""
        wanted = second_factor_roles()
        return bool(wanted) and self.access.has(*wanted)

    @property
    def decides(self) -> bool:
        """Whether the shorter idle limit of a session applies."""
        return self.access.has(*DECIDING_ROLES)


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Role assignments by date."""

    def held_on(self, day: datetime.date) -> RoleAssignmentQuerySet:
        """Assignments in force on `day`."""
        return self.lasting_on(day).filter(valid_from__lte=day)

    def lasting_on(self, day: datetime.date) -> RoleAssignmentQuerySet:
        """Assignments in force on `day` or later."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))


class RoleAssignment(models.Model):
    """A role of a person over the subtree of one unit, for a time."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("vai trò"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, verbose_name=_("phạm vi"), on_delete=models.PROTECT, related_name="role_assignments")
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)

    #: The services write it, with who gave and took.
    skip_history_when_saving = True
    history = field_history()
    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân vai trò")
        verbose_name_plural = _("phân vai trò")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "unit", "valid_from"], name="role_once_per_scope"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="role_validity_ends_after_start",
                violation_error_message=_("Ngày cuối phải sau ngày đầu."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.role}@{self.unit_id}"

    @property
    def is_lasting(self) -> bool:
        """Whether the role is held today or later."""
        return self.valid_to is None or self.valid_to >= clock.today()
