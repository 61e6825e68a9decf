"""One office, training, evaluation: everything embedded, the training clock on unless switched off."""

from datetime import date

from emulation_portal import demo_accounts, env
from emulation_portal.secret import read_or_make_secret

from .base import *  # noqa: F403 - a settings module is made of its names
from .base import DATA_DIR

PORTAL_ENV = "local"
SECRET_KEY = env.read_text("SECRET_KEY") or read_or_make_secret(DATA_DIR / "secret_key")
TRAINING_DATE = env.read_date("TRAINING_DATE", date(2023, 6, 5))
DEMO_PASSWORD = demo_accounts.PASSWORD
DEMO_USERNAMES = demo_accounts.usernames(contract_only=True)
# Invented, so that the demo shows where the contact stands.
OFFICE_CONTACT = env.read_list(
    "OFFICE_CONTACT", ("Điện thoại: 0273 0000 000 (số minh họa)", "Thư: noivu@gocongtay.example")
)
