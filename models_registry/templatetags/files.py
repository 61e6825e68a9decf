"""What the form's part for photos and files shows besides the record."""

from __future__ import annotations

from django import template

from core.files import limits
from core.files.refusals import size_in_words
from models_registry.enums import PeopleShown

register = template.Library()


@register.simple_tag
def file_limits() -> dict[str, int | str]:
    """The limits that the page names and the browser keeps before it sends."""
    return {
        "photos": limits.photos_a_record(),
        "documents": limits.documents_a_record(),
        "photo_bytes": limits.photo_max_bytes(),
        "document_bytes": limits.document_max_bytes(),
        "photo_size": size_in_words(limits.photo_max_bytes()),
        "document_size": size_in_words(limits.document_max_bytes()),
    }


@register.simple_tag
def people_choices() -> list[tuple[str, str]]:
    """What can be known of the people in a photo."""
    return [(value, str(label)) for value, label in PeopleShown.choices]
