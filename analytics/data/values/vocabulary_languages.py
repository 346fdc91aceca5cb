"""Words of states, movements and marks in further languages; written as in `vocabulary`, of which they are a part.

Romanian, Croatian, Serbian, Slovenian, Slovak, Ukrainian, Bulgarian, Estonian, Latvian, Lithuanian, Indonesian,
Vietnamese, Thai, Hebrew and Catalan; and short forms that stand alone in a cell (`=iss`).
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MARKS_OF_LANGUAGES", "NAMES_OF_LANGUAGES", "WORDS_OF_LANGUAGES"]

#: class -> its words
WORDS_OF_LANGUAGES: Mapping[str, str] = {
    "shipped": (
        "livrat[aei]?|expediat[aei]?|predat[aei]?|isporucen*|otpremljen*|poslan[aoi]|poslat[aoi]"
        "|dostavljen*|dobavljen*|odpremljen*|dorucen*|odoslan*|dodan*|expedovan*|відвантажен*"
        "|доставлен*|відправлен*|надіслан*|видан[оаі]|доставен*|изпратен*|испоручен*|послат[оа]?"
        "|tarnitud|saadetud|kohale toimetatud|valjastatud|piegadats|piegadata|nosutits|nosutita"
        "|izsniegts|pristatyt[ao]|issiust[ao]|isduot[ao]|terkirim|dikirim|sudah dikirim"
        "|diterima pembeli|da giao|da giao hang|giao hang thanh cong|da xuat kho|จัดส่งแล้ว|ส่งแล้ว"
        "|ส่งมอบแล้ว|จัดส่งสำเร็จ|נשלח|נשלחה|נמסר|נמסרה|סופק|סופקה|lliurat|lliurada|enviat|servit"
        "|beliefert|teilbeliefert|teilversandt|teilversendet|teilgeliefert|slutlevererad|dellevererad"
        "|restlevererad|dellevert|delleveret|kargoya verildi|shipment complete"
    ),
    "invoiced": (
        "facturat[aei]?|fakturirano|fakturiran[ai]?|fakturisan[oai]?|zaracunan[oai]?|vyfakturovan*"
        "|виставлен* рахунок|фактуриран*|фактурисан*|arveldatud|arve esitatud|izrakstits rekins"
        "|israsyta saskaita|ditagih|da xuat hoa don|ออกใบแจ้งหนี้แล้ว|חשבונית הופקה|חויב|facturada"
        "|teilfakturiert|faturasi kesildi|fatura kesildi"
    ),
    "paid": (
        "platit[aei]?|achitat[aei]?|incasat[aei]?|placeno|plaćeno|plaćen[ai]?|placan[oai]?|uplaceno"
        "|uplaćeno|zaplaten*|uhraden*|сплачен*|оплачен*|платен[оаи]?|плаћен[оаи]?|makstud|tasutud"
        "|apmaksats|apmaksata|samaksats|apmoket[ao]|sumoket[ao]|lunas|dibayar|sudah dibayar"
        "|da thanh toan|ชำระเงินแล้ว|จ่ายแล้ว|ชำระแล้ว|שולם|שולמה|pagat|pagada|cobrat|teilbezahlt"
        "|入金確認済"
    ),
    "done": (
        "finalizat[aei]?|incheiat[aei]?|inchis[ae]?|zavrsen[oai]?|završen[oai]?|zakljucen[oai]?"
        "|zakljuceno|zavrseno|dokoncen*|ukoncen*|vybaven*|uzavret*|виконан*|завершен*|закрит*"
        "|изпълнен*|приключен*|завършен*|затворен*|завршен*|lopetatud|valmis|taidetud|izpildits"
        "|izpildita|pabeigts|slegts|ivykdyt[ao]|baigt[ao]|uzdaryt[ao]|uzbaigt[ao]|selesai"
        "|sudah selesai|ditutup|hoan thanh|hoan tat|da hoan thanh|สำเร็จ|เสร็จสิ้น|เสร็จสมบูรณ์"
        "|ปิดแล้ว|הושלם|הושלמה|סגור|סגורה|בוצע|completat|tancat|succeeded|구매확정"
    ),
    "open": (
        "deschis[ae]?|in lucru|in procesare|in curs|otvoren[oai]?|u obradi|u tijeku|u toku"
        "|odprt[oai]?|v obdelavi|v izdelavi|otvoren*|spracovava sa|v rieseni|відкрит*|в обробці"
        "|в роботі|отворен[оаи]?|обработва се|в процес|у обради|avatud|tootlemisel|atverts|apstrade"
        "|atviras|vykdomas|vykdoma|diproses|sedang diproses|dang xu ly|dang giao|กำลังดำเนินการ"
        "|รอจัดส่ง|เปิด|פתוח|פתוחה|בטיפול|obert|en proces|partial livrat"
    ),
    "confirmed": (
        "confirmat[aei]?|aprobat[aei]?|acceptat[aei]?|validat[aei]?|potvrden[oai]?|potvrđen[oai]?"
        "|odobren[oai]?|prihvacen[oai]?|prihvaćen[oai]?|potrjen[oai]?|sprejet[oai]?|підтверджен*"
        "|погоджен*|затверджен*|потвърден[оаи]?|одобрен[оаи]?|приет[оаи]?|потврђен[оаи]?|kinnitatud"
        "|apstiprinats|apstiprinata|patvirtint[ao]|dikonfirmasi|disetujui|da xac nhan|da duyet"
        "|ยืนยันแล้ว|อนุมัติแล้ว|אושר|אושרה|מאושר|confirmada|acceptat|closedwon|closed won"
    ),
    "quote": (
        "oferta|oferte|oferta de pret|ciorna|schita|cerere de oferta|ponuda|ponude|nacrt|skica"
        "|predracun|predračun|ponudba|osnutek|ponuka|ponuky|koncept|cenova ponuka"
        "|комерційна пропозиція|пропозиція|чернетка|кошторис|оферта|оферти|чернова|понуда|нацрт"
        "|предрачун|pakkumine|hinnapakkumine|mustand|piedavajums|melnraksts|pasiulymas|juodrastis"
        "|komercinis pasiulymas|penawaran|penawaran harga|konsep|draf|bao gia|nhap|ban nhap"
        "|ใบเสนอราคา|เสนอราคา|ฉบับร่าง|แบบร่าง|הצעת מחיר|טיוטה|pressupost|esborrany|=parked"
        "|parked order|見積中|報價中|报价中|prospecting|negotiation|negotiation review|needs analysis"
        "|value proposition|appointmentscheduled|appointment scheduled|qualifiedtobuy"
        "|qualified to buy|presentationscheduled|presentation scheduled|decisionmakerboughtin"
        "|contractsent"
    ),
    "unpaid": (
        "in asteptarea platii|asteapta plata|ceka uplatu|čeka uplatu|caka na placilo|čaka na plačilo"
        "|caka na platbu|очікує оплати|очікування оплати|чака плащане|ootab makset|gaida apmaksu"
        "|laukia apmokejimo|menunggu pembayaran|belum dibayar|cho thanh toan|รอชำระเงิน|รอการชำระเงิน"
        "|ממתין לתשלום|pendent de pagament"
    ),
    "unapproved": (
        "in asteptarea aprobarii|ceka odobrenje|čeka odobrenje|caka na schvalenie"
        "|очікує підтвердження|чака одобрение|ootab kinnitust|gaida apstiprinajumu"
        "|laukia patvirtinimo|menunggu persetujuan|menunggu konfirmasi|cho xac nhan|cho duyet"
        "|รออนุมัติ|ממתין לאישור"
    ),
    "cancelled": (
        "annulation|annullierung|cancelacion|anulat[aei]?|anulare|otkazan[oai]?|stornirano|stornirana"
        "|stornisan[oai]?|ponisten[oai]?|poništen[oai]?|preklican[oai]?|razveljavljen*|zrusen*"
        "|stornovan*|скасован*|анульован*|видален*|отказан[оаи]?|анулиран[оаи]?|сторнисан[оаи]?"
        "|отказана|tuhistatud|kustutatud|atcelts|atcelta|anulets|atsaukt[ao]|anuliuot[ao]|istrint[ao]"
        "|dibatalkan|batal|dihapus|da huy|huy|huy bo|ยกเลิก|ยกเลิกแล้ว|בוטל|בוטלה|מבוטל|cancel lat"
        "|cancel lada|anul lat|anul lada|취소완료|주문취소|受注取消|abgesagt"
    ),
    "lost": (
        "respins[ae]?|refuzat[aei]?|expirat[aei]?|pierdut[ae]?|esuat[ae]?|odbijen[oai]?|istekl[oai]?"
        "|izgubljen[oai]?|zavrnjen[oai]?|potekel|potekl[aoi]|zamietnut*|odmietnut*|vyprsan*|neuspesn*"
        "|відхилен*|прострочен*|втрачен*|програн*|отхвърлен[оаи]?|изтекл[оаи]?|загубен[оаи]?"
        "|одбијен[оаи]?|tagasi lukatud|aegunud|kaotatud|noraidits|zaudets|atmest[ao]|pralaimet[ao]"
        "|nebegaliojant*|ditolak|kedaluwarsa|gagal|tu choi|het han|that bai|ปฏิเสธ|หมดอายุ|ล้มเหลว"
        "|נדחה|נדחתה|פג תוקף|נכשל|rebutjat|rebutjada|perdut|afgekeurd|avbojd|avbojt|closedlost"
        "|closed lost"
    ),
    "refunded": (
        "rambursat[aei]?|povrat novca|vracen novac|vraceno kupovina|vracilo denarja|vratene peniaze"
        "|повернено кошти|повернення коштів|възстановен[оаи]?|raha tagastatud|atmaksats"
        "|pinigai grazinti|pengembalian dana|da hoan tien|hoan tien|คืนเงินแล้ว|คืนเงิน|הוחזר כסף"
        "|זוכה|reemborsat|환불완료"
    ),
    "returned": (
        "returnat[aei]?|vraceno|vraćeno|vracen[ai]|vrnjen[oai]?|vraten*|повернен[оаі]|върнат[оаи]?"
        "|враћен[оаи]?|tagastatud|atgriezts|grazint[ao]|dikembalikan|da tra hang|คืนสินค้าแล้ว|הוחזר"
        "|הוחזרה|retornat|반품완료"
    ),
    "partly": (
        "partial|partiala|djelomicno|djelomično|delno|ciastocne|частково|частично|делимично|osaliselt"
        "|daleji|dalinai|sebagian|mot phan|บางส่วน|חלקי|parcialment"
    ),
    "pending": (
        "in asteptare|na cekanju|na čekanju|v cakanju|caka|очікує|очікується|изчаква|чака|ootel|gaida"
        "|laukia|menunggu|tertunda|cho xu ly|รอดำเนินการ|ממתין|pendent"
    ),
    "held": (
        "blocat[aei]?|suspendat[aei]?|blokiran[oai]?|zadrzan[oai]?|zadrzan|pozastaven*|заблокован*"
        "|призупинен*|блокиран[оаи]?|peatatud|apturets|sustabdyt[ao]|ditahan|tam dung|ระงับ|מושהה"
        "|bloquejat"
    ),
    "sent": (
        "trimis[ae]?|poslan[aoi]|poslat[aoi]|odoslan*|надіслан*|відправлен*|изпратен*|отправлен*"
        "|saadetud|nosutits|issiust[ao]|dikirim|terkirim|da gui|נשלח|נשלחה|enviat|enviad[oa]"
        "|verzonden|verstuurd|versandt*|versendet*|verschickt*|wyslan*|lahetetty|skickad*|sendt"
        "|odeslan*|elkuldve|gonderil*"
    ),
    "pipeline": (
        "qualified|qualification|discovery|contacted|nurturing|evaluation|demo|decision makers"
        "|verbal commitment"
    ),
    "unsettled": (
        "fallig|fallige|neplatit|neachitat|neplaceno|nezaplatene|неплатено|несплачен*|tasumata"
        "|neapmaksats|neapmoketa|belum lunas|chua thanh toan|לא שולם"
    ),
    "by": (
        "por el|por la|por los|por las|por cliente|by|par le|par la|vom|von|durch|dal|dalla|door"
        "|przez|av|af|pelo|pela"
    ),
    "sale": (
        "vanzare|vanzari|aviz|aviz de expeditie|livrare|comanda client|bon fiscal|otpremnica"
        "|otpremnice|prodaja|izdatnica kupcu|racun|račun|dobavnica|predaj|predajka|faktura vydana"
        "|реалізація|продаж|продажі|відвантаження|видаткова накладна|замовлення покупця|продажба"
        "|продажби|експедиция|продаја|отпремница|muuk|saateleht|muugiarve|pardosana|pavadzime"
        "|pardavimas|pardavimai|pristatymas|penjualan|surat jalan|pengiriman|ban hang|xuat ban"
        "|xuat ban hang|hoa don ban hang|ขาย|การขาย|ใบส่งของ|מכירה|תעודת משלוח|חשבונית|venda|albara"
        "|=wa|=sal|=sls|=dn|utleverans|utlevering|kundleverans|kundelevering|verkooplevering"
        "|verkoopzending|uitlevering klant|customer shipments"
    ),
    "issue": (
        "iesire|iesiri|iesire din stoc|bon de iesire|izdatnica|izlaz|izdaja|vydajka|vydaj|видача"
        "|видаток|вибуття|изписване|изход|излаз|valjaminek|izdosana|isdavimas|nurasymas pardavimui"
        "|barang keluar|stok keluar|pengeluaran|xuat kho|phieu xuat|จ่ายออก|เบิกออก|เบิกจ่าย|הוצאה"
        "|יציאה|sortida|sortides|=iss|=gi|=wa intern"
    ),
    "receipt": (
        "intrare|intrari|receptie|achizitie|achizitii|=nir|nota de receptie|comanda furnizor|primka"
        "|primke|ulaz|nabava|nabavka|narudzbenica|prevzem|prevzemnica|nakup|prijemka|prijem"
        "|faktura dosla|надходження|прибуткова накладна|закупівля|придбання|оприбуткування товару"
        "|получаване|заприхождаване|покупка|набавка|улаз|sissetulek|ostuarve|vastuvott|iepirkums"
        "|sanemsana|pirkimas|gavimas|pajamavimas|pembelian|barang masuk|stok masuk|penerimaan"
        "|nhap kho|phieu nhap|mua hang|รับเข้า|ซื้อ|การซื้อ|รับสินค้า|קנייה|רכש|קבלת סחורה|כניסה|=rec"
        "|=rcpt|=rct|=rcv|παραλαβ*|inkoopontvangst|leveranciersontvangst|received from supplier"
        "|received from vendor|stock received|=goods in|received into stock|supplier shipment"
        "|supplier shipments|purchase delivery"
    ),
    "transfer": (
        "transfer intern|transfer intre gestiuni|medjuskladisnica|međuskladišnica"
        "|medskladiscni prenos|prijenos|prenos|presun|prevodka|переміщення|внутрішнє переміщення"
        "|прехвърляне|трансфер|пренос|umberpaigutus|laosiire|parvietosana|perkelimas|mutasi"
        "|mutasi stok|transfer stok|pindah gudang|chuyen kho|dieu chuyen|โอน|โอนย้าย|โอนสินค้า|העברה"
        "|traspas|trfr|=trf|=tfr|=trn|=xfer|stock transferred|moved to other warehouse"
        "|moved to another warehouse|moved to warehouse|moved to another location"
        "|moved between warehouses|transfer posting|internal shipment|internal shipments"
        "|internal delivery|internal picking|internal receipt|branch transfer|store transfer"
        "|umgelagert"
    ),
    "adjustment": (
        "ajustare|casare|plus de inventar|minus de inventar|inventariere|manjak|visak|višak|otpis"
        "|inventurna razlika|інвентаризація|списання|коригування|брак|липси|излишъци|бракуване"
        "|ревизия|попис|отпис|korrigeerimine|mahakandmine|inventuur|korekcija|norakstisana"
        "|inventarizacija|nurasymas|koregavimas|penyesuaian|stok opname|stock opname|kiem ke"
        "|dieu chinh|ปรับปรุง|ปรับยอด|ตรวจนับ|ספירת מלאי|התאמה|ajust|=adj|inventar"
    ),
    "production": (
        "productie|bon de productie|proizvodnja|vyroba|виробництво|випуск продукції|производство"
        "|tootmine|razosana|gamyba|produksi|san xuat|nhap thanh pham|ผลิต|ייצור|produccio|=prd"
    ),
    "consumption": (
        "bon de consum|consum|consum intern|potrosnja|potrošnja|utrosak|poraba|spotreba"
        "|витрати на виробництво|споживання|вложено|разход|tarbimine|paterins|sunaudojimas|pemakaian"
        "|xuat san xuat|เบิกใช้|צריכה"
    ),
    "return": (
        "retur|retururi|retur client|nota de credit|povrat|povrati|povrat kupca|odobrenje kupcu"
        "|vracilo|vracila|dobropis|vratka|повернення|повернення від покупця|връщане|връщания"
        "|кредитно известие|повраћај|tagastus|kreeditarve|atgriesana|grazinimas|kreditine"
        "|retur penjualan|tra hang|hang tra lai|คืนสินค้า|รับคืน|ลดหนี้|החזרה|זיכוי|devolucio|=rtn"
        "|=crn"
    ),
    "supplier": (
        "furnizor*|dobavljac*|dobavljač*|dobavitelj*|постачальник*|доставчик*|добављач*|tarnija*"
        "|piegadataj*|tiekej*|pemasok*|nha cung cap|ผู้ขาย|ספק"
    ),
    "customer": (
        "client*|kupac|kupca|kupcu|kupci|stranka|zakaznik*|покупец*|покупця|клієнт*|клиент*|купац"
        "|ostja*|pircej*|pirkej*|klient*|pelanggan*|pembeli*|khach hang|ลูกค้า|לקוח"
    ),
    "plain": (
        "activ|inactiv|aktivan|aktivno|neaktivan|активен|активний|неактивний|normalan|aktyvus|aktivs"
        "|aktiivne|aktif|hoat dong|ใช้งาน|פעיל|actiu|inactiu"
    ),
    "not": ("nu|nije|nisu|neni|nie je|не|ні|није|ei ole|nav|nera|belum|tidak|bukan|chua|khong|ยังไม่|ไม่|לא"),
    "later": "urmeaza|asteapta|ceka|čeka|caka|чака|треба|potrebno|menunggu|cho|รอ|ממתין",
    "payment": (
        "plata|platii|placanje|plaćanje|placilo|platba|оплата|плащане|makse|apmaksa|apmokejimas"
        "|pembayaran|thanh toan|ชำระเงิน|תשלום|pagament"
    ),
    "approval": (
        "aprobare|odobrenje|potvrda|schvalenie|підтвердження|одобрение|kinnitus|apstiprinajums"
        "|patvirtinimas|persetujuan|xac nhan|duyet|อนุมัติ|אישור"
    ),
}

#: what a mark marks -> words of its header
MARKS_OF_LANGUAGES: Mapping[str, str] = {
    "returned": (
        "returnat*|povrat|vraceno|vracilo|vrnjeno|vratene|повернення|повернено|връщане|върнато"
        "|tagastus|tagastatud|atgriezts|grazinta|dikembalikan|tra hang|คืนสินค้า|הוחזר|返却"
    ),
    "cancelled": (
        "annulation|annulering|annullierung|cancelacion|cancelamento|anulacion|anulacao|annullamento"
        "|anulare|absage|anulat*|otkazan*|stornira*|stornisan*|preklican*|скасован*|анулиран*"
        "|отказан*|tuhistatud|atcelts|atcelta|atsaukta|dibatalkan|batal|da huy|huy|ยกเลิก|בוטל"
        "|cancel lat|cancel lada|キャンセル済"
    ),
    "sample": (
        "mostra|mostre|uzorak|vzorec|зразок|мостра|узорак|naidis|paraugs|pavyzdys|sampel|contoh"
        "|hang mau|ตัวอย่าง|דוגמה"
    ),
    "free": (
        "gratuit*|besplatno|zastonj|безкоштовно|безплатно|бесплатно|tasuta|nemokamai|bezmaksas"
        "|mien phi|ฟรี|חינם"
    ),
    "internal": "uz intern|interna upotreba|внутрішн*|вътрешн*|sisemine|iekseja|vidinis|noi bo|ภายใน|פנימי",
}

#: names of columns: `status` those that say a state, `movement` those that say a kind of movement or document
NAMES_OF_LANGUAGES: Mapping[str, str] = {
    "status": "stav|状況|進捗|סטטוס|מצב|trang thai|tinh trang|สถานะ|stadij|bukle|seisund",
    "movement": (
        "tip miscare|tip de miscare|tip document|tip de document|fel document|vrsta dokumenta"
        "|vrsta prometa|vrsta gibanja|vrsta promjene|vrsta transakcije|tip dokumenta|tip prometa"
        "|vrsta knjizbe|вид документу|тип документу|вид операції|тип операції|вид движение"
        "|тип движение|вид документ|врста документа|врста промета|dokumendi liik|liikumise liik"
        "|dokumenta veids|kustibas veids|dokumento tipas|judejimo tipas|operacijos tipas"
        "|jenis transaksi|jenis mutasi|jenis dokumen|loai giao dich|loai chung tu|loai phieu"
        "|ประเภทรายการ|ประเภทเอกสาร|סוג תנועה|סוג מסמך|tipus de moviment|tipus moviment"
        "|tipus document|tipus de document|bwa|bw a|bew art|bewegungsarttext|bewegungsartentext"
        "|bewegungsart text|postenart|artikelpostenart|movement type text|movement description"
        "|movement text|transaction description|transaction text|soort mutatie|soort boeking|mutatie"
    ),
}
