from .filters import ExemplarFilter
from .register import ExemplarForm
from .requests import (
    AskConfirmationForm,
    ChangeReasonForm,
    ConfirmationForm,
    DeclineChangeForm,
    HoldForm,
    PromoteForm,
    ReleaseForm,
    ReviewSettingsForm,
    StockRemarkForm,
)
from .review import BulkReturnForm, DoubtForm, EndForm, RecogniseForm, RejectForm, ReturnForm, RevokeForm
from .start import KindForm, StartForm

__all__ = [
    "AskConfirmationForm",
    "BulkReturnForm",
    "ChangeReasonForm",
    "ConfirmationForm",
    "DeclineChangeForm",
    "DoubtForm",
    "EndForm",
    "ExemplarFilter",
    "ExemplarForm",
    "HoldForm",
    "PromoteForm",
    "KindForm",
    "RecogniseForm",
    "RejectForm",
    "ReleaseForm",
    "ReturnForm",
    "ReviewSettingsForm",
    "RevokeForm",
    "StartForm",
    "StockRemarkForm",
]
