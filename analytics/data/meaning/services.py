"""Services among the products: freight, assembly, warranty, deposits, tips, gift cards, discounts; told apart by name, code, how they are sold, and lack of cost.

One concept: whether a product is a service is one verdict from words, code, how it is sold and what it costs.
The words alone decide nothing, so they stand beside the evidence that they are weighed with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.item_facts import ItemFacts
from analytics.data.meaning.meanings import DECIDES, Judged, Meanings
from analytics.data.values.categorical import Coded, blank_texts, matching
from analytics.errors import Problem
from analytics.naming.labels import total_text

__all__ = ["service_words", "services_of_rows"]

#: codes that are those of services wherever most other codes carry digits
_CODE = re.compile(
    r"(?i)^(?:post|postage|dot|carriage|freight|shipping|handling|bank charges|amazonfee|fees?|cruk|versand|versandkosten|porto|fracht"
    r"|frais|envio|spese|verzendkosten|frakt|fragt"
    r"|deposit|anzahlung|kaution|gift[ -]?cards?|service charge|surcharge|tips?|trinkgeld|rounding|rundung"
    r"|discount|rabatt|rabat|adjust\d*|manual|pads|test\d{3}|gift_.*|voucher.*|giftcard.*|dcgs.*)$"
)
_THREE_DIGITS = re.compile(r"\d.*\d.*\d")
_SINGLE = re.compile(r"^(?:[mMdDsSbB]|C2|c2)$")
#: names that are those of services where the code is unlike the others
_BEGINS = re.compile(
    r"(?i)^(?:dotcom |next day |uk |dotcomgiftshop )?(?:postage|carriage|freight|shipping(?: cost| fee| charge)?s?|delivery (?:fee|charge|cost)s?|handling (?:fee"
    r"|charge)s?|bank charges?"
    r"|commission|service fee|fees?|amazon ?fee|discount|rebate|manual|adjust(?: bad debt|ment)?|bad debt|surcharge|deposit|samples?|gift ?(?:voucher|card)s?|voucher"
    r"|versand(?:kosten)?|porto|fracht(?:kosten)?|lieferkosten|verpackungskosten|mindermengenzuschlag|rabatt|skonto|gutschein|pfand|gebühr(?:en)?"
    r"|frais(?: de port| d'expédition| de livraison)?|remise"
    r"|gastos(?: de envío)?|envío|portes|descuento|spese(?: di spedizione)?|spedizione|sconto|frete|desconto|verzendkosten|verzending|korting|fragt|frakt)(?:\s.*)?$"
)

#: words that name a service by themselves, in plain form (no case, no accents)
_NOUNS = frozenset(
    # carrying
    "freight,shipping,shipment,postage,carriage,delivery,handling,courier,forwarding,haulage,toll,versand,versandkosten,versandpauschale,versandkostenpauschale,fracht"
    ",frachtkosten,lieferkosten,lieferung"
    ",lieferpauschale,anlieferung,zustellung,zustellgebuhr,porto,portokosten,spedition,maut,expedition,livraison,port,transport,affranchissement,envio,envios,portes"
    ",flete,transporte,entrega,spedizione,consegna"
    ",trasporto,corriere,frete,verzending,verzendkosten,bezorging,bezorgkosten,vracht,vrachtkosten,fragt,forsendelse,levering,frakt,leverans,transportkosten,rahti"
    ",toimitus,toimituskulut,postikulut,przesylka,wysylka"
    ",dostawa,transportu,doprava,dopravne,postovne,dorucenie,szallitas,szallitasi,postakoltseg,доставка,перевозка,kargo,nakliye,teslimat,送料,配送料,運賃,运费,邮费,배송비,運費,شحن,توصيل"
    ",μεταφορικα,αποστολη"
    # work
    ",installation,mounting,commissioning,training,consulting,consultancy,maintenance,repair,calibration,montage,montagekosten,aufbau,inbetriebnahme,schulung,beratung"
    ",wartung,reparatur,arbeitszeit,arbeitslohn"
    ",lohnkosten,anfahrt,anfahrtskosten,reisekosten,stundensatz,installatie,formation,conseil,entretien,reparation,mise en service,instalacion,montaje,formacion"
    ",mantenimiento,reparacion,installazione,montaggio"
    ",formazione,manutenzione,riparazione,instalacao,montagem,manutencao,onderhoud,reparatie,opmeting,montering,asennus,huolto,montaz,instalacja,serwis,montaz,instalace"
    ",szereles,монтаж,установка,ремонт,montaj,kurulum"
    ",bakim,工賃,設置費,安装费,설치비,تركيب,εγκατασταση,labour,labor,engraving,gravur"
    # money
    ",discount,rebate,surcharge,deposit,prepayment,commission,fee,fees,rounding,gratuity,tip,tips,donation,voucher,gutschein,geschenkgutschein,geschenkkarte,rabatt"
    ",preisnachlass,nachlass,skonto,zuschlag,mindermengenzuschlag"
    ",kaution,pfand,leergut,anzahlung,trinkgeld,rundung,rundungsdifferenz,gebuhr,gebuhren,bearbeitungsgebuhr,nachnahmegebuhr,mahngebuhr,provision,spende,versicherung"
    ",transportversicherung,verpackungskosten"
    ",remise,rabais,ristourne,escompte,supplement,acompte,consigne,caution,pourboire,arrondi,frais,commissione,don,bon cadeau,carte cadeau,descuento,recargo,deposito"
    ",anticipo,propina,redondeo,gastos,comision,vale,fianza"
    ",sconto,abbuono,supplemento,acconto,cauzione,mancia,arrotondamento,spese,buono,desconto,sobretaxa,sinal,gorjeta,arredondamento,taxa,taxas,korting,toeslag"
    ",aanbetaling,statiegeld,borg,fooi,afronding,kosten,cadeaubon"
    ",cadeaukaart,tegoedbon,rabat,tillaeg,gebyr,pant,drikkepenge,afrunding,gavekort,avgift,dricks,avrundning,oresavrundning,presentkort,panta,alennus,lisamaksu,pantti"
    ",pyoristys,lahjakortti,oplata,doplata,kaucja,napiwek"
    ",zaokraglenie,znizka,sleva,poplatek,priplatek,zaloha,spropitne,zaokrouhleni,zlava,kedvezmeny,felar,elolegek,borravalo,kerekites,скидка,сбор,залог,чаевые,округление"
    ",комиссия,indirim,ucret,depozito,bahsis,yuvarlama"
    ",割引,値引,手数料,端数調整,折扣,手续费,할인,수수료,خصم,رسوم,عربون,εκπτωση,χρεωση,φιλοδωρημα,insurance,assurance,seguro,assicurazione,verzekering,forsikring,forsakring,warranty,guarantee"
    ",garantie,garantieverlangerung"
    ",garantia,garanzia,extended warranty,garanti,takuu,gwarancja,zaruka,garancia,гарантия,延長保証,保修,보증".split(
        ","
    )
)
#: words of products as well as of services: a service only beside a word such as fee or charge, or by how it is sold
_WEAK = frozenset(
    "assembly,service,services,packing,packaging,verpackung,emballage,embalaje,imballaggio,sample,samples,muster,echantillon,muestra,campione,manual,adjustment,express"
    ",support,subscription,abonnement,abo,rental,miete,setup,test"
    ",gift,card,cards,wrap,wrapping,port,bon,vale,don,formation,caution,sinal,pant,borg"
    ",tip,tips,service set,monteur".split(",")
)
#: words that say nothing beside a service: what kind of charge it is, for how long, how fast, where to
_NEUTRAL = frozenset(
    "charge,charges,cost,costs,fee,fees,flat,rate,extra,additional,standard,express,extended,next,day,days,same,year,years,month,months,hour,hours,domestic,international"
    ",national,worldwide,free,gratis,paid,order,orders"
    ",customer,customers,to,for,of,the,on,at,in,and,incl,excl,vat,net,zone,eu,uk,us,usa,europe,dhl,ups,fedex,dpd,gls,hermes,tnt,usps,colissimo,chronopost,home,site,pct"
    ",percent,off,promo,coupon,code,minimum,small,small order"
    ",kosten,pauschale,pauschal,gebuhr,zuschlag,jahr,jahre,monat,monate,stunde,stunden,tag,tage,fur,von,der,die,das,den,dem,nach,innerhalb,inland,ausland,frei,haus,vor"
    ",ort,mit,ohne,zzgl,inkl,auf,und,paket,post"
    ",de,d,du,des,la,le,les,el,los,las,en,et,y,e,a,au,aux,pour,par,por,para,per,di,del,della,dei,al,da,do,dos,van,voor,aan,op,med,til,och,och,og,ja,na,za,do,z,v,s,и,на"
    ",за,frais,gastos,spese,cout,couts,coste,costo,custo"
    ",port,annee,annees,an,ans,mois,ano,anos,mes,meses,anno,anni,mese,mesi,jaar,jaren,maand,ar,aar,rok,roky,lata,lat,год,года,лет,domicile,domicilio,casa,standaard"
    ",gratuit,gratuite,gratuito,gratuita,gratis,bez,sur".split(",")
)
_CHARGED = frozenset(
    "charge,charges,fee,fees,cost,costs,kosten,pauschale,gebuhr,frais,gastos,spese,service,services,zuschlag".split(
        ","
    )
)
_TOKENS = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(
    r"^(?:versand|fracht|liefer|porto|transport|montage|montasje|installations?|aufbau|service|wartungs|reparatur|express|nachnahme|bearbeitungs|verpackungs|storno|mahn|zahlungs"
    r"|verzend|bezorg|administratie|fragt|frakt|forsendelses|leverings|ekspeditions|faktura|administrations|rabatt|gutschein|pfand|anfahrts?|kurier|zustell|mindermengen"
    r"|gefahrgut|palett?en|diesel|energie|maut)"
    r"(?:kosten|pauschale|gebuhr|gebuhren|zuschlag|kostenpauschale|service|rabatt|omkostninger|gebyr|kostnad|kostnader|avgift|toeslag|kostenzuschlag|abschlag|aufschlag)$"
)


@lru_cache(maxsize=65536)
def service_words(name: str) -> str:
    """What the words of a name say: "whole" (nothing but a service), "weak" (words of services that are products as well), "part" (a service and other words), or "".

    >>> [service_words(n) for n in ("Freight charge", "Extended warranty 2 years", "Discount 10%", "Gift card", "Assembly", "Freight trolley", "Gift card holder", "Chair 2")]
    ['whole', 'whole', 'whole', 'whole', 'weak', 'part', 'part', '']
    """
    plain = unicodedata.normalize(
        "NFKD",
        name.casefold()
        .replace("ß", "ss")
        .replace("ł", "l")
        .replace("ø", "o")
        .replace("æ", "ae")
        .replace("ı", "i"),
    )
    words = _TOKENS.findall("".join(c for c in plain if not unicodedata.combining(c) or c in "\u3099\u309a"))
    words = [unicodedata.normalize("NFC", w) for w in words]
    if not words or len(words) > 12:
        return ""
    pairs = pairwise(words)
    cards = any(a == "gift" and b.startswith(("card", "voucher")) for a, b in pairs) or any(
        w in ("giftcard", "giftcards", "giftvoucher") for w in words
    )
    strong = [
        w
        for w in words
        if (w in _NOUNS and w not in _WEAK) or _COMPOUND.match(w) or (cards and w.startswith("gift"))
    ]
    weak = [w for w in words if w in _WEAK]
    charged = any(w in _CHARGED for w in words)
    rest = [
        w
        for w in words
        if w not in strong
        and w not in weak
        and w not in _NEUTRAL
        and w not in ("giftcard", "giftcards", "giftvoucher", "voucher", "vouchers")
    ]
    if rest:
        return "part" if strong else ""
    if strong or ((len(weak) > 1 or (weak and len(words) > 1)) and charged):
        return "whole"
    return "weak" if weak else ""


@dataclass(frozen=True, eq=False)
class _Sold:
    """How products are sold, by product: always one at a time; in orders of their own never (1), ever (0), or not known (-1); money; prices of many sizes."""

    single: NDArray[np.bool_]
    beside: NDArray[np.int8]
    unpaid: NDArray[np.bool_]
    varied: NDArray[np.bool_]
    rows: NDArray[np.int64]


#: so many of the orders of a service may seem to hold nothing else: a line of them may be lost
_MOST_ALONE = 0.05


def _alone(
    code: NDArray[np.int64], at: NDArray[np.intp], sku: Coded, services: NDArray[np.bool_], order: Coded
) -> NDArray[np.float64]:
    """The share of each product's rows (`at`, of products `code`) in orders that hold no other product, services apart; the whole file is looked at, rows set aside too."""
    goods = ~services[sku.codes]
    held = np.bincount(order.codes[goods], minlength=len(order.values))
    own_key = code * len(order.values) + order.codes[at]
    keys, place, own = np.unique(own_key, return_inverse=True, return_counts=True)
    own = np.where(services[keys // len(order.values)], 0, own)
    unnamed = blank_texts(order.values)[order.codes[at]]
    alone = (held[order.codes[at]] <= own[place]) | unnamed
    return np.bincount(code, weights=alone, minlength=len(sku.values)) / np.maximum(
        np.bincount(code, minlength=len(sku.values)), 1
    )


def _sold(
    sku: Coded,
    some: NDArray[np.bool_],
    services: NDArray[np.bool_],
    order: Coded | None,
    quantity: NDArray[np.float64],
    money: NDArray[np.float64] | None,
    good: NDArray[np.bool_],
) -> _Sold:
    """How the products of `some` are sold; `services` are those that an order may not hold alone."""
    n = len(sku.values)
    here = some[sku.codes] & good
    at = np.flatnonzero(here)
    code = sku.codes[at]
    rows = np.bincount(code, minlength=n)
    single = np.bincount(code, weights=np.abs(np.nan_to_num(quantity[at])) != 1.0, minlength=n) == 0
    beside = np.full(n, -1, np.int8)
    if order is not None and len(order.values) > 1:
        beside = np.where(
            rows > 0,
            np.where(_alone(code.astype(np.int64), at, sku, services, order) <= _MOST_ALONE, 1, 0),
            -1,
        ).astype(np.int8)
    unpaid, varied = np.zeros(n, bool), np.zeros(n, bool)
    if money is not None:
        paid = np.nan_to_num(money[at])
        unpaid = (
            (rows > 0)
            & (np.bincount(code, weights=paid > 0.0, minlength=n) == 0)
            & (np.bincount(code, weights=np.isfinite(money[at]), minlength=n) > 0)
        )
        pairs = {(int(c), float(p)) for c, p in zip(code, np.round(paid, 4), strict=True)}
        kinds = (
            np.bincount(np.array([c for c, _ in pairs], np.int64), minlength=n)
            if pairs
            else np.zeros(n, np.int64)
        )
        varied = kinds > np.maximum(5, 0.3 * rows)
    return _Sold(single, beside, unpaid, varied, rows)


def _names(sku: Coded, name: Coded) -> list[str]:
    """What the most frequent name of each product says; every distinct name is looked at once."""
    said = np.array([service_words(str(text)) for text in name.values], object)
    out = [""] * len(sku.values)
    telling = (said != "")[name.codes]
    if not telling.any():
        return out
    some = np.zeros(len(sku.values), bool)
    some[sku.codes[telling]] = True
    at = np.flatnonzero(some[sku.codes])
    pairs, rows = np.unique(
        sku.codes[at].astype(np.int64) * len(name.values) + name.codes[at], return_counts=True
    )
    for place in np.argsort(rows, kind="stable"):  # the last one written has most rows
        out[int(pairs[place] // len(name.values))] = said[int(pairs[place] % len(name.values))]
    return out


def services_of_rows(
    column: Mapping[str, Coded],
    sku_name: str,
    sku: Coded,
    quantity: NDArray[np.float64],
    judged: Callable[[], tuple[NDArray[np.float64] | None, NDArray[np.bool_]]],
    meanings: Meanings,
    keep: bool,
    facts: ItemFacts | None,
) -> list[Problem]:
    """Tell services among the products apart, and write what became of them into `meanings`.

    Take the services among the products into `meanings`: certain ones are left out (counted where `keep`), uncertain ones asked about or, where they decide
    nothing, counted and said. `judged` gives the money of every row and the rows that may be judged, where any product is in question.

    Certain is a code or a name that says nothing else where it is sold like a service: always one, never alone in an order, or at no price; a product whose name
    merely holds such a word is counted, and listed.
    """
    n = len(sku.values)
    counts = sku.counts()
    regular = matching(sku.values, _THREE_DIGITS)
    mostly = bool(n > 20 and counts[regular].sum() > 0.8 * counts.sum())
    coded = matching(sku.values, _CODE) | (mostly & matching(sku.values, _SINGLE))
    said = [""] * n
    begins = np.zeros(n, bool)
    if "name" in column:
        said = _names(sku, column["name"])
        if mostly:
            hits = matching(column["name"].values, _BEGINS)
            if hits.any():
                begins[np.unique(sku.codes[hits[column["name"].codes]])] = True
                begins &= ~regular
    else:
        said = (
            [service_words(str(text)) if not _THREE_DIGITS.search(str(text)) else "" for text in sku.values]
            if n <= 20_000
            else said
        )
    named = np.array(said, object)
    told = (
        np.array([bool(meanings.told(sku_name, str(text))) for text in sku.values], bool)
        if meanings.tells_of(sku_name)
        else np.zeros(n, bool)
    )
    some = coded | begins | (named != "") | told
    if not some.any():
        return []
    money, mask = judged()
    sold = _sold(
        sku,
        coded | begins | (named != ""),
        coded | begins | (named == "whole") | (named == "weak"),
        column.get("order"),
        quantity,
        money,
        mask,
    )
    costed = np.array([facts is not None and str(text) in facts.costed for text in sku.values], bool)
    bare = facts is not None and bool(facts.costed) and ~costed
    like = (sold.single & ((sold.beside == 1) | ((sold.beside == -1) & (sold.varied | bare)))) | sold.unpaid
    has_name = "name" in column
    certain = (
        begins
        | (coded & (mostly | (not has_name) | (named != "") | like))
        | ((named == "whole") & ((like & ~costed) | (sold.single & coded)))
    )
    certain |= (named == "weak") & sold.unpaid
    beside = sold.single & (sold.beside == 1) & (sold.rows > 4)
    unsure = ~certain & (
        (coded & sold.single)
        | (named == "whole")
        | ((named == "weak") & like)
        | ((named == "part") & (beside | sold.unpaid))
    )
    treatment = np.where(certain, "count" if keep else "leave out", np.where(unsure, "ask", "count")).astype(
        object
    )
    problems: list[Problem] = []
    if (unsure & ~told).any():
        problems = _weighed(treatment, unsure & ~told, sku, quantity, money, mask, sku_name)
    basis = [
        "told" if c and keep else "known word" if c else "unknown" if u else "says nothing of the row"
        for c, u in zip(certain, unsure, strict=True)
    ]
    called = _called(column, sku, some)
    texts = [_words(called[i], bool(certain[i]), bool(unsure[i])) if i in called else "" for i in range(n)]
    asked = [int(i) for i in np.flatnonzero(treatment == "ask")]
    question = _question(asked, called, sku, quantity, mask)
    remedy = (
        f'say whether they are products: --treat "{sku_name}:{sku.values[asked[0]]}=leave out" or =count, or on the page Data'
        if asked
        else ""
    )
    reasons = tuple("service_line" if c else "" for c in certain)
    rows = some[sku.codes] & mask
    meanings.add(
        Judged(
            sku,
            sku_name,
            "service",
            tuple(treatment.tolist()),
            tuple(basis),
            tuple(texts),
            reasons,
            rows,
            question,
            remedy,
        )
    )
    return problems


def _called(column: Mapping[str, Coded], sku: Coded, some: NDArray[np.bool_]) -> dict[int, str]:
    """Code and name of these products, as they are said: "FRT (Freight charge)"."""
    out = {int(i): str(sku.values[i])[:40] for i in np.flatnonzero(some)}
    if "name" in column:
        at = np.flatnonzero(some[sku.codes])
        products, first = np.unique(sku.codes[at], return_index=True)
        for product, place in zip(products, at[first], strict=True):
            name = str(column["name"].values[column["name"].codes[place]]).strip()[:40]
            if name and name != out[int(product)]:
                out[int(product)] += f" ({name})"
    return out


def _words(called: str, certain: bool, unsure: bool) -> str:
    if certain:
        return f"{called}: a service, charge or discount by its code, its name and how it is sold"
    return (
        f"{called}: a service or a product, which is not certain"
        if unsure
        else f"{called}: its name holds the word of a service, but it is sold like a product"
    )


def _weighed(
    treatment: NDArray[np.object_],
    unsure: NDArray[np.bool_],
    sku: Coded,
    quantity: NDArray[np.float64],
    money: NDArray[np.float64] | None,
    mask: NDArray[np.bool_],
    sku_name: str,
) -> list[Problem]:
    """Where all uncertain products together decide nothing, they are counted and said; in place."""
    here = unsure[sku.codes] & mask
    shares = []
    for amount in (quantity, money):
        if amount is not None:
            size = np.where(mask, np.abs(np.nan_to_num(amount)), 0.0)
            shares.append(float(size[here].sum()) / (float(size.sum()) or 1.0))
    if max(shares) > DECIDES or not here.any():
        return []
    treatment[unsure] = "count"
    codes = [str(sku.values[i]) for i in np.flatnonzero(unsure)]
    units = total_text(float(np.abs(np.nan_to_num(quantity[here])).sum()))
    words = f"{', '.join(codes[:5])}{', ...' if len(codes) > 5 else ''} may be services; they are counted as products ({units} units)"
    remedy = f'to leave them out, say so with --treat "{sku_name}:{codes[0]}=leave out" or on the page Data'
    return [
        Problem("service_possible", words, remedy, None, sku_name, codes[0], "a product", int(here.sum()))
    ]


def _question(
    asked: Sequence[int],
    called: Mapping[int, str],
    sku: Coded,
    quantity: NDArray[np.float64],
    mask: NDArray[np.bool_],
) -> str:
    """Whether some codes are products, with their names, rows and units."""
    if not asked:
        return ""
    size = np.where(mask, np.abs(np.nan_to_num(quantity)), 0.0)
    units, rows = (
        np.bincount(sku.codes, weights=size, minlength=len(sku.values)),
        np.bincount(sku.codes[mask], minlength=len(sku.values)),
    )
    parts = [
        f"{called[i]}: {rows[i]:,} rows, {total_text(float(units[i]))} units"
        for i in sorted(asked, key=lambda i: -units[i])[:5]
    ]
    more = f"; and {len(asked) - 5:,} more" if len(asked) > 5 else ""
    return f"are these products or services? {'; '.join(parts)}{more}"
