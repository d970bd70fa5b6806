/* Tests of the original author, subject and text of what is passed on: the forms of the clients, each in the languages that
 * they are written in. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "mime/reader.h"

#define TEXT "Hello,\n\nIt burns.\nPlease help."
#define DATE "Mon, 5 Jan 2026 at 10:00"

/* What the clients write in a language. */
static const struct words {
	const char *language, *apple, *from, *subject, *date, *to, *sent, *thunderbird, *yahoo;
} words[] = {
	{"en", "Begin forwarded message:", "From", "Subject", "Date", "To", "Sent", "Forwarded Message", "Forwarded Message"},
	{"cs", "Začátek přeposílané zprávy:", "Od", "Předmět", "Datum", "Komu", "Odesláno", "Přeposlaná zpráva", "Přeposlaná zpráva"},
	{"da", "Start på videresendt besked:", "Fra", "Emne", "Dato", "Til", "Sendt", "Videresendt meddelelse", "Videresendt meddelelse"},
	{"de", "Anfang der weitergeleiteten Nachricht:", "Von", "Betreff", "Datum", "An", "Gesendet", "Weitergeleitete Nachricht", "Weitergeleitete Nachricht"},
	{"es", "Inicio del mensaje reenviado:", "De", "Asunto", "Fecha", "Para", "Enviado", "Mensaje reenviado", "Mensaje reenviado"},
	{"fi", "Välitetty viesti alkaa:", "Lähettäjä", "Aihe", "Päivämäärä", "Vastaanottaja", "Lähetetty", "Välitetty viesti / Fwd.Msg", "Edelleenlähetetty viesti"},
	{"fr", "Début du message réexpédié :", "De", "Objet", "Date", "À", "Envoyé", "Message transféré", "Message transmis"},
	{"hr", "Započni proslijeđenu poruku:", "Šalje", "Predmet", "Datum", "Prima", "Poslano", "Proslijeđena poruka", "Proslijeđena poruka"},
	{"hu", "Továbbított levél kezdete:", "Feladó", "Tárgy", "Dátum", "Címzett", "Elküldve", "Továbbított üzenet", "Továbbított üzenet"},
	{"it", "Inizio messaggio inoltrato:", "Da", "Oggetto", "Data", "A", "Inviato", "Messaggio Inoltrato", "Messaggio inoltrato"},
	{"nl", "Begin doorgestuurd bericht:", "Van", "Onderwerp", "Datum", "Aan", "Verzonden", "Doorgestuurd bericht", "Doorgestuurd bericht"},
	{"no", "Videresendt melding:", "Fra", "Emne", "Dato", "Til", "Sendt", "Videresendt melding", "Videresendt melding"},
	{"pl", "Początek przekazywanej wiadomości:", "Od", "Temat", "Data", "Do", "Wysłano", "Treść przekazanej wiadomości", "Przekazana wiadomość"},
	{"pt", "Início da mensagem reencaminhada:", "De", "Assunto", "Data", "Para", "Enviado", "Mensagem reencaminhada", "Mensagem reencaminhada"},
	{"ptbr", "Início da mensagem encaminhada:", "De", "Assunto", "Data", "Para", "Enviada em", "Mensagem encaminhada", "Mensagem encaminhada"},
	{"ro", "Începe mesajul redirecționat:", "Expeditorul", "Subiectul", "Dată", "Destinatarul", "Trimis", "Mesaj redirecționat", "Mesaj redirecționat"},
	{"ru", "Начало переадресованного сообщения:", "Отправитель", "Тема", "Дата", "Кому", "Отправлено", "Перенаправленное сообщение", "Пересылаемое сообщение"},
	{"sk", "Začiatok preposlanej správy:", "Od", "Predmet", "Dátum", "Pre", "Odoslané", "Preposlaná správa --- Forwarded Message", "Preposlaná správa"},
	{"sv", "Vidarebefordrat mejl:", "Från", "Ämne", "Datum", "Till", "Skickat", "Vidarebefordrat meddelande", "Vidarebefordrat meddelande"},
	{"tr", "İleti başlangıcı:", "Kimden", "Konu", "Tarih", "Kime", "Gönderilen", "İletilen İleti", "İletilmiş Mesaj"},
	{"uk", "Початок листа, що пересилається:", "Від кого", "Тема", "Дата", "Кому", "Відправлено", "Переслане повідомлення", "Перенаправлене повідомлення"},
	{"el", "Αρχή προωθημένου μηνύματος:", "Από", "Θέμα", "Ημερομηνία", "Προς", "Στάλθηκε", "Προωθημένο μήνυμα", "Προωθημένο μήνυμα"},
	{"ja", "転送されたメッセージ:", "差出人", "件名", "日付", "宛先", "送信日時", "Forwarded Message", "転送メッセージ"},
	{"ko", "전달된 메시지:", "보낸 사람", "제목", "날짜", "받는 사람", "보낸 날짜", "전달된 메시지", "전달된 메시지"},
	{"zh", "下面是被转发的邮件：", "发件人", "主题", "日期", "收件人", "发送时间", "转发的消息", "转发的邮件"},
	{"zht", "開始轉寄訊息：", "寄件者", "主旨", "日期", "收件者", "傳送時間", "轉寄郵件", "轉寄的訊息"},
	{"bg", "Начало на препратено съобщение:", "От", "Относно", "Дата", "До", "Изпратено", "Препратено съобщение", "Препратено съобщение"},
	{"ca", "Inici del missatge reenviat:", "De", "Assumpte", "Data", "Per a", "Enviat el", "Missatge reenviat", "Missatge reenviat"},
	{"he", "תחילת ההודעה שהועברה:", "מאת", "נושא", "תאריך", "אל", "נשלח", "הודעה מועברת", "הודעה מועברת"},
	{"ar", "بداية الرسالة المعاد توجيهها:", "من", "الموضوع", "التاريخ", "إلى", "تم الإرسال", "رسالة معاد توجيهها", "رسالة معاد توجيهها"},
	{"th", "เริ่มข้อความที่ส่งต่อ:", "จาก", "เรื่อง", "วันที่", "ถึง", "ส่ง", "ข้อความที่ส่งต่อ", "ข้อความที่ส่งต่อ"},
	{"vi", "Bắt đầu thư được chuyển tiếp:", "Từ", "Chủ đề", "Ngày", "Đến", "Đã gửi", "Thư đã chuyển tiếp", "Thư đã chuyển tiếp"},
	{"id", "Mulai meneruskan pesan:", "Dari", "Subjek", "Tanggal", "Kepada", "Dikirim", "Pesan terusan", "Pesan yang Diteruskan"},
	{"sl", "Začetek posredovanega sporočila:", "Od", "Zadeva", "Datum", "Za", "Poslano", "Posredovano sporočilo", "Posredovano sporočilo"},
	{"sr", "Почетак прослеђене поруке:", "Од", "Предмет", "Датум", "За", "Послато", "Прослеђена порука", "Прослеђена порука"},
	{"et", "Edastatud kirja algus:", "Saatja", "Teema", "Kuupäev", "Adressaat", "Saadetud", "Edastatud kiri", "Edastatud sõnum"},
	{"lv", "Pārsūtītās ziņas sākums:", "No", "Tēma", "Datums", "Kam", "Nosūtīts", "Pārsūtīta ziņa", "Pārsūtīta vēstule"},
	{"lt", "Persiųsto laiško pradžia:", "Nuo", "Tema", "Data", "Kam", "Išsiųsta", "Persiųstas laiškas", "Persiųstas laiškas"},
	{"fa", "شروع پیام فوروارد شده:", "از", "موضوع", "تاریخ", "به", "ارسال شده", "پیام ارسال شده", "پیام ارسال شده"},
	{"is", "Áframsend skilaboð:", "Frá", "Efni", "Dagsetning", "Til", "Sent", "Áframsent skeyti", "Áframsend skilaboð"},
};

/* F, S, D, T, E: the words for From, Subject, Date, To, Sent; A, H, Y: the markers of Apple, Thunderbird, Yahoo. */
static const struct {
	const char *client, *subject, *form;
} forms[] = {
	{"Apple", "Fwd: Help", "A\n\n> F: Anna Virtanen <anna@example.org>\n> S: Help\n> D: " DATE "\n> T: Ben <ben@example.com>\n>\n"
			       "> Hello,\n>\n> It burns.\n> Please help.\n"},
	{"Gmail", "Fwd: Help", "---------- Forwarded message ---------\nF: Anna Virtanen <anna@example.org>\nDate: " DATE "\nSubject: Help\n"
			       "To: <ben@example.com>\n\n\n" TEXT "\n"},
	{"Outlook on the web", "FW: Help", "________________________________\nF: Anna Virtanen <anna@example.org>\nE: " DATE "\n"
					   "T: ben@example.com <ben@example.com>\nS: Help\n\n" TEXT "\n"},
	{"Outlook for Mac", "FW: Help", "F: Anna Virtanen <anna@example.org>\nD: " DATE "\nT: ben@example.com\nS: Help\n\n" TEXT "\n"},
	{"old Outlook", "FW: Help", "F: Anna Virtanen [mailto:anna@example.org]\nE: " DATE "\nT: ben@example.com\nS: Help\n\n" TEXT "\n"},
	{"Thunderbird", "Fwd: Help", "-------- H --------\nS: \tHelp\nD: \t" DATE "\nF: \tAnna Virtanen <anna@example.org>\n"
				     "T: \tBen <ben@example.com>\n\n\n\n" TEXT "\n"},
	{"Yahoo", "Fw: Help", "----- Y -----\nF: Anna Virtanen <anna@example.org>\nT: ben@example.com <ben@example.com>\nE: " DATE "\nS: Help\n\n"
			      TEXT "\n"},
	{"Yahoo in one line", "Fw: Help", "----- Y ----- F: \"Anna Virtanen\" <anna@example.org>T: \"Ben\" <ben@example.com>E: " DATE "S: Help\n\n"
					  TEXT "\n"},
};

static char *filled(struct pd_arena *arena, const char *form, const struct words *in)
{
	PD_AUTO_BUF out = {0};
	for (const char *at = form; *at; at++) {
		bool is_place = (at == form || strchr(" \n>0", at[-1])) && strchr(":\n ", at[1]);
		const char *word = *at == 'F' ? in->from : *at == 'S' ? in->subject : *at == 'D' ? in->date : *at == 'T' ? in->to
				   : *at == 'E' ? in->sent : *at == 'A' ? in->apple : *at == 'H' ? in->thunderbird
				   : *at == 'Y' ? in->yahoo : NULL;
		if (is_place && word)
			pd_buf_adds(&out, word);
		else
			pd_buf_addc(&out, *at);
	}
	return pd_buf_string(arena, &out);
}

static struct pd_message *parsed(struct pd_arena *arena, const char *subject, const char *comment, const char *body)
{
	const char *mail = pd_printf(arena, "From: Ben <ben@example.com>\nTo: desk@example.com\nSubject: %s\n"
					    "Content-Type: text/plain; charset=utf-8\n\n%s%s", subject, comment, body);
	return pd_parse_message(arena, mail, strlen(mail));
}

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++)
		for (size_t k = 0; k < 2 * COUNT(words); k++) {
			PD_AUTO_ARENA arena = pd_arena_new();
			const char *name = pd_printf(arena, "%s, %s", forms[i].client, words[k / 2].language);
			const char *comment = k % 2 ? "Please see what Anna says.\n\n" : "";
			struct pd_message *message =
				parsed(arena, forms[i].subject, comment, filled(arena, forms[i].form, &words[k / 2]));
			CHECK_ROW_STRING(name, message->forwarded_from.addr, "anna@example.org");
			CHECK_ROW_STRING(name, message->forwarded_from.name, "Anna Virtanen");
			CHECK_ROW_STRING(name, message->forwarded_subject, "Help");
			CHECK_ROW_STRING(name, message->forwarded_date, DATE);
			CHECK_ROW_STRING(name, message->forwarded_text, TEXT);
			CHECK_ROW(name, strstr(message->text, "It burns.") != NULL);
		}
}

/* Clients that put one line above what they pass on. */
static void test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *language, *line, *date;
	} rows[] = {
		{"en", "On 1/5/26, 10:00 AM, \"Anna Virtanen\" <anna@example.org> wrote:", "1/5/26, 10:00 AM"},
		{"cs", "Dne 05.01.26 10:00, Anna Virtanen <anna@example.org> napsal(a):", "05.01.26 10:00"},
		{"da", "D. 05.01.2026 10.00 skrev \"Anna Virtanen\" <anna@example.org>:", "05.01.2026 10.00"},
		{"de", "Am 05.01.26, 10:00 schrieb \"Anna Virtanen\" <anna@example.org>:", "05.01.26, 10:00"},
		{"es", "El 5/1/26 10:00, \"Anna Virtanen\" <anna@example.org> escribió:", "5/1/26 10:00"},
		{"fr", "Le 05/01/2026 10:00, « Anna Virtanen » <anna@example.org> a écrit :", "05/01/2026 10:00"},
		{"fi", "Anna Virtanen <anna@example.org> kirjoitti 5.1.2026 kello 10.00:", "5.1.2026 kello 10.00"},
		{"hu", "2026. 01. 05. 10:00 időpontban Anna Virtanen <anna@example.org> ezt írta:", "2026. 01. 05. 10:00"},
		{"it", "Il giorno 05/01/26, 10:00 \"Anna Virtanen\" <anna@example.org> ha scritto:", "05/01/26, 10:00"},
		{"nl", "Op 05-01-2026 10:00 heeft Anna Virtanen <anna@example.org> geschreven:", "05-01-2026 10:00"},
		{"no", "Anna Virtanen <anna@example.org> skrev følgende den 05.01.2026 10:00:", "05.01.2026 10:00"},
		{"pl", "Dnia 05.01.2026, 10:00 „Anna Virtanen” <anna@example.org> napisał:", "05.01.2026, 10:00"},
		{"pt", "Em 05/01/2026 10:00, \"Anna Virtanen\" <anna@example.org> escreveu:", "05/01/2026 10:00"},
		{"ru", "05.01.2026, 10:00, пользователь \"Anna Virtanen\" <anna@example.org> написал:", "05.01.2026, 10:00"},
		{"sk", "05.01.2026 10:00 používateľ Anna Virtanen (<anna@example.org>) napísal:", "05.01.2026 10:00"},
		{"sv", "Den 2026-01-05 10:00 skrev \"Anna Virtanen\" <anna@example.org> följande:", "2026-01-05 10:00"},
		{"tr", "\"Anna Virtanen\" <anna@example.org>, 5.01.2026 10:00 tarihinde şunu yazdı:", "5.01.2026 10:00"},
	};
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *name = rows[i / 2].language;
		struct pd_message *message = parsed(arena, "FW: Help", i % 2 ? "Please see.\n\n" : "",
						    pd_printf(arena, "%s\n\n" TEXT "\n", rows[i / 2].line));
		CHECK_ROW_STRING(name, message->forwarded_from.addr, "anna@example.org");
		CHECK_ROW_STRING(name, message->forwarded_from.name, "Anna Virtanen");
		CHECK_ROW_STRING(name, message->forwarded_subject, "Help");
		CHECK_ROW_STRING(name, message->forwarded_date, rows[i / 2].date);
		CHECK_ROW_STRING(name, message->forwarded_text, TEXT);
		CHECK_ROW(name, strstr(message->text, "It burns.") != NULL);
	}
}

static void test_clients(void **state)
{
	(void)state;
	static const struct {
		const char *client, *subject, *above;
	} rows[] = {
		{"qq", "转发：Help",
		 "------------------ 原始邮件 ------------------\n发件人: \"Anna Virtanen\" <anna@example.org>;\n发送时间: 2026年1月5日(星期一) 上午10:00\n收件人: \"ben\"<ben@example.com>;\n主题: Help\n\n"},
		{"163", "转发：Help",
		 "-------- 转发邮件信息 --------\n发件人：\"Anna Virtanen\" <anna@example.org>\n发送日期：2026-01-05 10:00:00\n收件人：<ben@example.com>\n主题：Help\n\n"},
		{"163m", "转发：Help",
		 "---- 转发的邮件 ----\n发件人 Anna Virtanen<anna@example.org>\n日期 2026年01月05日 10:00\n收件人 ben@example.com\n主题 Help\n\n"},
		{"mailru", "Fwd: Help",
		 "-------- Пересылаемое сообщение --------\nОт кого: Anna Virtanen <anna@example.org>\nКому: ben@example.com\nДата: Понедельник, 5 января 2026, 10:00 +03:00\nТема: Help\n\n"},
		{"yandex", "Fwd: Help",
		 "-------- Пересылаемое сообщение --------\n05.01.2026, 10:00, \"Anna Virtanen\" <anna@example.org>:\n\n"},
		{"zimbra", "Fwd: Help",
		 "----- Forwarded Message -----\nFrom: \"Anna Virtanen\" <anna@example.org>\nTo: \"Ben\" <ben@example.com>\nSent: Monday, 5 January, 2026 10:00:00\nSubject: Help\n\n"},
		{"zimbrafr", "Fwd: Help",
		 "----- Mail transféré -----\nDe: \"Anna Virtanen\" <anna@example.org>\nÀ: \"Ben\" <ben@example.com>\nEnvoyé: Lundi 5 Janvier 2026 10:00:00\nObjet: Help\n\n"},
		{"gmx", "Fw: Help",
		 "Gesendet: Montag, 5. Januar 2026 um 10:00 Uhr\nVon: \"Anna Virtanen\" <anna@example.org>\nAn: ben@example.com\nBetreff: Help\n\n"},
		{"proton", "Fw: Help",
		 "------- Forwarded Message -------\nFrom: Anna Virtanen <anna@example.org>\nDate: On Monday, January 5th, 2026 at 10:00 AM\nSubject: Help\nTo: ben@example.com <ben@example.com>\n\n"},
		{"protonde", "Fw: Help",
		 "------- Weitergeleitete Nachricht -------\nVon: Anna Virtanen <anna@example.org>\nDatum: Am Montag, 5. Januar 2026 um 10:00\nBetreff: Help\nAn: ben@example.com <ben@example.com>\n\n"},
		{"samsung", "Fwd: Help",
		 "-------- Original message --------\nFrom: Anna Virtanen <anna@example.org>\nDate: 05/01/2026 10:00 (GMT+02:00)\nTo: ben@example.com\nSubject: Help\n\n"},
		{"k9", "Fwd: Help",
		 "-------- Original Message --------\nFrom: Anna Virtanen <anna@example.org>\nSent: January 5, 2026 10:00:00 AM GMT+02:00\nTo: ben@example.com\nSubject: Help\n\n"},
		{"fairemail", "Fwd: Help",
		 "------- Forwarded message -------\nFrom: Anna Virtanen <anna@example.org>\nTo: ben@example.com\nSent: Jan 5, 2026 10:00 AM\nSubject: Help\n\n"},
		{"mutt", "Help (fwd)",
		 "----- Forwarded message from Anna Virtanen <anna@example.org> -----\n\nDate: Mon, 5 Jan 2026 10:00:00 +0200\nFrom: Anna Virtanen <anna@example.org>\nTo: ben@example.com\nSubject: Help\n\n"},
		{"alpine", "Help (fwd)",
		 "---------- Forwarded message ----------\nDate: Mon, 5 Jan 2026 10:00:00 +0200\nFrom: Anna Virtanen <anna@example.org>\nTo: ben@example.com\nSubject: Help\n\n"},
		{"lotus", "Fw: Help",
		 "----- Forwarded by Ben Example/Helsinki/Example on 05.01.2026 11:00 -----\n\nFrom:   \"Anna Virtanen\" <anna@example.org>\nTo:     ben@example.com\nDate:   05.01.2026 10:00\nSubject:        Help\n\n"},
		{"lotusde", "WG: Help",
		 "----- Weitergeleitet von Ben Example/Bonn/Example am 05.01.2026 11:00 -----\n\nVon:    \"Anna Virtanen\" <anna@example.org>\nAn:     ben@example.com\nDatum:  05.01.2026 10:00\nBetreff:        Help\n\n"},
		{"evolution", "Fwd: Help",
		 "-------- Forwarded Message --------\nFrom: Anna Virtanen <anna@example.org>\nTo: ben@example.com\nSubject: Help\nDate: Mon, 05 Jan 2026 10:00:00 +0200\n\n"},
		{"kmail", "Fwd: Help",
		 "----------  Forwarded Message  ----------\n\nSubject: Help\nDate: maanantai 5. tammikuuta 2026, 10:00:00 EET\nFrom: Anna Virtanen <anna@example.org>\nTo: ben@example.com\n\n"},
		{"roundcube", "Fwd: Help",
		 "-------- Original Message --------\nSubject: Help\nDate: 2026-01-05 10:00\nFrom: Anna Virtanen <anna@example.org>\nTo: ben@example.com\n\n"},
		{"roundcubede", "Fwd: Help",
		 "-------- Originalnachricht --------\nBetreff: Help\nDatum: 05.01.2026 10:00\nVon: Anna Virtanen <anna@example.org>\nAn: ben@example.com\n\n"},
		{"roundcubepl", "Fwd: Help",
		 "-------- Wiadomość oryginalna --------\nTemat: Help\nData: 2026-01-05 10:00\nNadawca: Anna Virtanen <anna@example.org>\nAdresat: ben@example.com\n\n"},
		{"roundcubehu", "Fwd: Help",
		 "-------- Eredeti üzenet --------\nTárgy: Help\nDátum: 2026-01-05 10:00\nFeladó: Anna Virtanen <anna@example.org>\nCímzett: ben@example.com\n\n"},
		{"horde", "Fwd: Help",
		 "----- Forwarded message from Anna Virtanen <anna@example.org> -----\n    Date: Mon, 05 Jan 2026 10:00:00 +0200\n    From: Anna Virtanen <anna@example.org>\nReply-To: Anna Virtanen <anna@example.org>\n Subject: Help\n      To: ben@example.com\n\n"},
		{"emclient", "Fwd: Help",
		 "------ Forwarded Message ------\nFrom \"Anna Virtanen\" <anna@example.org>\nTo ben@example.com\nDate 1/5/2026 10:00:00 AM\nSubject Help\n\n"},
		{"missive", "Fwd: Help",
		 "---------- Forwarded message ----------\nFrom: Anna Virtanen <anna@example.org>\nDate: January 5, 2026 at 10:00 AM\nSubject: Help\nTo: ben@example.com\n\n"},
		{"spark", "Fwd: Help",
		 "---------- Forwarded message ----------\nFrom: Anna Virtanen <anna@example.org>\nDate: 5 Jan 2026, 10:00 +0200\nTo: Ben <ben@example.com>\nSubject: Help\n\n"},
		{"hubspot", "Fwd: Help",
		 "---------- Forwarded message ---------\nFrom: Anna Virtanen <anna@example.org>\nDate: Jan 5, 2026, 10:00 AM\nSubject: Help\nTo: ben@example.com\n\n"},
		{"naver", "FW: Help",
		 "-----Original Message-----\nFrom: \"Anna Virtanen\" <anna@example.org>\nTo: <ben@example.com>;\nCc:\nSent: 2026-01-05 (월) 10:00:00 (GMT+09:00)\nSubject: Help\n\n"},
		{"zoho", "Fwd: Help",
		 "============ Forwarded message ============\nFrom: Anna Virtanen <anna@example.org>\nTo: \"ben\"<ben@example.com>\nDate: Mon, 05 Jan 2026 10:00:00 +0200\nSubject: Help\n============ Forwarded message ============\n\n"},
		{"fastmail", "Fwd: Help",
		 "----- Original message -----\nFrom: Anna Virtanen <anna@example.org>\nTo: ben@example.com\nSubject: Help\nDate: Monday, January 5, 2026 10:00 AM\n\n"},
		{"hey", "Fwd: Help",
		 "---------- Forwarded message ---------\nFrom: Anna Virtanen <anna@example.org>\nDate: January 5, 2026\nSubject: Help\nTo: Ben <ben@example.com>\n\n"},
		{"outlookios", "Fw: Help",
		 "________________________________\nFrom: Anna Virtanen <anna@example.org>\nSent: Monday, January 5, 2026 10:00:00 AM\nTo: ben@example.com <ben@example.com>\nSubject: Help\n\n"},
		{"outlookbold", "FW: Help",
		 "*From:* Anna Virtanen <anna@example.org>\n*Sent:* Monday, January 5, 2026 10:00 AM\n*To:* ben@example.com\n*Subject:* Help\n\n"},
		{"behalf", "FW: Help",
		 "From: Anna Virtanen <anna@example.org> On Behalf Of Somebody Else\nSent: Monday, January 5, 2026 10:00 AM\nTo: ben@example.com\nSubject: Help\n\n"},
		{"nospace", "FW: Help",
		 "From:Anna Virtanen <anna@example.org>\nSent:Monday, January 5, 2026 10:00 AM\nTo:ben@example.com\nSubject:Help\n\n"},
		{"double", "FW: Help",
		 "From: Anna Virtanen <anna@example.org<mailto:anna@example.org>>\nSent: Monday, January 5, 2026 10:00 AM\nTo: ben@example.com\nSubject: Help\n\n"},
		{"quotes", "FW: Help",
		 "From: 'Anna Virtanen' <anna@example.org>\nSent: Monday, January 5, 2026 10:00 AM\nTo: ben@example.com\nSubject: Help\n\n"},
		{"ionos", "FW: Help",
		 "--------- Original Message ---------\nSubject: Help\nFrom: \"Anna Virtanen\" <anna@example.org>\nDate: 1/5/26 10:00 am\nTo: ben@example.com\n\n"},
		{"oxde", "Fwd: Help",
		 "---------- Ursprüngliche Nachricht ----------\nVon: Anna Virtanen <anna@example.org>\nAn: ben@example.com\nDatum: 05.01.2026 10:00 CET\nBetreff: Help\n\n"},
	};
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *name = rows[i / 2].client;
		struct pd_message *message = parsed(arena, rows[i / 2].subject, i % 2 ? "Please see.\n\n" : "",
						    pd_printf(arena, "%s" TEXT "\n", rows[i / 2].above));
		CHECK_ROW_STRING(name, message->forwarded_from.addr, "anna@example.org");
		CHECK_ROW_STRING(name, message->forwarded_from.name, "Anna Virtanen");
		CHECK_ROW_STRING(name, message->forwarded_subject, "Help");
		CHECK_ROW(name, *message->forwarded_date);
		CHECK_ROW_STRING(name, message->forwarded_text, TEXT);
		CHECK_ROW(name, strstr(message->text, "It burns.") != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_clients),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
