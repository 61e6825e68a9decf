#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    """Run one management command; a setting that cannot be read ends it with one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")
    # Commands (migrations, imports, backups) may take longer than a page: 300 s instead of 10 s,
    # and wait longer for a lock.
    os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "300")
    os.environ.setdefault("DATABASE_LOCK_TIMEOUT", "60")

    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
