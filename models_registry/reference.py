"""Loading of fields of activity and criteria from their data files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from models_registry.models import Criterion, Field, StockRemark, SubField
from organizations.enums import UnitKind
from organizations.models import Unit

DATA = Path(__file__).resolve().parent / "data"


def read(name: str) -> Any:
    """Content of a data file of this app."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@transaction.atomic
def load_taxonomy() -> None:
    """Make or update fields of activity, their parts and the criteria."""
    for row in read("taxonomy.json")["fields"]:
        defaults = {name: row[name] for name in ("name", "short_name", "position")}
        field, _made = Field.objects.update_or_create(code=row["code"], defaults=defaults)
        for sub in row["sub_fields"]:
            SubField.objects.update_or_create(field=field, name=sub["name"], defaults={"position": sub["position"]})
    for row in read("criteria.json")["criteria"]:
        defaults = {name: row[name] for name in ("label", "quote", "evidence_hint", "position")}
        Criterion.objects.update_or_create(code=row["code"], defaults=defaults)


@transaction.atomic
def load_stock_remarks() -> None:
    """Give each district that has no stock remarks the first six; an office that keeps its own list is left alone."""
    offices = Unit.objects.filter(kind=UnitKind.DISTRICT, stock_remarks=None)
    StockRemark.objects.bulk_create(
        StockRemark(office=office, text=text, position=position)
        for office in offices
        for position, text in enumerate(read("stock_remarks.json"), start=1)
    )
