"""Words of states, movements and marks in the languages the reader knows and in the systems that export them, and what a phrase made of them says.

One concept: a table of words and its only way of being looked up. A word is right or wrong by what the others
say of the same phrase, so classes, names of columns and matching stand in one place.

Named after the documentation of Odoo, ERPNext, WooCommerce, Shopify, Magento, PrestaShop, SAP, Dynamics NAV and Business Central, Dolibarr, NetSuite,
QuickBooks, Xero, Tryton and Amazon. An entry is one word or several, without case and accents; `*` at its end stands for any ending, `=` before it for a text that is nothing else. Scripts
without blanks between words are looked for anywhere in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from analytics.data.values.header_names import normal_name
from analytics.data.values.vocabulary_languages import (
    MARKS_OF_LANGUAGES,
    NAMES_OF_LANGUAGES,
    WORDS_OF_LANGUAGES,
)

__all__ = [
    "MARKS",
    "MOVEMENT_NAMES",
    "NOT_OF_ROWS",
    "OF_ROWS",
    "SAP_MOVEMENTS",
    "STATE_WORDS",
    "STATUS_WORDS",
    "TYPE_NAMES",
    "is_number",
    "marked",
    "spoken",
    "yes_or_no",
]

#: class -> its words
WORDS: Mapping[str, str] = {
    # -- states: fulfilled
    "shipped": (
        "shipped|reshipped|re shipped|redelivered|partially shipped|partiallyshipped|shipping|delivered|dispatched|despatched|fulfilled|partially fulfilled|picked up|collected|out for delivery|in transit|lost in transit"
        "|geliefert*|ausgeliefert*|versandt*|versendet*|verschickt*|zugestellt*|abgeholt|teilgeliefert*|livre|livree|livres|livrees|expedie*|remis|retire en magasin"
        "|entregad*|enviad[oa]|expedid[oa]|despachad*|servido|recogido|consegnat*|spedit*|evas[oai]|ritirato|entregue|enviada|geleverd|verzonden|verstuurd|uitgeleverd|opgehaald|afgehaald"
        "|leveret|afsendt|sendt|levert|levererad*|skickad*|utlevererad|toimitettu|lahetetty|noudettu|dostarczon*|wyslan*|zrealizowan*|wydan*|odebran*|dorucen*|dodan[oay]|odeslan*|expedovan*|vydan*"
        "|kiszallitott*|kiszallitva|szallitva|elkuldve|atveve|доставлен*|отгружен*|отправлен*|выдан*|получен*|teslim edil*|gonderil*|kargoland*|sevk edil*"
        "|出荷済|発送済|配送済|配達完了|納品済|已发货|已發貨|已出库|已送达|已配送|已收货|已签收|배송완료|출고완료|발송완료|배송 완료|تم التسليم|تم الشحن|تم التوصيل|παραδοθηκε|απεσταλη|εσταλη"
    ),
    "invoiced": (
        "invoiced|fully invoiced|billed|fully billed|posted|booked|facture|facturee|facturees|factures|fakturiert*|berechnet|abgerechnet|verrechnet|facturad[oa]|fatturat[oa]|faturad[oa]|gefactureerd"
        "|faktureret|fakturert|fakturera[dt]|laskutettu|zafakturowan*|fakturovan*|vyfakturovan*|szamlazva|kiszamlazott|выставлен счет|faturaland*|请求済|請求済|已开票|계산서발행|تمت الفوترة|τιμολογηθηκε"
    ),
    "paid": (
        "paid|paid in full|partially paid|partly paid|part paid|overdue|settled|deposited|payment accepted|payment received|payment confirmed|payment accepted remote|authorized|authorised|captured"
        "|bezahlt|gezahlt|beglichen|zahlung erhalten|uberfallig|payee?|reglee?|paiement accepte|paiement recu|soldee?|en retard|pagad[oa]|cobrad[oa]|liquidad[oa]|pago aceptado|pago recibido|vencid[oa]"
        "|pagat[oa]|saldat[oa]|incassat[oa]|pagamento accettato|scadut[oa]|pag[oa]|quitad[oa]|betaald|betaling ontvangen|vervallen factuur|betalt|betald|forfallen|forfallen faktura|forfalden|maksettu"
        "|eraantynyt|zaplacon*|oplacon*|zaplacen*|uhrazen*|kifizetve|kifizetett|fizetve|оплачен*|оплата получена|odendi|入金済|支払済|支払い済み|已付款|已支付|결제완료|입금완료|결제 완료|مدفوع|تم الدفع|πληρωθηκε|εξοφληθηκε|εξοφλημενο"
    ),
    "done": (
        "done|complete|completed|finished|finalized|finalised|closed|processed|executed|locked|archived|credit note issued|return issued|success|successful|=ok"
        "|erledigt|abgeschlossen*|fertig|vollstandig|geschlossen|ausgefuhrt|verarbeitet|beendet|termine|terminee|traitee?|cloturee?|classee?|achevee?|finalisee?|completad[oa]|cerrad[oa]|finalizad[oa]|terminad[oa]|procesad[oa]"
        "|completat[oa]|chius[oa]|terminat[oa]|conclus[oa]|concluid[oa]|fechad[oa]|encerrad[oa]|finalizad[oa]|atendid[oa]|voltooid|afgerond|afgehandeld|gesloten|verwerkt|gereed|fuldfort|afsluttet|lukket|faerdig"
        "|ferdig|fullfort|avsluttet|slutford|avsluta[dt]|=klar|fardig|stangd|valmis|suljettu|kasitelty|zakonczon*|zamkniet*|wykonan*|ukoncen*|dokoncen*|uzavren*|vyrizen*|hotov[oa]|teljesitve|teljesitett|befejezett|lezart|lezarva|=kesz"
        "|выполнен*|завершен*|закрыт*|исполнен*|tamamland*|kapali|kapand[iı]|kapatildi|完了|処理済|已完成|完成|已关闭|已結案|완료|종료|مكتمل|مكتملة|=تم|منتهي|مغلق|ολοκληρωθηκε|ολοκληρωμεν*|κλειστ*|εκτελεστηκε"
    ),
    # -- states: an order that stands and is not fulfilled yet
    "open": (
        "open|opened|reopened|processing|in process|in progress|in production|being processed|on process|in preparation|preparation in progress|processing in progress|backorder|back order|backordered|on backorder"
        "|unfulfilled|unshipped|undelivered|partial|partially|partly|partially delivered|partly delivered|=new|received|order received|scheduled|planned|picking|picked|packed|allocated|reserved|assigned|ready|=available|waiting availability|placed|active order"
        "|to deliver and bill|to deliver|to bill|to ship|to invoice|to be shipped|to be delivered|to be invoiced|to fulfill|ready to ship|ready for pickup|ready for shipping|awaiting shipment|awaiting fulfillment|awaiting fulfilment|awaiting pickup|awaiting delivery"
        "|pending fulfillment|pending fulfilment|pending billing|pending shipment|pending delivery|pending waiting for pick up|waiting for pick up|upselling opportunity|nothing to invoice"
        "|offen|offene|offener|in bearbeitung|in arbeit|in produktion|in vorbereitung|in kommissionierung|ruckstand|neu|eingegangen|teilweise|geplant|versandbereit|bereit|kommissioniert"
        "|ouverte?|en cours|en traitement|en preparation|nouvelle?|en reliquat|reliquat|a livrer|a facturer|a expedier|en attente de livraison|en attente d expedition|partiellement|planifiee?|recue"
        "|abiert[oa]|en proceso|en curso|en preparacion|nuev[oa]|pendiente de entrega|pendiente de envio|pendiente de servir|por entregar|por facturar|a facturar|parcialmente|parcial|planificad[oa]"
        "|apert[oa]|in corso|in lavorazione|in preparazione|nuov[oa]|da evadere|da consegnare|da spedire|da fatturare|parzialmente|parziale|pianificat[oa]|abert[oa]|em andamento|em processamento|em preparacao|nov[oa]|a entregar|a faturar"
        "|openstaand|in behandeling|in verwerking|nieuw|te leveren|te factureren|deels|gedeeltelijk|gepland|klaar voor verzending|aben|aaben|apen|under behandling|behandles|=ny|delvis|pagar|pagaende|oppen|oppna|delvist|under arbejde|under arbeid"
        "|avoin|kasittelyssa|kesken|uusi|osittain|otwart*|w realizacji|w trakcie|nowe|nowy|czesciowo|do wyslania|do realizacji|otevren*|probiha|zpracovava se|nova|novy|castecne|nyitott|folyamatban|feldolgozas alatt|=uj|reszben"
        "|открыт*|в работе|в обработке|обрабатывается|новый|новая|частично|к отгрузке|acik|isleniyor|hazirlaniyor|yeni|kismen|受付|受注|処理中|出荷待ち|発送準備中|未出荷|対応中|一部|处理中|處理中|待发货|待出库|新建|未发货|部分|처리중|배송준비중|접수|출고대기|배송중|신규|부분"
        "|قيد التنفيذ|قيد المعالجة|مفتوح|جديد|جزئي|ανοιχτ*|σε εξελιξη|νεα|μερικ*|υπο επεξεργασια"
    ),
    "confirmed": (
        "confirmed|validated|released|approved|accepted|acknowledged|won|ordered|partially ordered|signed|committed|firm"
        "|bestatigt*|freigegeben*|angenommen|genehmigt|beauftragt|bestellt|gewonnen|confirmee?|validee?|acceptee?|approuvee?|commandee?|signee?|gagnee?|confirmad[oa]|validad[oa]|aceptad[oa]|aprobad[oa]|pedido confirmado|ganad[oa]|firmad[oa]|liberad[oa]"
        "|confermat[oa]|validat[oa]|accettat[oa]|approvat[oa]|vint[oa]|rilasciat[oa]|aprovad[oa]|aceit[oa]|ganh[oa]|bevestigd|goedgekeurd|geaccepteerd|gewonnen|vrijgegeven|besteld|bekraeftet|godkendt|frigivet|bekreftet|godkjent|frigitt|bekrafta[dt]|godkand|frislappt"
        "|vahvistettu|hyvaksytty|tilattu|potwierdzon*|zatwierdzon*|zaakceptowan*|potvrzen*|schvalen*|prijat*|visszaigazolt|visszaigazolva|jovahagyott|jovahagyva|elfogadva|megrendelve|подтвержден*|утвержден*|согласован*|принят*|onayland*|kabul edil*"
        "|確定|承認済|承認|受注確定|已确认|已確認|已审核|已批准|已下单|已接单|확정|승인|확인됨|주문확인|مؤكد|تم التأكيد|معتمد|موافق عليه|επιβεβαιωθηκε|επιβεβαιωμεν*|εγκριθηκε|εγκεκριμεν*"
    ),
    # -- states: not an order
    "quote": (
        "quotation|quotations|quote|quotes|quoted|rfq|estimate|estimates|proposal|proposals|proposed|offer|offers|draft|drafts|checkout draft|pro forma|proforma|lead|opportunity|prospect|inquiry|enquiry|request for quotation|cart|basket|abandoned cart|template|simulation|tentative|provisional|unconfirmed"
        "|angebot*|entwurf*|kostenvoranschlag|anfrage|vorlaufig|offerte*|offert|vorschlag|warenkorb|unbestatigt|devis|brouillon*|proposition*|offre|panier|demande de prix|provisoire|presupuesto*|borrador*|cotizacion*|propuesta*|oferta*|carrito|preforma|provisional"
        "|preventiv[oi]|bozz[ae]|propost[ae]|offert[ae]|carrello|orcamento*|rascunho*|proposta*|cotacao|carrinho|concept|conceptofferte|offertes|voorstel*|winkelwagen|prijsopgave|voorlopig|tilbud|kladde|udkast|utkast|anbud|kurv|offerter|forslag|varukorg"
        "|tarjous|luonnos|ehdotus|ostoskori|ofert[ay]|szkic|wersja robocza|robocz*|wycena|propozycja|koszyk|nabidka|nabidky|koncept|navrh|rozpracovan*|kosik|ajanlat*|arajanlat*|piszkozat|tervezet|vazlat|kosar"
        "|черновик*|коммерческое предложение|предложение|кп|смета|корзина|teklif*|taslak*|fiyat teklifi|sepet|見積*|下書き|草稿|報価|报价*|報價*|草稿|询价|购物车|견적*|임시저장|초안|장바구니|عرض سعر|عرض أسعار|مسودة|προσφορα|προσχεδιο|προχειρο"
    ),
    "unpaid": (
        "pending payment|awaiting payment|waiting for payment|waiting payment|payment pending|payment awaited|awaiting bank wire payment|awaiting check payment|awaiting cheque payment|awaiting cash on delivery validation|pending paypal|payment review|payment due|unapproved payment|in payment procedure|pending prepayment"
        "|zahlung ausstehend|zahlung offen|warten auf zahlung|wartet auf zahlung|ausstehende zahlung|zahlungspflichtig|en attente de paiement|en attente de reglement|attente paiement|paiement en attente|en attente du paiement|pendiente de pago|esperando pago|pago pendiente|en espera de pago"
        "|in attesa di pagamento|in attesa del pagamento|pagamento in attesa|attesa pagamento|aguardando pagamento|pagamento pendente|pendente de pagamento|wacht op betaling|wachten op betaling|in afwachting van betaling|betaling in behandeling|afventer betaling|venter pa betaling|avventer betaling|vantar pa betalning|invantar betalning"
        "|odottaa maksua|maksua odotetaan|oczekuje na platnosc|oczekuje na wplate|oczekiwanie na platnosc|oczekujace na platnosc|ceka na platbu|ceka na zaplaceni|cekani na platbu|fizetesre var|fizetes alatt|ожидает оплаты|ожидание оплаты|ждет оплаты|odeme bekleniyor|odeme bekliyor|支払い待ち|入金待ち|支払待ち|待付款|待支付|等待付款|입금대기|결제대기|بانتظار الدفع|في انتظار الدفع|αναμονη πληρωμης|σε αναμονη πληρωμης"
    ),
    "unapproved": (
        "pending approval|awaiting approval|waiting for approval|to approve|pending confirmation|awaiting confirmation|waiting for confirmation|to confirm|needs approval|under review|pending review|supervisor approval|pending supervisor approval|unapproved|not approved yet|suspected fraud|fraud|fraud review"
        "|genehmigung ausstehend|zur genehmigung|wartet auf freigabe|unbestatigt|en attente de validation|en attente d approbation|a valider|en attente de confirmation|pendiente de aprobacion|pendiente de confirmar|pendiente de confirmacion|por aprobar|por confirmar"
        "|in attesa di approvazione|da approvare|da confermare|in attesa di conferma|aguardando aprovacao|aguardando confirmacao|wacht op goedkeuring|ter goedkeuring|afventer godkendelse|vantar pa godkannande|odottaa hyvaksyntaa|oczekuje na zatwierdzenie|do zatwierdzenia|ceka na schvaleni|jovahagyasra var|ожидает подтверждения|на согласовании|onay bekliyor|承認待ち|待审核|待确认|승인대기|بانتظار الموافقة|αναμονη εγκρισης"
    ),
    "cancelled": (
        "cancelled|canceled|cancel|cancellation|cancelation|cancels|void|voided|deleted|annulled|trash|trashed|removed|abandoned|restocked|withdrawn|reversed|paypal reversed|unfulfillable"
        "|storniert*|annulliert*|abgebrochen|geloscht|verworfen|ungultig|annule*|abandonnee?|supprimee?|cancelad[oa]|anulad[oa]|anulacion|eliminad[oa]|abandonad[oa]|annullat[oa]|annullamento|cancellat[oa]|abbandonat[oa]|eliminat[oa]|anulacao|excluid[oa]"
        "|geannuleerd*|annulering|verwijderd|annulleret|annuleret|slettet|annullert|kansellert|avbestilt|makulera[dt]|annullera[dt]|avbruten|borttagen|peruttu|peruutettu|mitatoity|poistettu|anulowan*|usuniet*|skasowan*|stornovan*|zrusen*|smazan*|torolve|torolt|sztornozott|sztornozva|lemondva|lemondott|ervenytelen*|visszavont"
        "|отменен*|аннулирован*|удален*|отмена|iptal*|silindi|キャンセル*|取消*|取り消し|削除|已取消|已作废|作废|已删除|취소*|삭제|ملغي|ملغى|ملغاة|تم الإلغاء|ακυρ*|διαγραφ*"
    ),
    "storno": "storno|stornobeleg|sztorno|сторно|reversal|stornierung",
    "lost": (
        "lost|rejected|declined|expired|failed|payment failed|payment error|refused|denied|closed lost|no sale|=dead|=error|not signed"
        "|abgelehnt|abgelaufen|fehlgeschlagen|verloren|zahlung fehlgeschlagen|perdue?|refusee?|rejetee?|expiree?|echouee?|erreur de paiement|perdid[oa]|rechazad[oa]|caducad[oa]|expirad[oa]|fallid[oa]|error en pago|pers[oa]|rifiutat[oa]|respint[oa]|fallit[oa]|perdid[oa]|rejeitad[oa]|recusad[oa]|expirad[oa]|falhou"
        "|verloren|afgewezen|geweigerd|verlopen|mislukt|tabt|afvist|udlobet|mislykket|tapt|avvist|utlopt|mislyktes|forlora[dt]|avvisa[dt]|nekad|utgang[en]*|misslyckad*|havitty|hylatty|vanhentunut|epaonnistui|przegran*|odrzucon*|wygasl*|nieudan*|ztracen*|zamitnut*|odmitnut*|vyprsel*|neuspesn*|elveszett|elutasitva|elutasitott|lejart|sikertelen"
        "|проигран*|отклонен*|истек*|просрочено предложение|неудач*|отказ|kaybedil*|reddedil*|suresi dol*|basarisiz|失注|却下|期限切れ|失敗|已拒绝|已过期|失败|丢单|거절|만료|실패|مرفوض|منتهي الصلاحية|فشل|απορριφθηκε|εληξε|απετυχε|χαμενη"
    ),
    "refunded": (
        "refunded|fully refunded|chargeback|charged back|erstattet|zuruckerstattet|ruckerstattet|rembourse*|reembolsad[oa]|devuelto el importe|rimborsat[oa]|terugbetaald|gerestitueerd|refunderet|refundert|aterbetald|hyvitetty|palautettu maksu|zwrocono srodki|refundacja|refundovan*|vracene penize|visszateritett|visszateritve"
        "|возврат средств|возмещен*|iade edildi|para iadesi|返金*|已退款|退款|환불*|مسترد|تم الاسترداد|επιστροφη χρηματων"
    ),
    "returned": (
        "returned|shipped returned to seller|shipped returning to seller|shipped rejected by buyer|returned to seller|returned to sender|returned by customer|retourniert*|zuruckgesendet|zuruckgegeben|zuruckgeschickt|retournee?|renvoyee?|retourne|devuelt[oa]|res[oai] dal cliente|restituit[oa]|resa|reso|devolvid[oa]|geretourneerd|teruggestuurd|returneret|returnert|returnera[dt]|palautettu|zwrocon*|vracen*|visszakuldott|visszakuldve|visszaru|возвращен*|iade edilen|返品済|已退货|반품완료|مرتجع|επιστραφηκε"
    ),
    "partly": (
        "partially|partly|partial|part|teilweise|teil|partiellement|partielle?|parcialmente|parcial|parzialmente|parziale|gedeeltelijk|deels|delvis|delvist|osittain|czesciow*|castecn*|reszben|частично|kismen|一部|部分|부분|جزئي|μερικ*"
    ),
    # -- states that say different things in different systems
    "pending": "pending|ausstehend|en attente|pendiente|in attesa|in sospeso|pendente|in afwachting|afventer|avventer|vantande|vantar|odottaa|oczekujac*|oczekuje|ceka|cekajici|fuggoben|ожидает|ожидание|bekliyor|beklemede|保留中|待ち|待处理|待定|대기|معلق|قيد الانتظار|εκκρεμ*|σε αναμονη",
    "held": "on hold|onhold|hold|held|holded|blocked|suspended|paused|gesperrt|zuruckgestellt|angehalten|blockiert|bloquee?|suspendue?|en espera|bloquead[oa]|suspendid[oa]|retenid[oa]|bloccat[oa]|sospes[oa]|suspens[oa]|geblokkeerd|opgeschort|in de wacht|sparret|sperret|sparrad|pausad|pidossa|estetty|wstrzyman*|zablokowan*|pozastaven*|blokovan*|visszatartva|zarolva|заблокирован*|приостановлен*|отложен*|askida|保留|冻结|暂停|保留|보류|موقوف|σε αναστολη",
    "sent": "sent|gesendet|envoyee?|inviat[oa]|sendt til kunde|skickad till kund",
    "unsettled": "unpaid|not paid|unbezahlt|nicht bezahlt|impayee?|non payee?|non reglee?|impagad[oa]|no pagad[oa]|sin pagar|non pagat[oa]|insolut[oa]|nao pag[oa]|onbetaald|niet betaald|ubetalt|ikke betalt|obetald|ej betald|maksamaton|maksamatta|nieoplacon*|niezaplacon*|nezaplacen*|neuhrazen*|kifizetetlen|fizetetlen|не оплачен*|неоплачен*|odenmedi|odenmemis|未払い|未払|未入金|未付款|未支付|미결제|미납|غير مدفوع|απληρωτ*|to pay",
    "submitted": "submitted|eingereicht|soumise?|presentad[oa]|ingediend|inskickad",
    # -- movements
    "sale": (
        "sale|sales|sale order|sales order|sales orders|sold|sales invoice|sales shipment|sale shipment|posted sales shipment|posted sales invoice|service shipment|delivery note|delivery order|delivery orders|deliveries|delivery|deliver|goods delivery|customer delivery|customer order|customer shipment|shipment|packing slip|dispatch|despatch|cash sale|pos sale|pos invoice|pos order|sales receipt|invoice|invoices|tax invoice|order|orders|standard order|rush order|item fulfillment|outgoing shipment|outgoing|issue to customer|goods issue to customer|goods issue for delivery|gi goods issue delvy|retail sale|wholesale|=b2b|=b2c|online order|web order|point of sale|=charge"
        "|verkauf|verkaufe|abverkauf|lieferschein|lieferung|auslieferung|kundenauftrag|auftrag|bestellung kunde|rechnung|verkaufsrechnung|verkaufslieferung|kundenlieferung|barverkauf|kassenverkauf|warenausgang|terminauftrag|sofortauftrag|umsatz|lieferung an kunden"
        "|vente|ventes|bon de livraison|livraison|commande|commande client|facture client|facture de vente|expedition|expedition client|bon de commande client|sortie vente"
        "|venta|ventas|albaran|albaran de venta|entrega|pedido|pedido de venta|pedido de cliente|factura|factura de venta|nota de entrega|remito|remision|salida por venta"
        "|vendita|vendite|=ddt|documento di trasporto|consegna|ordine|ordine cliente|ordine di vendita|fattura|fattura di vendita|bolla|spedizione|scarico per vendita|scontrino"
        "|venda|vendas|guia de remessa|pedido de venda|nota fiscal|nota fiscal de saida|fatura|verkoop|pakbon|levering|verkooporder|verkoopfactuur|factuur|verzending|bestelling|klantorder"
        "|salg|folgeseddel|salgsordre|ordre|faktura|salgsfaktura|leverance|pakkseddel|forsaljning|foljesedel|kundorder|leverans|forsaljningsorder|myynti|lahete|myyntitilaus|lasku|myyntilasku|toimitus|tilaus"
        "|sprzedaz|=wz|wydanie zewnetrzne|faktura sprzedazy|zamowienie|zamowienie klienta|paragon|prodej|vydejka|dodaci list|prodejka|objednavka|eladas|ertekesites|szallitolevel|szamla|vevoi rendeles|ertekesitesi rendeles|rendeles"
        "|продажа|продажи|реализация|отгрузка|накладная|заказ|заказ покупателя|заказ клиента|расходная накладная|satis|satis siparisi|satis faturasi|irsaliye|sevkiyat|siparis|fatura"
        "|売上|販売|出荷|納品書|納品|受注伝票|売上伝票|销售|销售出库|销售订单|出货|出貨|销货|订单|판매|매출|출고|납품|주문|판매출고|مبيعات|بيع|فاتورة|فاتورة مبيعات|أمر بيع|إذن تسليم|πωληση|πωλησεις|δελτιο αποστολης|τιμολογιο|παραγγελια|παραγγελια πελατη|αποστολη"
    ),
    "issue": (
        "issue|issues|goods issue|material issue|stock issue|issued|inventory issue|withdrawal|stock out|stockout movement|outbound|=out|outgoing goods|=outward|=outwards|entnahme|ausgang|abgang|lagerabgang|materialausgang|lagerausgang|auslagerung|sortie|sorties|sortie de stock|salida|salidas|salida de almacen|uscita|uscite|scarico|scarichi|scarico magazzino"
        "|saida|saidas|saida de estoque|uitgifte|afgifte|=uit|uitgaand|uitslag|afgang|udgang|udlevering|uttak|utgaende|uttag|=otto|ulos|varastosta otto|wydanie|rozchod|rw zewnetrzne|vydej|kiadas|kivet|расход|выдача|списание в продажу|cikis|stok cikis|出庫|払出|出库|出庫|发料|출고|불출|صرف|خروج|εξαγωγη|εξοδος"
    ),
    "receipt": (
        "receipt|receipts|purchase receipt|goods receipt|goods received|goods received note|grn|=gr|material receipt|stock receipt|received goods|incoming|incoming shipment|inbound|=in|=inward|=inwards|stock in|putaway|supplier delivery|vendor receipt|gr goods receipt|gr for po|inventory receipt|item receipt|product receipt"
        "|purchase|purchases|purchase order|purchase orders|=po|purchase invoice|posted purchase receipt|vendor bill|supplier invoice|=bill|purch order|=buy|=bought"
        "|wareneingang|zugang|eingang|lagerzugang|materialeingang|lagereingang|einlagerung|einkauf|einkaufsbestellung|lieferantenbestellung|einkaufslieferung|einkaufsrechnung|bestellung lieferant|=we|lieferantenrechnung|entree|entrees|entree de stock|reception|receptions|achat|achats|commande fournisseur|facture fournisseur|bon de reception|reception fournisseur|commande d achat"
        "|entrada|entradas|entrada de almacen|recepcion|compra|compras|pedido de compra|orden de compra|factura de compra|albaran de compra|pedido a proveedor|ingreso|entrata|entrate|carico|carichi|carico magazzino|ricevimento|acquisto|acquisti|ordine di acquisto|ordine fornitore|fattura di acquisto|ordine a fornitore"
        "|recebimento|pedido de compra|nota fiscal de entrada|ontvangst|ontvangsten|inkoop|inkooporder|inkoopfactuur|ingaand|goederenontvangst|inslag|tilgang|modtagelse|varemodtagelse|kob|indkob|indkobsordre|varemottak|innkjop|innkjopsordre|mottak|inleverans|inkop|inkopsorder|mottagning|inkommande|vastaanotto|osto|ostotilaus|saapuminen|saapuva|ostolasku"
        "|przyjecie|=pz|przychod|przyjecie zewnetrzne|zakup|zamowienie zakupu|dostawa od dostawcy|faktura zakupu|prijem|prijemka|nakup|nakupni objednavka|bevetelezes|bevet|beszerzes|beszerzesi rendeles|atvetel|поступление|приход|приемка|закупка|заказ поставщику|покупка|приобретение|giris|mal kabul|satin alma|=alim|=alis|satin alma siparisi|stok giris"
        "|入庫|受入|仕入|仕入れ|購買|発注|入荷|入库|入庫|收货|采购|采购入库|采购订单|進貨|进货|입고|구매|매입|발주|구매입고|شراء|مشتريات|استلام|وارد|أمر شراء|εισαγωγη|παραλαβη|αγορα|αγορες|παραγγελια αγορας|εισοδος"
    ),
    "transfer": (
        "transfer|transfers|transfer order|transfer receipt|transfer shipment|direct transfer|internal transfer|internal transfers|=internal|internal move|stock transfer|material transfer|warehouse transfer|inter warehouse|intercompany|inter company|=move|relocation|replenishment|putaway move|send to subcontractor|rebin|dropship transit"
        "|umlagerung*|umbuchung*|lagerumbuchung|transferbuchung|interne buchung|transfert*|transfert interne|mouvement interne|traspaso*|transferencia*|traslado*|movimiento interno|trasferiment[oi]|trasferimento interno|giroconto|movimento interno|overboeking|verplaatsing|interne verplaatsing|overplaatsing|flytning|overflytning|overforsel|overforing|intern overforing|omflyttning|lageroverforing|siirto|sisainen siirto|varastosiirto"
        "|przesuniecie|=mm|przesuniecie miedzymagazynowe|presun|prevod|prevodka|interni presun|atmozgatas|athelyezes|attarolas|raktarkozi|перемещение|внутреннее перемещение|transfer fisi|depo transferi|depolar arasi|移動|倉庫移動|振替|调拨|移库|轉倉|이동|창고이동|재고이동|تحويل|نقل|تحويل داخلي|μεταφορα|ενδοδιακινηση|μετακινηση"
    ),
    "adjustment": (
        "adjustment|adjustments|adjust|positive adjmt|negative adjmt|positive adjustment|negative adjustment|pos adjmt|neg adjmt|inventory adjustment|inventory count|inventory|stock count|stock take|stocktake|stock reconciliation|stock adjustment|cycle count|physical inventory|counting|=count|write off|writeoff|write down|scrap|scrapped|scrapping|waste|wastage|shrinkage|=loss|damage|damaged|spoilage|opening|opening stock|opening balance|opening entry|initial stock|=initial|revaluation|repost|correction"
        "|inventur*|korrektur*|bestandskorrektur|bestandsaufnahme|abschreibung|verschrottung|schwund|ausschuss|anfangsbestand|eroffnungsbestand|inventurdifferenz|ajustement*|inventaire*|rebut|perte|casse|stock initial|regularisation|correction|mise au rebut|ajuste*|inventario*|recuento|merma|desecho|stock inicial|regularizacion|rotura"
        "|rettific[ah]*|inventari[oi]|scarto|calo|giacenza iniziale|rottamazione|differenza inventariale|ajuste de estoque|sucata|perda|estoque inicial|correctie*|voorraadcorrectie|telling|afschrijving|schroot|beginvoorraad|inventarisatie|regulering|lageroptaelling|optaelling|svind|kassation|=primo|beholdningsjustering|justering|varetelling|vrakning|inventering|kassering|lagerjustering|ingaende saldo|inventaario|inventointi|korjaus|havikki|alkusaldo|saldokorjaus"
        "|korekta stanu|korekta|inwentaryzacja|remanent|likwidacja|spisanie|bilans otwarcia|strata|inventura|oprava|vyrazeni|likvidace|pocatecni stav|manko|leltar*|selejt*|korrekcio|nyito*|hiany|инвентаризация|корректировка|списание|оприходование|ввод остатков|начальный остаток|sayim|sayim fazlasi|duzeltme|=fire|hurda|acilis|=devir|棚卸|棚卸調整|調整|在庫調整|廃棄|期首|盘点|盘盈|盘亏|调整|报废|期初|재고조정|조정|실사|폐기|기초|تسوية|جرد|إتلاف|رصيد افتتاحي|هالك|απογραφη|διορθωση|καταστροφη|αποσβεση|εναρξη"
    ),
    "production": (
        "production|production output|production receipt|output|manufacture|manufactured|manufacturing|manufacturing order|assembly output|posted assembly|work order|work order completion|=build|assembly|repack|disassemble|kitting|production order|finished goods receipt|gr for production order"
        "|produktion|istmeldung|fertigung|fertigmeldung|fertigungsauftrag|produktionszugang|ruckmeldung|montage ausstoss|fabrication|ordre de fabrication|entree production|produccion|orden de fabricacion|entrada de produccion|fabricacion|produzione|ordine di produzione|versamento|versamento da produzione|producao|ordem de producao|productie|productieorder|gereedmelding|produktionsordre|faerdigmelding|produksjon|tillverkning|tillverkningsorder|inrapportering|tuotanto|valmistus|tuotantotilaus"
        "|produkcja|=pw|przyjecie z produkcji|zlecenie produkcyjne|vyroba|prijem z vyroby|vyrobni prikaz|gyartas|termeles|производство|выпуск|выпуск продукции|uretim|uretimden giris|製造|生産|完成入庫|生产|生产入库|完工|생산|생산입고|إنتاج|تصنيع|παραγωγη"
    ),
    "consumption": (
        "consumption|assembly consumption|production consumption|consumed|consume|component issue|material consumption|issue to production|issued to production|issue to work order|work order issue|backflush|material consumption for manufacture|material transfer for manufacture|goods issue for order|goods issue for production|gi for order|gi for cost center|internal use|internal consumption|=usage"
        "|verbrauch|materialverbrauch|produktionsverbrauch|entnahme fertigung|entnahme fur auftrag|verbrauch produktion|eigenverbrauch|consommation*|sortie production|sortie fabrication|consumo*|salida a produccion|consumo de produccion|scarico a produzione|scarico per produzione|prelievo produzione|consumo interno|consumo de producao|verbruik|productieverbruik|forbrug|vareforbrug|forbruk|forbrukning|materialuttag|kulutus"
        "|=rw|rozchod wewnetrzny|zuzycie|wydanie na produkcje|spotreba|vydej do vyroby|felhasznalas|anyagfelhasznalas|расход на производство|потребление|передача в производство|uretime cikis|sarf|tuketim|消費|使用|生産出庫|領料|领料|生产领料|消耗|소비|생산출고|자재불출|استهلاك|صرف للإنتاج|αναλωση|καταναλωση"
    ),
    "return": (
        "return|returns|customer return|sales return|sale return|sales return receipt|sales return order|return order|return receipt|return authorization|rma|credit|credit note|credit memo|sales credit memo|posted sales credit memo|credit invoice|refund|refunds|cash refund|customer refund|return of goods|=re|=cn|=ret|=g2"
        "|retoure*|rucksendung*|ruckgabe*|rueckgabe*|rucknahme*|ruecknahme*|ruckware|gutschrift*|retourschein|kundenretoure|rucklieferung|retour|retours|retour client|avoir*|bon de retour|note de credit|devolucion*|abono*|nota de credito|devolucion de cliente|rectificativa|factura rectificativa|res[oi]|reso cliente|nota di credito|note di credito|nota credito|devoluc*|retour klant|creditnota*|creditfactuur|retourzending|retourontvangst"
        "|kreditnota*|returnering|returordre|retur|kundereturnering|kreditfaktura|kundretur|palautus|asiakaspalautus|hyvitys*|hyvityslasku|zwrot*|korekta sprzedazy|faktura korygujaca|nota korygujaca|vratka|dobropis*|vraceni|visszaru*|visszavet*|jovairas*|helyesbito szamla|возврат*|возврат покупателя|возврат от покупателя|корректировочный счет|iade*|satis iadesi|iade faturasi|返品*|赤伝|返却|退货*|退貨*|销售退货|红字|반품*|반입|مرتجع*|مرتجعات|إشعار دائن|مردودات|επιστροφη*|πιστωτικ*|επιστροφες"
    ),
    "supplier": "supplier|vendor|vendors|suppliers|lieferant*|kreditor|fournisseur*|proveedor*|fornitor*|fornecedor*|leverancier*|leverandor*|leverantor*|toimittaja*|dostawc*|dodavatel*|szallito*|beszallito*|поставщик*|tedarikci*|仕入先|供应商|供應商|공급업체|مورد|προμηθευτ*|purchase|purchasing",
    "inhouse": "stock entry|job card|pick list|stock reservation|landed cost voucher|asset capitalization",
    "customer": "customer|customers|client|clients|kunde*|debitor|cliente*|klant*|kund*|asiakas*|klient*|odberatel*|zakaznik*|vevo|покупател*|клиент*|musteri*|顧客|得意先|客户|客戶|고객|عميل|العملاء|πελατ*|sales",
    # -- words that say nothing of whether a row is a sale
    "plain": (
        "active|inactive|discontinued|obsolete|phase out|phased out|end of life|eol|enabled|disabled|normal|standard|regular|default|high|medium|low|urgent|priority|express|economy|premium|basic|ordinary|general|none|other|misc|retail|online|web|store|phone|b2b|b2c|aktiv|inaktiv|hoch|mittel|niedrig|dringend|normale|actif|active|inactif|haute|basse|activ[oa]|alta|baja|media|attiv[oa]|ativ[oa]|inativ[oa]|actief|inactief|hoog|laag|aktivni|aktywn*|aktiivinen|aktif|通常|標準|普通|正常|일반|عادي|κανονικ*"
        "|product|products|item|items|goods|article|articles|stock item|inventory item|finished good|finished goods|raw material|component|storable|storable product|consumable|simple|variant|variable|variation|ware|waren|artikel|produkt|produkte|produit|produits|marchandise|producto|productos|articulo|prodotto|prodotti|articolo|produto|produtos|line|merchandise|hardware|physical"
    ),
    "not": "not|no|non|never|nicht|kein*|nie|ne|pas|sin|senza|nao|sem|niet|geen|ikke|ej|inte|ei|nem|не|без|degil|未|不|否|미|안|غير|لم|δεν|μη|ohne|without|un",
    "later": "to|to be|needs|need|awaiting|waiting|wait|pending|due|ready|until|before|soon|request|requested|requires|required|noch|zu|muss|wartet|warten|en attente|a|attente|pendiente|por|da|in attesa|da|aguardando|te|wacht|moet|afventer|vantar|odottaa|do|oczekuje|ceka|k|var|ожидает|к|bekliyor|待|等待|대기|بانتظار|αναμονη|angefordert|beantragt|demandee?|solicitad[oa]|richiest[oa]",
    "payment": "payment|zahlung|paiement|reglement|pago|pagamento|betaling|betalning|maksu|platnosc|platb*|fizetes|оплат*|odeme|支払|付款|결제|الدفع|πληρωμη*",
    "approval": "approval|confirmation|validation|genehmigung|freigabe|bestatigung|approbation|aprobacion|approvazione|conferma|aprovacao|goedkeuring|godkendelse|godkjenning|godkannande|hyvaksynta|zatwierdzenie|schvaleni|jovahagyas|onay",
}

#: movements of SAP by code: issues for sales, their reversals and returns of customers, receipts and what is neither
SAP_MOVEMENTS: Mapping[str, str] = {
    **dict.fromkeys("601 231 251 621 623 633 645 687".split(), "sale"),
    **dict.fromkeys("602 232 252 634 651 653 655 657 451 453 455 457 459 624".split(), "return"),
    **dict.fromkeys(
        "101 103 105 107 109 131 501 503 505 511 521 523 525 531 561 563 565 571 573 575".split(), "receipt"
    ),
    **dict.fromkeys(
        "102 104 106 108 110 122 123 124 125 132 161 162 502 504 506 512 522 524 526 532 562 564 566 572 574 576 652 654 656 658 452 454 456 458 460".split(),
        "other",
    ),
    **dict.fromkeys("201 202 221 222 241 242 261 262 281 282 291 292 543 544 545 546".split(), "consumption"),
    **dict.fromkeys(
        "301 302 303 304 305 306 309 310 311 312 313 314 315 316 317 318 319 320 321 322 323 324 325 326 341 342 343 344 349 350 351 352 411 412 413 414 415 416 541 542 603 604 605 606 631 632 641 642 643 644 646 647 648 671 672 673 674 675 676 677".split(),
        "transfer",
    ),
    **dict.fromkeys(
        "331 332 333 334 335 336 551 552 553 554 555 556 557 558 701 702 703 704 707 708 711 712 713 714 715 716 717 718".split(),
        "adjustment",
    ),
}

_YES = frozenset(
    "yes|y|true|t|1|x|xx|ja|j|oui|o|vrai|si|s|verdadero|sim|verdadeiro|vero|wahr|waar|sand|kylla|kyl|tosi|tak|prawda|ano|pravda|igen|i|igaz|да|д|истина|evet|e|dogru|はい|是|예|네|نعم|ναι|da|taip|jah|так|ya|co|ใช่|כן|有|あり|有り|checked|on|✓|✔|☑|✗|marked".split(
        "|"
    )
)
_NO = frozenset(
    "no|n|false|f|0|-|–|nein|non|faux|falso|nao|falsch|nee|onwaar|nej|nei|falsk|falskt|ei|e|epatosi|nie|falsz|ne|nepravda|nem|hamis|нет|н|ложь|hayir|h|yanlis|いいえ|否|아니오|아니요|لا|οχι|nu|ni|ні|tidak|khong|ไม่|ไม่ใช่|לא|無|なし|無し|off|unchecked|none|☐|".split(
        "|"
    )
)


def is_number(text: str) -> bool:
    """Whether a text is digits alone, with whatever sign and separators."""
    return text.strip().replace(",", "").replace(".", "").lstrip("+-").isdigit()


def yes_or_no(text: str) -> str:
    """What a cell answers: "yes", "no" (a blank too), or "" where it is neither.

    >>> [yes_or_no(text) for text in ("Yes", "oui", "не", "nein", "0", " ", "maybe")]
    ['yes', 'yes', '', 'no', 'no', 'no', '']
    """
    plain = " ".join(text.strip().replace("ı", "i").casefold().split())
    bare = plain if is_number(text) else normal_name(text) or plain
    return "yes" if plain in _YES or bare in _YES else "no" if plain in _NO or bare in _NO else ""


#: words of headers of marks -> what a marked row is
MARKS: Mapping[str, str] = {
    "returned": "return|returned|returns|ret|rtn|retn|rtrn|returnflag|is return|retoure*|retour|retourne*|ruckgabe|ruckgesendet|rucksendung|zuruckgegeben|retournee?|devuelto|devuelta|devolucion*|reso|resa|resi|restituito|devolvido|devolvida|devolucao|geretourneerd|teruggestuurd|retur|returneret|returnert|returnerad|palautettu|palautus|zwrot|zwrocon*|vracen*|vratka|visszaru*|visszakuldve|возврат*|возвращен*|iade*|返品|退货|退貨|반품|مرتجع|επιστροφη*|credit note|credit memo|is credit|gutschrift|avoir|is refund|refund|refunded|refunded flag|erstattet|rembourse*|reembolso|reembolsado|rimborsato|rma",
    "cancelled": "cancelled|canceled|cancel|cancellation|canc|cxl|cncl|is cancelled|void|voided|storno|storniert|stornokennzeichen|annule*|annulliert|annullato|annullata|anulado|anulada|cancelado|cancelada|geannuleerd|annulleret|annullert|makulerad|annullerad|peruttu|anulowan*|zrusen*|stornovan*|torolve|sztorno|отменен*|отмена|iptal*|キャンセル|取消*|已取消|취소*|ملغي|ακυρ*|deleted|geloscht|supprime|eliminado|loekz|loschkennzeichen|abgesagt|absage*|rejection|rejected|abgelehnt",
    "sample": "sample|samples|muster|probe|musterlieferung|echantillon*|muestra*|campione|campioni|amostra*|monster|vareprove|prove|varuprov|prov|nayte|probka|vzorek|minta|образец|numune|サンプル|見本|样品|樣品|샘플|عينة|δειγμα",
    "free": "free|free of charge|foc|gratis|kostenlos|kostenfrei|unberechnet|gratuit*|sin cargo|gratuito*|omaggio|omaggi|gratis|oferta gratuita|brinde|ilmainen|bezplatn*|zdarma|gratisz|ingyenes|бесплатно|ucretsiz|無料|無償|免费|赠品|贈品|무료|무상|مجاني|δωρεαν|giveaway|promo gift|no charge",
    "internal": "internal|intern|interne|interno|interna|internal order|is internal|eigenbedarf|intercompany|ic|own use|interner auftrag|intern ordre|sisainen|wewnetrzn*|interni|belso|внутренн*|dahili|社内|内部|내부|داخلي|εσωτερικ*|employee sale|test|is test|test order|testauftrag|dummy",
}


def _names(listed: str) -> frozenset[str]:
    """Names of columns, as `normal_name` writes them: Korean syllables in their parts."""
    return frozenset(normal_name(name) for name in listed.split("|"))


#: names of columns: those that say the state of a row, words that may, what the state is of, and what it is not of; kinds of movement or document, and names that may say one
STATUS_WORDS = tuple(
    _names(
        "status|statut|stare|starea|stanje|busena|statuss|olek|สถานะ|статус|durum|durumu|ステータス|状態|状态|狀態|상태|الحالة|حالة|κατασταση|docstatus"
        f"|{NAMES_OF_LANGUAGES['status']}"
    )
)
STATE_WORDS = tuple(
    _names(
        "state|estado|estat|stato|etat|situacao|situacion|stan|stav|tila|allapot|stage|phase|etape|etapa|fase|toestand|tilstand|состояние|stadium"
    )
)
OF_ROWS = _names(
    "order|orders|sales|sale|invoice|line|document|doc|delivery|shipping|shipment|fulfillment|fulfilment|payment|financial|billing|transaction|bill|auftrag|beleg|rechnung|commande|ligne|facture|livraison|paiement"
    "|pedido|factura|linea|entrega|pago|ordine|fattura|riga|consegna|pagamento|encomenda|fatura|bestelling|factuur|regel|ordre|faktura|linje|rad|tilaus|tilauksen|lasku|zamowienia|zamowienie|faktury|objednavky|objednavka|rendeles|szamla|заказа|заказ|счета|siparis|del|de la|dell"
    "|deal|opportunity|comanda|comenzii|comenzi|comandei|narudzbe|narudžbe|narocila|naročila|замовлення|поръчката|поръчка|pesanan|don hang|fattura|flow"
)
NOT_OF_ROWS = frozenset(
    "customer|client|kunde|kunden|cliente|klant|product|produkt|produit|producto|prodotto|item|article|artikel|material|sku|tax|vat|stock|inventory|lager|user|account|marital|employee|credit|vendor|supplier|store|us|united".split(
        "|"
    )
)
MOVEMENT_NAMES = _names(
    "movement|movements|movement type|movement code|move type|mvt|mvt type|transaction type|transaction kind|trans type|txn type|entry type|entry kind|document type|doc type|document kind|voucher type|voucher kind|operation type|picking type|stock move type|posting type|journal type"
    "|bewegung|bewegungsart|bewegungstyp|bwart|vorgangsart|vorgang|belegart|belegtyp|buchungsart|dokumentart|dokumenttyp|dokumenttype|lagerbewegung|type mouvement|type de mouvement|mouvement|type de document|type document|type d operation|type de piece|type piece|tipo movimiento|tipo de movimiento|movimiento|tipo documento|tipo de documento|tipo operacion|tipo de operacion"
    "|tipo movimento|tipo di movimento|movimento|causale|causale magazzino|tipo di documento|tipo de movimento|tipo de operacao|documentsoort|mutatiesoort|mutatietype|boekingssoort|bevaegelsestype|bevegelsestype|rorelsetyp|transaktionstyp|transaktionstype|bilagstype|verifikationstyp|tapahtumalaji|tapahtumatyyppi|rodzaj ruchu|rodzaj dokumentu|typ dokumentu|typ ruchu|typ pohybu|druh pohybu|druh dokladu|typ dokladu|mozgas tipusa|mozgasnem|bizonylattipus|bizonylat tipusa"
    "|вид движения|тип движения|вид операции|тип операции|тип документа|вид документа|хозяйственная операция|hareket tipi|hareket turu|islem tipi|islem turu|belge turu|belge tipi|fis turu|移動タイプ|取引区分|入出庫区分|受払区分|伝票種別|伝票区分|移动类型|单据类型|业务类型|出入库类型|이동유형|입출고구분|거래유형|전표유형|نوع الحركة|نوع المستند|نوع العملية|κινηση|ειδος κινησης|τυπος παραστατικου|ειδος παραστατικου|auart|fkart|vgart|fakturaart|billing type|billing doc type|billing document type|sales document type|sales doc type|verkaufsbelegart|fakturierungsart|type de facture|type facture|tipo de factura|tipo factura|tipo fattura|factuursoort|tipo de fatura"
    f"|{NAMES_OF_LANGUAGES['movement']}"
)
TYPE_NAMES = _names(
    "type|typ|tipo|art|kind|soort|tyyppi|laji|rodzaj|druh|tipus|тип|вид|tip|tur|turu|種別|区分|类型|类别|유형|구분|النوع|نوع|τυπος|ειδος|order type|invoice type|sales type|line type|record type|auftragsart|rechnungsart|direction|in out|inout|io|richtung|sens|sentido|direzione|operation|operacion|operazione|operacao|transaction|voucher|action|activity|event|reason|motif|motivo|grund"
)

#: words that Germanic languages join with others
COMPOUNDS = (
    "angebot entwurf gutschrift storno retoure rucksendung rechnung auftrag lieferschein lieferung wareneingang warenausgang umlagerung umbuchung inventur korrektur"
    " verbrauch produktion fertigung einkauf verkauf offerte factuur pakbon creditnota verkoop inkoop faktura kreditnota ordre tilbud retur"
).split()

_BLANKLESS = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\u1100-\u11ff\uac00-\ud7af]")


class _Table:
    """Words of all classes, ready to be looked for in a phrase."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.exact: dict[str, set[str]] = {}
        self.whole: dict[str, set[str]] = {}
        #: by their first three letters: stem, class, words of the stem
        self.stems: dict[str, list[tuple[str, str, int]]] = {}
        self.within: list[tuple[str, str]] = []
        self.longest = 1
        for name, listed in words.items():
            for entry in listed.split("|"):
                for form in _forms(entry):
                    self._take(name, form)
        self.within.sort(key=lambda one: -len(one[0]))

    def _take(self, name: str, entry: str) -> None:
        if entry.startswith("="):
            self.whole.setdefault(normal_name(entry[1:]), set()).add(name)
            return
        stem = entry.endswith("*")
        plain = normal_name(entry.rstrip("*"))
        if not plain:
            return
        if _BLANKLESS.search(plain):
            self.within.append((plain, name))
        elif stem:
            if len(plain) >= 3:
                self.stems.setdefault(plain[:3], []).append((plain, name, len(plain.split())))
            self.exact.setdefault(plain, set()).add(name)
        else:
            self.exact.setdefault(plain, set()).add(name)
        self.longest = max(self.longest, len(plain.split()))

    def classes(self, text: str) -> frozenset[str]:
        """Classes of the words of a text, those of several words before those of one; each word speaks once."""
        plain = normal_name(text.replace("ı", "i"))
        found: set[str] = set(self.whole.get(plain, ()))
        if _BLANKLESS.search(plain):
            for word, name in self.within:
                if word in plain:
                    found.add(name)
                    if not any(word == other and name != kind for other, kind in self.within):
                        plain = plain.replace(word, " ")
        tokens = plain.split()
        i = 0
        while i < len(tokens):
            for size in range(min(self.longest, len(tokens) - i), 0, -1):
                here = self._of(" ".join(tokens[i : i + size]), size)
                if here:
                    found |= here
                    i += size - 1
                    break
            i += 1
        return frozenset(found - {"by"})

    def _of(self, words: str, size: int) -> set[str]:
        if words in self.exact:
            return self.exact[words]
        found = {
            name
            for stem, name, count in self.stems.get(words[:3], ())
            if count == size and words.startswith(stem)
        }
        if found <= {"customer", "supplier"} and size == 1 and len(words) >= 9:
            found |= {name for part in COMPOUNDS if part in words for name in self.exact.get(part, ())}
        return found


def _forms(entry: str) -> list[str]:
    """The spellings of an entry: `pagad[oa]` is pagado and pagada, `paye?e` with and without the letter before the mark."""
    found = re.search(r"\[(\w+)\]", entry)
    if found:
        return [
            form
            for letter in found[1]
            for form in _forms(entry[: found.start()] + letter + entry[found.end() :])
        ]
    if "?" in entry:
        at = entry.index("?")
        return [*_forms(entry[:at] + entry[at + 1 :]), *_forms(entry[: at - 1] + entry[at + 1 :])]
    return [entry]


def _with(words: Mapping[str, str], further: Mapping[str, str]) -> dict[str, str]:
    """The words of each class, further languages included."""
    return {
        name: "|".join(filter(None, (words.get(name, ""), further.get(name, ""))))
        for name in {**words, **further}
    }


_TABLE, _MARKS = _Table(_with(WORDS, WORDS_OF_LANGUAGES)), _Table(_with(MARKS, MARKS_OF_LANGUAGES))


@lru_cache(maxsize=65536)
def spoken(text: str) -> frozenset[str]:
    """The classes of the words in a phrase; empty where none is known.

    >>> sorted(spoken("Cancelled by customer")), sorted(spoken("Quotation Sent")), sorted(spoken("glorbed"))
    (['cancelled', 'customer'], ['quote', 'sent'], [])
    """
    return _TABLE.classes(text[:200])


@lru_cache(maxsize=4096)
def marked(header: str) -> frozenset[str]:
    """What a column of marks with this header marks; empty where its name says nothing."""
    return _MARKS.classes(header[:200])


#: words of headers that say only that numbers follow, that name a balance after a movement, where it came from and went to, and places of one's own
AMOUNT_WORDS = frozenset(
    normal_name(w)
    for w in "qty quantity quantities menge mengen qte quantite cantidad cant quantita quantidade qtd hoeveelheid aantal antal antall kvantitet maara ilosc mnozstvi mennyiseg количество кол во miktar adet units unit pcs stock 数量 数 수량 الكمية ποσοτητα number".split()
)
BALANCE_NAMES = _names(
    "balance|balance qty|qty after transaction|quantity after transaction|running balance|running total|stock balance|on hand after|qty on hand after|closing balance|closing stock|stock after|new balance|remaining balance|saldo|endbestand|bestand|bestand nachher|neuer bestand|lagerbestand|solde|stock final|stock apres|existencia|existencias|saldo final|giacenza|esistenza|voorraad|eindvoorraad|beholdning|lagersaldo|stan|stan po|zustatek|stav po|zaroegyenleg|egyenleg|остаток|баланс|bakiye|残高|在庫残|结存|結存|库存|잔액|재고|الرصيد|υπολοιπο"
)
FROM_NAMES = _names(
    "from|source location|from location|location from|source|from warehouse|source warehouse|from place|move from|location source|origin|von|von lager|von lagerort|von lagerplatz|quelle|quelllager|herkunft|abgebend|de|depuis|emplacement source|emplacement d origine|origine|provenance|desde|origen|ubicacion origen|ubicacion de origen|almacen origen|da|da ubicazione|ubicazione di origine|provenienza|magazzino di partenza|origem|local de origem|van|van locatie|bronlocatie|fra|fra lokation|fra sted|fran|fran plats|kallplats|mista|lahde|z|z lokalizacji|z magazynu|zrodlo|odkud|ze skladu|honnan|forras|из|откуда|со склада|отправитель|nereden|kaynak|cikis yeri|移動元|出庫元|来源|来源库位|源位置|출발지|출고지|من|المصدر|απο|προελευση"
)
TO_NAMES = _names(
    "to|destination location|to location|location to|destination|to warehouse|target warehouse|to place|move to|location destination|location dest|target|an|nach|nach lager|nach lagerort|ziel|ziellager|zu|empfangend|vers|a|emplacement de destination|emplacement destination|hasta|hacia|destino|ubicacion destino|ubicacion de destino|almacen destino|a ubicazione|ubicazione di destinazione|destinazione|magazzino di arrivo|para|local de destino|naar|naar locatie|doellocatie|til|til lokation|til sted|till|till plats|destinationsplats|minne|kohde|do|do lokalizacji|do magazynu|cel|kam|do skladu|hova|cel|в|куда|на склад|получатель|nereye|hedef|varis yeri|移動先|入庫先|目标|目的地|目标库位|목적지|입고지|إلى|الوجهة|προς|προορισμος"
)
PLACE_WORDS = frozenset(
    "wh stock stocks store stores warehouse warehouses depot bin shelf rack zone main central input output quality packing transit lager hauptlager regal magasin entrepot rayon almacen deposito estante magazzino scaffale armazem estoque magazijn voorraad schap lagerplats hylla varasto hylly magazyn regal sklad raktar polc склад стеллаж depo raf 倉庫 棚 仓库 库位 창고 مخزن مستودع αποθηκη ραφι location internal finished fg".split()
)
