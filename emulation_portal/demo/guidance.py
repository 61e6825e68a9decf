"""The demo's guidance on the June review, with who read it and one question; invented, nothing after 5/6/2023."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.guidance_letters import GUIDANCE, QUESTION
from campaigns.models import Guidance, Milestone, Programme, Question
from campaigns.services.guidance import (
    answer_question,
    ask_question,
    confirm_reading,
    publish_guidance,
    save_guidance,
)
from core import clock
from organizations.models import User

from .replaying import moment, read, settle_messages

if TYPE_CHECKING:
    from organizations.models import Unit


@transaction.atomic
def seed_guidance(units: dict[str, Unit]) -> int:
    """Make the guidance, its receipts and the question when they are not there yet; returns how many guidance rows."""
    data = read("guidance.json")
    row = data["guidance"]
    programme = Programme.objects.filter(unit=units["go-cong-tay"]).order_by("starts").first()
    if programme is None or Guidance.objects.filter(title=row["title"]).exists():
        return 0
    people = {user.username: user for user in User.objects.all()}
    author = people[row["by"]]
    fields = {name: row[name] for name in ("kind", "title", "text")}
    fields["milestone"] = Milestone.objects.filter(programme=programme, code=row["milestone"]).first()
    with clock.replay_at(moment(row["on"], 9)):
        guidance = save_guidance(guidance=Guidance(programme=programme), by=author, fields=fields)
        publish_guidance(guidance=guidance, by=author)
    for username, day in row["read_by"]:
        with clock.replay_at(moment(day, 8)):
            confirm_reading(guidance=guidance, by=people[username])
    questions = [_ask(asked, guidance, units, people) for asked in data["questions"]]
    answers = [question.published_as_id for question in questions if question.published_as_id]
    settle_messages(GUIDANCE, [guidance.pk, *answers])
    settle_messages(QUESTION, [question.pk for question in questions])
    return 1 + len(answers)


def _ask(row: dict[str, str], guidance: Guidance, units: dict[str, Unit], people: dict[str, User]) -> Question:
    with clock.replay_at(moment(row["on"], 14)):
        question = ask_question(by=people[row["by"]], unit=units[row["unit"]], text=row["text"], guidance=guidance)
    if "answer" in row:
        by, title = people[row["answered_by"]], row["publish_as"]
        with clock.replay_at(moment(row["answered_on"], 10)):
            answer_question(question=question, by=by, answer=row["answer"], publish_as=title)
    return question
