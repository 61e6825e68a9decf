"""Makers of test data. Records with a life come through the services, so that a test never holds an impossible one."""

from __future__ import annotations

import copy
import datetime
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from factory.django import DjangoModelFactory
from PIL import Image

from campaigns.models import Movement, Programme
from core import clock
from core.text import name_sort_key, search_key, sort_key
from core.workflow import WorkflowError
from models_registry import services
from models_registry.duplicates import area_of, name_rows
from models_registry.enums import Category, PeopleShown, State, SubjectKind
from models_registry.forms import ExemplarForm
from models_registry.models import (
    Attachment,
    ChangeRequest,
    Criterion,
    Exemplar,
    ExemplarSearch,
    Field,
    SubField,
    SubjectName,
)
from models_registry.proposals import open_change, read_proposal
from models_registry.services.drafts import AchievementInput, DraftInput
from models_registry.services.review import Answers
from models_registry.workflow import EXEMPLAR_WORKFLOW
from organizations.enums import Role, UnitKind
from organizations.models import BlockMembership, EmulationBlock, RoleAssignment, Unit, User

PASSWORD = "mật khẩu của phép thử"
LONG_AGO = datetime.date(2020, 1, 1)
ALL_YES = Answers(is_representative=True, fits_unit=True, is_replicable=True)


class UnitFactory(DjangoModelFactory):
    """A unit at the top of the tree, or below `parent`."""

    class Meta:
        model = Unit

    parent: Any = None
    code = factory.Sequence(lambda n: f"D{n:05d}")
    name = factory.Sequence(lambda n: f"Xã Bình Thử {n}")
    short_name = factory.SelfAttribute("name")
    kind = UnitKind.COMMUNE
    valid_from = LONG_AGO
    sort_key = factory.LazyAttribute(lambda unit: sort_key(unit.name))

    @classmethod
    def _create(cls, model_class: type[Unit], *args: Any, **values: Any) -> Unit:
        parent = values.pop("parent")
        new = model_class(**values)
        if parent is None:
            unit = Unit.objects.add_root(instance=new)
        else:
            # treebeard numbers a child by what the parent row says, so the parent is read anew.
            unit = Unit.objects.add_child(Unit.objects.get(pk=parent.pk), instance=new)
        return Unit.objects.get(pk=unit.pk)


class EmulationBlockFactory(DjangoModelFactory):
    class Meta:
        model = EmulationBlock

    code = factory.Sequence(lambda n: f"K{n}")
    name = factory.Sequence(lambda n: f"Khối thi đua số {n}")


class BlockMembershipFactory(DjangoModelFactory):
    class Meta:
        model = BlockMembership

    block = factory.SubFactory(EmulationBlockFactory)
    unit = factory.SubFactory(UnitFactory)
    year = 2023


class UserFactory(DjangoModelFactory):
    """A person; `roles` is a list of (role, scope unit)."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"nguoi{n}")
    full_name = factory.Sequence(lambda n: f"Nguyễn Văn Thử {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@thidua.example")
    password = factory.django.Password(PASSWORD)
    home_unit = None

    @factory.post_generation
    def roles(self, create: bool, given: Iterable[tuple[str, Unit]] | None, **_more: Any) -> None:
        RoleAssignment.objects.bulk_create(
            RoleAssignment(user=self, role=role, unit=unit, valid_from=LONG_AGO) for role, unit in given or ()
        )


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    code = factory.Sequence(lambda n: f"CT{n}")
    unit = factory.SubFactory(UnitFactory, kind=UnitKind.DISTRICT)
    name = "Xây dựng và nhân rộng điển hình tiên tiến"
    plan_number = "197/KH-UBND"
    plan_date = datetime.date(2021, 9, 22)
    issuer = "UBND huyện"
    starts = datetime.date(2021, 1, 1)
    ends = datetime.date(2025, 12, 31)


class MovementFactory(DjangoModelFactory):
    class Meta:
        model = Movement

    code = factory.Sequence(lambda n: f"PT{n}")
    name = factory.Sequence(lambda n: f"Phong trào thi đua {n}")
    state = "launched"
    is_reference = True
    search_text = factory.LazyAttribute(lambda movement: search_key(movement.name))


class FieldFactory(DjangoModelFactory):
    class Meta:
        model = Field
        django_get_or_create = ("code",)

    code = "KT"
    name = "Phát triển kinh tế"
    short_name = "Kinh tế"


class SubFieldFactory(DjangoModelFactory):
    class Meta:
        model = SubField

    field = factory.SubFactory(FieldFactory)
    name = factory.Sequence(lambda n: f"Trồng thanh long {n}")


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion
        django_get_or_create = ("code",)

    code = "C1"
    label = "Gương mẫu"
    quote = "Gương mẫu chấp hành chủ trương, chính sách."
    evidence_hint = "Ví dụ: giấy khen năm 2022."
    position = 1


def complete_fields(kind: str = SubjectKind.INDIVIDUAL) -> dict[str, Any]:
    """Content with which a record of `kind` may be sent, all but its name, claims and achievements."""
    common = {
        "title": "Cứu hai em nhỏ đuối nước",
        "field": FieldFactory(),
        "hamlet": "Ấp Bình Trinh",
        "phone": "0987654321",
        "proposed_by": "Hội Nông dân xã",
        "happened_on": datetime.date(2023, 5, 3),
        "model_owner": "Tổ hợp tác Bình An",
        "model_start_year": 2019,
        "model_scale": "24 hộ tham gia",
        "summary": "Nghe tiếng kêu cứu, anh lao xuống kinh đưa hai em lên bờ.",
        "context": "Kinh sâu, nước chảy xiết.",
        "deeds": "Bơi ra giữa dòng, đưa từng em vào bờ.",
        "results": "Hai em đều an toàn.",
        "causes": "Biết bơi và bình tĩnh.",
        "measures": "Mở lớp dạy bơi.",
        "lessons": "Dạy bơi cho trẻ em ở ấp.",
    }
    own = {
        SubjectKind.INDIVIDUAL: {
            "gender": "male",
            "birth_year": 1975,
            "birth_date": datetime.date(1975, 9, 22),
            "occupation": "Nông dân",
        },
        SubjectKind.COLLECTIVE: {"head_name": "Lê Thị Mười", "founded_year": 2015, "member_count": 24},
        SubjectKind.HOUSEHOLD: {"head_name": "Trần Văn Tư", "spouse_name": "Lê Thị Năm", "member_count": 5},
    }
    return common | own[SubjectKind(kind)]


#: State → the steps that lead to it from a draft.
WAYS: dict[str, tuple[str, ...]] = {
    State.DRAFT: (),
    State.SUBMITTED: ("submit",),
    State.IN_REVIEW: ("submit", "take"),
    State.RETURNED: ("submit", "return"),
    State.RECOGNISED: ("submit", "recognise"),
    State.REJECTED: ("submit", "reject"),
    State.REVOKED: ("submit", "recognise", "revoke"),
    State.ENDED: ("submit", "recognise", "end"),
}


def do_step(name: str, exemplar: Exemplar, by: User) -> None:
    """Take one step of the life of an exemplar through its service, with what the service asks for."""
    due = clock.today() + datetime.timedelta(days=7)
    steps: dict[str, Any] = {
        "submit": (services.submit_exemplar, {}),
        "resubmit": (services.resubmit_exemplar, {}),
        "withdraw": (services.withdraw_exemplar, {}),
        "take": (services.take_exemplar, {}),
        "recognise": (services.recognise_exemplar, {"answers": ALL_YES}),
        "return": (services.return_exemplar, {"comments": {"summary": "Ghi rõ ngày xảy ra."}, "due": due}),
        "reject": (services.reject_exemplar, {"reason": "Việc làm chưa có xác nhận."}),
        "withdraw_consent": (services.withdraw_consent, {}),
        "end": (services.end_exemplar, {"reason": "Người được giới thiệu chuyển nơi ở."}),
        "undo": (services.undo_decision, {}),
        "hold": (services.hold_exemplar, {"reason": "Đang có đơn phản ánh."}),
        "release": (services.release_exemplar, {"reason": "Đã có kết luận, không vi phạm."}),
        "amend": (amend, {}),
        "promote": (services.promote_exemplar, {"category": Category.EXEMPLAR}),
        "revoke": (services.revoke_exemplar, {"reason": "Khai không đúng.", "paper": "12/QĐ-UBND ngày 1/6/2023"}),
    }
    service, more = steps[name]
    service(exemplar=exemplar, by=by, **more)


def ask_for_change(exemplar: Exemplar, by: User, **changes: str) -> ChangeRequest:
    """Ask to change a recognised record, as the officer's form would."""
    form = ExemplarForm(exemplar=exemplar)
    posted = {name: "on" if value is True else value for name, value in form.initial.items()}
    wanted = QueryDict(mutable=True)
    wanted.update({n: str(v) for n, v in {**posted, **changes}.items() if v not in (None, "", False)})
    return services.ask_for_change(
        exemplar=exemplar,
        by=by,
        posted=wanted.urlencode(),
        reason="Bổ sung số liệu.",
        seen_version=exemplar.version,
    )


def amend(exemplar: Exemplar, by: User) -> None:
    """Apply the open request, as the reviewer's button would."""
    change = open_change(exemplar)
    if change is None:
        raise WorkflowError(EXEMPLAR_WORKFLOW.check("amend", exemplar, by).reason)
    proposal = read_proposal(change)
    assert proposal.data is not None
    services.apply_change(change=change, by=by, data=proposal.data, seen_mark=proposal.mark)


class ExemplarFactory(DjangoModelFactory):
    """An exemplar of `unit`, written by `officer` and judged by `reviewer`, brought to `state` by the services.

    Complete unless `bare=True`; `private_look` and files are for the test to add.
    """

    class Meta:
        model = Exemplar

    class Params:
        collective = factory.Trait(subject_kind=SubjectKind.COLLECTIVE, full_name="Tổ hợp tác Thanh long Bình Nhì")
        household = factory.Trait(subject_kind=SubjectKind.HOUSEHOLD, full_name="Hộ ông Trần Văn Tư")
        good_deed = factory.Trait(category=Category.GOOD_DEED)

    full_name = factory.Sequence(lambda n: f"Nguyễn Văn Gương {n}")
    category = Category.EXEMPLAR
    subject_kind = SubjectKind.INDIVIDUAL
    state = State.DRAFT
    bare = False
    reviewer: Any = None

    @classmethod
    def _create(cls, model_class: type[Exemplar], *args: Any, **values: Any) -> Exemplar:
        state, bare, reviewer = values.pop("state"), values.pop("bare"), values.pop("reviewer")
        officer, unit = values.pop("officer"), values.pop("unit")
        kind = {name: values.pop(name) for name in ("category", "subject_kind")}
        exemplar = services.create_draft(unit=unit, by=officer, fields={"full_name": values["full_name"]}, **kind)
        if not bare:
            fill(exemplar, officer, **values)
        elif len(values) > 1:
            save(exemplar, officer, values)
        for step in WAYS[state]:
            do_step(step, exemplar, officer if step == "submit" else reviewer)
        return exemplar


def fill(exemplar: Exemplar, by: User, **fields: Any) -> None:
    """Write content with which the record may be sent."""
    save(
        exemplar,
        by,
        complete_fields(exemplar.subject_kind) | fields,
        claims={CriterionFactory().pk: (True, "Được xã tặng giấy khen năm 2022")},
        achievements=[AchievementInput("Cứu hai người", Decimal(2), "người", "Tháng 5/2023")],
    )


def save(exemplar: Exemplar, by: User, fields: dict[str, Any], **more: Any) -> None:
    """Save `fields` as the officer would."""
    data = DraftInput(fields=fields, **more)
    services.save_draft(exemplar=exemplar, by=by, data=data, seen_version=exemplar.version)


def many_exemplars(count: int, *, unit: Unit, officer: User, reviewer: User, state: str) -> list[Exemplar]:
    """Rows in bulk for tests of size; only there, because no service made them."""
    now, today, activity = clock.now(), clock.today(), FieldFactory()
    evidence: dict[str, Any] = {}
    if state != State.DRAFT:
        evidence |= {"submitted_at": now, "submitted_by": officer, "review_due": today}
    if state == State.RECOGNISED:
        evidence |= {"decided_at": now, "decided_by": reviewer, "recognised_on": today, "consent_publish": True}
        evidence |= {"consent_on": today, "is_representative": True, "fits_unit": True, "is_replicable": True}
    rows = Exemplar.objects.bulk_create(
        Exemplar(
            state=state,
            unit=unit,
            field=activity,
            full_name=f"Nguyễn Văn Đông {number}",
            title=f"Việc tốt số {number}",
            sort_key=name_sort_key(f"Nguyễn Văn Đông {number}"),
            registered_by=officer,
            registered_on=today,
            saved_at=now,
            saved_by=officer,
            **evidence,
        )
        for number in range(count)
    )
    ExemplarSearch.objects.bulk_create(
        ExemplarSearch(exemplar=row, sent_name=row.full_name, sent_title=row.title, **_searched(row)) for row in rows
    )
    area = area_of(unit)
    SubjectName.objects.bulk_create(
        name for row in rows for sent in (False, True) for name in name_rows(row, area, sent=sent)
    )
    return rows


def _searched(row: Exemplar) -> dict[str, str]:
    text = search_key(f"{row.full_name} {row.title}")
    return {"text": text, "sent_text": text, "public_text": text}


def photo_upload(name: str = "anh.jpg", colour: str = "green", size: tuple[int, int] = (64, 48)) -> SimpleUploadedFile:
    """A real small photo as a browser sends it."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")


def scan_upload(name: str = "xac-nhan.png", colour: str = "white") -> SimpleUploadedFile:
    """A scanned paper, for the place of documents."""
    content = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/png")


def add_files(exemplar: Exemplar, by: User) -> tuple[Attachment, Attachment]:
    """A photo and a document."""
    photo = services.add_photo(exemplar=exemplar, by=by, upload=photo_upload())
    Attachment.objects.filter(pk=photo.pk).update(people=PeopleShown.NOBODY, caption="Ảnh minh họa")
    return photo, services.add_document(exemplar=exemplar, by=by, upload=scan_upload())


#: Roles that hold the whole district.
DISTRICT_ROLES = (
    Role.REVIEWER,
    Role.INTERIOR_HEAD,
    Role.CLERK,
    Role.COUNCIL_MEMBER,
    Role.LEADER,
    Role.EDITOR,
    Role.ADMINISTRATOR,
)


@dataclass
class World:
    """A district with two communes and somebody in every role, and a neighbouring district with its own people.

    `people` names them by role: "officer" and "unit_leader" of commune A, the others over the district, "nobody"
    with an account and no role; the same with "other_" before it are of commune B or of the neighbouring district.
    """

    district: Unit
    commune_a: Unit
    commune_b: Unit
    office: Unit
    far_district: Unit
    far_commune: Unit
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def exemplar(self, state: str = State.DRAFT, **more: Any) -> Exemplar:
        """An exemplar of commune A in `state`, sent by its officer and judged by the reviewer."""
        given = {"unit": self.commune_a, "officer": self.people["officer"], "reviewer": self.people["reviewer"]}
        return ExemplarFactory(state=state, **{**given, **more})

    def in_commune_b(self, state: str = State.DRAFT, **more: Any) -> Exemplar:
        """The same of commune B."""
        return self.exemplar(state, unit=self.commune_b, officer=self.people["other_officer"], **more)


def make_world() -> World:
    """Build the world: two districts, three communes and their people."""
    province = UnitFactory(name="Tỉnh Thử", kind=UnitKind.PROVINCE)
    district = UnitFactory(parent=province, name="Huyện Thử", kind=UnitKind.DISTRICT)
    far_district = UnitFactory(parent=province, name="Huyện Khác", kind=UnitKind.DISTRICT)
    world = World(
        district=district,
        commune_a=UnitFactory(parent=district, name="Xã Bình An"),
        commune_b=UnitFactory(parent=district, name="Xã Đồng Thạnh"),
        office=UnitFactory(parent=district, name="Phòng Nội vụ", kind=UnitKind.DEPARTMENT),
        far_district=far_district,
        far_commune=UnitFactory(parent=far_district, name="Xã Xa"),
    )
    for name, home, scope in _places(world):
        role = name.removeprefix("other_")
        roles = [] if role == "nobody" else [(role, scope)]
        world.people[name] = UserFactory(username=name, home_unit=home, roles=roles)
    world.people["colleague"] = UserFactory(
        username="colleague", home_unit=world.office, roles=[(Role.REVIEWER, district)]
    )
    return world


class WorldStock:
    """The world built once in a process; later tests get its rows by one INSERT a table instead of eighty statements.

    Keys stay as they were when it was built: no sequence gives them out a second time.
    """

    def __init__(self) -> None:
        self._built: tuple[World, list[Unit], list[RoleAssignment]] | None = None

    def lay_down(self) -> World:
        """Put the world into the database and return it, in objects that no other test has touched."""
        if Unit.objects.exists():
            return make_world()
        if self._built is None:
            world = make_world()
            self._built = copy.deepcopy((world, list(Unit.objects.all()), list(RoleAssignment.objects.all())))
            return world
        world, units, roles = copy.deepcopy(self._built)
        Unit.objects.bulk_create(units)
        User.objects.bulk_create(world.people.values())
        RoleAssignment.objects.bulk_create(roles)
        return world


def _places(world: World) -> Iterable[tuple[str, Unit, Unit]]:
    for role in (Role.OFFICER, Role.UNIT_LEADER):
        yield role.value, world.commune_a, world.commune_a
        yield f"other_{role.value}", world.commune_b, world.commune_b
    for role in DISTRICT_ROLES:
        yield role.value, world.office, world.district
        if role in (Role.REVIEWER, Role.INTERIOR_HEAD, Role.LEADER):
            yield f"other_{role.value}", world.far_district, world.far_district
    yield "nobody", world.commune_a, world.commune_a
