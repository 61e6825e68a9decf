"""Run as a program by `core.files.pdf_pages`: prints how many pages the PDF on its standard input has.

It is a process of its own because a PDF can be made to take a reader's time and memory; both are bounded first.
"""

from __future__ import annotations

import resource
import sys

SECONDS = 4
MEMORY = 400 * 1024 * 1024


def main() -> None:
    """Bound this process, read, print."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from pypdf import PdfReader

    sys.stdout.write(str(len(PdfReader(open(0, "rb")).pages)))  # noqa: SIM115 - standard input, closed with the process


if __name__ == "__main__":
    main()
