"""What each column means: by its name in several languages and by what stands in it, with a confidence.

One concept: the table of names by role and its only way of being looked up; what one role may be called, another may not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from analytics.data.values.letters import without_accents
from analytics.data.values.stated_scale import sized_as, stated_scales
from analytics.data.values.unit_words import FACTOR_HEADERS, HEADERS

__all__ = [
    "BOM_NAMES",
    "CODE_WORDS",
    "ITEM_NAMES",
    "SALES_NAMES",
    "normal_name",
    "role_of_name",
]


_CAMEL, _APART = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"), re.compile(r"[^\w]+|_")


@lru_cache(maxsize=131072)
def normal_name(name: str) -> str:
    """A column name without case, accents and punctuation.

    >>> normal_name("InvoiceNo"), normal_name("Stückzahl "), normal_name("order_date")
    ('invoice no', 'stuckzahl', 'order date')
    """
    name = _CAMEL.sub(" ", name)
    if not name.isascii():
        name = without_accents(name).lower()
        name = (
            name.replace("ß", "ss")
            .replace("ø", "o")
            .replace("ł", "l")
            .replace("đ", "d")
            .replace("æ", "ae")
            .replace("№", " number ")
            .replace("n°", "number ")
            .replace("nº", "number ")
        )
    name = name.lower()
    name = name.replace("%", " pct ").replace("#", " number ")
    return " ".join(_APART.sub(" ", name).split())


#: words by which a unit is that of the stock, not that of the quantity sold
_OF_STOCK = frozenset("stock base stockkeeping keeping basismengeneinheit basme".split())

#: columns that say for how many units the price and the cost of a row are
PRICE_UNITS = (
    "price unit|price unit quantity|price units|pricing unit|pricing quantity|pricing unit quantity|price per quantity|price base quantity|base price quantity|"
    "price quantity|price basis|price basis quantity|cost unit quantity|cost per quantity|costing quantity|preiseinheit|peinh|kpein|pe|preisbasis|preismenge|"
    "preis je|preis pro|kalkulationsmenge|unite de prix|base de prix|prix par|unidad de precio|unidad precio|base de precio|unita di prezzo|unita prezzo|"
    "unidade de preco|prijseenheid|prijs per|prisenhet|prisenhed|jednostka ceny|jednostka cenowa|cenova jednotka|hinnan yksikko|per"
)
#: role -> names, best first, already in normal form
SALES_NAMES: Mapping[str, str] = {
    "sku": "sku|sku code|sku id|sku number|stock code|stockcode|article|article number|article no|article id|article code|item|item number|item no|item id|item code|item sku|product id|product code|product number|product no|product key|product sku|product|part|part number|part no|part id|part code|material|material number|material no|model number|catalog number|variant sku|lineitem sku|asin|seller sku|gtin|ean|upc|barcode|artikel|artikelnummer|artikel nr|artikelnr|artnr|art nr|materialnummer|material nr|teilenummer|teile nr|sachnummer|produktnummer|produkt nr|produkt|produkt id|ref|reference|reference article|code article|ref article|code produit|produit|reference produit|codigo|codigo articulo|articulo|cod articulo|codigo producto|producto|referencia|codice|codice articolo|articolo|cod articolo|codice prodotto|prodotto|codigo produto|produto|artikelcode|artikel code|artikel nummer|artigo|varenummer|varenr|vare|artikelnummer|tuote|tuotekoodi|kod towaru|towar|indeks|produkt kod|zbozi|kod zbozi|cikkszam|item name or number|goods|matnr|pn|mpn|id|symbol towaru|indeks towaru|symbol|kod produktu|internal reference|product internal reference|order lines product internal reference|product variant|vare nr|item rate code|urun kodu|stock kodu|stok kodu|sku nr|artikel id|product ref|ref produit|code barre|ean13|fsn|listing sku|msku|merchant sku|variant barcode|артикул|код товара|товар|номенклатура|код|商品コート|品番|商品番号|商品编码|商品编号|产品编码|货号|商品|产品|상품코드|품번|κωδικος|inventory item code|product service|product service full name|product service name|product or service|item service|stock item|رمز المنتج|كود المنتج|رقم الصنف|رمز الصنف|الصنف|المنتج",
    "date": "date|order date|orderdate|invoice date|sales date|sale date|transaction date|posting date|day|period|week|month|document date|date of sale|date sold|booking date|order datetime|order timestamp|order time|timestamp|created at|created|purchase date|billing date|doc date|entry date|datum|bestelldatum|auftragsdatum|rechnungsdatum|belegdatum|buchungsdatum|verkaufsdatum|kaufdatum|tag|monat|woche|periode|kalendertag|kalenderwoche|date de commande|date commande|date facture|date de facture|date de vente|date vente|jour|mois|semaine|fecha|fecha pedido|fecha de pedido|fecha factura|fecha de factura|fecha venta|fecha de venta|mes|semana|dia|data|data ordine|data fattura|data vendita|giorno|mese|settimana|data do pedido|data da venda|data venda|data pedido|orderdatum|besteldatum|factuurdatum|verkoopdatum|maand|ordredato|dato|fakturadato|orderdatum|fakturadatum|paivamaara|pvm|data sprzedazy|data zamowienia|data faktury|datum prodeje|fkdat|audat|date id|dt|year month|yearmonth|ds|week start|week ending|week beginning|erf dat|erfasst am|erfassungsdatum|angelegt am|posted date|data wystawienia|data emissao|data de emissao|fecha emision|fecha de emision|fecha de facturacion|date de facturation|date facturation|data documento|data emissione|bogforingsdato|ordre dato|datum vystaveni|datum objednavky|paid at|sales day|business date|trading date|period start|week commencing|month start|calendar day|cal day|szamla kelte|fatura tarihi|tarih|дата|дата продажи|дата заказа|период|日付|売上日|受注日|出荷日|日期|销售日期|订单日期|날짜|판매일|ημερομηνια|التاريخ|تاريخ الطلب|تاريخ الفاتورة|تاريخ البيع",
    "quantity": "net quantity|net qty|net units|net units sold|nettomenge|quantite nette|cantidad neta|quantity|qty|units|units sold|quantity sold|qty sold|quantity ordered|qty ordered|order quantity|order qty|ordered quantity|sales quantity|sales qty|invoiced quantity|shipped quantity|quantity shipped|volume|sales units|unit sales|pieces|pcs|demand|sold|count|lineitem quantity|items sold|quantity purchased|number of units|amount sold|item cnt day|item cnt|qty cnt|menge|anzahl|stuck|stueck|stuckzahl|stueckzahl|absatz|absatzmenge|verkaufsmenge|verkaufte menge|bestellmenge|auftragsmenge|fakturierte menge|quantite|qte|qte vendue|quantite vendue|quantite commandee|nb|nombre|unites|cantidad|cant|cantidad vendida|unidades|uds|quantita|qta|qta venduta|quantita venduta|pezzi|quantidade|qtd|qtde|quantidade vendida|unidades vendidas|aantal|hoeveelheid|stuks|aantal verkocht|antal|antall|kvantitet|maara|kpl|ilosc|sztuk|mnozstvi|pocet|mennyiseg|fkimg|kwmeng|sales|verkaufe|ventes|ventas|vendite|vendas|verkoop|y|qte facturee|quantite facturee|ilosc sprzedana|aantal stuks|uds vendidas|qty invoiced|qty shipped|order lines quantity|pocet kusu|abgesetzte menge|liefermenge|gelieferte menge|delivered quantity|qty delivered|units ordered|sum of quantity|sum of qty|total quantity|total units|total qty|solgt antal|miktar|adet|количество|кол во|колво|продано|数量|個数|销量|销售数量|수량|판매수량|ποσοτητα|kumul auftragsmenge|kumulierte auftragsmenge|الكمية|كمية|販売数|販売数量",
    "returned": "returned quantity|quantity returned|qty returned|returned qty|return quantity|return qty|returned units|units returned|returned|returns|returns qty|qty returns|refunded quantity|lineitem refunded quantity|retouren|retourenmenge|ruckgabemenge|rucksendungen|retours|quantite retournee|qte retournee|devoluciones|cantidad devuelta|resi|quantita resa|devolucoes|retourneerd|zwroty|qty refunded|refunded qty|quantity refunded|units refunded|refunded units|net items refunded",
    "revenue": "revenue|sales amount|net sales|net revenue|sales value|line total|line amount|linetotal|net amount|net value|turnover|amount|total|total price|total amount|extended price|extended amount|extended price net|sales revenue|total sales|gross sales|gross amount|gross revenue|sales eur|sales usd|sales net|value|line value|order value|invoice amount|price total|item total|lineitem total|subtotal|umsatz|nettoumsatz|umsatz netto|netto umsatz|bruttoumsatz|erlos|erloes|nettobetrag|betrag|nettowert|warenwert|gesamtpreis|summe|umsatzerlos|positionswert|chiffre d affaires|ca|ca ht|ca net|montant|montant ht|montant net|total ht|total ttc|importe|importe neto|importe total|ventas netas|facturacion|ingresos|valor|fatturato|ricavo|ricavi|importo|importo netto|totale|receita|valor total|faturamento|valor liquido|omzet|netto omzet|bedrag|totaalbedrag|omsetning|omsaetning|omsattning|belop|belopp|belob|liikevaihto|wartosc|wartosc netto|przychod|obrat|trzba|netwr|umsatz eur|umsatz in eur|chiffre affaires|wartosc sprzedazy|imponibile|base imponible|bedrag excl|summa|celkem|celkem bez dph|vlr total|zeilenbetrag|gesamt netto|netto gesamt|gesamt|line amount excl|order lines subtotal|sum of sales|montant total ht|montant total|total net|item subtotal|product sales|tutar|iznos|сумма|выручка|стоимость|金額|売上|売上金額|金额|销售额|금액|매출|αξια|المبلغ|القيمة|الاجمالي|اجمالي المبيعات|المبيعات|売上高|合計金額|销售金额|매출액|판매금액|net|netto|net total|nett|nett amount|netto gesamtbetrag|neto|net ht|hors taxe|ht|excl vat|ex vat|amount excl vat|amount ex vat|net of vat|gross|brutto|brut|bruto|bruttobetrag|gross total|ttc|montant ttc|amount incl vat|incl vat|total incl vat|importe con iva|importo lordo|bruto bedrag",
    "price": "unit price|price|unitprice|net price|sales price|selling price|price per unit|unit net price|price each|item price|lineitem price|unit selling price|list price|sale price|retail price|preis|einzelpreis|stuckpreis|stueckpreis|verkaufspreis|vk preis|nettopreis|vk|e preis|einzelpreis netto|prix|prix unitaire|pu|pu ht|prix de vente|prix unitaire ht|precio|precio unitario|precio venta|precio de venta|pvp|prezzo|prezzo unitario|prezzo di vendita|preco|preco unitario|valor unitario|prijs|stukprijs|verkoopprijs|eenheidsprijs|pris|enhetspris|styckpris|hinta|yksikkohinta|cena|cena jednostkowa|cena za kus|item cost|item rate|p u ht|p u|vk preis netto|e preis netto|cena netto|cena jedn|cena za mj|precio unit|prezzo netto|stukprijs excl|vlr unitario|a pris|enhedspris|order lines unit price|unit price excl|rate|birim fiyat|priceeach|цена|単価|单价|단가|τιμη|السعر|سعر الوحدة|売価|販売単価|销售单价",
    "price_unit": PRICE_UNITS,
    "discount_pct": "discount pct|unit price discount pct|discount percent|discount percentage|discount rate|disc pct|rabatt pct|rabatt prozent|rabattsatz|rabatt in pct|remise pct|taux remise|descuento pct|sconto pct|desconto pct|korting pct|pct discount|discount in pct|discount",
    "discount": "discount amount|discount value|rebate|rabatt|rabattbetrag|nachlass|remise|montant remise|descuento|sconto|desconto|korting|rabat|lineitem discount",
    "order": "order number|amazon order id|order no|order id|orderid|order|order nr|sales order|sales order number|sales order no|sales order id|invoice no|invoice number|invoice|invoice id|document number|document no|document|transaction id|transaction|receipt|receipt number|receipt no|ticket|basket|basket id|po number|order name|auftrag|auftragsnummer|auftragsnr|auftrags nr|bestellnummer|bestellung|bestell nr|rechnung|rechnungsnummer|rechnungsnr|rechnungs nr|beleg|belegnummer|belegnr|beleg nr|kassenbon|bon|commande|numero commande|num commande|n commande|no commande|number commande|facture|numero facture|number facture|pedido|numero pedido|numero de pedido|number pedido|num pedido|factura|numero factura|number factura|ordine|numero ordine|number ordine|n ordine|fattura|numero fattura|numero do pedido|nota fiscal|ordernummer|order nummer|factuur|factuurnummer|bestelnummer|ordrenummer|ordre|fakturanummer|faktura|tilaus|tilausnumero|zamowienie|nr zamowienia|numer zamowienia|objednavka|cislo objednavky|vbeln|vkbel|vk bel|vkbeleg|nr dokumentu|nr faktury|numer faktury|numer dokumentu|cislo dokladu|cislo faktury|nr documento|n documento|num|fakturanr|faktura nr|order reference|merchant order id|szamlaszam|verkaufsbeleg|رقم الطلب|رقم الفاتورة",
    "customer": "customer|customer id|customerid|customer no|customer number|customer code|customer name|client|client id|account|account number|account id|buyer|buyer id|sold to|sold to party|ship to|bill to|debtor|debitor|kunde|kundennummer|kundennr|kunden nr|kundenname|kunden id|auftraggeber|debitorennummer|numero client|code client|nom client|cliente|codigo cliente|id cliente|numero cliente|codice cliente|cod cliente|nome cliente|klant|klantnummer|klant id|klantcode|kundenummer|kund|kundnummer|asiakas|asiakasnumero|klient|kontrahent|zakaznik|kunnr|kunag|email|odberatel|verk an deb nr|sell to customer no|sell to customer number|sell to customer|bill to customer no|kundnr|cod client|debiteurnr|debiteur|household key|customer email|musteri|покупатель|клиент|контрагент|得意先|顧客|客户|고객|πελατης|contact name|العميل|取引先|客户名称|고객명",
    "channel": "channel|sales channel|distribution channel|channel name|marketplace|sales organization|sales org|source|shop|platform|vertriebsweg|vertriebskanal|kanal|verkaufskanal|absatzkanal|canal|canal de vente|canal de venta|canale|canale di vendita|canal de venda|verkoopkanaal|kanaal|salgskanal|kanal sprzedazy|vtweg|segment|sales segment|fulfillment channel|order channel|source name|sales channel name",
    "promised": "due date|promised date|promise date|promised|required date|requested date|requested delivery date|delivery date|committed date|confirmed date|need by date|wanted date|planned delivery|planned delivery date|expected delivery|expected delivery date|estimated delivery|liefertermin|wunschtermin|wunschlieferdatum|zugesagter termin|bestatigter termin|lieferdatum|date promise|date de livraison|date livraison|date livraison prevue|fecha entrega|fecha de entrega|fecha prometida|fecha comprometida|data consegna|data di consegna|data consegna prevista|data de entrega|data entrega|leverdatum|leveringsdato|leveransdatum|toimituspaiva|data dostawy|termin dostawy|datum dodani|edatu|wunschl dat|wunschlieferdat|requested ship date|promised delivery date|latest ship date|must arrive by|ship by date",
    "shipped": "ship date|shipped date|shipping date|shipped|date shipped|shipment date|dispatch date|dispatched|delivered|delivered date|actual delivery date|goods issue date|fulfilled at|shipped at|versanddatum|versandtag|versendet|warenausgang|warenausgangsdatum|ausgeliefert|date expedition|date d expedition|date envoi|expedie|fecha envio|fecha de envio|fecha despacho|data spedizione|data di spedizione|data de envio|data envio|verzenddatum|verzonden|afsendt|skickat|lahetyspaiva|data wysylki|datum odeslani|wadat",
    "promotion": "on promotion|promotion|promo|promo type|promotion type|promotion name|promo name|promo code|promotion price|promo price|promotional price|aktionspreis|aktionsname|prix promo|prix promotionnel|precio promocion|precio promocional|prezzo promozionale|actieprijs|promo flag|promotion flag|onpromotion|is promo|is promotion|promoted|on promo|aktion|aktionskennzeichen|promocion|promozione|promocao|promotie|actie|kampanj|akcja|akce",
    "type": "document type|doc type|transaction type|type|order type|line type|record type|movement type|entry type|invoice type|sales type|belegart|bewegungsart|vorgangsart|auftragsart|type de document|type document|type mouvement|tipo|tipo documento|tipo de documento|tipo movimiento|tipo movimento|documentsoort|dokumenttype|typ|typ dokumentu|auart|fkart|soll haben kennzeichen|soll haben|shkzg|debit credit|debit credit indicator|dr cr|credit debit|cr dr|d c|c d|s h|deb cred|debe haber|dare avere|debet credit|debit or credit",
    "status": "status|order status|line status|state|financial status|fulfillment status|auftragsstatus|statut|estado|stato|situacao",
    "cancelled": "cancelled at|canceled at|cancelled on|cancellation date|cancel date|storniert am|stornodatum|annule le|fecha anulacion|data annullamento|voided|void|is void|is voided|is cancelled|is canceled|annulliert|annule|anulado|annullato|geannuleerd",
    "amount_kind": "amount description|amount type",
    "name": "description|lineitem name|product name|item name|name|item description|product description|title|article description|article name|material description|part description|bezeichnung|artikelbezeichnung|beschreibung|artikelname|produktname|produktbezeichnung|kurztext|artikeltext|designation|libelle|libelle article|nom produit|nom|descripcion|nombre producto|nombre|descrizione|nome prodotto|nome|descricao|nome do produto|omschrijving|productnaam|artikelomschrijving|beskrivelse|varenavn|beskrivning|benamning|kuvaus|nimi|nazwa|opis|nazev|popis|maktx|arktx|nazwa towaru|nazev zbozi|artikelbez|concepto|order lines description|memo|item title|urun adi",
    "subcategory": "subcategory|sub category|product subcategory|subfamily|product model|model|unterkategorie|sous categorie|sous famille|subcategoria|subfamilia|sottocategoria|subcategorie|podkategoria",
    "family": "family|product family|product group|product line|item group|material group|article group|commodity group|group|line|series|range|produktfamilie|warengruppe|produktgruppe|artikelgruppe|produktlinie|baureihe|familie|famille|famille produit|gamme|groupe|familia|grupo|linea|famiglia|gruppo|linea prodotto|gruppo merceologico|productgroep|artikelgroep|produktgrupp|varegruppe|varugrupp|tuoteryhma|grupa|grupa towarowa|skupina|matkl",
    "category": "category|product category|item category|department|division|class|product type|product class|kategorie|produktkategorie|sparte|abteilung|categorie|rayon|categoria|departamento|reparto|afdeling|kategori|kategoria|dzial|oddeleni",
    "brand": "brand|brand name|manufacturer|make of|marke|hersteller|marque|marca|merk|merke|varumarke|marka|znacka|vendor name",
    "unit_cost": "unit cost|unit standard cost|standard cost|cost|cost price|cost per unit|cogs|unit cogs|purchase price|product cost|buying price|landed cost|average cost|moving average price|kosten|stuckkosten|stueckkosten|herstellkosten|herstellungskosten|einstandspreis|einkaufspreis|ek|ek preis|selbstkosten|wareneinsatz|standardpreis|hk|cout|cout unitaire|cout standard|prix de revient|prix d achat|pa|coste|coste unitario|costo|costo unitario|precio compra|costo standard|costo unitario standard|prezzo acquisto|custo|custo unitario|kostprijs|inkoopprijs|kostpris|inkopspris|innkjopspris|hankintahinta|koszt|koszt jednostkowy|cena zakupu|naklady|porizovaci cena",
    "margin": "gross profit|gross margin|margin|margin amount|gross profit amount|gross margin amount|profit|gp|contribution|contribution margin|line margin|line profit|deckungsbeitrag|db|db 1|db1|db i|"
    "rohertrag|rohgewinn|bruttogewinn|bruttoertrag|marge|marge brute|margen|margen bruto|margine|margine lordo|margem|margem bruta|brutomarge|bruttomarge|brutowinst|beneficio bruto|utile lordo|lucro bruto|"
    "bruttofortjeneste|dekningsbidrag|daekningsbidrag|tackningsbidrag|bruttovinst|kate|marza|marze|zysk",
    "margin_pct": "margin pct|gross margin pct|gross profit pct|profit pct|gp pct|margin percent|margin percentage|gross margin percent|gross margin percentage|profit margin|db pct|"
    "deckungsbeitrag pct|rohertrag pct|rohertragsquote|handelsspanne|spanne|spanne pct|marge pct|marge brute pct|taux de marque|margen pct|margen bruto pct|margine pct|margem pct|brutomarge pct|"
    "bruttomarge pct|dekningsgrad|daekningsgrad|tackningsgrad|marza pct",
    "markup_pct": "markup|markup pct|mark up|mark up pct|markup percent|markup percentage|aufschlag|aufschlag pct|kalkulationszuschlag|ricarico|ricarico pct|recargo pct|opslag pct|narzut pct",
    "currency": "currency|currency code|curr|wahrung|waehrung|devise|moneda|divisa|valuta|moeda|munt|valuutta|waluta|mena|waerk",
    "warehouse": "warehouse|site|plant|location|store|store id|branch|lager|werk|standort|filiale|entrepot|magasin|almacen|tienda|magazzino|negozio|armazem|loja|magazijn|winkel|lagersted|werks|store nbr|store number|shop id|filial nr|filialnummer|whse|warehouse code|warehouse name|site code|location code|stock location|storage location|depot|outlet|facility|distribution center|distribution centre|store code|store name|branch code|lagerort|lagerplatz|niederlassung|verkaufsstelle|entrepot code|etablissement|boutique|bodega|sucursal|sede|deposito|punto vendita|punto de venta|ubicacion|unidade de negocio|vestiging|filiaal|butik|butikk|afdelingslager|varehus|varasto|myymala|toimipiste|magazyn|sklep|oddzial|sklad|prodejna|provozovna|raktar|uzlet|telephely|склад|магазин|филиал|depo|magaza|sube|倉庫|店舗|拠点|仓库|門店|门店|창고|매장|지점|αποθηκη|καταστημα|المستودع|المخزن|الفرع",
    "unit": "|".join(sorted(HEADERS, key=lambda name: (bool(_OF_STOCK & set(name.split())), name))),
    "unit_factor": "|".join(sorted(FACTOR_HEADERS)),
    "line": "line no|line number|line id|line item|position|pos|pos nr|posnr|item position|ligne|linea no|riga|regel|zeile|sequence",
}

#: Names of a column of free stock: what is not free may stand in columns beside it.
FREE_STOCK = (
    "unrestricted|unrestricted use|unrestricted use stock|unrestricted stock|unrestricted qty|unrestricted quantity|labst|"
    "frei verwendbar|frei verwendbarer bestand|frei verwendb bestand|utilisation libre|libre utilizacion|utilizzo libero|vrij gebruik"
)
ITEM_NAMES: Mapping[str, str] = {
    "sku": SALES_NAMES["sku"],
    "name": SALES_NAMES["name"],
    "subcategory": SALES_NAMES["subcategory"],
    "family": SALES_NAMES["family"].replace("|product line", "").replace("|line|", "|"),
    "category": SALES_NAMES["category"],
    "similar_to": "similar to|similar product|analogue|analog|analogue product|like product|reference product|predecessor|replaces|vorganger|referenzprodukt|ahnlich wie",
    "unit_cost": SALES_NAMES["unit_cost"]
    + "|standard unit cost|std cost|std unit cost|unit cost price|current cost|inventory cost|valuation price|standard price|std price|stprs|moving price|moving avg price|"
    "moving average|moving average cost|weighted average cost|weighted average|avg cost|avg unit cost|average unit cost|verpr|last cost|last direct cost|direct unit cost|"
    "last purchase price|last purchase cost|last buying price|purchase cost|replacement cost|unit purchase price|cost each|each cost|cost ea|unit cost each|per unit cost|cost per piece|cost per item|item unit cost|bewertungspreis|gleitender durchschnittspreis|gleitender preis|gld|gld preis|"
    "durchschnittspreis|letzter ek|letzter einkaufspreis|planpreis|plankosten|verrechnungspreis|pmp|cump|prix moyen pondere|cout moyen|dernier prix d achat|coste medio|"
    "coste estandar|costo estandar|ultimo coste|ultimo costo|precio medio|costo medio|costo medio ponderato|ultimo costo d acquisto|prezzo medio|custo medio|custo padrao|gemiddelde kostprijs|"
    "verrekenprijs|vaste verrekenprijs|laatste inkoopprijs|snittpris|genomsnittskostnad|kalkylpris|gennemsnitspris|kostpris gennemsnit",
    "price_unit": PRICE_UNITS,
    "price": "price|unit price|list price|net price|sales price|selling price|retail price|"
    + SALES_NAMES["price"],
    "make": "make|make flag|make or buy|make buy|makebuy|make buy code|procurement type|procurement|source type|sourcing|manufactured|made in house|in house|beschaffungsart|beschaffung|eigenfertigung|fertigungsart|eigen fremd|approvisionnement|type approvisionnement|fabrique|fabricacion|aprovisionamiento|fabricado|produzione|approvvigionamento|make of koop|beskz|source|supply source|item source|replenishment system|replenishment method|procurement method|bezugsart|herkunft",
    "component_lead_days": "component lead days|vendor lead days|supplier lead days|purchase lead time|purchasing lead time|lead time|lead time days|leadtime|lead days|vendor lead time|supplier lead time|replenishment lead time|delivery time|planned delivery time|lieferzeit|lieferzeit tage|wiederbeschaffungszeit|wbz|beschaffungszeit|plan lieferzeit|planlieferzeit|delai|delai de livraison|delai fournisseur|delai d approvisionnement|plazo|plazo de entrega|plazo entrega|tiempo de entrega|tempo di consegna|tempo di approvvigionamento|lead time fornitore|prazo de entrega|levertijd|leveringstid|ledtid|toimitusaika|czas dostawy|dodaci lhuta|plifz",
    "production_days": "production days|days to manufacture|production time|production lead time|manufacturing days|manufacturing time|manufacturing lead time|in house production time|make time|produktionszeit|fertigungszeit|eigenfertigungszeit|durchlaufzeit|dlz|delai de fabrication|temps de production|tiempo de produccion|plazo de fabricacion|tempo di produzione|productietijd|produksjonstid|produktionstid|czas produkcji|dzeit",
    "assembly_days": "assembly days|assembly time|final assembly days|montagezeit|montagetage|temps de montage|tiempo de montaje|tempo di montaggio|assemblagetijd",
    "queue_days": "queue days|queue time|buffer days|liegezeit|wartezeit",
    "review_days": "review days|review period|review period days|ordering interval|bestellintervall",
    "setup_cost": "setup cost|set up cost|ordering cost|order cost|changeover cost|fixed order cost|lot cost|rustkosten|ruestkosten|bestellkosten|losfixe kosten|cout de lancement|cout de reglage|cout de commande|coste de preparacion|coste de pedido|costo di setup|costo di ordinazione|omstelkosten|bestelkosten",
    "order_setup_cost": "order setup cost|handling cost per order|order handling cost",
    "moq": "moq|min order qty|minimum order quantity|minimum order qty|min order quantity|min lot|minimum lot|minimum lot size|lot size|batch size|min qty|mindestbestellmenge|mindestmenge|mindestlosgrosse|losgrosse|losgroesse|mindestlos|quantite minimum|qte min|quantite minimale|taille de lot|cantidad minima|pedido minimo|tamano de lote|lote minimo|quantita minima|lotto minimo|lotto|minimum bestelhoeveelheid|bestelgrootte|minste ordre|bstmi",
    "order_multiple": "order multiple|rounding value|rounding quantity|multiple|order increment|lot multiple|pack size|pack quantity|case size|units per pack|carton quantity|rundungswert|rundungsmenge|bestelleinheit menge|vielfaches|gebindegrosse|verpackungseinheit|multiple de commande|arrondi|conditionnement|multiplo de pedido|multiplo|redondeo|multiplo d ordine|valore di arrotondamento|afrondingswaarde|bestelveelvoud|bstrf",
    "on_hand": "on hand|onhand|stock|stock on hand|on hand qty|on hand quantity|quantity on hand|qty on hand|inventory|inventory qty|current stock|available stock|soh|available|bestand|lagerbestand|aktueller bestand|verfugbar|verfugbarer bestand|stock actuel|stock disponible|en stock|existencias|inventario|stock actual|giacenza|disponibilita|estoque|voorraad|lagerbeholdning|lagersaldo|beholdning|varasto|stan magazynowy|zapas|zasoba|remaining quantity|remaining qty|quantity remaining|qty remaining|restmenge|counted quantity|quantity counted|qty counted|counted qty|physical count|count quantity|menge lt zahlung|zahlmenge|gezahlte menge|inventurmenge|inventurbestand|quantite comptee|quantite inventoriee|cantidad contada|quantita contata|contagem|getelde voorraad|"
    + FREE_STOCK,
    "place": SALES_NAMES["warehouse"]
    + "|place|stock location|storage location|bin|depot|lagerort|lagerplatz|ort|lieu|emplacement|ubicacion|ubicazione|locatie|sted|deposito",
    "stock_date": "stock date|as of|as of date|on hand date|inventory date|stock as of|snapshot date|snapshot|count date|stichtag|bestandsdatum|bestand am|inventurdatum|datum bestand|date du stock|date stock|date inventaire|date de l inventaire|fecha de stock|fecha stock|fecha inventario|data inventario|data giacenza|data do estoque|voorraaddatum|lagerdato|date|datum|fecha|data",
    "booked_reserve": "booked reserve|reserve booked|reserve booked so far|booked so far|stock reserve|inventory reserve|reserve for stock|obsolescence reserve|"
    "gebuchte wertberichtigung|wertberichtigung|provision stock|depreciation du stock|provision de stock|provision existencias|fondo svalutazione magazzino",
    "lot": "lot|lot no|lot number|lot id|batch|batch no|batch number|batch id|charge|chargennummer|chargennr|partie|partienummer|"
    "numero de lot|lote|numero de lote|numero lotto|partij|parti|partia|sarze",
    "receipt_date": "receipt date|date of receipt|received|received on|received date|date received|goods receipt date|gr date|"
    "in stock since|lot date|batch date|wareneingang|wareneingangsdatum|we datum|zugang|zugangsdatum|eingangsdatum|lagereingang|"
    "eingelagert am|date de reception|date reception|date d entree|fecha de recepcion|fecha recepcion|fecha de entrada|data ricevimento|"
    "data di ricevimento|data carico|data de recebimento|ontvangstdatum|mottagen|data przyjecia|datum prijmu",
    "on_order": "on order|on order qty|on order quantity|qty on order|quantity on order|open purchase orders|open purchase order qty|open po|"
    "open po qty|po open qty|incoming|incoming qty|bestellt|offene bestellungen|offene bestellmenge|bestellbestand|en commande|"
    "quantite en commande|en pedido|cantidad en pedido|in ordine|quantita in ordine|in bestelling|i bestallning|w zamowieniu",
    "account": "account|gl account|g l account|ledger account|stock account|inventory account|account no|account number|account code|"
    "general ledger account|valuation class|sachkonto|konto|bestandskonto|bilanzkonto|bewertungsklasse|bklas|hauptbuchkonto|compte|"
    "compte de stock|compte general|cuenta|cuenta contable|cuenta de existencias|conto|conto magazzino|conto contabile|conta|"
    "conta contabil|rekening|grootboekrekening|grootboek|konto ksiegowe|ucet",
    "arrival_date": "arrival date|arrival|arrives|arrives on|eta|expected date|expected on|expected arrival|expected arrival date|"
    "expected receipt|expected receipt date|expected delivery|expected delivery date|expected in stock|due in|due date|delivery date|"
    "po due date|next delivery|next delivery date|next receipt|next arrival|incoming date|liefertermin|lieferdatum|erwartet|erwartet am|"
    "ankunft|ankunftsdatum|erwarteter wareneingang|nachster wareneingang|nachster zugang|date de livraison|livraison prevue|"
    "date de livraison prevue|date d arrivee|arrivee prevue|fecha de llegada|llegada|fecha prevista|fecha de entrega prevista|"
    "data di arrivo|arrivo previsto|data prevista|data de chegada|verwachte datum|verwachte levering|aankomst|leveringsdatum|"
    "forventet dato|ankomst|planowana dostawa|datum dodani|eindt",
    "stock_reserved": "reserved|reserved qty|reserved quantity|reserved units|reserved stock|qty reserved|quantity reserved|committed|"
    "committed qty|committed quantity|committed stock|qty committed|allocated|allocated qty|allocated quantity|allocated stock|"
    "qty allocated|quantity allocated|reserviert|reservierte menge|reservierter bestand|quantite reservee|reservado|"
    "cantidad reservada|comprometido|cantidad comprometida|impegnato|quantita impegnata|riservato|quantidade reservada|"
    "gereserveerd|toegewezen|reserverat|reserveret|reservert|zarezerwowane|rezervovano",
    "stock_value": "stock value|extended|extended value|ext value|ext cost|asset value|inventory asset value|total asset value|value on hand|on hand value|total inventory value|inventory value|value of stock|total value|book value|value|value in stock|value unrestricted|total cost|extended cost|"
    "bestandswert|lagerwert|buchwert|wert|gesamtwert|valeur du stock|valeur|valeur totale|valor del inventario|valor total|valor|"
    "valore|valore totale|waarde|totale waarde|varde|wartosc|hodnota",
    "one_off_cost": "one off cost|one off costs|one off|switching cost|switching costs|cost of switching|conversion cost|einmalkosten|umstellungskosten|"
    "umstellkosten|cout unique|cout de changement|costo unico|costo de cambio|coste de cambio|costo una tantum|eenmalige kosten",
    "cost_to_complete": "cost to complete|costs to complete|completion cost|cost to finish|remaining cost|fertigstellungskosten|"
    "kosten bis fertigstellung|noch anfallende kosten|cout d achevement|coste de terminacion|costi di completamento",
    "currency": SALES_NAMES["currency"],
    "component_share": "component share|shared component share|common component share|share of common parts|gleichteileanteil",
    "launch_date": "launch date|sell start|sell start date|start date|launch|introduction date|intro date|first sale|available from|valid from|release date|created date|markteinfuhrung|einfuhrungsdatum|verkaufsstart|gultig ab|date de lancement|date lancement|fecha de lanzamiento|fecha lanzamiento|data di lancio|data lancio|lanceerdatum",
    "end_date": "end date|sell end|sell end date|end of life|eol|eol date|end of sale|end of sales|discontinued date|discontinued|phase out|phase out date|last sale|available until|valid to|valid until|auslauf|auslaufdatum|verkaufsende|gultig bis|date de fin|fin de vie|fecha fin|fin de vida|fecha de baja|data fine|fine vita|einddatum",
    "current_mode": "current mode|mode|strategy|production strategy|supply strategy|fulfillment strategy|fulfilment strategy|mts mto|make to|planning strategy|order type|strategiegruppe|strategie|fertigungsstrategie|strategie de production|estrategia|strategia|strgr|stocking policy|stock policy|stocking type|stocking status|stocked|is stocked|stocking strategy|supply type|supply method|supply policy|manufacturing policy|fulfilment policy|fulfillment policy|planning method|replenishment strategy|mts ato mto|mts mto ato|lagerhaltig|lagerhaltung|lagerartikel|lagerfuhrung|dispositionsart|gere en stock|article stocke|mode de gestion|a stock|gestion de stock|tipo de gestion",
    "reorder_point": "reorder point|rop|reorder level|order point|reorderpoint|meldebestand|bestellpunkt|point de commande|seuil de commande|punto de pedido|punto di riordino|ponto de pedido|bestelpunt|bestillingspunkt|bestallningspunkt|minbe",
    "order_up_to_level": "order up to level|order up to|max stock|maximum stock|max level|target stock|target level|base stock|hochstbestand|maximalbestand|zielbestand|sollbestand|stock maximum|stock cible|stock maximo|scorta massima|maximale voorraad|mabst",
    "order_quantity": "order quantity|reorder quantity|reorder qty|standard order quantity|fixed order quantity|fixed lot size|fixed lot|standard lot|standard lot size|usual lot|eoq|economic order quantity|feste losgrosse|feste bestellmenge|standardlosgrosse|bestellmenge|quantite de commande|quantite economique|cantidad de pedido|lote economico|quantita di riordino|lotto economico|bestelhoeveelheid|bstfe",
    "safety_stock": "safety stock|safety stock level|sicherheitsbestand|stock de securite|stock de seguridad|scorta di sicurezza|veiligheidsvoorraad|eisbe",
    "levels_followed": "levels followed|levels set anew|levels kept up to date",
    "promised_wait_days": "promised wait days|promised lead time|promised days|quoted lead time to customer|customer lead time|delivery promise days|lieferzusage tage",
    "historical_wait_days": "historical wait days|accepted wait days",
    "quote_days": "quote days|quoted lead time|quote lead time|make to order lead time|mto lead time",
    "work_center": "work center|work centre|workcenter|machine|production line|bottleneck|resource|arbeitsplatz|maschine|kapazitatsstelle|centre de charge|poste de travail|centro de trabajo|centro di lavoro|arbpl",
    "capacity_hours_per_week": "capacity hours per week|weekly capacity hours|capacity hours|kapazitat stunden woche",
    "hours_per_unit": "hours per unit|run time hours|machine hours per unit|labor hours per unit|standard hours|stunden je stuck|heures par unite|horas por unidad",
    "setup_hours": "setup hours|set up hours|setup time hours|changeover hours|rustzeit stunden|heures de reglage",
    "campaign_days": "campaign days|campaign interval|campaign interval days|batching days|kampagne tage",
    "quote_reliability": "quote reliability|promise reliability|delivery reliability",
    "late_days": "late days|mean days late|tardiness days",
    "price_elasticity": "price elasticity",
    "scale_elasticity": "scale elasticity",
    "sunk_share": "sunk share|sunk cost share",
    "units_per_order": "units per order|mean order size|average order size|order size|mittlere auftragsmenge|quantite moyenne par commande|cantidad media por pedido",
    "cancellable_share": "cancellable share|share cancellable|cancellable orders|stornierbarer anteil|part annulable|parte cancelable",
    "share_waiting": "share waiting|backorder share|share backordered",
    "shelf_life_days": "shelf life days|shelf life|haltbarkeit|haltbarkeit tage|duree de conservation|vida util|durata|houdbaarheid",
    "price_erosion_per_year": "price erosion per year|price erosion|preisverfall",
    "lead_time_cv": "lead time cv|lead time variability|lead time coefficient of variation",
    "patience_per_day": "patience per day",
    "hazard_per_year": "hazard per year|obsolescence rate|obsolescence hazard",
    "capital_rate": "capital rate|capital cost|cost of capital|wacc|kapitalkosten|zinssatz",
    "storage_rate": "storage rate|storage cost rate|lagerkostensatz",
    "insurance_rate": "insurance rate|insurance and shrinkage",
    "salvage_share": "salvage share|salvage|scrap value share",
    "clearing_share": "clearing share|clearance share",
    "cost_premium": "cost premium|make to order cost premium",
    "price_premium": "price premium|make to order price premium",
    "deposit_share": "deposit share|deposit",
    "cancellation_share": "cancellation share|cancellation rate",
    "goodwill_per_unit": "goodwill per unit|goodwill cost|goodwill",
    "waiting_cost_per_unit_day": "waiting cost per unit day|waiting cost|backorder cost",
    "fixed_cost_share": "fixed cost share|overhead share|fixed share",
    "excess_cover_weeks": "excess cover weeks",
    "years_unsold": "years unsold",
    "longest_run_off_years": "longest run off years",
}

#: columns of a bill of materials
BOM_NAMES: Mapping[str, str] = {
    "parent": "parent|assembly|parent sku|assembly sku|parent item|parent part|parent product|parent material|product assembly id|parent id|assembly id|finished product|finished good|product|product id|father|baugruppe|oberteil|erzeugnis|kopfmaterial|fertigerzeugnis|vaterteil|ensemble|compose|article parent|conjunto|padre|articulo padre|assieme|pai|samenstelling",
    "component": "component|component sku|child|child sku|part|component item|component part|component material|child item|component id|child id|material|material number|item|sku|part number|komponente|unterteil|bauteil|einzelteil|teil|komponentennummer|composant|article composant|componente|hijo|articulo componente|componente figlio|onderdeel",
    "base_quantity": "base quantity|header quantity|bom quantity|bom base quantity|assembly quantity|parent quantity|quantity base|basismenge|bezugsmenge|bmeng|"
    "quantite de base|quantite de reference|cantidad base|quantita base|quantidade base|basishoeveelheid|basantal",
    "quantity": "quantity|quantity per|qty|qty per|quantity per assembly|per assembly qty|component quantity|component qty|usage|amount|menge|komponentenmenge|stuck|bedarfsmenge|einsatzmenge|quantite|qte|coefficient|cantidad|cant|quantita|quantidade|aantal",
}


def _table(names: Mapping[str, str]) -> dict[str, tuple[str, float]]:
    table: dict[str, tuple[str, float]] = {}
    for role, listed in names.items():
        variants = listed.split("|")
        for place, name in enumerate([role.replace("_", " "), *variants]):
            confidence = 1.0 if place == 0 else 0.99 - 0.3 * place / len(variants)
            if name not in table or table[name][1] < confidence:
                table[name] = (role, confidence)
    return table


_SALES, _ITEMS = _table(SALES_NAMES), _table(ITEM_NAMES)
_SALES_JOINED = {known.replace(" ", ""): found for known, found in reversed(_SALES.items())}
_ITEMS_JOINED = {known.replace(" ", ""): found for known, found in reversed(_ITEMS.items())}


_SOLD = re.compile(r"^[a-z]+s sold$")
#: "excl. VAT" in the languages of the names, at the end of a name
_TAXED = re.compile(
    r" (?:excl|exkl|ekskl|ex|excluding|without|ohne|hors|sin|senza|iva esclusa|bez|zonder)(?: (?:vat|tax|gst|btw|moms|mwst|ust|taxe|taxes|tva|iva|dph|vat u|podatku|afa))?$"
)


@lru_cache(maxsize=131072)
def role_of_name(name: str, items: bool = False) -> tuple[str, float]:
    """The role a column's name speaks for and how surely (0 to 1), else ("", 0).

    >>> role_of_name("InvoiceDate")[0], role_of_name("Artikelnummer")[0], role_of_name("Qty (pcs)")[0], role_of_name("colour")[0]
    ('date', 'sku', 'quantity', '')

    A header that says a size as well speaks for its role where that has such sizes, and for none of them otherwise.

    >>> role_of_name("Preis je 100 Stk")[0], role_of_name("Umsatz (TEUR)")[0], role_of_name("Menge je 100")[0]
    ('price', 'revenue', '')
    """
    plain = _role_of_plain(name, items)
    scales = stated_scales(name)
    if not scales or normal_name(name) in (_ITEMS if items else _SALES):
        return plain
    for scale in scales:
        found, sure = _role_of_plain(scale.header, items)
        if found in sized_as(scale.kind):
            return found, sure * 0.97
    told = {scale.kind for scale in scales} & {"amount", "per_units"}
    return ("", 0.0) if told and plain[0] in sized_as("amount") else plain


def _role_of_plain(name: str, items: bool) -> tuple[str, float]:
    """The role of a name that says no size beside it."""
    table = _ITEMS if items else _SALES
    plain = normal_name(name)
    if not plain:
        return "", 0.0
    if plain in table:
        return table[plain]
    bare = _TAXED.sub("", plain).strip()
    if bare != plain:
        found, sure = _role_of_plain(bare, items) if bare else ("", 0.0)
        return found, sure * 0.97
    if ("/" in name or ": " in name) and not items:
        found, sure = _role_of_plain(re.split("/|: ", name)[-1], items)
        return found, sure * 0.9
    words = plain.split()
    if words[-1] in ("nbr", "num", "nummer", "no", "nr", "numero", "key", "code") and len(words) > 1:
        for ending in ("number", "id", "no"):
            if (spelled := " ".join([*words[:-1], ending])) in table:
                return table[spelled][0], table[spelled][1] * 0.95
    joined = plain.replace(" ", "")
    if joined in (_ITEMS_JOINED if items else _SALES_JOINED):
        return (_ITEMS_JOINED if items else _SALES_JOINED)[joined]
    shorter = normal_name(re.sub(r"[(\[{].*?[)\]}]", " ", name))
    shorter = " ".join(
        w
        for w in shorter.split()
        if w not in ("eur", "usd", "gbp", "chf", "in", "pcs", "pct", "net", "netto", "local", "lc")
    )
    if shorter in table and shorter != plain:
        return table[shorter][0], table[shorter][1] * 0.9
    if not items and _SOLD.match(plain):  # "bottles sold", "pairs sold"
        return "quantity", 0.8
    if _says_product_code(words):
        return "sku", 0.5
    return "", 0.0


#: words of which the name of a code of products is made: what is named, what names it, and what may stand beside these
_PRODUCT_WORDS = frozenset(
    "product item article part material sku artikel produkt produit producto articulo prodotto articolo produto artigo tuote vare vara towar zbozi".split()
)
CODE_WORDS = frozenset(
    "id key code number no nr num nbr nummer numero codigo cod codice kod kode kodi sk ref".split()
)
_BESIDE_CODES = frozenset(
    "stock card master dim dimension base main internal own our sold finished final the of de del du des di do da der sales sellable retail catalog catalogue global"
    " unique surrogate business inventory 2nd second".split()
)


def _says_product_code(words: Sequence[str]) -> bool:
    """Whether a name speaks of the code of a product in words of its own: "Product Card Id", "ID del producto", "Stock Item Key"."""
    said = set(words)
    return bool(
        said & _PRODUCT_WORDS
        and {words[0], words[-1]} & CODE_WORDS
        and said <= _PRODUCT_WORDS | CODE_WORDS | _BESIDE_CODES
    )
