import json
import logging
import logging.config

import pytest
import structlog
from django.test import Client

from core.logging import logging_settings

SECRET = "Nguyễn Thị Riêng Tư"


@pytest.fixture
def lines():
    """What the log of a production server holds, line by line."""
    handler = Keeper()
    settings = logging_settings(as_json=True, level="INFO")
    settings["handlers"]["stderr"] = {"()": lambda: handler, "formatter": "portal"}
    before = logging.getLogger().handlers[:]
    logging.config.dictConfig(settings)
    yield handler.lines
    logging.getLogger().handlers = before


class Keeper(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(json.loads(self.format(record)))


def test_a_line_holds_mark_level_and_fields(lines):
    with structlog.contextvars.bound_contextvars(request_id="a" * 32, mark="ABC234"):
        structlog.get_logger("portal.test").info("sent", count=3)
    assert lines[0]["event"] == "sent"
    assert lines[0]["count"] == 3
    assert lines[0]["mark"] == "ABC234"
    assert lines[0]["request_id"] == "a" * 32
    assert lines[0]["level"] == "info"


def test_an_exception_is_logged_by_type_and_place_without_its_text(lines):
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("anything").exception("failed")
    assert lines[0]["exception"] == "ValueError"
    assert lines[0]["frames"][-1].startswith("tests/core/test_logging.py:")
    assert SECRET not in json.dumps(lines, ensure_ascii=False)


@pytest.mark.django_db
@pytest.mark.usefixtures("probe_rows")
@pytest.mark.urls("tests.core.probe_urls")
def test_a_request_is_one_line_with_its_route_and_nothing_personal(lines):
    Client().get("/cong-khai/?tim=" + SECRET, headers={"user-agent": SECRET})
    line = next(line for line in lines if line["logger"] == "portal.request")
    assert (line["method"], line["route"], line["status"]) == ("GET", "cong-khai/", 200)
    assert SECRET not in json.dumps(lines, ensure_ascii=False)


@pytest.mark.usefixtures("probe_rows")
@pytest.mark.urls("tests.core.probe_urls")
@pytest.mark.parametrize("path", ["/loi/value/", f"/{SECRET}/"])
def test_djangos_own_lines_quote_no_path_and_no_text(lines, path):
    Client(raise_request_exception=False).get(path)
    text = json.dumps(lines, ensure_ascii=False)
    assert SECRET not in text
    assert "%E1" not in text
    assert len(lines) >= 2
    assert len({line["mark"] for line in lines}) == 1


def test_lines_of_the_queue_name_the_task_and_the_type_and_no_text(lines):
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        data = {"name": "reports.tasks.tell_digest", "id": "1", "exc": repr(error)}
        words = "Task %(name)s[%(id)s] raised unexpected: %(exc)s"
        logging.getLogger("celery.app.trace").error(words, data, exc_info=True, extra={"data": data})
    logging.getLogger("celery.worker.consumer").warning("cannot reach redis://:%s@host", SECRET)
    logging.getLogger("kombu.mixins").error("bad message %r", SECRET)
    found = [(line["event"], line.get("task"), line.get("exception")) for line in lines]
    assert found == [("task", "reports.tasks.tell_digest", "ValueError"), ("queue", None, None), ("queue", None, None)]
    assert SECRET not in json.dumps(lines, ensure_ascii=False)
