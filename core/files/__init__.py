"""Files that people send: judged by content, stored anew or as they are, handed out privately."""

from core.files import limits
from core.files.delivery import CONTENT_TYPES, private_file_response
from core.files.documents import DOCUMENT_EXTENSIONS, DocumentFile, inspect_document
from core.files.names import clean_name, content_disposition
from core.files.photos import PHOTO_EXTENSIONS, PhotoFile, Picture, inspect_photo
from core.files.refusals import FileRefused

__all__ = [
    "CONTENT_TYPES",
    "DOCUMENT_EXTENSIONS",
    "PHOTO_EXTENSIONS",
    "DocumentFile",
    "FileRefused",
    "PhotoFile",
    "Picture",
    "clean_name",
    "content_disposition",
    "inspect_document",
    "inspect_photo",
    "limits",
    "private_file_response",
]
