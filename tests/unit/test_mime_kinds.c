/* Tests of src/mime/kinds.c: automatic answers, lists, spam, receipts, encrypted and signed mail. */
#include "check.h"

#include <string.h>
#include "base/text.h"
#include "mime/kinds.h"
#include "mime/reader.h"

static struct pd_message *read_mail(struct pd_arena *arena, const char *header, const char *body)
{
	const char *mail = pd_printf(arena, "To: desk@example.com\n%s%s\n%s", header,
				     strstr(header, "From:") ? "" : "From: Anna <anna@example.org>\n", body);
	return pd_parse_message(arena, mail, strlen(mail));
}

static void test_headers(void **state)
{
	(void)state;
	static const struct {
		const char *name, *header;
		unsigned want, without;
	} rows[] = {
		{"a person", "Subject: Hello\n", 0, PD_KIND_AUTO | PD_KIND_BOUNCE | PD_KIND_LIST | PD_KIND_SPAM},
		{"auto-replied", "Auto-Submitted: auto-replied\n", PD_KIND_AUTO, PD_KIND_BOUNCE},
		{"auto-generated with a parameter", "Auto-Submitted: auto-generated; owner=x\n", PD_KIND_AUTO, 0},
		{"Auto-Submitted: no", "Auto-Submitted: No\n", 0, PD_KIND_AUTO},
		{"auto-forwarded", "Auto-Submitted: auto-forwarded\n", 0, PD_KIND_AUTO},
		{"X-Autoreply", "X-Autoreply: yes\n", PD_KIND_AUTO, 0},
		{"X-Autoreply: no", "X-Autoreply: no\n", 0, PD_KIND_AUTO},
		{"X-Autorespond", "X-Autorespond: x\n", PD_KIND_AUTO, 0},
		{"Exchange rules", "X-MS-Exchange-Inbox-Rules-Loop: a@example.org\n", PD_KIND_AUTO, 0},
		{"Exchange rules that pass on", "Auto-Submitted: auto-forwarded\nX-MS-Exchange-Inbox-Rules-Loop: a@example.org\n", 0, PD_KIND_AUTO},
		{"Exchange rules that answer", "Auto-Submitted: auto-generated\nX-MS-Exchange-Inbox-Rules-Loop: a@example.org\n", PD_KIND_AUTO, 0},
		{"a vacation note passed on", "Auto-Submitted: auto-forwarded\nX-Autoreply: yes\n", PD_KIND_AUTO, 0},
		{"auto-forwarded with a parameter", "Auto-Submitted: auto-forwarded; x=y\nSubject: Automatic reply: help\n", 0, PD_KIND_AUTO},
		{"suppress alone", "X-Auto-Response-Suppress: All\n", 0, PD_KIND_AUTO},
		{"suppress and noreply", "From: noreply@example.org\nX-Auto-Response-Suppress: All\n", PD_KIND_AUTO, 0},
		{"Precedence: bulk", "Precedence: bulk\n", PD_KIND_AUTO, 0},
		{"Precedence: junk", "Precedence: junk\n", PD_KIND_AUTO, 0},
		{"Precedence: auto_reply", "Precedence: auto_reply\n", PD_KIND_AUTO, 0},
		{"Precedence: list", "Precedence: list\n", PD_KIND_LIST, PD_KIND_AUTO},
		{"list mail in bulk", "List-Id: <x.example.org>\nPrecedence: bulk\n", PD_KIND_LIST, PD_KIND_AUTO},
		{"List-Post", "List-Post: <mailto:x@example.org>\n", PD_KIND_LIST, 0},
		{"newsletter", "List-Unsubscribe: <mailto:u@example.org>\nFeedback-ID: 1:x\n", PD_KIND_AUTO, PD_KIND_LIST},
		{"unsubscribe alone", "List-Unsubscribe: <mailto:u@example.org>\n", 0, PD_KIND_AUTO},
		{"null path", "Return-Path: <>\n", PD_KIND_AUTO, 0},
		{"mailer", "From: MAILER-DAEMON@example.org\n", PD_KIND_AUTO, 0},
		{"spam flag", "X-Spam-Flag: YES\n", PD_KIND_SPAM, 0},
		{"no spam flag", "X-Spam-Flag: NO\n", 0, PD_KIND_SPAM},
		{"spam status", "X-Spam-Status: Yes, score=9\n", PD_KIND_SPAM, 0},
		{"no spam status", "X-Spam-Status: No, score=1\n", 0, PD_KIND_SPAM},
		{"Rspamd", "X-Spam: Yes\n", PD_KIND_SPAM, 0},
		{"Rspamd's action", "X-Rspamd-Action: add header\n", PD_KIND_SPAM, 0},
		{"Rspamd lets pass", "X-Rspamd-Action: no action\n", 0, PD_KIND_SPAM},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message = read_mail(arena, rows[i].header, "text\n");
		CHECK_ROW(rows[i].name, (message->kinds & rows[i].want) == rows[i].want);
		CHECK_ROW(rows[i].name, (message->kinds & rows[i].without) == 0);
		CHECK_ROW(rows[i].name, !(message->kinds & PD_KIND_AUTO) || message->why_auto != NULL);
	}
}

static void test_types(void **state)
{
	(void)state;
	static const struct {
		const char *name, *header, *body;
		unsigned want, without;
	} rows[] = {
		{"receipt", "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n",
		 "--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@example.org\n"
		 "Disposition: manual-action/MDN-sent-manually; displayed\n--b--\n",
		 PD_KIND_RECEIPT | PD_KIND_AUTO, PD_KIND_BOUNCE | PD_KIND_DSN},
		{"complaint", "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n",
		 "--b\n\nabuse\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b\nContent-Type: message/rfc822\n\n"
		 "From: a@example.org\nSubject: x\n\ny\n--b--\n",
		 PD_KIND_FEEDBACK | PD_KIND_AUTO, PD_KIND_BOUNCE},
		{"encrypted", "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n",
		 "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n",
		 PD_KIND_ENCRYPTED, PD_KIND_AUTO | PD_KIND_SIGNED},
		{"signed", "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\n",
		 "--b\n\ntext\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n", PD_KIND_SIGNED, PD_KIND_ENCRYPTED},
		{"S/MIME, sealed", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n", "x\n", PD_KIND_ENCRYPTED, PD_KIND_SIGNED},
		{"S/MIME, signed", "Content-Type: application/pkcs7-mime; smime-type=signed-data\n", "x\n", PD_KIND_SIGNED, PD_KIND_ENCRYPTED},
		{"PGP in the text", "Subject: x\n", "-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----\n", PD_KIND_ENCRYPTED, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message = read_mail(arena, rows[i].header, rows[i].body);
		CHECK_ROW(rows[i].name, (message->kinds & rows[i].want) == rows[i].want);
		CHECK_ROW(rows[i].name, (message->kinds & rows[i].without) == 0);
	}
}

static void test_subjects(void **state)
{
	(void)state;
	static const struct {
		const char *subject;
		bool want;
	} rows[] = {
		{"Automatic reply: Your order", true},
		{"Out of Office", true},
		{"Out of Office until Monday", true},
		{"[Auto-Reply] Your order", true},
		{"AUTO: Anna Virtanen is out of the office (returning 05.01.2026)", true},
		{"Your order (out of office)", true},
		{"Automatische Antwort: Bestellung", true},
		{"Abwesenheitsnotiz", true},
		{"Ihre Bestellung / Abwesenheitsnotiz", true},
		{"Réponse automatique : commande", true},
		{"Respuesta automática: pedido", true},
		{"Resposta automática: pedido", true},
		{"Risposta automatica: ordine", true},
		{"Automatisch antwoord: bestelling", true},
		{"Autosvar: order", true},
		{"Automatiskt svar: order", true},
		{"Automatisk svar: ordre", true},
		{"Poissaoloilmoitus: tilaus", true},
		{"Lomalla 5.1. asti", true},
		{"Automaatvastus: tellimus", true},
		{"Odpowiedź automatyczna: zamówienie", true},
		{"Automatická odpověď: objednávka", true},
		{"Automatická odpoveď: objednávka", true},
		{"Automatikus válasz: rendelés", true},
		{"Răspuns automat: comandă", true},
		{"Автоматический ответ: заказ", true},
		{"Автоматична відповідь: замовлення", true},
		{"Автоматичен отговор: поръчка", true},
		{"Automatski odgovor: narudžba", true},
		{"Αυτόματη απάντηση: παραγγελία", true},
		{"Otomatik yanıt: sipariş", true},
		{"תשובה אוטומטית: הזמנה", true},
		{"رد تلقائي: طلب", true},
		{"自动回复：订单", true},
		{"自動回覆: 訂單", true},
		{"自動応答: 注文", true},
		{"자동 회신: 주문", true},
		{"Trả lời tự động: đơn hàng", true},
		{"Balasan otomatis: pesanan", true},
		{"ตอบกลับอัตโนมัติ: คำสั่งซื้อ", true},
		{"Question about the automatic reply", false},
		{"The automatic reply does not work", false},
		{"Automatic reply does not work", false},
		{"Out of office chairs", false},
		{"Is the office out of paper?", false},
		{"Vacation rental in Spain", false},
		{"On holiday prices", false},
		{"Automatic door broken", false},
		{"Absence of heating", false},
		{"Urlaubsantrag", false},
		{"Abwesenheit melden?", false},
		{"Nicht erreichbar: www.example.org", false},
		{"Derzeit nicht erreichbar", false},
		{"Urlaub vom 3.12. bis 5.12.", false},
		{"Out of office assistant broken", false},
		{"Out of Office Assistant: Your order", true},
		{"Ferienwohnung", false},
		{"Lomalle lähtijän opas", false},
		{"Re: Automatic reply: Your order", false},
		{"Auto for sale", false},
		{"Auto: Reparatur", false},
		{"Urlop: wniosek", false},
		{"Semesterrabatt", false},
		{"", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		CHECK_ROW(rows[i].subject, (pd_subject_kind(arena, rows[i].subject) != PD_SUBJECT_PERSON) == rows[i].want);
	}
}

/* Subjects that programs and subjects that people write. */
static void test_subjects_by_language(void **state)
{
	(void)state;
	static const char *const automatic[] = {
		"Automatic reply: Printer",
		"Out of Office: Printer",
		"Out of Office AutoReply: Printer",
		"Out of office re: Printer",
		"Auto: Out of Office",
		"AUTO: Anna Virtanen está ausente (vuelve 12/01/2026)",
		"AUTO: Anna Virtanen è assente (ritorno 12/01/2026)",
		"AUTO: Anna Virtanen är på semester (tillbaka 2026-01-12)",
		"Yahoo! Auto Response",
		"[Auto-Reply] Printer",
		"Autoreply: Printer",
		"AUTO: Anna Virtanen is out of the office (returning 02.03.2026)",
		"Anna Virtanen is out of the office until 2 March",
		"On vacation",
		"Away from the office: Printer",
		"Automatische Antwort: Drucker",
		"Abwesenheitsnotiz: Drucker",
		"Abwesenheitsnotiz",
		"Außer Haus",
		"Anna Müller ist außer Haus (Rückkehr am 02.03.2026)",
		"Ich bin nicht im Büro",
		"Nicht im Büro: Drucker",
		"Automatische Abwesenheitsnotiz",
		"Réponse automatique : Imprimante",
		"Réponse automatique: Imprimante",
		"Absence du bureau : Imprimante",
		"Absente du bureau",
		"Message d'absence",
		"Notification d'absence",
		"En congés",
		"Respuesta automática: Impresora",
		"Fuera de la oficina: Impresora",
		"Ausente de la oficina",
		"Estoy fuera de la oficina",
		"De vacaciones",
		"Respuesta automatica Re: Impresora",
		"Resposta automática: Impressora",
		"Fora do escritório: Impressora",
		"Ausência temporária: Impressora",
		"Ausência do escritório",
		"De férias",
		"Risposta automatica: Stampante",
		"Fuori sede",
		"Fuori ufficio: Stampante",
		"Assente dall'ufficio",
		"In ferie",
		"Risposta automatica di assenza",
		"Automatisch antwoord: Printer",
		"Afwezig: Printer",
		"Afwezigheidsbericht",
		"Niet op kantoor",
		"Afwezigheidsassistent: Printer",
		"Autosvar: Skrivare",
		"Automatiskt svar: Skrivare",
		"Frånvarande: Skrivare",
		"Frånvaromeddelande",
		"Ej på kontoret",
		"Automatisk svar: Printer",
		"Autosvar - ikke til stede",
		"Ikke til stede",
		"Fraværsmelding: Skriver",
		"Fravær: Skriver",
		"Fraværende: Skriver",
		"Ikke på kontoret",
		"Automaattinen vastaus: Tulostin",
		"Poissa: Tulostin",
		"Olen lomalla",
		"Poissaoloviesti: Tulostin",
		"Lomalla 2.3. asti",
		"Automatyczna odpowiedź: Drukarka",
		"Odpowiedź automatyczna: Drukarka",
		"Poza biurem: Drukarka",
		"Nieobecność w biurze",
		"Autoodpowiedź: Drukarka",
		"Jestem na urlopie",
		"Automatická odpověď: Tiskárna",
		"Nepřítomnost: Tiskárna",
		"Mimo kancelář: Tiskárna",
		"Automatická odpoveď: Tlačiareň",
		"Neprítomnosť: Tlačiareň",
		"Automatikus válasz: Nyomtató",
		"Házon kívül: Nyomtató",
		"Nem vagyok az irodában",
		"Szabadságon vagyok",
		"Răspuns automat: Imprimantă",
		"În afara biroului: Imprimantă",
		"Absent din birou",
		"Автоматический ответ: Принтер",
		"Автоответ: Принтер",
		"Нет на работе: Принтер",
		"Отсутствие на рабочем месте",
		"Вне офиса",
		"Автоматична відповідь: Принтер",
		"Відсутній на робочому місці",
		"Автоматичен отговор: Принтер",
		"Извън офиса: Принтер",
		"Αυτόματη απάντηση: Εκτυπωτής",
		"Εκτός γραφείου",
		"Otomatik yanıt: Yazıcı",
		"Ofis Dışında: Yazıcı",
		"Otomatik Yanıt",
		"Samodejni odgovor: Tiskalnik",
		"Odsotnost: Tiskalnik",
		"Odsoten",
		"Automatski odgovor: Pisač",
		"Izvan ureda",
		"Automaatvastus: Printer",
		"Kontorist väljas: Printer",
		"Automātiskā atbilde: Printeris",
		"Ārpus biroja",
		"Automatinis atsakymas: Spausdintuvas",
		"Nesu biure",
		"תשובה אוטומטית: מדפסת",
		"מחוץ למשרד",
		"رد تلقائي: طابعة",
		"خارج المكتب",
		"پاسخ خودکار: چاپگر",
		"自动答复: 打印机",
		"自动回复：打印机",
		"自動回覆: 印表機",
		"外出中",
		"自動応答: プリンタ",
		"自動返信：プリンタ",
		"不在通知",
		"休暇のお知らせ",
		"자동 회신: 프린터",
		"부재중",
		"ตอบกลับอัตโนมัติ: เครื่องพิมพ์",
		"Trả lời tự động: Máy in",
		"Balasan otomatis: Printer",
		"Di luar kantor",
		"Sjálfvirkt svar: Prentari",
		"Resposta automàtica: Impressora",
		"Erantzun automatikoa: Inprimagailua",
		"Outomatiese antwoord: Drukker",
		"Respon automatik: Pencetak",
		"स्वचालित उत्तर: प्रिंटर",
		"Auto Response: Printer",
		"Automatic response: Printer",
		"Out-of-office: Printer",
		"OOO: Printer",
		"OOF: Printer",
		"I'm out of office",
		"I am currently out of the office Re: Printer",
		"On leave: Printer",
		"Thank you for your email (auto-reply)",
		"Re: Printer (Out of office)",
		"Printer [Out of Office]",
		"Printer - Automatic reply",
	};
	static const char *const by_people[] = {
		"Re: Automatic reply: Printer",
		"Vacation request form",
		"Out of paper",
		"Annual leave policy question",
		"Urlaubsantrag",
		"Absence du produit dans la commande",
		"Question about my vacation booking",
		"How do I set an out of office message?",
		"Abwesenheit im Kalender eintragen",
		"Automatic door does not work",
		"Automatisch betalen lukt niet",
		"Automatická pračka nefunguje",
		"Lomalla varattu hotelli",
		"Holiday calendar import",
		"Away game tickets",
		"Fuera de stock",
		"Auto insurance claim",
		"Autoreply is broken",
		"Out of office not working",
		"Vacaciones en Mallorca: reserva",
		"Ferie 2026: domanda",
		"Leave a message",
		"I am out of ink",
		"Poissaolojen kirjaaminen",
		"Odsotnost z dela - vprašanje",
		"Urlop wypoczynkowy - wniosek",
		"В отпуск с детьми",
		"休暇申請について",
		"自動車保険",
		"Fravær i skolen",
		"Printer: automatic reply settings?",
		"Can you turn the automatic reply off",
		"OOO Gazprom invoice",
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(automatic); i++)
		CHECK_ROW(automatic[i], pd_subject_kind(arena, automatic[i]) != PD_SUBJECT_PERSON);
	for (size_t i = 0; i < COUNT(by_people); i++)
		CHECK_ROW(by_people[i], pd_subject_kind(arena, by_people[i]) == PD_SUBJECT_PERSON);
}

/* Subjects of absence: the text or the header has to say whose they are. */
static void test_absence(void **state)
{
	(void)state;
	static const struct {
		const char *name, *header, *body;
		bool want;
	} rows[] = {
		{"fr, of a person", "Subject: Absence: facture manquante\n", "Bonjour,\nla facture de mars manque. Merci de l'envoyer.\n", false},
		{"es, of a person", "Subject: Ausente\n", "Buenos días,\nel técnico no vino ayer. ¿Cuándo viene?\n", false},
		{"en, of a person", "Subject: Vacation: question about invoice\n", "Hi, which of my nights did you charge?\n", false},
		{"en, a person who is away asks", "Subject: On vacation\n", "I'm on vacation until Friday. Can you send the invoice again?\n", false},
		{"de, of a person", "Subject: Abwesenheit\n", "Bitte tragen Sie mich vom 3. bis 5. ein.\n", false},
		{"de, of a person, with dates", "Subject: Ich bin bis 5.1. nicht im Büro\n", "Bitte verschieben Sie die Lieferung.\n", false},
		{"fi, of a person", "Subject: Poissa: toinen kenkä\n", "Paketista puuttui toinen kenkä.\n", false},
		{"ja, of a person", "Subject: 不在: 配達について\n", "昨日の配達について教えてください。\n", false},
		{"an answer that does not say so", "Subject: Afwezig: Uw factuur\nIn-Reply-To: <1@example.com>\n", ".\n", true},
		{"an answer that asks", "Subject: Absent: paket\nIn-Reply-To: <1@example.com>\n", "Where is it?\n", false},
		{"asks not to be answered", "Subject: Abwesend\nX-Auto-Response-Suppress: All\n", "Bis bald.\n", true},
		{"gateway's tag", "Subject: [EXTERNAL] Automatic reply: Printer\n", "I am away.\n", true},
		{"gateway's tag without brackets", "Subject: EXT: Out of Office: Printer\n", "Back soon.\n", true},
		{"two tags", "Subject: [EXTERNAL] [desk #12] Abwesenheitsnotiz: Drucker\n", "Bis Montag.\n", true},
		{"a tag and a person", "Subject: [EXTERNAL] Printer broken\n", "I am out of the office until Monday.\n", false},
		{"en", "Subject: On leave\n", "I am out of the office until 5 January with limited access to email.\n", true},
		{"de", "Subject: Ich bin bis 5.1. nicht im Büro\n", "Guten Tag,\nich bin ab dem 6.1. wieder erreichbar.\n", true},
		{"fr", "Subject: Absence\n", "Bonjour,\nJe suis absente du 1er au 5 janvier.\n", true},
		{"es", "Subject: Ausente\n", "Estaré fuera de la oficina hasta el 5 de enero.\n", true},
		{"pt", "Subject: Férias: ausente\nReferences: <1@example.com>\n", "Volto dia 5.\n", false},
		{"pt", "Subject: Em férias\n", "Estou de férias até 5 de janeiro.\n", true},
		{"it", "Subject: Assente\n", "Sarò assente fino al 5 gennaio.\n", true},
		{"nl", "Subject: Afwezig\n", "Ik ben afwezig tot 5 januari en op 6 januari weer bereikbaar.\n", true},
		{"sv", "Subject: Frånvaro\n", "Hej! Jag är på semester till den 5 januari.\n", true},
		{"da", "Subject: Fraværende\n", "Jeg er på ferie til og med 5. januar.\n", true},
		{"no", "Subject: Ikke tilstede\n", "Jeg er ute av kontoret og er tilbake 5. januar.\n", true},
		{"fi", "Subject: Poissa\n", "Hei, olen lomalla 5.1. asti.\n", true},
		{"et", "Subject: Puhkusel\n", "Olen puhkusel kuni 5. jaanuarini.\n", true},
		{"lv", "Subject: Prombūtnē\n", "Esmu atvaļinājumā līdz 5. janvārim.\n", true},
		{"lt", "Subject: Atostogose\n", "Esu atostogose iki sausio 5 d.\n", true},
		{"pl", "Subject: Nieobecność\n", "Jestem na urlopie do 5 stycznia.\n", true},
		{"cs", "Subject: Nepřítomnost\n", "Do 5. ledna jsem na dovolené.\n", true},
		{"sk", "Subject: Neprítomnosť\n", "Do 5. januára čerpám dovolenku.\n", true},
		{"sl", "Subject: Odsoten\n", "Do 5. januarja sem na dopustu.\n", true},
		{"hr", "Subject: Odsutnost\n", "Do 5. siječnja sam na godišnjem odmoru.\n", true},
		{"sr", "Subject: Одсуство\n", "До 5. јануара сам на годишњем одмору.\n", true},
		{"hu", "Subject: Távollét\n", "Január 5-ig szabadságon vagyok.\n", true},
		{"ro", "Subject: În concediu\n", "Sunt în concediu până pe 5 ianuarie.\n", true},
		{"ru", "Subject: Отсутствие\n", "До 5 января я в отпуске.\n", true},
		{"uk", "Subject: Відсутність на робочому місці\n", "До 5 січня перебуваю у відпустці.\n", true},
		{"bg", "Subject: Отсъствие\n", "До 5 януари съм в отпуск.\n", true},
		{"el", "Subject: Απουσία\n", "Είμαι σε άδεια έως 5 Ιανουαρίου.\n", true},
		{"tr", "Subject: Yıllık izin\n", "5 Ocak'a kadar yıllık izindeyim.\n", true},
		{"he", "Subject: בחופשה\n", "שלום, אני בחופשה עד 5 בינואר.\n", true},
		{"ar", "Subject: في إجازة\n", "أنا في إجازة حتى 5 يناير.\n", true},
		{"zh", "Subject: 休假\n", "我正在休假，1月5日回到办公室。\n", true},
		{"zh-tw", "Subject: 外出中\n", "您好，我不在辦公室，如有急事請電洽。\n", true},
		{"ja", "Subject: 休暇中\n", "1月5日まで休暇をいただいております。\n", true},
		{"ko", "Subject: 부재중\n", "1월 5일까지 휴가 중입니다.\n", true},
		{"vi", "Subject: Vắng mặt\n", "Tôi đang nghỉ phép đến ngày 5 tháng 1.\n", true},
		{"id", "Subject: Sedang cuti\n", "Saya sedang cuti sampai 5 Januari.\n", true},
		{"th", "Subject: ลาพักร้อน\n", "ดิฉันลาพักร้อนตั้งแต่วันที่ 1 ถึง 5 มกราคม\n", true},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *header = pd_printf(arena, "%sContent-Type: text/plain; charset=utf-8\n", rows[i].header);
		CHECK_ROW(rows[i].name, ((read_mail(arena, header, rows[i].body)->kinds & PD_KIND_AUTO) != 0) == rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absence),
		cmocka_unit_test(test_subjects_by_language), cmocka_unit_test(test_headers),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_subjects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
