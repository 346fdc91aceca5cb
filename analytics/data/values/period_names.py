"""Words for weeks, months, years and fiscal years, in the languages in which columns are named."""

from __future__ import annotations

import re

from analytics.data.values.header_names import normal_name

__all__ = [
    "DAY_NAMES",
    "ENGLISH_MONTHS",
    "FISCAL_MARK",
    "MONTH_NAMES",
    "WEEK_MARK",
    "YEAR_NAMES",
    "says_calendar",
    "says_day",
    "says_fiscal",
    "says_month",
    "says_part_of_date",
    "says_period",
    "says_week",
    "says_year",
]


def _words(listed: str) -> frozenset[str]:
    return frozenset(normal_name(word) for word in listed.split("|"))


_WEEKS = (
    "week|weeks|wk|cw|kw|woche|kalenderwoche|semaine|sem|semana|settimana|sett|setmana|uke|uge|vecka|v|viikko|vko|vk|tydzień|tydz|týden|tyd|týždeň|hét|hafta|săptămână"
    "|saptamana|sapt|tjedan|teden|nedelja|nädal|nedēļa|savaitė|vika|неделя|нед|тиждень|εβδομάδα|週|周|星期|주|주차|أسبوع|الأسبوع|שבוע|hafta no|isoweek"
)
YEAR_NAMES = _words(
    "year|yr|jahr|kalenderjahr|calendar year|année|annee|an|ano|año|anno|jaar|rok|ár|år|year id|yil|yıl|vuosi|év|an calendaristic|godina|leto|aasta|gads|metai|год|рік|έτος"
    "|年|年度|년|سنة|السنة|שנה|iso year|isoyear|week year|isojahr|any"
)
#: The months as sentences name them.
ENGLISH_MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)

MONTH_NAMES = _words(
    "month|monat|kalendermonat|calendar month|month number|month no|month nr|month id|mois|mes|mês|mese|maand|miesiąc|měsíc|mesiac|maned|måned|månad|ay|kuukausi|kk|hónap"
    "|lună|luna|mjesec|kuu|mēnesis|mėnuo|месяц|місяць|μήνας|月|월|شهر|الشهر|חודש|period|periode|période|período|periodo|okres|období"
)
DAY_NAMES = _words(
    "day|tag|jour|dia|día|giorno|dag|dzień|den|deň|day of month|gün|päivä|nap|zi|dan|päev|день|ημέρα|日|일|يوم"
)
_WEEK_WORDS = _words(_WEEKS)
_FISCAL_WORDS = _words(
    "fiscal|fy|gj|financial|geschäftsjahr|geschäftsperiode|wirtschaftsjahr|exercice|ejercicio|esercizio|exercício|boekjaar|regnskabsår|regnskapsår"
)
_FISCAL_LONG = (
    "fiscal", "geschafts", "wirtschaftsjahr", "boekjaar", "regnskab", "regnskap", "rakenskap", "tilikausi", "rachunkow", "obrotow", "hospodarsky rok", "会計", "财年", "財年",
)  # fmt: skip
_MONTH_WORDS = MONTH_NAMES - _words("period|periode|période|período|periodo|okres|období")
_PERIOD_WORDS = _words(
    "period|periode|période|período|periodo|okres|období|bucket|time bucket|interval|zeitraum|time|perioda|kausi|időszak|период|期間|期间|기간|الفترة"
)
#: compounds in which a word for week or month stands at one end
_WEEK_ENDS = ("woche", "wochen", "week", "weeknr", "semaine", "vecka", "viikko")
_WEEK_STARTS = (
    "week",
    "woche",
    "semaine",
    "semana",
    "settimana",
    "kalenderwoche",
    "ukenr",
    "ugenr",
    "viikko",
)
_WEEK_DAYS = ("weekday", "weekend", "weekly", "wochentag", "wochenende", "wochentlich")
_MONTH_ENDS = ("monat", "month", "maand", "kuukausi")

#: a word for week beside a number, in a text without accents and capitals
WEEK_MARK = (
    "(?:"
    + "|".join(
        sorted(
            {re.escape(word) for word in (*_WEEK_WORDS, "w", "s") if " " not in word and word not in ("vk",)},
            key=len,
            reverse=True,
        )
    )
    + ")"
)
#: a word for fiscal year before its number
FISCAL_MARK = r"(?:fy|gj|fiscal year|fiscal|financial year|geschaftsjahr|exercice|ejercicio|esercizio|exercicio|boekjaar|year ending)"


def _tokens(name: str) -> list[str]:
    return normal_name(name).split()


def says_week(name: str) -> bool:
    """Whether the name of a column speaks of weeks.

    >>> [says_week(n) for n in ("Week", "KW", "Verkaufswoche", "YearWeek", "Týden", "ISO week no.", "Month", "Weekday", "Day of week")]
    [True, True, True, True, True, True, False, False, False]
    """
    tokens = _tokens(name)
    if any(t in DAY_NAMES or t.startswith(_WEEK_DAYS) for t in tokens):
        return False
    return any(t in _WEEK_WORDS or t.endswith(_WEEK_ENDS) or t.startswith(_WEEK_STARTS) for t in tokens)


def says_calendar(name: str) -> bool:
    """Whether the name of a column says that its weeks are those of the calendar.

    >>> says_calendar("ISO week"), says_calendar("KW"), says_calendar("Week")
    (True, True, False)
    """
    tokens = _tokens(name)
    return any(t in ("iso", "isoweek", "kw", "cw", "calendar") or t.startswith("kalender") for t in tokens)


def says_month(name: str) -> bool:
    """Whether the name of a column speaks of months.

    >>> says_month("Monat"), says_month("YearMonth"), says_month("Week")
    (True, True, False)
    """
    return normal_name(name) in _MONTH_WORDS or any(
        t in _MONTH_WORDS or t.endswith(_MONTH_ENDS) for t in _tokens(name)
    )


def says_period(name: str) -> bool:
    """Whether the name of a column speaks of periods without saying how long they are.

    >>> says_period("Periode"), says_period("Date")
    (True, False)
    """
    return any(t in _PERIOD_WORDS for t in _tokens(name)) and not says_week(name) and not says_month(name)


def says_fiscal(name: str) -> bool:
    """Whether the name of a column speaks of fiscal years.

    >>> says_fiscal("Fiscal Period"), says_fiscal("Geschäftsjahr"), says_fiscal("FY"), says_fiscal("Year")
    (True, True, True, False)
    """
    return any(t in _FISCAL_WORDS for t in _tokens(name)) or any(
        part in normal_name(name) for part in _FISCAL_LONG
    )


def says_year(name: str) -> bool:
    """Whether the name of a column is a word for year, fiscal ones included.

    >>> says_year("Rok"), says_year("Fiscal year"), says_year("Year to date")
    (True, True, False)
    """
    plain = normal_name(name)
    return plain in YEAR_NAMES or (
        says_fiscal(name)
        and not (says_week(name) or says_month(name) or says_period(name))
        and (len(plain.split()) <= 2)
    )


def says_day(name: str) -> bool:
    """Whether the name of a column is a word for day.

    >>> says_day("Tag"), says_day("Day of month"), says_day("Date")
    (True, True, False)
    """
    return normal_name(name) in DAY_NAMES


_PARTS = _words(
    "weekday|weekday name|day name|day of week|day of the week|dayofweek|day of year|hour|quarter|qtr|holiday|weekend|is weekend|is holiday|wochentag|stunde|quartal|feiertag"
    "|jour de la semaine|jour semaine|heure|trimestre|dia de la semana|dia semana|hora|giorno della settimana|ora|trimestre|dia da semana|dag van de week|weekdag|uur|kwartaal"
    "|ugedag|ukedag|veckodag|time|kvartal|timme|dzien tygodnia|godzina|kwartal"
)


def says_part_of_date(name: str) -> bool:
    """Whether the name of a column is that of a part of a date: its year, month, week, day, weekday or hour.

    >>> says_part_of_date("Weekday Name"), says_part_of_date("Year"), says_part_of_date("Hour"), says_part_of_date("N02BA")
    (True, True, True, False)
    """
    plain = normal_name(name)
    return plain in _PARTS | MONTH_NAMES or says_year(name) or says_week(name) or says_day(name)
