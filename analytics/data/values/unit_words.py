"""Units of measure by their words: pieces, packs, and the units whose size a statute states, in the languages of the reader and as codes of UN/ECE and SAP.

One concept: the table of units and the ways a cell or a header names one of them (a bare word, a count before
it, a pack of so many): every reading ends in an entry of that table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["FACTOR_HEADERS", "HEADERS", "Unit", "holds_units", "unit_of", "units_beside"]


@dataclass(frozen=True)
class Unit:
    """A unit of measure.

    `name` is one name for all its words; `kind` is what it counts (pieces, mass, length, area, volume, time, days, energy, or pack for what holds an unstated
    number); `size` is how many of the kind's first unit one of it is (piece, kilogram, metre, square metre, litre, hour, day, kilowatt hour), NaN for a pack.
    """

    name: str
    kind: str
    size: float


#: kind -> name -> (size, its words). Sizes: SI, the international pound and yard of 1959, and numbers stated by name (dozen, gross, pair).
#: What differs between countries or trades has no size: gallon, ton, ream, a day of work in hours.
_STATED: Mapping[str, Mapping[str, tuple[float, str]]] = {
    "pieces": {
        "piece": (
            1.0,
            "pc|pcs|pce|pces|piece|pieces|ea|each|eaches|unit|units|un|uni|u|no|nos|nbr|nr|numbers|stk|st|stck|stuck|stucke|stueck|stuks|stuk|styk|styck|pz|pzs|pezzo|pezzi"
            "|pza|pzas|pieza|piezas|peca|pecas|ud|uds|und|unds|unid|unids|unidad|unidades|unidade|unite|unites|unita|item|items|c62|h87|nmb|nar|szt|sztuka|sztuk|sztuki"
            "|ks|kus|kusu"
            "|kusy|kusov|db|darab|adet|ad|kappale|buc|bucata|bucati|kom|komad|komada|kos|vnt|gab|tk|шт|штука|штук|штуки|од|個|个|件|只|コ|ケ|개|点|τεμ|τεμαχιο|τεμαχια|قطعة|حبة"
            "|وحدة|عدد",
        ),
        "pair": (
            2.0,
            "pair|pairs|pr|prs|paar|paare|paire|paires|par|pares|paio|paia|para|pary|par|pari|cift|пара|пары|双|雙|켤레|ζευγος|زوج",
        ),
        "dozen": (
            12.0,
            "dozen|dozens|doz|dz|dzn|dzd|dutzend|dtz|dtzd|douzaine|douzaines|docena|docenas|dozzina|dozzine|duzia|duzias|dozijn|dusin|tucet|tuzin|tucat|duzine|дюжина|ダース"
            "|打|다스|دزينة",
        ),
        "gross": (144.0, "gross|gro|gros|grosse|gruesa|grosa|grossa|grosz"),
        "hundred": (100.0, "hundred|hundreds|hundert|centaine|ciento|centinaio|honderd|cen"),
        "thousand": (
            1000.0,
            "thousand|thousands|tausend|tsd|millar|milheiro|migliaio|duizend|kpcs|тыс шт|тысяча",
        ),
    },
    "mass": {
        "mg": (
            1e-6,
            "mg|mgm|milligram|milligrams|milligramm|milligramme|miligramo|miligramos|milligrammo|мг",
        ),
        "g": (
            1e-3,
            "g|gr|grm|gram|grams|gramm|gramme|grammes|grammo|grammi|gramo|gramos|grama|gramas|gramu|gramow|gramm|г|гр|грамм|грамма|克|グラム|그램|γρ|غرام|جرام",
        ),
        "dag": (1e-2, "dkg|deka|dekagram|dekagramm"),
        "kg": (
            1.0,
            "kg|kgs|kgm|kilo|kilos|kilogram|kilograms|kilogramm|kilogramme|kilogrammes|chilogrammo|chilogrammi|chilo|chili|kilogramo|kilogramos|quilo|quilos|quilograma"
            "|kilogramow|кг|килограмм|килограмма|千克|公斤|キログラム|キロ|킬로그램|κιλα|κιλο|κγρ|كغ|كجم|كيلو",
        ),
        "100 kg": (100.0, "dt|dtn|dezitonne|dezitonnen|quintale|quintali|ц|центнер"),
        "t": (
            1000.0,
            "t|to|tne|tonne|tonnes|tonnen|tonelada|toneladas|tonnellata|tonnellate|tona|tony|metric ton|metric tons|tonni|tonnia|т|тонна|тонн|吨|公吨|トン|톤",
        ),
        "lb": (0.45359237, "lb|lbs|lbr|pound|pounds"),
        "oz": (0.028349523125, "oz|onz|ozs|ounce|ounces"),
    },
    "length": {
        "mm": (
            1e-3,
            "mm|mmt|millimeter|millimetre|millimetres|millimeters|milimetro|milimetros|millimetro|millimetri|мм|毫米|ミリ",
        ),
        "cm": (
            1e-2,
            "cm|cmt|centimeter|centimetre|centimetres|centimeters|zentimeter|centimetro|centimetros|centimetri|см|厘米|センチ",
        ),
        "dm": (1e-1, "dm|dmt|decimeter|decimetre|dezimeter"),
        "m": (
            1.0,
            "m|mtr|mtrs|meter|meters|metre|metres|metro|metros|metri|lfm|laufmeter|laufende meter|lm|running meter|running metre|metre lineaire|metres lineaires"
            "|metro lineal|mb"
            "|metr|metry|metru|metrow|м|метр|метра|метров|пог м|米|公尺|メートル|미터|μετρα",
        ),
        "km": (1000.0, "km|kmt|kilometer|kilometre|kilometres|kilometers|kilometro|kilometros|km|км"),
        "in": (0.0254, "in|inch|inches|inh|zoll|pulgada|pulgadas|pollice|pollici"),
        "ft": (0.3048, "ft|foot|feet|fot"),
        "yd": (0.9144, "yd|yds|yrd|yard|yards"),
        "mile": (1609.344, "mile|miles|smi"),
    },
    "area": {
        "cm2": (1e-4, "cm2|cmk|sqcm|qcm"),
        "m2": (
            1.0,
            "m2|mtk|qm|sqm|sq m|sq meter|square meter|square metre|square meters|quadratmeter|metre carre|metres carres|metro cuadrado|metros cuadrados"
            "|metro quadrato|mq|kvm|м2|кв м|平方米|㎡",
        ),
        "ft2": (0.09290304, "ft2|sqft|sq ft|ftk|square foot|square feet"),
        "ha": (10_000.0, "ha|har|hectare|hectares|hektar"),
    },
    "volume": {
        "ml": (
            1e-3,
            "ml|mlt|milliliter|millilitre|millilitres|mililitro|mililitros|millilitro|cc|ccm|cm3|мл|毫升|ミリリットル",
        ),
        "cl": (1e-2, "cl|clt|centiliter|centilitre|zentiliter|centilitro"),
        "dl": (1e-1, "dl|dlt|deciliter|decilitre|deziliter|decilitro"),
        "l": (
            1.0,
            "l|lt|lts|ltr|ltrs|liter|liters|litre|litres|litro|litros|litri|litr|litry|litru|litrow|litraa|dm3|л|литр|литра|литров|升|公升|リットル|리터|λιτρα|لتر",
        ),
        "hl": (100.0, "hl|hlt|hectoliter|hectolitre|hektoliter|ettolitro|hectolitro"),
        "m3": (
            1000.0,
            "m3|mtq|cbm|cum|cubic meter|cubic metre|cubic meters|kubikmeter|raummeter|metre cube|metro cubico|mc|kbm|м3|куб м|立方米|立米",
        ),
    },
    "time": {
        "s": (
            1 / 3600,
            "s|sec|secs|second|seconds|sekunde|sekunden|seconde|secondes|segundo|segundos|secondi",
        ),
        "min": (1 / 60, "min|mins|minute|minutes|minuten|minuto|minutos|minuti|minut|minuta|мин|分"),
        "h": (
            1.0,
            "h|hr|hrs|hour|hours|hur|std|stunde|stunden|heure|heures|hora|horas|ora|ore|uur|uren|timer|timmar|tim|godz|godzina|hodina|hod|saat|час|часов|小时|時間|시간",
        ),
    },
    "days": {
        "day": (
            1.0,
            "d|day|days|tag|tage|jour|jours|dia|dias|giorno|giorni|dagen|dage|dagar|dzien|dni|den|dnu|nap|gun|день|дней|天|日|일",
        ),
        "week": (
            7.0,
            "wk|week|weeks|woche|wochen|wee|semaine|semaines|semana|semanas|settimana|settimane|weken|uge|vecka|tydzien|tyden|het|hafta|неделя|周|週",
        ),
    },
    "energy": {"Wh": (1e-3, "wh"), "kWh": (1.0, "kwh"), "MWh": (1000.0, "mwh")},
}
#: what holds an unstated number: one name -> its words
_PACKS: Mapping[str, str] = {
    "box": "box|boxes|bx|bxs|schachtel|schachteln|boite|boites|bte|caja|cajas|cj|scatola|scatole|sc|caixa|caixas|cx|doos|dozen stuks|ds|aske|aeske|ask|eske|laatikko"
    "|pudelko|krabice|krab"
    "|doboz|dob|kutu|кор|коробка|коробки|кор|箱|盒|ボックス|박스|상자|κουτι|علبة|صندوق",
    "carton": "carton|cartons|ctn|ctns|crt|ct|karton|kartons|kar|krt|cartone|cartoni|cartone|carton box|carton|cartao|kartonki|kartonov|koli|colis|collo|colli|картон|纸箱"
    "|カートン|카톤|كرتون|كرتونة",
    "case": "case|cases|cs|cse|kiste|kisten|ki|caisse|caisses|cassa|casse|kist|kasse|kasa|skrzynia|bedna|lada|kasa|ящик|ящ|ケース|케이스",
    "crate": "crate|crates|cr|kasten|cassetta|cassette|krat|lada|harasse",
    "pack": "pack|packs|pk|pks|pkg|pkgs|package|packages|pac|pak|pack size|packung|packungen|pkt|pkts|packet|packets|packchen|paket|pakete|paquet|paquets|paquete"
    "|paquetes|paq|pq|pacco|pacchi"
    "|confezione|confezioni|conf|cf|pacote|pacotes|pct|pakket|verpakking|vpe|ve|gebinde|geb|pakke|pakker|forpackning|frp|fp|paketti|opakowanie|op|opak|paczka|baleni|bal"
    "|balik|csomag|csom|paket|уп|упаковка"
    "|упак|пачка|包|パック|팩|πακετο|عبوة|رزمة",
    "bag": "bag|bags|bg|beutel|btl|tute|sachet|sachets|bolsa|bolsas|sacchetto|busta|saco|sacos|zak|zakken|pose|pase|pussi|torba|worek|sacek|zacsko|torba|мешок|пакет|袋|봉",
    "sack": "sack|sacks|sacke|sac|sacs|sacco|sacchi|pytel|zsak|cuval",
    "bottle": "bottle|bottles|bot|btls|flasche|flaschen|fl|bouteille|bouteilles|btle|botella|botellas|bottiglia|bottiglie|bott|garrafa|fles|flessen|flaske|flaska|pullo"
    "|butelka|lahev|uveg|palack|sise"
    "|бутылка|бут|瓶|本|병",
    "can": "can|cans|dose|dosen|canette|lata|latas|lattina|barattolo|blik|dase|burk|tolkki|puszka|plechovka|doboz fem|kutu teneke|банка|бан|缶|罐|캔",
    "jar": "jar|jars|glas|glaser|bocal|pot|pots|tarro|vasetto|frasco|sloik|sklenice",
    "tube": "tube|tubes|tb|tuben|tubo|tubetto|tubka|туба|支",
    "roll": "roll|rolls|rl|rll|rol|ro|rolle|rollen|rouleau|rouleaux|rlx|rollo|rollos|rotolo|rotoli|rolo|rolos|rolka|role|tekercs|rulo|рулон|рул|巻|卷|롤",
    "reel": "reel|reels|spule|spulen|bobine|bobina|bobine|spool|spools|haspel|coil|coils|szpula|civka",
    "sheet": "sheet|sheets|sht|blatt|bogen|feuille|feuilles|hoja|hojas|foglio|fogli|folha|folhas|vel|vellen|ark|arkusz|list|lap|лист|枚|张|장",
    "pallet": "pallet|pallets|plt|pal|plts|palette|paletten|palettes|palet|palets|palé|bancale|bancali|pedana|palete|palle|pall|lava|paleta|raklap|палета|паллета|поддон"
    "|托盘|パレット|팔레트",
    "bundle": "bundle|bundles|bdl|bdls|bd|bund|bunde|bundel|botte|fascio|mazo|atado|feixe|wiazka|svazek|koteg|пучок|bunch|bunches|捆|束",
    "set": "set|sets|satz|satze|jeu|jeux|juego|juegos|jgo|serie|sada|zestaw|komplet|komplets|kpl|kit|kits|keszlet|takim|набор|компл|комплект|套|セット|組|세트|conjunto|kpl",
    "tray": "tray|trays|tablett|steige|plateau|plateaux|bandeja|vassoio|talca|лоток",
    "drum": "drum|drums|dr|fass|fasser|fut|futs|bidon|bidons|tambor|fusto|fusti|vat|tonde|fat|beczka|sud|hordo|varil|бочка|barrel|barrels|bbl|桶",
    "bucket": "bucket|buckets|pail|pails|eimer|seau|seaux|cubo|secchio|balde|emmer|wiadro|kbelik|ведро",
    "canister": "canister|canisters|kanister|kan|tanica|jerrycan|kanistr|канистра",
    "layer": "layer|layers|lage|lagen|couche|capa|strato",
    "display": "display|displays|dsp|presentoir|expositor|espositore",
    "strip": "strip|strips|streifen|blister|blisters|plaquette|listek|блистер",
    "vial": "vial|vials|ampoule|ampoules|ampulle|ampullen|ampolla|fiala|амп|ампула",
    "ream": "ream|reams|ries|rame|rames|resma|risma|riem|ryza",
    "sleeve": "sleeve|sleeves|stange|stangen|hulse",
    "lot": "lot|lots|lote|los|partij",
    "gallon": "gal|gals|gallon|gallons|gll|gli|galon|galones",
    "quart": "qt|qts|quart|quarts",
    "pint": "pt|pts|pint|pints",
    "fl oz": "fl oz|floz|oza|fluid ounce|fluid ounces",
    "ton": "ton|tons|stn|ltn|short ton|long ton",
    "mt": "mt|mts",
    "container": "container|containers|conteneur|contenedor|behalter|контейнер",
    "bar": "bar|bars|rod|rods|stab|barre|barra",
}
#: further words of pieces and packs: Romanian, Croatian, Slovenian, Slovak, Ukrainian, Bulgarian, Baltic, Indonesian,
#: Vietnamese, Thai, Hebrew
_FURTHER: Mapping[str, str] = {
    "piece": "bucati|bucata|komad|komadi|kosov|kusov|бр|брой|броя|одиниця|buah|biji|cai|chiec|ชิ้น|อัน|יחידה|יחידות|יח|st|antal",
    "box": "cutie|cutii|kutija|kutije|skatla|skatle|skatule|krabica|krabice|кутия|кутии|коробок|deze|kaste|karp|dus|kotak|hop|กล่อง|קופסה",
    "carton": "bax|baxuri|karton|kartony|кашон|кашони|kartonas|kardus|thung|ลัง|קרטון|ארגז",
    "pack": "pachet|pachete|pakiranje|pak|paketa|zavoj|balenie|стек|опаковка|pakuote|iepakojums|pakk|pakend|bungkus|goi|แพ็ค|ห่อ|חבילה",
    "bag": "punga|pungi|vrecica|vrecka|vrecko|торба|maiselis|maiss|kott|kantong|tui|ถุง|שקית",
    "bottle": "sticla|sticle|boca|steklenica|flasa|пляшка|бутилка|butelis|pudele|pudel|botol|chai|ขวด|בקבוק",
    "pallet": "palete|paleta|палет|palet|raklapu|aliu|pale ta|พาเลท|משטח",
    "roll": "rola|role|zvitek|rolka|рулон|ролка|ritinys|rullis|rull|gulung|cuon|ม้วน|גליל",
    "set": "garnitura|komplet|комплект|komplektas|komplekts|bo|ชุด|סט",
}
_WORDS: dict[str, Unit] = {}
for _name, _listed in _PACKS.items():
    for _text in _listed.split("|"):
        _WORDS.setdefault(_text, Unit(_name, "pack", float("nan")))
for _kind, _named in _STATED.items():
    for _name, (_size, _listed) in _named.items():
        for _text in _listed.split("|"):
            _WORDS[_text] = Unit(_name, _kind, _size)
for _name, _listed in _FURTHER.items():
    for _text in _listed.split("|"):
        _WORDS.setdefault(
            _text, Unit(_name, "pieces", 1.0) if _name == "piece" else Unit(_name, "pack", float("nan"))
        )

#: names of columns that hold units whatever stands in them, and those that do where a word in them is known or they stand beside the quantity
HEADERS = frozenset(
    "uom|u o m|unit of measure|unit of measurement|units of measure|units of measurement|uom code|unit of measure code|unit of measure id|unit measure|measure unit"
    "|measurement unit|base unit|base uom"
    "|sales uom|sales unit|sales unit of measure|stock uom|order uom|order unit|quantity unit|qty unit|unit code|unit type|quantity uom|qty uom|product uom"
    "|product unit of measure|stock keeping unit of measure"
    "|packaging unit|selling unit|mengeneinheit|masseinheit|einheit|einheitencode|me|meh|meinh|basismengeneinheit|verkaufseinheit|verkaufsmengeneinheit|vrkme|meins|basme"
    "|mengen einheit|unite de mesure|unite mesure|unite de vente|udm"
    "|unidad de medida|unidad medida|unidad de venta|um|u m|unita di misura|unita misura|u d m|unidade de medida|unidade medida|unidade de venda|eenheid|meeteenheid"
    "|verkoopeenheid|maateenheid|enhed|maleenhed|enhet|maleenhet|mattenhet"
    "|salgsenhet|salgsenhed|yksikko|mittayksikko|myyntiyksikko|jednostka|jednostka miary|jm|j m|j miary|jedn|jedn miary|merna jednotka|jednotka|mj|m j|mertekegyseg"
    "|me egyseg|egyseg|ед изм|единица измерения|единица|ед|еи"
    "|birim|olcu birimi|olcu br|単位|数量単位|单位|計量單位|计量单位|單位|단위|수량단위|μοναδα μετρησης|μμ|μοναδα|وحدة القياس|الوحدة|وحدة"
    "|unitate de masura|jedinica mjere|merska enota"
    "|jed mj|jed mjere|jedinica|mjerna jedinica|em|enota|enota mere|unitate|unitate masura|um vanzare|merna jednotka|од вим|одиниця виміру|мерна единица|мярка"
    "|мерна јединица|јм|mato vienetas|mat vnt|mervieniba|mootuhik|uhik|satuan|don vi|don vi tinh|dvt|หน่วย|หน่วยนับ|יחידת מידה|unitat|unitat de mesura"
    "|lineitem unit".split("|")
)
_LOOSE = frozenset(
    "unit|units|unite|unites|unidad|unidades|unita|unidade|unidades|measure|pack type|packaging|package type|verpackung|emballage|envase|pack|packing"
    "|measurement|confezione|gebinde".split("|")
)

#: "VPE-Faktor", "units per carton", "Inhalt je Karton": a word for packs beside one for a factor, or for pieces
_PACK_NAMES = (
    "vpe ve me pack case carton box unit uom verpackung packung karton kiste gebinde einheit colis caja envase caixa"
    " doos verpakking kolli"
).split()
_FACTOR_NAMES = "factor faktor inhalt conversion multiplier".split()
_PIECE_NAMES = "units pieces pcs each stuck stk st inhalt unidades piezas unidade stuks".split()
_PER = "per je pro par por pr".split()
FACTOR_HEADERS = frozenset(
    "conversion factor|uom conversion factor|uom factor|unit factor|factor|conversion|conversion rate|conv factor|conv fact|cf|qty per unit of measure"
    "|quantity per unit of measure|qty per uom|quantity per uom|qty per unit|pieces per unit"
    "|pcs per unit|units per uom|base units per unit|factor to base unit|base factor|base unit factor|stock conversion factor|multiplier|ratio to base|units per pack"
    "|pieces per pack|pcs per pack|pack qty|pack quantity|qty per pack|quantity per pack"
    "|units per case|units per box|units per carton|pieces per box|pcs per box|case pack|pack factor|packing factor|faktor|umrechnungsfaktor|umrechnung"
    "|umrechnungsfaktor basismengeneinheit|umrechnungskurs einheit|umrez|menge pro einheit|menge je einheit"
    "|stuck pro einheit|stuck je einheit|stuck pro verpackung|stuck pro packung|stuck je packung|inhalt|inhalt stuck|facteur|facteur de conversion|facteur conversion"
    "|coefficient|coefficient de conversion|coef|coef conversion|coeff|qte par unite"
    "|quantite par unite|pieces par unite|factor de conversion|factor conversion|factor conv|unidades por caja|unidades por paquete|unidades por envase|fattore"
    "|fattore di conversione|fattore conversione|coefficiente|pezzi per confezione|pezzi per unita"
    "|fator|fator de conversao|fator conversao|conversiefactor|omrekenfactor|aantal per eenheid|omregningsfaktor|antal pr enhed|antall per enhet|omrakningsfaktor"
    "|omvandlingsfaktor|antal per enhet|muuntokerroin|kerroin|przelicznik|wspolczynnik"
    "|wspolczynnik przeliczenia|prepocet|prepocitaci koeficient|koeficient|valtoszam|atvaltas|atvaltasi szam|szorzo|коэффициент|коэффициент пересчета|коэф"
    "|cevrim katsayisi|carpan|katsayi|換算係数|換算|入数|换算率|换算系数|转换系数|환산계수|환산|입수"
    "|συντελεστης|συντελεστης μετατροπης|معامل التحويل|معامل"
    "|factor conversie|factor de conversie|coeficient|faktor konverzije|faktor pretvorbe|prepocitavaci koeficient|koeficient prepoctu"
    "|коефіцієнт|коефіцієнт перерахунку|коефициент|koeficientas|koeficients|koefitsient|faktor konversi|isi|isi per dus|he so quy doi|he so"
    "|umvkz|units case|units box|pcs case|pcs box|pack size|case size|conv|conversion qty|unit conversion|vpe menge|stk vpe|stuck vpe"
    "|stuks per eenheid|stuks per doos|stuks per verpakking|antal pr kolli|antal per kolli|antall per kolli|kpl pakkaus|szt w opakowaniu|ks v baleni|db csomag".split(
        "|"
    )
    + [f"{pack} {word}" for pack in _PACK_NAMES for word in _FACTOR_NAMES]
    + [f"{piece} {per} {pack}" for pack in _PACK_NAMES for per in _PER for piece in _PIECE_NAMES]
)

_PLAIN = str.maketrans(
    {
        "²": "2",
        "³": "3",
        "ß": "ss",
        "ø": "o",
        "Ø": "o",
        "æ": "ae",
        "Æ": "ae",
        "ł": "l",
        "Ł": "l",
        "ı": "i",
        "µ": "u",
    }
)
_MARKS = re.compile(r"[._\-/*'\"\[\]{}|:;]+")
#: a unit that says itself how many it holds: "box of 12", "6er-Pack", "12-pack", "CTN (24 pcs)", "25 kg bag", "x12"
_NUMBER = r"(\d{1,6}(?:[.,]\d{1,3})?)"
_OF = r"\bof\b|\bà\b|\ba\b|\bde\b|\bda\b|\bdi\b|\bmit\b|\bwith\b|\bx\b|@|×|\(|\bvan\b|\bpo\b|\bpar\b|\bper\b|\bje\b|по"
_HOLDS = re.compile(rf"^(?P<pack>[^\W\d][^\d(]*?)\s*(?:{_OF})\s*{_NUMBER}\s*(?P<what>[^\W\d][^\d()]*)?\)?$")
_COUNTED = re.compile(rf"^{_NUMBER}\s*(?:er|ers|x|×|-)?[\s-]*(?P<word>[^\W\d][^\d]*)$")


def _plain(text: str) -> str:
    text = text.translate(_PLAIN)
    if not text.isascii():
        text = "".join(
            c
            for c in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(c) or c in "\u3099\u309a"
        )
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.casefold().split())


def _word(plain: str) -> Unit | None:
    """The unit of a word; marks and a bracketed plural do not matter."""
    if plain in _WORDS:
        return _WORDS[plain]
    bare = " ".join(_MARKS.sub(" ", plain.replace("(s)", "").replace("(en)", "")).split())
    return _WORDS.get(bare) or _WORDS.get(bare.replace(" ", ""))


@lru_cache(maxsize=4096)
def unit_of(text: str) -> Unit | None:
    """The unit of measure that a text names, None where it names none that is known.

    A text that says what it holds is that amount: "box of 12" is 12 pieces, "25 kg bag" is 25 kg.

    >>> [unit_of(t).name for t in ("Stück", "PCS.", "Kilogramm", "CTN")], unit_of("box of 12").size, unit_of("500 g bag").size, unit_of("zorp")
    (['piece', 'piece', 'kg', 'carton'], 12.0, 0.5, None)
    """
    plain = _plain(text)
    if not plain or len(plain) > 40:
        return None
    found = _word(plain)
    if found is not None:
        return found
    if holds := _HOLDS.match(plain):
        return _holding(holds["pack"], holds[2], holds["what"] or "")
    if counted := _COUNTED.match(plain):
        return _counting(counted[1], counted["word"].strip())
    return None


def _amount(number: str) -> float:
    return float(number.replace(",", "."))


def _holding(pack: str, number: str, what: str) -> Unit | None:
    """A pack of so many of something: pieces where nothing else is named."""
    outer, inner = _word(pack.strip()), _word(what.strip()) if what.strip() else _WORDS["pc"]
    if outer is None or outer.kind != "pack" or inner is None or inner.kind == "pack" or not _amount(number):
        return None
    return Unit(f"{outer.name} of {number} {inner.name}", inner.kind, _amount(number) * inner.size)


def _counting(number: str, words: str) -> Unit | None:
    """A number before a word: "12 pack" is 12 pieces, "500 g" half a kilogram, "25 kg bag" 25 kg, "12 pcs box" 12 pieces."""
    found, value = _word(words), _amount(number)
    if not value:
        return None
    if found is None:
        first, _, last = words.partition(" ")
        inner, outer = _word(first), _word(last) if last else None
        if inner is None or inner.kind == "pack" or outer is None or outer.kind != "pack":
            return None
        return Unit(f"{number} {inner.name} {outer.name}", inner.kind, value * inner.size)
    if found.kind == "pack":
        return (
            Unit(f"{number} {found.name}", "pieces", value)
            if found.name in ("pack", "box", "carton", "case", "set", "bundle", "tray")
            else None
        )
    return Unit(f"{number} {found.name}", found.kind, value * found.size)


#: so many different texts a column of units holds at most, and so long they are
MOST_UNITS, LONGEST = 200, 40
#: words of units that mean something else where no other unit stands beside them: sizes, yes and no, sexes, grades
_DOUBTFUL = frozenset(
    "no,s,m,l,xl,a,b,c,d,g,h,q,t,u,in,un,set,lot,min,day,week,tag,list,los,ad,to,pr,ct,case,bar,mc,par,op,it".split(
        ","
    )
)


def holds_units(header: str, values: Sequence[str], rows: Sequence[int], beside: bool) -> bool:
    """Whether a column holds units of measure: by what stands in it, its name (in normal form), and whether it stands `beside` the quantity.

    `values` are its distinct texts and `rows` how often each stands there. By a sure name it does unless numbers stand in it; by a name that may mean other
    things where a text is a known unit, or where it has few short texts beside the quantity; by any other name where nearly all texts are known units.

    >>> holds_units("unit", ["pcs", "box"], [9, 3], False), holds_units("size", ["S", "M", "L"], [5, 5, 5], True), holds_units("xyz", ["db", "doboz"], [5, 5], False)
    (True, False, True)
    """
    if len(values) > MOST_UNITS:
        return False
    said = [(text.strip(), n) for text, n in zip(values, rows, strict=True) if text.strip()]
    if not said or any(len(text) > LONGEST for text, _ in said):
        return False
    lettered = [text for text, _ in said if any(c.isalpha() for c in text)]
    if header in HEADERS:
        return len(lettered) >= 0.9 * len(said)
    known = [(text, n) for text, n in said if unit_of(text) is not None]
    clear = [text for text, _ in known if text.casefold().strip(". ") not in _DOUBTFUL]
    if header in _LOOSE:
        few = (
            beside
            and len(said) <= 12
            and all(len(text) <= 12 for text, _ in said)
            and len(lettered) == len(said)
        )
        return bool(clear) or few
    total = sum(n for _, n in said)
    return (
        bool(clear)
        and len(said) <= 60
        and sum(n for _, n in known) >= 0.9 * total
        and len(known) >= 0.75 * len(said)
    )


_CELL = re.compile(
    r"^\s*([(+\-\u2212]?\s*\d[\d.,'\u00a0\u202f\u2009 ]*-?\)?)\s*/?\s*([^\W\d_][^\d]{0,23}?[23²³]?)\s*$"
)


@lru_cache(maxsize=65536)
def units_beside(text: str) -> tuple[str, str]:
    """A number and the unit written behind it in one cell; ("", "") where the cell is none of that kind.

    >>> units_beside("12 pcs"), units_beside("0,5 kg"), units_beside("1.204,50 EUR"), units_beside("12"), units_beside("3 m²")
    (('12', 'pcs'), ('0,5', 'kg'), ('', ''), ('', ''), ('3', 'm²'))
    """
    match = _CELL.match(text) if len(text) <= 60 else None
    if match is None or unit_of(match[2]) is None:
        return "", ""
    return match[1].strip(), match[2].strip()
