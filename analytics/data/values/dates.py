"""Dates as people write them: read over the whole column, day-first against month-first decided by evidence or asked.

One concept: one reading of a text gives day-first, month-first, grain and form at once; the patterns, the
names of months and the evidence of a whole column are meaningless without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.data.values.letters import without_accents
from analytics.data.values.numbers import is_blank
from analytics.data.values.period_names import WEEK_MARK

__all__ = ["DateColumn", "date_column", "is_date", "period_of"]

_NAMES = {
    1: "january jan januar jaenner janner janvier janv gennaio genn gen enero ene januari janeiro styczen sty leden ledna tammikuu sijecanj jan.",
    2: "february feb februar fevrier fevr fev febbraio febb febrero februari fevereiro luty lut unor unora helmikuu",
    3: "march mar marz maerz mrz mars marzo maart mrt marco marzec brezen brezna maaliskuu mars",
    4: "april apr avril avr aprile abril abr kwiecien kwi duben dubna huhtikuu",
    5: "may mai maggio mag mayo mei maio maj kveten kvetna toukokuu",
    6: "june jun juni juin giugno giu junio junho czerwiec cze cerven cervna kesakuu",
    7: "july jul juli juillet juil luglio lug julio julho lipiec lip cervenec cervence heinakuu",
    8: "august aug aout agosto ago augustus augusti sierpien sie srpen srpna elokuu",
    9: "september sep sept septembre settembre sett set septiembre setembro wrzesien wrz zari syyskuu",
    10: "october oct oktober okt octobre ottobre ott octubre outubro out pazdziernik paz rijen rijna lokakuu",
    11: "november nov novembre noviembre novembro listopad lis listopadu marraskuu",
    12: "december dec dezember dez decembre dicembre dic diciembre desember des dezembro grudzien gru prosinec prosince joulukuu",
}
#: listopada is November in Polish and October in Croatian: it stays unread
_FURTHER_NAMES = {
    1: "stycznia ianuarie ian январь января янв ιανουαριος ιανουαριου ιαν januar ocak oca januari tammikuuta sijecnja sausio sausis janvaris jaanuar januaris",
    2: "lutego februarie февраль февраля фев φεβρουαριος φεβρουαριου φεβ subat sub helmikuuta veljace veljaca vasario februaris veebruar",
    3: "martie март марта мар μαρτιος μαρτιου μαρ marcius mart maaliskuuta ozujka ozujak kovo marts marec marca",
    4: "kwietnia aprilie апрель апреля апр απριλιος απριλιου απρ aprilis nisan nis huhtikuuta travnja travanj balandzio",
    5: "mai мая маи μαιος μαιου μαι majus mayis toukokuuta svibnja svibanj geguzes maijs maja",
    6: "czerwca iunie iun июнь июня июн ιουνιος ιουνιου ιουν junius haziran haz kesakuuta lipnja lipanj birzelio junijs juuni juna",
    7: "lipca iulie iul июль июля июл ιουλιος ιουλιου ιουλ julius temmuz tem heinakuuta srpnja srpanj liepos julijs juuli jula",
    8: "sierpnia август августа авг αυγουστος αυγουστου αυγ augusztus agustos elokuuta kolovoza kolovoz rugpjucio augusts",
    9: "wrzesnia septembrie сентябрь сентября сен сент σεπτεμβριος σεπτεμβριου σεπ szeptember eylul eyl syyskuuta rujna rujan rugsejo septembris",
    10: "pazdziernika octombrie октябрь октября окт οκτωβριος οκτωβριου οκτ ekim eki lokakuuta spalio oktobris oktoober oktobra",
    11: "noiembrie noi ноябрь ноября ноя νοεμβριος νοεμβριου νοε kasim kas marraskuuta studenoga studeni lapkricio novembris",
    12: "grudnia decembrie декабрь декабря дек δεκεμβριος δεκεμβριου δεκ aralik ara joulukuuta prosinca gruodzio decembris detsember",
}
MONTHS = {
    name.rstrip("."): month
    for table in (_FURTHER_NAMES, _NAMES)
    for month, names in table.items()
    for name in names.split()
}

_ISO = (
    r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?$"
)
_TIME = re.compile(
    r"(?:[ T,]\s*|^)\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s*[ap]\.?m\.?)?(?:\s*(?:Z|UTC|GMT|CES?T|MES?Z|E[SD]T|P[SD]T|C[SD]T|BST|[+-]\d{2}:?\d{2}))?$",
    re.IGNORECASE,
)
_YMD = re.compile(r"^(\d{4})[-/. ]\s?(\d{1,2})[-/. ]\s?(\d{1,2})$")
#: year, month and day in Chinese, Japanese and Korean
_EAST = re.compile(r"\s*[年月日년월일]\s*")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_TRIPLE = re.compile(r"^(\d{1,2})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{4}|\d{2})$")
_DAY_NAME = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th)?\.?[-/ ]?\s?(?:de |of )?([^\W\d_]+)\.?[-/, ]?\s?(?:de )?'?(\d{4}|\d{2})(?: ?(?:г|р)\.?)?$"
)
_NAME_DAY = re.compile(r"^([^\W\d_]+)\.?[-/ ]?\s?(\d{1,2})(?:st|nd|rd|th)?[-/, ]\s?'?(\d{4}|\d{2})$")
_YEAR_NAME_DAY = re.compile(r"^(\d{4})\.?[-/ ]([^\W\d_]+)\.?[-/ ](\d{1,2})\.?$")
_NAME_YEAR = re.compile(r"^([^\W\d_]+)\.?[-/ .,_]?\s?(?:de )?'?(\d{4}|\d{2})$")
_YEAR_NAME = re.compile(r"^'?(\d{4}|\d{2})[-/ ._]?\s?([^\W\d_]+)\.?$")
_YM = re.compile(r"^(\d{4})\s?[-/._ ]?\s?[mMpP]?(\d{1,2})$")
_MY = re.compile(r"^[mM]?(\d{1,2})[-/._ ](\d{4})$")
_WEEK = re.compile(
    rf"^(\d{{4}})\s?[-/._ ]?\s?{WEEK_MARK}\.?\s?[-_ ]?(\d{{1,2}})(?:-?([1-7]))?$", re.IGNORECASE
)
_WEEK_YEAR = re.compile(
    rf"^{WEEK_MARK}\.?\s?[-_ ]?(\d{{1,2}})\s?[-/._, ]\s?(?:of |de |del |di |van |av )?'?(\d{{4}}|\d{{2}})$",
    re.IGNORECASE,
)
_QUARTER_NAMED = re.compile(
    r"^(?:(\d)(?:\.|st|nd|rd|th|er|e|eme|o)?\s?(?:quartal|quarter|qtr|trimestre|trim|kwartaal|kwartal|kvartal|q)|(?:quartal|quarter|qtr|trimestre|kwartaal|kwartal|kvartal)\s?(\d))"
    r"\s?[-/._ ]?\s?(?:de )?'?(\d{4}|\d{2})$",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"^(\d{4})\s?[-/._ ]?\s?[qQtT](\d)$|^[qQtT](\d)\s?[-/._ ]\s?'?(\d{4}|\d{2})$")
_WEEKDAY = re.compile(
    r"^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|mie|jeu|jue|gio|ven|vie|sam|sab|dim|dom)[a-z]*\.?,? (?=\d|[a-z]{3,} ?\d)",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"^[2-6]\d{4}(?:[.,]\d+)?$")
_EPOCH = re.compile(r"^1[0-9]{9}(?:\d{3})?$")
_DIGIT = re.compile(r"\d")
_LOW, _HIGH = date(1950, 1, 1), date(2100, 12, 31)
_ZERO = date(1970, 1, 1)
#: a time of day behind a date, as in most exports; and so many distinct texts without it are no days
_CLOCK, _MOST_FORMS = r"(\d)[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$", 200_000
#: of very many texts alike but for their digits, and no week or bare number, whose first ones are no dates, none is one
_MANY_FORMS, _TRIES, _SHAPE = 5000, 12, str.maketrans("123456789", "000000000")
_MAY_BE_WEEK = re.compile(
    rf"(?i)^[^a-z]*$|^\D*{WEEK_MARK}\D*\d|\d\D{{0,3}}{WEEK_MARK}\W*\d|(?:^|[\d\W])[qtmp]\W{{0,2}}\d|\d\W?[qtmp](?:\W|$|\d)"
)
NAT = np.iinfo(np.int64).min


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (1900 if year >= 70 else 2000)


def _day(year: int, month: int, day: int) -> int:
    try:
        found = date(year, month, day)
    except (ValueError, OverflowError):
        return NAT
    return (found - _ZERO).days if _LOW <= found <= _HIGH else NAT


def _plain(text: str) -> str:
    return without_accents(text).lower().replace("ı", "i")


def _month(name: str) -> int:
    plain = _plain(name).rstrip(".")
    return MONTHS.get(plain, 0)


def _read(text: str, serials: bool, with_time: bool = True) -> tuple[int, int, str, str]:
    """(day if day-first, day if month-first, form, grain); NAT where unreadable."""
    text = (
        text.strip()
        .strip("'")
        .replace("\u00a0", " ")
        .replace("\u2013", "-")
        .replace("\u2010", "-")
        .replace("\u2011", "-")
    )
    if not text:
        return NAT, NAT, "", ""
    if not text.isascii() and _EAST.search(text):
        text = _EAST.sub("-", text).strip(" -")
    match = _YMD.match(text)
    if match:
        day = _day(int(match[1]), int(match[2]), int(match[3]))
        return day, day, "year first", "D"
    match = _TRIPLE.match(text)
    if match:
        a, b, year = int(match[1]), int(match[2]), _year(match[3])
        first, second = _day(year, b, a), _day(year, a, b)
        if first == NAT and second == NAT and len(match[3]) == 2 and a > 31:
            day = _day(_year(match[1]), b, int(match[3]))
            return day, day, "year first", "D"
        return first, second, "numeric", "D"
    match = _COMPACT.match(text)
    if match:
        day = _day(int(match[1]), int(match[2]), int(match[3]))
        if day == NAT:
            first, second = (
                _day(int(text[4:]), int(text[2:4]), int(text[:2])),
                _day(int(text[4:]), int(text[:2]), int(text[2:4])),
            )
            return first, second, "numeric", "D"
        return day, day, "compact", "D"
    plain = text if text.isascii() else _plain(text)
    match = _WEEK.match(plain) or _WEEK_YEAR.match(plain)
    if match:
        written, week = (match[1], match[2]) if match.re is _WEEK else (match[2], match[1])
        weekday = int(match[3]) if match.re is _WEEK and match[3] else 1
        try:
            found = date.fromisocalendar(_year(written), int(week), weekday)
        except ValueError:
            return NAT, NAT, "", ""
        day = (found - _ZERO).days if _LOW <= found <= _HIGH else NAT
        return day, day, "week", "D" if match.re is _WEEK and match[3] else "W"
    match = _QUARTER.match(text)
    if match:
        written, quarter = (match[1], match[2]) if match[1] else (match[4], match[3])
        day = _day(_year(written), 3 * int(quarter) - 2, 1) if 1 <= int(quarter) <= 4 else NAT
        return day, day, "quarter", "Q"
    match = _QUARTER_NAMED.match(text)
    if match:
        quarter = int(match[1] or match[2])
        day = _day(_year(match[3]), 3 * quarter - 2, 1) if 1 <= quarter <= 4 else NAT
        return day, day, "quarter", "Q"
    match = _YM.match(text)
    if match and 1 <= int(match[2]) <= 12 and (len(text) != 5 or not text.isdigit()):
        day = _day(int(match[1]), int(match[2]), 1)
        if day != NAT:
            return day, day, "month", "M"
    match = _MY.match(text)
    if match:
        day = _day(int(match[2]), int(match[1]), 1)
        return day, day, "month", "M"
    for pattern, y, m, d in ((_DAY_NAME, 3, 2, 1), (_NAME_DAY, 3, 1, 2), (_YEAR_NAME_DAY, 1, 2, 3)):
        match = pattern.match(text)
        if match and _month(match[m]):
            day = _day(_year(match[y]), _month(match[m]), int(match[d]))
            return day, day, "month name", "D"
    for pattern, y, m in ((_NAME_YEAR, 2, 1), (_YEAR_NAME, 1, 2)):
        match = pattern.match(text)
        if match and _month(match[m]):
            day = _day(_year(match[y]), _month(match[m]), 1)
            return day, day, "month", "M"
    if serials and _SERIAL.match(text):
        found = date(1899, 12, 30) + timedelta(days=int(text[:5]))
        day = (found - _ZERO).days
        return day, day, "serial", "D"
    if serials and _EPOCH.match(text):
        day = int(text[:10]) // 86400
        return day, day, "epoch", "D"
    if with_time:
        shorter = _TIME.sub("", text, count=1).strip().rstrip(",")
        if shorter and shorter != text:
            bare = _read(shorter, serials, False)
            return bare if bare[2] else _read(_WEEKDAY.sub("", shorter, count=1), serials, False)
        shorter = _WEEKDAY.sub("", text, count=1)
        if shorter != text:
            return _read(shorter, serials, True)
        if re.match(r"^\d{8}T?\d{4,6}Z?$", text):
            return _read(text[:8], serials, False)
        if text.endswith(".0"):
            return _read(text[:-2], serials, False)
    return NAT, NAT, "", ""


@lru_cache(maxsize=131072)
def is_date(text: str, serials: bool = False) -> bool:
    """Whether a text reads as a date or period.

    >>> [is_date(t) for t in ("27/07/2012", "2012-W05", "Jan-12", "20120127", "27. Juli 2012", "A-12", "12.5")]
    [True, True, True, True, True, False, False]
    """
    if not 4 <= len(text.strip()) <= 48 or not _DIGIT.search(text):
        return False
    first, second, _, _ = _read(text, serials)
    return first != NAT or second != NAT


@lru_cache(maxsize=16384)
def period_of(text: str) -> tuple[str, str]:
    """ISO day and grain (D, W, M, Q) of a date or period whose order is not in doubt, else ("", "").

    >>> period_of("2012-W05"), period_of("Jan-12"), period_of("3/4/2012")
    (('2012-01-30', 'W'), ('2012-01-01', 'M'), ('', ''))
    """
    if len(text) > 48 or not _DIGIT.search(text):
        return "", ""
    first, second, _, grain = _read(text, False)
    if first == second == NAT or (NAT not in (first, second) and first != second):
        return "", ""
    return (_ZERO + timedelta(days=max(first, second))).isoformat(), grain


@dataclass(frozen=True, eq=False)
class DateColumn:
    """Distinct texts read as dates, both ways: arrays over the distinct values.

    `day_first` and `month_first` are datetime64[D] (NaT unreadable that way); they are equal where the text leaves no doubt.
    `only_day_first` counts texts readable one way only, `undecided` texts that read as two different days.
    """

    day_first: NDArray[np.datetime64]
    month_first: NDArray[np.datetime64]
    blank: NDArray[np.bool_]
    grain: NDArray[Any]
    forms: dict[str, int]

    @property
    def only_day_first(self) -> NDArray[np.bool_]:
        """Texts that are a date with the day first alone. Shape (texts,)."""
        return ~np.isnat(self.day_first) & np.isnat(self.month_first)

    @property
    def only_month_first(self) -> NDArray[np.bool_]:
        """Texts that are a date with the month first alone. Shape (texts,)."""
        return np.isnat(self.day_first) & ~np.isnat(self.month_first)

    @property
    def undecided(self) -> NDArray[np.bool_]:
        """Texts that are a date both ways, and not the same one. Shape (texts,)."""
        return ~np.isnat(self.day_first) & ~np.isnat(self.month_first) & (self.day_first != self.month_first)

    @property
    def readable(self) -> NDArray[np.bool_]:
        """Texts that are a date one way at least. Shape (texts,)."""
        return ~np.isnat(self.day_first) | ~np.isnat(self.month_first)

    def dates(self, order: str) -> NDArray[np.datetime64]:
        """The dates read in one order: DMY or MDY."""
        return self.month_first if order == "MDY" else self.day_first


def _read_all(
    texts: NDArray[Any], serials: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any], list[str], NDArray[np.bool_]]:
    """Day if day-first, day if month-first, grain and form of every text; among very many of which hardly one of a sample is a date, none is read."""
    n = len(texts)
    first, second = np.full(n, NAT, np.int64), np.full(n, NAT, np.int64)
    grain, form = np.full(n, "", dtype=object), [""] * n
    if n <= _MOST_FORMS or sum(bool(_read(text, serials)[2]) for text in texts[:: n // 2000]) > 20:
        hopeless: dict[str, int] = {}
        for place, text in enumerate(texts):
            shape = text.translate(_SHAPE) if n > _MANY_FORMS else ""
            if hopeless.get(shape, 0) >= _TRIES:
                continue
            first[place], second[place], form[place], grain[place] = _read(text, serials)
            if shape and not form[place] and not _MAY_BE_WEEK.search(shape):
                hopeless[shape] = hopeless.get(shape, 0) + 1
    return first, second, grain, form, np.zeros(n, bool)


def date_column(values: NDArray[Any], serials: bool = True) -> DateColumn:
    """Read distinct texts as dates, both ways.

    >>> column = date_column(np.array(["27/07/2012", "7/3/2012", "2012-01-05", "n/a"], object))
    >>> column.dates("DMY").astype(str).tolist(), column.only_day_first.tolist(), column.undecided.tolist()
    (['2012-07-27', '2012-03-07', '2012-01-05', 'NaT'], [True, False, False, False], [False, True, False, False])
    """
    n = len(values)
    first, second = np.full(n, NAT, np.int64), np.full(n, NAT, np.int64)
    blank, grain = np.zeros(n, bool), np.full(n, "", dtype=object)
    forms: dict[str, int] = {}
    if n:
        texts = pc.utf8_trim_whitespace(pa.array(values, pa.string()))
        iso = pc.match_substring_regex(texts, _ISO).to_numpy(zero_copy_only=False)
        rest = np.flatnonzero(~iso)
        if iso.any():
            days = pc.utf8_slice_codeunits(texts.filter(pa.array(iso)), 0, 10)
            parsed = pc.strptime(days, "%Y-%m-%d", "s", error_is_null=True).cast(pa.date32())
            back = (
                pc.equal(pc.strftime(parsed, "%Y-%m-%d"), days)
                .fill_null(False)
                .to_numpy(zero_copy_only=False)
            )
            number = parsed.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
            where = np.flatnonzero(iso)
            good = where[back]
            first[good] = second[good] = number[back]
            outside = (first < (_LOW - _ZERO).days) | (first > (_HIGH - _ZERO).days)
            first[outside], second[outside] = NAT, NAT
            grain[good] = "D"
            forms["year first"] = len(good)
        stems, which = values[rest], None
        if len(rest) > 1000:  # timestamps differ in nearly every row, their days do not
            cut = pc.replace_substring_regex(
                texts.take(pa.array(rest)), pattern=_CLOCK, replacement=r"\1"
            ).dictionary_encode()
            stems, which = (
                np.array(cut.dictionary.to_pylist(), dtype=object),
                cut.indices.to_numpy(zero_copy_only=False),
            )
        found = _read_all(stems, serials)
        for place, form in enumerate(found[3]):
            if form:
                forms[form] = forms.get(form, 0) + 1
            elif is_blank(stems[place]):
                found[4][place] = True
        for target, source in zip(
            (first, second, grain, blank), (found[0], found[1], found[2], found[4]), strict=True
        ):
            target[rest] = source if which is None else source[which]
    return DateColumn(first.view("datetime64[D]"), second.view("datetime64[D]"), blank, grain, forms)
