from __future__ import annotations

import json

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from core.forms.merging import fingerprint, fingerprints, merge, read_fingerprints
from core.text import clean_prose

NAMES = ["title", "summary", "deeds", "sudden", "field"]
texts = st.sampled_from(["", "một", "hai", "ba", " một ", "Một\r\nhai"])
flags = st.booleans()
values = st.fixed_dictionaries(
    {"title": texts, "summary": texts, "deeds": texts, "sudden": flags, "field": st.sampled_from([None, 1, 2])}
)


def posted(form: dict) -> QueryDict:
    """What a browser sends of a form that shows `form`: a flag that is off is not sent."""
    data = QueryDict(mutable=True)
    for name, value in form.items():
        if value is True:
            data[name] = "on"
        elif value is not False:
            data[name] = "" if value is None else str(value)
    return data


def same(one: object, other: object) -> bool:
    return fingerprint(one) == fingerprint(other)


@given(opened=values, typed=values, stands=values)
def test_nothing_that_was_typed_is_lost(opened: dict, typed: dict, stands: dict) -> None:
    found = merge(posted(typed), json.loads(fingerprints(opened)), stands, NAMES)
    for name in NAMES:
        assert same(found.data.get(name), typed[name]) or same(typed[name], opened[name]), name


@given(opened=values, typed=values, stands=values)
def test_nothing_that_the_other_side_wrote_is_lost(opened: dict, typed: dict, stands: dict) -> None:
    found = merge(posted(typed), json.loads(fingerprints(opened)), stands, NAMES)
    for name in NAMES:
        kept = same(found.data.get(name), stands[name]) or same(found.conflicts.get(name), stands[name])
        assert kept or same(stands[name], opened[name]), name


@given(opened=values, typed=values, stands=values)
def test_a_conflict_is_a_field_that_both_sides_changed_differently(opened: dict, typed: dict, stands: dict) -> None:
    found = merge(posted(typed), json.loads(fingerprints(opened)), stands, NAMES)
    differing = {
        name
        for name in NAMES
        if not same(stands[name], opened[name])
        and not same(typed[name], opened[name])
        and not same(typed[name], stands[name])
    }
    assert set(found.conflicts) == differing


@given(opened=values, typed=values)
def test_without_another_save_the_posted_data_stays_as_it_is(opened: dict, typed: dict) -> None:
    found = merge(posted(typed), json.loads(fingerprints(opened)), opened, NAMES)
    assert (found.data, found.conflicts, found.taken) == (posted(typed), {}, [])


@given(typed=values, stands=values)
def test_a_form_without_fingerprints_never_overwrites_silently(typed: dict, stands: dict) -> None:
    found = merge(posted(typed), {}, stands, NAMES)
    for name in NAMES:
        overwritten = not same(stands[name], None) and not same(found.data.get(name), stands[name])
        assert not overwritten or name in found.conflicts


@given(st.text(), st.text())
def test_fingerprints_of_texts_that_clean_to_the_same_are_the_same(one: str, other: str) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (clean_prose(one) == clean_prose(other))


def test_forms_of_nothing_are_the_same_nothing() -> None:
    assert {fingerprint(value) for value in (None, "", " ", False, "\u200b")} == {""}


def test_a_stored_number_and_the_posted_text_of_it_are_the_same() -> None:
    assert fingerprint(12) == fingerprint("12")


def test_line_breaks_of_browsers_are_no_change() -> None:
    assert fingerprint("một\r\nhai") == fingerprint("một\nhai")


def test_unreadable_fingerprints_count_as_none() -> None:
    unreadable = ["", "{", "[1]", "null", "1", '"x"', "\x00", "9" * 5000]
    assert [read_fingerprints(text) for text in unreadable] == [{}] * len(unreadable)
