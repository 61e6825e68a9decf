import datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import formats, translation

FORMATTED = {"FORMAT_MODULE_PATH": ["core.formats"], "LANGUAGE_CODE": "vi", "USE_THOUSAND_SEPARATOR": False}


@pytest.fixture(autouse=True)
def portal_formats(settings):
    for name, value in FORMATTED.items():
        setattr(settings, name, value)
    formats.reset_format_cache()
    with translation.override("vi"):
        yield
    formats.reset_format_cache()


def shown(template, value):
    return Template(template).render(Context({"value": value}))


def test_the_day_comes_first_in_the_list_of_inputs():
    assert formats.get_format("DATE_INPUT_FORMATS")[0] == "%d/%m/%Y"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", ["DATE_INPUT_FORMATS", "DATETIME_INPUT_FORMATS"])
def test_no_input_is_read_month_first(language, name):
    with translation.override(language):
        inputs = formats.get_format(name)
    assert [spelling for spelling in inputs if "%m" in spelling and spelling.index("%m") < spelling.index("%d")] == [
        spelling for spelling in inputs if spelling.startswith("%Y-%m")
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("text", ["22/09/2021", "22/9/2021", "22-09-2021", "22.9.2021", "2021-09-22"])
def test_djangos_own_date_field_reads_vietnamese_dates(text, language):
    with translation.override(language):
        assert forms.DateField().clean(text) == datetime.date(2021, 9, 22)


def test_djangos_own_date_field_reads_five_june():
    assert forms.DateField().clean("05/06/2021") == datetime.date(2021, 6, 5)


def test_dates_and_times_are_shown_without_zeros_in_front():
    moment = datetime.datetime(2021, 9, 5, 7, 3)  # noqa: DTZ001 - only its look is tested
    assert shown("{{ value }}", moment.date()) == "5/9/2021"
    assert shown("{{ value }}", moment) == "07:03 5/9/2021"
    assert shown("{{ value|date:'SHORT_DATE_FORMAT' }}", moment) == "5/9/2021"
    assert shown("{{ value|date:'YEAR_MONTH_FORMAT' }}", moment) == "tháng 9/2021"
    assert shown("{{ value|time:'TIME_FORMAT' }}", moment) == "07:03"


def test_numbers_group_by_three_with_a_dot():
    assert formats.number_format(Decimal("1234567.5"), force_grouping=True) == "1.234.567,5"
    assert formats.get_format("NUMBER_GROUPING") == 3


def test_years_in_templates_stay_whole():
    assert shown("{{ value }}", 2021) == "2021"


def test_the_week_starts_on_monday():
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_the_portals_settings_use_these_formats():
    from emulation_portal.settings import base

    assert base.FORMAT_MODULE_PATH == ["core.formats"]
    assert base.LANGUAGE_CODE == "vi"
