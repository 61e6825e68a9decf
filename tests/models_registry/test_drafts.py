from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from core import clock
from core.files import FileRefused
from core.workflow import WorkflowError
from models_registry import services
from models_registry.enums import State
from models_registry.models import Attachment, Exemplar
from models_registry.services import PhotoWords
from models_registry.services.drafts import CONTENT_FIELDS, AchievementInput, DraftInput, StaleVersion
from models_registry.stored_files import forget_removed
from tests.factories import ProgrammeFactory, World, add_files, do_step, photo_upload, save, scan_upload

CLOSED = sorted(set(State.values) - {"draft", "returned"})
#: What a forged form might try to write.
FORBIDDEN = {
    "state": "recognised",
    "unit_id": 1,
    "registered_by_id": 1,
    "registered_on": "2020-01-01",
    "version": 99,
    "submitted_by_id": 1,
    "decided_by_id": 1,
    "recognised_on": "2023-01-01",
    "is_representative": True,
    "rejection_reason": "x",
    "hold_since": None,
    "hold_reason": "",
    "return_due": "2030-01-01",
    "programme_id": 1,
    "category": "good_deed",
    "subject_kind": "household",
    "sort_key": "x",
    "pk": 1,
}


def test_a_name_is_enough_for_a_draft(world: World) -> None:
    exemplar = services.create_draft(unit=world.commune_a, by=world.officer, fields={"full_name": "Lê Thị Mơ"})
    stored = Exemplar.objects.get(pk=exemplar.pk)
    assert (stored.state, stored.full_name, stored.registered_by, stored.registered_on, stored.version) == (
        "draft",
        "Lê Thị Mơ",
        world.officer,
        clock.today(),
        1,
    )


def test_a_draft_belongs_to_the_programme_of_its_day(world: World) -> None:
    programme = ProgrammeFactory()
    assert world.exemplar().programme == programme


def test_a_draft_outside_every_programme_has_none(world: World) -> None:
    ProgrammeFactory(starts="2010-01-01", ends="2015-12-31")
    assert world.exemplar().programme is None


def test_only_an_officer_over_the_unit_begins_a_draft(world: World) -> None:
    begun = set()
    for name, user in world.people.items():
        try:
            services.create_draft(unit=world.commune_a, by=user, fields={"full_name": "Lê Thị Mơ"})
        except WorkflowError:
            continue
        begun.add(name)
    assert (begun, Exemplar.objects.count()) == ({"officer"}, 1)


def test_only_an_officer_over_the_unit_saves_a_draft(world: World) -> None:
    exemplar = world.exemplar()
    saved = set()
    for name, user in world.people.items():
        try:
            save(exemplar, user, {"title": f"Của {name}"})
        except WorkflowError:
            continue
        saved.add(name)
    assert saved == {"officer"}


@pytest.mark.parametrize("state", CLOSED)
def test_a_record_that_is_not_open_is_not_saved(world: World, state: str) -> None:
    exemplar = world.exemplar(state)
    with pytest.raises(WorkflowError):
        save(exemplar, world.officer, {"title": "Sửa lén"})
    assert Exemplar.objects.get(pk=exemplar.pk).title == "Cứu hai em nhỏ đuối nước"


def test_saving_writes_nothing_but_content(world: World) -> None:
    exemplar = world.exemplar()
    before = Exemplar.objects.filter(pk=exemplar.pk).values(*FORBIDDEN).get()
    save(exemplar, world.officer, FORBIDDEN)
    after = Exemplar.objects.filter(pk=exemplar.pk).values(*FORBIDDEN).get()
    assert after == before | {"version": before["version"] + 1}


def test_beginning_a_draft_writes_nothing_but_content(world: World) -> None:
    forged = {name: value for name, value in FORBIDDEN.items() if name not in ("category", "subject_kind")}
    exemplar = services.create_draft(unit=world.commune_a, by=world.officer, fields={"full_name": "Mơ", **forged})
    stored = Exemplar.objects.get(pk=exemplar.pk)
    assert (stored.state, stored.unit, stored.version, stored.hold_reason) == ("draft", world.commune_a, 1, "")


def test_content_fields_are_exactly_what_the_unit_may_write() -> None:
    closed = {f.name for f in Exemplar._meta.concrete_fields} - CONTENT_FIELDS
    judged = {"id", "state", "unit", "programme", "registered_by", "registered_on", "version", "saved_at", "saved_by"}
    judged |= {"category", "subject_kind", "sort_key", "submitted_at", "submitted_by", "taken_at", "taken_by"}
    judged |= {"return_due", "decided_at", "decided_by", "recognised_on", "is_representative", "fits_unit"}
    judged |= {"is_replicable", "rejection_reason", "revoked_on", "revocation_reason", "revocation_paper"}
    judged |= {"ended_on", "end_reason", "hold_since", "hold_reason", "hold_by", "review_due", "promoted_from"}
    judged |= {"discarded_at", "discarded_by"}
    assert closed == judged


def test_each_save_counts_the_version_and_names_who_saved(world: World) -> None:
    exemplar = world.exemplar()
    before = exemplar.version
    save(exemplar, world.officer, {"title": "Một"})
    stored = Exemplar.objects.get(pk=exemplar.pk)
    assert (stored.version, stored.saved_by) == (before + 1, world.officer)


def test_a_save_over_another_save_is_refused_and_writes_nothing(world: World) -> None:
    exemplar = world.exemplar()
    seen = exemplar.version
    save(exemplar, world.officer, {"title": "Của người trước"})
    with pytest.raises(StaleVersion):
        services.save_draft(
            exemplar=exemplar, by=world.officer, data=DraftInput(fields={"title": "Của tôi"}), seen_version=seen
        )
    assert Exemplar.objects.get(pk=exemplar.pk).title == "Của người trước"


def test_fields_that_are_not_given_stay(world: World) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {"title": "Khác"})
    assert Exemplar.objects.get(pk=exemplar.pk).summary == "Nghe tiếng kêu cứu, anh lao xuống kinh đưa hai em lên bờ."


def test_claims_and_achievements_that_are_not_given_stay(world: World) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {"title": "Khác"})
    assert (exemplar.claims.count(), exemplar.achievements.count()) == (1, 1)


def test_achievements_are_replaced_as_a_whole_in_their_order(world: World) -> None:
    exemplar = world.exemplar()
    rows = [AchievementInput("Hai", Decimal(2), "hộ"), AchievementInput("Một")]
    save(exemplar, world.officer, {}, achievements=rows)
    assert list(exemplar.achievements.values_list("position", "description")) == [(1, "Hai"), (2, "Một")]


def test_search_follows_a_save(world: World) -> None:
    exemplar = world.exemplar()
    save(exemplar, world.officer, {"full_name": "Đặng Thị Sửa"})
    found = [Exemplar.objects.matching(words, world.officer).count() for words in ("dang sua", "guong")]
    assert found == [1, 0]


@pytest.mark.parametrize("words", ["0987654321", "22/9/1975", "1975-09-22"])
def test_private_values_cannot_be_searched_for(world: World, words: str) -> None:
    world.exemplar()
    assert Exemplar.objects.matching(words, world.officer).count() == 0


@pytest.mark.parametrize(
    "words", ["Đuối nước", "ĐUỐI NƯỚC", "duoi nuoc", "nuoc duoi", "đuô\u0301i", "Ðuối", "  hai   em ", "binh trinh"]
)
def test_search_ignores_case_accents_order_and_look_alikes(world: World, words: str) -> None:
    exemplar = world.exemplar()
    assert list(Exemplar.objects.matching(words, world.officer)) == [exemplar]


@pytest.mark.parametrize("words", ["duoi bay", "hai bon'--", "100 phan tram"])
def test_search_needs_every_word(world: World, words: str) -> None:
    world.exemplar()
    assert Exemplar.objects.matching(words, world.officer).count() == 0


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', "\x00", "[", "(", "😀"])
def test_search_by_a_sign_matches_no_other_text(world: World, sign: str) -> None:
    world.exemplar()
    assert Exemplar.objects.matching(f"khong{sign}co", world.officer).count() == 0


def test_names_are_sorted_by_the_given_name_in_vietnamese(world: World) -> None:
    for name in ("Trần Văn Đức", "Lê Thị Ánh", "Phạm Văn Dũng", "Bùi Thị An", "Võ Thị Ân"):
        world.exemplar(bare=True, full_name=name)
    names = list(Exemplar.objects.order_by("sort_key").values_list("full_name", flat=True))
    assert names == ["Bùi Thị An", "Lê Thị Ánh", "Võ Thị Ân", "Phạm Văn Dũng", "Trần Văn Đức"]


# Files


def test_a_photo_is_kept_under_a_name_of_ours(world: World) -> None:
    exemplar = world.exemplar()
    photo = services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload("../../etc/Ảnh của tôi.jpg"))
    folder, mark, name = photo.file.name.split("/")
    assert (folder, len(mark), len(name.split(".")[0]), photo.original_name) == ("exemplars", 2, 32, "Ảnh của tôi.webp")


def test_the_same_photo_is_not_kept_twice(world: World) -> None:
    exemplar = world.exemplar()
    services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload())
    with pytest.raises(FileRefused) as caught:
        services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload())
    assert caught.value.message == "“anh.jpg” đã có trong hồ sơ này nên không thêm lần nữa."


def test_a_photo_kept_under_another_name_is_refused_by_both_names(world: World) -> None:
    exemplar = world.exemplar()
    services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload())
    with pytest.raises(FileRefused) as caught:
        services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload("IMG_2041.png"))
    assert caught.value.message == ("“IMG_2041.png” giống hệt “anh.webp” đã có trong hồ sơ này nên không thêm lần nữa.")


def test_the_eleventh_photo_is_refused_with_what_to_do(world: World) -> None:
    exemplar = world.exemplar()
    for number in range(10):
        services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload(size=(20, 20 + number)))
    with pytest.raises(FileRefused) as caught:
        services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload())
    assert caught.value.message == "Hồ sơ đã đủ 10 tệp loại này. Bỏ bớt một tệp rồi thêm “anh.jpg”."


@pytest.mark.parametrize("state", CLOSED)
def test_files_are_not_added_to_a_record_that_is_not_open(world: World, state: str) -> None:
    exemplar = world.exemplar(state)
    for add, upload in ((services.add_photo, photo_upload()), (services.add_document, scan_upload())):
        with pytest.raises(WorkflowError):
            add(exemplar=exemplar, by=world.officer, upload=upload)
    assert exemplar.attachments.count() == 0


@pytest.mark.parametrize("name", ["other_officer", "unit_leader", "reviewer", "administrator"])
def test_only_the_officer_of_the_unit_adds_files(world: World, name: str) -> None:
    exemplar = world.exemplar()
    with pytest.raises(WorkflowError):
        services.add_photo(exemplar=exemplar, by=world.people[name], upload=photo_upload())


def test_a_file_that_was_never_sent_is_gone_for_good_after_a_minute(
    world: World, django_capture_on_commit_callbacks
) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    storage, names = photo.file.storage, [photo.file.name, photo.thumbnail.name]
    services.remove_attachment(attachment=photo, by=world.officer)
    found = []
    for seconds in (0, 61):
        Attachment.objects.filter(pk=photo.pk).update(undo_until=photo.undo_until - datetime.timedelta(seconds=seconds))
        with django_capture_on_commit_callbacks(execute=True):
            forget_removed()
        found.append([Attachment.objects.filter(pk=photo.pk).count(), *(storage.exists(n) for n in names)])
    assert found == [[1, True, True], [0, False, False]]


def test_a_file_that_was_sent_once_is_kept_for_its_versions(world: World) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    do_step("submit", exemplar, world.officer)
    do_step("return", exemplar, world.reviewer)
    photo.refresh_from_db()
    services.remove_attachment(attachment=photo, by=world.officer)
    stored = Attachment.objects.get(pk=photo.pk)
    Attachment.objects.update(undo_until=clock.wall_now() - datetime.timedelta(days=1))
    assert (stored.removed_at is not None, forget_removed(), stored.file.storage.exists(stored.file.name)) == (
        True,
        0,
        True,
    )


def test_captions_are_written_to_photos_of_the_record_alone(world: World) -> None:
    own, strange = world.exemplar(), world.in_commune_b()
    mine, _d = add_files(own, world.officer)
    theirs, _d = add_files(strange, world.other_officer)
    words = {mine.pk: PhotoWords(caption="Ao cá"), theirs.pk: PhotoWords(caption="Chiếm chỗ")}
    assert services.describe_photos(exemplar=own, by=world.officer, words=words) == []
    captions = list(
        Attachment.objects.filter(pk__in=[mine.pk, theirs.pk]).order_by("pk").values_list("caption", flat=True)
    )
    assert captions == ["Ao cá", "Ảnh minh họa"]


# Consent


def test_consent_can_be_withdrawn_by_the_unit_and_the_office_alone(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED, consent_publish=True, consent_on=clock.today())
    withdrawn = set()
    for name, user in world.people.items():
        try:
            services.withdraw_consent(exemplar=exemplar, by=user)
        except WorkflowError:
            continue
        withdrawn.add(name)
    # The first one withdraws it; after that there is nothing left to withdraw.
    assert withdrawn == {"officer"}


def test_withdrawn_consent_is_stored(world: World) -> None:
    exemplar = world.exemplar(State.RECOGNISED, consent_publish=True, consent_on=clock.today())
    services.withdraw_consent(exemplar=exemplar, by=world.officer)
    assert Exemplar.objects.get(pk=exemplar.pk).consent_publish is False
