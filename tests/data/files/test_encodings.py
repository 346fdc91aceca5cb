"""Files in the encodings of the world's exports are read as they were written, say so, or are asked about."""

from __future__ import annotations

import pytest

from analytics.data import read_sales
from analytics.data.files.encoding import encoding_of
from analytics.errors import DataError

HEADERS = {
    "ru": (
        "Дата;Артикул;Наименование;Количество",
        ("Болт оцинкованный", "Гайка М8", "Шайба плоская", "ВИНТ"),
    ),
    "ja": ("日付;商品コード;商品名;数量", ("六角ボルト", "ナット", "ワッシャー", "小ねじ")),
    "zh": ("日期;商品编码;商品名称;数量", ("六角螺栓", "螺母", "垫圈", "小螺丝")),
    "ko": ("날짜;상품코드;상품명;수량", ("육각 볼트", "너트", "와셔", "나사")),
    "el": ("Ημερομηνία;Κωδικός;Περιγραφή;Ποσότητα", ("Βίδα", "Παξιμάδι", "Ροδέλα", "ΚΑΡΦΙ")),
    "pl": ("Data;Indeks;Nazwa;Ilość", ("Śruba", "Nakrętka żółta", "Podkładka", "Wkręt źródło")),
    "cs": ("Datum;Zboží;Název;Množství", ("Šroub", "Matice žlutá", "Podložka", "Těsnění řady")),
    "hu": (
        "Dátum;Cikkszám;Megnevezés;Mennyiség",
        ("Hatlapú csavar", "Rögzítőgyűrű", "Alátét", "Szőtt tömlő"),
    ),
    "tr": (
        "Tarih;Ürün kodu;Açıklama;Miktar",
        ("Altı köşe cıvata", "Yaylı rondela", "Somun", "Bağlantı başlığı"),
    ),
    "de": (
        "Datum;Artikel;Bezeichnung;Menge",
        ("Schraube größer", "Mutter", "Unterlegscheibe für Öl", "Dübel"),
    ),
    "fr": (
        "Date;Référence;Désignation;Quantité",
        ("Vis à tête", "Écrou", "Rondelle", "Pièce forgée où ça plaît"),
    ),
}
WRITTEN = {
    "ru": ("cp1251", "koi8-r", "cp866", "iso8859-5"),
    "ja": ("cp932", "euc-jp"),
    "zh": ("gb18030",),
    "ko": ("cp949",),
    "el": ("cp1253",),
    "pl": ("cp1250", "iso8859-2"),
    "cs": ("cp1250", "iso8859-2"),
    "hu": ("cp1250", "iso8859-2"),
    "tr": ("cp1254",),
    "de": ("cp1252", "cp850", "mac-roman"),
    "fr": ("cp1252", "cp850", "mac-roman"),
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [(language, encoding) for language, encodings in WRITTEN.items() for encoding in encodings],
)
def test_the_encoding_is_told_by_the_letters(language: str, encoding: str) -> None:
    header, names = HEADERS[language]
    text = (
        header
        + "\n"
        + "".join(f"{13 + k % 15}.01.2012;A-{k % 4};{names[k % 4]};{k % 7 + 1}\n" for k in range(60))
    )
    history = read_sales(text.encode(encoding), mapping={"quantity": header.split(";")[3]})
    assert history.quantity.sum() == sum(k % 7 + 1 for k in range(60))
    assert list(history.report.mapping.values())[:3] and set(history.report.mapping.values()) <= set(
        header.split(";")
    )
    assert (
        history.report.mapping["date"] == header.split(";")[0]
        and history.report.mapping["sku"] == header.split(";")[1]
    )
    said = [line for line in history.report.assumed if line.startswith("encoding ")]
    assert len(said) == 1 and history.report.dialect["encoding"] in said[0]
    assert text.encode(encoding).decode(history.report.dialect["encoding"]) == text


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        *((name, "cp1252") for name in (
            "Men’s shirt", "5” pipe", "A “nice” pump", "Rod – long", "Ventil „neu“", "20 °C", "Price €", "Brand™ x", "Brand® x", "½ inch", "l’été d’Éric", "Ø 5 mm", "5 × 10",
            "a … b", "à la carte", "1\u00a0000,5 €", "MÖBEL", "Ärmel",
        )),
        *((name, "cp850") for name in ("Stück", "Größe ähnlich", "20 °C", "garçon")),
        *((name, "mac-roman") for name in ("Stück", "Größe", "Men’s")),
        *((name, "cp1250") for name in ("łódź – mała", "„łódź”", "Žluť – “kůň”")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rows", [1, 300])
def test_one_sign_that_stands_in_place_is_enough(name: str, encoding: str, rows: int) -> None:
    """An otherwise plain file with an apostrophe, a dash or a quotation mark: read in a wrong encoding it would be a letter in a wrong place."""
    text = "date;sku;name;quantity\r\n" + "".join(f"2024-01-{1 + k % 28:02d};A-{k};{name};{k % 7}\r\n" for k in range(rows))  # fmt: skip
    data = text.encode(encoding)
    assert data.decode(encoding_of(data)) == text


def test_an_encoding_that_the_letters_do_not_tell_is_asked() -> None:
    noise = b"date;sku;quantity;name\n" + b"".join(
        b"2012-01-13;A%d;3;\xa5\xdf\xf0\x81\xfe\xa6\n" % k for k in range(20)
    )
    with pytest.raises(DataError) as caught:
        encoding_of(noise)
    assert (
        caught.value.problems[0].code == "encoding" and "option encoding" in caught.value.problems[0].remedy
    )
    assert read_sales(noise, encoding="cp1252").quantity.sum() == 60


def test_a_few_bytes_of_another_encoding_are_counted_and_shown() -> None:
    data = b"date;sku;quantity;name\n" + b"".join(
        "2012-01-13;A1;3;größer\n".encode("cp1252" if k == 7 else "utf-8") for k in range(30)
    )
    history = read_sales(data)
    assert history.quantity.sum() == 90 and history.report.dialect["encoding"] == "utf-8"
    assert [p.count for p in history.report.problems if p.code == "encoding"] == [2]
