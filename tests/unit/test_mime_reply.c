/* Tests of src/mime/reply*.c: the author's own words, by client and language. */
#include "check.h"

#include <string.h>
#include "base/text.h"
#include "mime/parts.h"
#include "mime/reply.h"

static struct pd_message *read_text(struct pd_arena *arena, const char *subject, const char *text)
{
	struct pd_message *message = PD_NEW(arena, struct pd_message);
	message->subject = subject;
	message->bounce_status = message->bounce_text = message->original_message_id = "";
	pd_words_reply(arena, message, text, NULL);
	return message;
}

struct row {
	const char *name, *text, *want;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		CHECK_ROW_STRING(rows[i].name, read_text(arena, "Re: x", rows[i].text)->text, rows[i].want);
	}
}

/* What a form sends looks like a quote's header; a mail that answers nothing has no quote. */
static void test_forms(void **state)
{
	(void)state;
	static const char form[] = "You have a new message.\n\nFrom: Anna <anna@example.org>\nSubject: Return\n\nIt is broken.";
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message = read_text(arena, "Contact form", form);
	assert_string_equal(message->text, form);
	assert_int_equal(message->own_text, strlen("You have a new message."));
	/* An answer quotes; but clients put a date into their header blocks. */
	static const char dated[] = "You have a new message.\n\nFrom: Anna <anna@example.org>\nDate: 5.1.2026\nSubject: Return\n\nIt is broken.";
	assert_string_equal(read_text(arena, "Re: Contact form", dated)->text, "You have a new message.");
	assert_string_equal(read_text(arena, "回复：Contact form", dated)->text, "You have a new message.");
	assert_string_equal(read_text(arena, "Re: Contact form", form)->text, form);
}

/* What others would take for a quote or a signature, and the author wrote. */
static void test_kept(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"fields of a log", "This is in our log\n\nFrom: a@example.net\nTo: b@example.net\nSubject: Order\n\nWhy was it refused?",
		 "This is in our log\n\nFrom: a@example.net\nTo: b@example.net\nSubject: Order\n\nWhy was it refused?"},
		{"a mail's source",
		 "I got this\n\nReturn-Path: <x@example.net>\nReceived: from a by b\nFrom: Anna <a@example.net>\nDate: Mon, 5 Jan 2026 10:00:00 "
		 "+0000\nSubject: Order\n\nIs it spam?",
		 "I got this\n\nReturn-Path: <x@example.net>\nReceived: from a by b\nFrom: Anna <a@example.net>\nDate: Mon, 5 Jan 2026 10:00:00 "
		 "+0000\nSubject: Order\n\nIs it spam?"},
		{"announced", "The header is:\n\nFrom: Anna <a@example.net>\nTo: b@example.net\nDate: 5.1.2026 10:00\nSubject: Order\n\nIs it spam?",
		 "The header is:\n\nFrom: Anna <a@example.net>\nTo: b@example.net\nDate: 5.1.2026 10:00\nSubject: Order\n\nIs it spam?"},
		{"fenced", "My input\n\n```\nFrom: a@example.net\nDate: 5.1.2026 10:00\nSubject: x\n```\n\nIs it right?",
		 "My input\n\n```\nFrom: a@example.net\nDate: 5.1.2026 10:00\nSubject: x\n```\n\nIs it right?"},
		{"a client's block", "Yes.\n\nFrom: Anna <a@example.net>\nSent: Monday, January 5, 2026 10:00 AM\nTo: b@example.net\nSubject: Order\n\n"
				     "Shall we?",
		 "Yes."},
		{"dashes part options", "Option one is red\n--\nOption two is blue\n--\nWhich one should I take?",
		 "Option one is red\n--\nOption two is blue\n--\nWhich one should I take?"},
		{"dashes part paragraphs", "First part.\n--\nAnd here comes a second part, please read it, too.\nI need both.",
		 "First part.\n--\nAnd here comes a second part, please read it, too.\nI need both."},
		{"dashes above a signature", "Text.\n\n--\nAnna Virtanen\nExample Ltd\n+358 40 1234567", "Text."},
		{"dashes above a signature and a list's", "Text.\n\n--\nAnna\n--\nTo unsubscribe write to list-leave@example.org", "Text."},
		{"postscript below a signature", "Text.\n\n-- \nAnna Virtanen\nExample Ltd\n\nPS: the red one, too", "Text.\n\nPS: the red one, too"},
		{"update below a signature", "Ok\n\n-- \nAnna\n\nUPDATE: it works now, please close the ticket.",
		 "Ok\n\nUPDATE: it works now, please close the ticket."},
		{"greeting, then a sentence like an attribution",
		 "Hello,\n\nOn 5 January 2026 your colleague John Smith wrote:\n\n\"You will get the money.\"\n\nWhere is it?",
		 "Hello,\n\nOn 5 January 2026 your colleague John Smith wrote:\n\n\"You will get the money.\"\n\nWhere is it?"},
		{"greeting, then fields",
		 "Bonjour,\n\nDe : Paris\nA : Lyon\nDate : 5 janvier 2026 10:00\nObjet : annulation\n\nJe voudrais un remboursement.",
		 "Bonjour,\n\nDe : Paris\nA : Lyon\nDate : 5 janvier 2026 10:00\nObjet : annulation\n\nJe voudrais un remboursement."},
		{"thanks, then a quote", "Thank you,\n\nOn 5 January 2026 John Smith wrote:\n\nYou will get the money.", "Thank you,"},
		{"postscript below a disclaimer",
		 "Text.\n\nThis e-mail and any attachments are confidential and intended solely for the individual to whom it is addressed.\n\n"
		 "P.S. I also need the invoice.",
		 "Text.\n\nP.S. I also need the invoice."},
		{"postscript below a device, es", "Texto.\n\nEnviado desde mi iPhone\n\nP.D.: falta la factura", "Texto.\n\nP.D.: falta la factura"},
		{"a forward in an answer", "It prints again since this morning.\n\n---------- Forwarded message ---------\nFrom: Ben <ben@example.org>\nDate: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Printer\nTo: <anna@example.org>\n\nIt burns.",
		 "It prints again since this morning."},
		{"a forward in an answer that speaks of it", "Please see below what Ben has to say of it.\n\n---------- Forwarded message ---------\nFrom: Ben <ben@example.org>\nDate: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Printer\nTo: <anna@example.org>\n\nIt burns.",
		 "Please see below what Ben has to say of it.\n\n---------- Forwarded message ---------\nFrom: Ben <ben@example.org>\nDate: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Printer\nTo: <anna@example.org>\n\nIt burns."},
		{"a forward in an answer that announces it", "Ben told me all this yesterday:\n\n---------- Forwarded message ---------\nFrom: Ben <ben@example.org>\nDate: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Printer\nTo: <anna@example.org>\n\nIt burns.",
		 "Ben told me all this yesterday:\n\n---------- Forwarded message ---------\nFrom: Ben <ben@example.org>\nDate: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Printer\nTo: <anna@example.org>\n\nIt burns."},
		{"a forward in an answer of a word", "FYI\n\n---------- Forwarded message ---------\nFrom: Ben <ben@example.org>\nDate: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Printer\nTo: <anna@example.org>\n\nIt burns.",
		 "FYI\n\n---------- Forwarded message ---------\nFrom: Ben <ben@example.org>\nDate: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Printer\nTo: <anna@example.org>\n\nIt burns."},
		{"an author that is named", "Selon notre client paul@example.fr :\n\nil faut changer la pièce.",
		 "Selon notre client paul@example.fr :\n\nil faut changer la pièce."},
		{"a sentence with a date and a verb", "Le 5 janvier 2026 à 10:00, Paul a écrit sur le forum :\n\nla pièce est cassée.",
		 "Le 5 janvier 2026 à 10:00, Paul a écrit sur le forum :\n\nla pièce est cassée."},
		{"of himself", "Am 5.1.2026 um 10:00 schrieb ich an anna@example.org:\n\nkeine Antwort.",
		 "Am 5.1.2026 um 10:00 schrieb ich an anna@example.org:\n\nkeine Antwort."},
		{"sent from, in a sentence", "Hello,\n\nSent from my old address was this mail: please change it.",
		 "Hello,\n\nSent from my old address was this mail: please change it."},
		{"an app, in a sentence", "Hello,\n\nGet Outlook for my mother, she needs it as well, please.",
		 "Hello,\n\nGet Outlook for my mother, she needs it as well, please."},
		{"a disclaimer is asked for", "Hello,\n\nConfidentiality notice: do you have one? I need a copy of it for our auditors, who ask for the wording.",
		 "Hello,\n\nConfidentiality notice: do you have one? I need a copy of it for our auditors, who ask for the wording."},
		{"dashes that are announced", "My signature is:\n--\nAnna Virtanen\nExample Ltd",
		 "My signature is:\n--\nAnna Virtanen\nExample Ltd"},
		{"postscript above a signature", "Text.\n\nPS: the red one, too\n\n-- \nAnna", "Text.\n\nPS: the red one, too"},
	};
	check_rows(rows, COUNT(rows));
}

/* What a mail that answers nothing marks is no quote of a mail. */
static void test_own_marks(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	static const char above[] = "> error 5\n> error 6\n\nWhat does this mean?", below[] = "It says\n\n> error 5\n> error 6";
	static const char quoting[] = "Yes.\n\nOn 5.1.2026 10:00, Anna wrote:\n> Shall we?";
	assert_string_equal(read_text(arena, "Printer", above)->text, above);
	assert_string_equal(read_text(arena, "Printer", below)->text, below);
	assert_string_equal(read_text(arena, "Printer", quoting)->text, "Yes.");
	assert_string_equal(read_text(arena, "Re: Printer", above)->text, "What does this mean?");
}

/* One attribution line a row, over a quote with '>' and over one without. */
static void test_attributions(void **state)
{
	(void)state;
	static const struct {
		const char *name, *line;
	} rows[] = {
		{"en Gmail", "On Mon, Jan 5, 2026 at 10:00 AM Anna Virtanen <anna@example.org> wrote:"},
		{"en Apple", "On 5 Jan 2026, at 10:00, Anna Virtanen <anna@example.org> wrote:"},
		{"en Thunderbird", "On 05/01/2026 10:00, Anna Virtanen wrote:"},
		{"en Proton", "On Monday, January 5th, 2026 at 10:00 AM, Anna <anna@example.org> wrote:"},
		{"en Yahoo", "On Monday, January 5, 2026 at 10:00:01 AM GMT+2, Anna <anna@example.org> wrote:"},
		{"en old mobile", "At 01/05/2026 10:00 AM, you wrote:"},
		{"en Zoho", "---- On Mon, 05 Jan 2026 10:00:00 +0200 anna@example.org wrote ----"},
		{"en folded once", "On Mon, Jan 5, 2026 at 10:00 AM Anna Virtanen <\nanna@example.org> wrote:"},
		{"en folded twice", "On Mon, Jan 5, 2026 at 10:00 AM Anna Maria Virtanen of Example\n<anna@example.org>\nwrote:"},
		{"en Horde", "Quoting Anna Virtanen <anna@example.org>:"},
		{"en name first", "Anna Virtanen <anna@example.org> wrote on Mon, 5 Jan 2026 10:00:"},
		{"de Gmail", "Am Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Anna Virtanen <anna@example.org>:"},
		{"de Thunderbird", "Am 05.01.2026 um 10:00 schrieb Anna Virtanen:"},
		{"de name first", "Anna Virtanen <anna@example.org> schrieb am Mo., 5. Jan. 2026,\n10:00:"},
		{"de Apple", "Am 05.01.2026 um 10:00 hat Anna <anna@example.org> geschrieben:"},
		{"fr Gmail", "Le lun. 5 janv. 2026 à 10:00, Anna Virtanen <anna@example.org> a écrit :"},
		{"fr Thunderbird", "Le 05/01/2026 à 10:00, Anna Virtanen a écrit :"},
		{"es", "El lun, 5 ene 2026 a las 10:00, Anna (<anna@example.org>) escribió:"},
		{"pt", "Em seg., 5 de jan. de 2026 às 10:00, Anna <anna@example.org> escreveu:"},
		{"it", "Il giorno lun 5 gen 2026 alle ore 10:00 Anna <anna@example.org> ha scritto:"},
		{"nl", "Op ma 5 jan 2026 om 10:00 schreef Anna Virtanen <anna@example.org>:"},
		{"nl Apple", "Op 5 jan. 2026 om 10:00 heeft Anna <anna@example.org> het volgende geschreven:"},
		{"pl", "pon., 5 sty 2026 o 10:00 Anna <anna@example.org> napisał(a):"},
		{"pl Thunderbird", "W dniu 5.01.2026 o 10:00, Anna Virtanen pisze:"},
		{"cs", "po 5. 1. 2026 v 10:00 odesílatel Anna <anna@example.org> napsal:"},
		{"cs Thunderbird", "Dne 05. 01. 26 v 10:00 Anna Virtanen napsal(a):"},
		{"sk", "po 5. 1. 2026 o 10:00 Anna <anna@example.org> napísal(a):"},
		{"hu", "Anna <anna@example.org> ezt írta (időpont: 2026. jan. 5., H, 10:00):"},
		{"ro", "În lun., 5 ian. 2026 la 10:00, Anna <anna@example.org> a scris:"},
		{"ru", "пн, 5 янв. 2026 г. в 10:00, Anna <anna@example.org>:"},
		{"ru Thunderbird", "05.01.2026 10:00, Anna Virtanen пишет:"},
		{"uk", "пн, 5 січ. 2026 р. о 10:00 Anna <anna@example.org> пише:"},
		{"bg", "На пн, 5.01.2026 г. в 10:00 Anna <anna@example.org> написа:"},
		{"hr", "pon, 5. sij 2026. u 10:00 Anna <anna@example.org> napisao je:"},
		{"sl", "V pon., 5. jan. 2026 ob 10:00 je oseba Anna <anna@example.org> napisala:"},
		{"da", "Den man. 5. jan. 2026 kl. 10.00 skrev Anna <anna@example.org>:"},
		{"no", "man. 5. jan. 2026 kl. 10:00 skrev Anna <anna@example.org>:"},
		{"sv", "Den mån 5 jan. 2026 kl 10:00 skrev Anna <anna@example.org>:"},
		{"fi Gmail", "ma 5. tammik. 2026 klo 10.00 Anna Virtanen (anna@example.org) kirjoitti:"},
		{"fi Apple", "Anna Virtanen <anna@example.org> kirjoitti 5.1.2026 kello 10.00:"},
		{"et", "Kuupäev E, 5. jaanuar 2026 kell 10:00 kirjutas Anna <anna@example.org>:"},
		{"lt", "2026-01-05, pr, 10:00 Anna <anna@example.org> rašė:"},
		{"lv", "pirmd., 2026. g. 5. janv., plkst. 10:00 Anna <anna@example.org> rakstīja:"},
		{"el", "Στις Δευ 5 Ιαν 2026 στις 10:00 π.μ., ο χρήστης Anna <anna@example.org> έγραψε:"},
		{"tr", "Anna <anna@example.org>, 5 Oca 2026 Pzt, 10:00 tarihinde şunu yazdı:"},
		{"he", "‫בתאריך יום ב׳, 5 בינו׳ 2026 ב-10:00 מאת ‪Anna‬‏ <‪anna@example.org‬‏>:‬"},
		{"ar", "في الاثنين، 5 يناير 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Anna <anna@example.org>:"},
		{"vi", "Vào 10:00 Th 2, 5 thg 1, 2026 Anna <anna@example.org> đã viết:"},
		{"id", "Pada Sen, 5 Jan 2026 pukul 10.00 Anna <anna@example.org> menulis:"},
		{"th", "ในวันที่ จ. 5 ม.ค. 2026 เวลา 10:00 Anna <anna@example.org> เขียนว่า:"},
		{"zh", "Anna <anna@example.org> 于2026年1月5日周一 10:00写道："},
		{"zh-tw", "Anna <anna@example.org> 於 2026年1月5日 週一 上午10:00寫道："},
		{"ja", "2026年1月5日(月) 10:00 Anna <anna@example.org>:"},
		{"ko", "2026년 1월 5일 (월) 오전 10:00, Anna <anna@example.org>님이 작성:"},
		{"no verb, Yandex", "05.01.2026, 10:00, \"Anna\" <anna@example.org>:"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *marked = pd_printf(arena, "My answer.\n\n%s\n\n> Old words\n> more\n", rows[i].line);
		const char *bare = pd_printf(arena, "My answer.\n\n%s\n\nOld words\nmore\n", rows[i].line);
		struct pd_message *message = read_text(arena, "Re: x", marked);
		CHECK_ROW_STRING(rows[i].name, message->text, "My answer.");
		CHECK_ROW(rows[i].name, strstr(message->quoted, "Old words") != NULL);
		if (strncmp(rows[i].name, "en Horde", 8) != 0)
			CHECK_ROW_STRING(rows[i].name, read_text(arena, "Re: x", bare)->text, "My answer.");
	}
}

/* What looks like an attribution and is the author's own. */
static void test_no_attributions(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"a sentence with a colon", "On Monday I wrote to them and said:\nplease call", "On Monday I wrote to them and said:\nplease call"},
		{"a year and a verb", "In 2019 John wrote:\nbuy it", "In 2019 John wrote:\nbuy it"},
		{"dates listed", "Times:\n2026-01-05 10:00\n05.01.2026 10:00\nfine?", "Times:\n2026-01-05 10:00\n05.01.2026 10:00\nfine?"},
		{"a travel plan", "From: Helsinki\nTo: Berlin\nwith two bags", "From: Helsinki\nTo: Berlin\nwith two bags"},
		{"ich schrieb", "Am 05.01.2026 um 10:00 schrieb ich Ihnen:\nBitte", "Am 05.01.2026 um 10:00 schrieb ich Ihnen:\nBitte"},
		{"headers shown on purpose", "It came with this header:\nFrom: a@example.org\nTo: b@example.org\nSubject: x\n\nIs it spam?",
		 "It came with this header:\nFrom: a@example.org\nTo: b@example.org\nSubject: x\n\nIs it spam?"},
		{"a header shown with an indent", "The header says\n\n    From: a@example.org\n    To: b@example.org\n    Subject: x\n\nDelete it.",
		 "The header says\n\n    From: a@example.org\n    To: b@example.org\n    Subject: x\n\nDelete it."},
		{"he said", "He said:\n\n> a line\n\nand I agree.", "He said:\n\n> a line\n\nand I agree."},
		{"to do", "Subject: paint\nwe need more of it", "Subject: paint\nwe need more of it"},
		{"an arrow", "a -> b\n>>> http://example.org <<<\nsee there", "a -> b\n>>> http://example.org <<<\nsee there"},
	};
	check_rows(rows, COUNT(rows));
}

/* Outlook's header blocks: From, Sent, To, Subject. */
static void test_header_blocks(void **state)
{
	(void)state;
	static const struct {
		const char *name, *from, *sent, *to, *subject;
	} rows[] = {
		{"en", "From", "Sent", "To", "Subject"},
		{"de", "Von", "Gesendet", "An", "Betreff"},
		{"fr", "De ", "Envoyé ", "À ", "Objet "},
		{"es", "De", "Enviado el", "Para", "Asunto"},
		{"pt", "De", "Enviada em", "Para", "Assunto"},
		{"it", "Da", "Inviato", "A", "Oggetto"},
		{"nl", "Van", "Verzonden", "Aan", "Onderwerp"},
		{"sv", "Från", "Skickat", "Till", "Ämne"},
		{"da", "Fra", "Sendt", "Til", "Emne"},
		{"fi", "Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"},
		{"et", "Saatja", "Saadetud", "Adressaat", "Teema"},
		{"lv", "No", "Nosūtīts", "Kam", "Tēma"},
		{"lt", "Nuo", "Išsiųsta", "Kam", "Tema"},
		{"pl", "Od", "Wysłano", "Do", "Temat"},
		{"cs", "Od", "Odesláno", "Komu", "Předmět"},
		{"sk", "Od", "Odoslané", "Komu", "Predmet"},
		{"hu", "Feladó", "Elküldve", "Címzett", "Tárgy"},
		{"ro", "De la", "Trimis", "Către", "Subiect"},
		{"ru", "От", "Отправлено", "Кому", "Тема"},
		{"uk", "Від", "Надіслано", "Кому", "Тема"},
		{"bg", "От", "Изпратено", "До", "Относно"},
		{"sr", "Šalje", "Poslato", "Za", "Naslov"},
		{"hr", "Šalje", "Poslano", "Prima", "Predmet"},
		{"sl", "Od", "Poslano", "Za", "Zadeva"},
		{"el", "Από", "Στάλθηκε", "Προς", "Θέμα"},
		{"tr", "Kimden", "Gönderildi", "Kime", "Konu"},
		{"he", "מאת", "נשלח", "אל", "נושא"},
		{"ar", "من", "تم الإرسال", "إلى", "الموضوع"},
		{"zh-cn", "发件人", "发送时间", "收件人", "主题"},
		{"zh-tw", "寄件者", "寄件日期", "收件者", "主旨"},
		{"ja", "差出人", "送信日時", "宛先", "件名"},
		{"ko", "보낸 사람", "보낸 날짜", "받는 사람", "제목"},
		{"th", "จาก", "ส่ง", "ถึง", "เรื่อง"},
		{"vi", "Từ", "Đã gửi", "Đến", "Chủ đề"},
		{"id", "Dari", "Dikirim", "Kepada", "Subjek"},
	};
	static const char *const forms[] = {"%s: Anna Virtanen <anna@example.org>\n%s: 5.1.2026 10:00\n%s: Desk\n%s: x",
					    "*%s:* Anna Virtanen\n*%s:* 5.1.2026 10:00\n*%s:* Desk\n*%s:* x",
					    "________________________________\n%s: Anna\n%s: 5.1.2026 10:00\n%s: Desk\n%s: x"};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t k = 0; k < COUNT(forms); k++) {
			PD_AUTO_ARENA arena = pd_arena_new();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			const char *block = pd_printf(arena, forms[k], rows[i].from, rows[i].sent, rows[i].to, rows[i].subject);
#pragma GCC diagnostic pop
			const char *text = pd_printf(arena, "My answer.\n\n%s\n\nOld words\n", block);
			struct pd_message *message = read_text(arena, "Re: x", text);
			CHECK_ROW_STRING(rows[i].name, message->text, "My answer.");
			CHECK_ROW(rows[i].name, strstr(message->quoted, "Old words") != NULL);
		}
}

static void test_markers(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"en", "Yes.\n\n-----Original Message-----\nFrom: a@example.org\n\nold", "Yes."},
		{"alone", "Yes.\n\n-------- Original Message --------\n\nold", "Yes."},
		{"de", "Ja.\n\n-----Ursprüngliche Nachricht-----\nVon: a@example.org\n\nalt", "Ja."},
		{"fr", "Oui.\n\n-----Message d'origine-----\nDe : a@example.org\n\nvieux", "Oui."},
		{"fi", "Kyllä.\n\n-----Alkuperäinen viesti-----\nLähettäjä: a@example.org\n\nvanha", "Kyllä."},
		{"ja", "はい。\n\n-----元のメッセージ-----\n差出人: a@example.org\n\nold", "はい。"},
		{"reply above", "Yes.\n\n##- Please type your reply above this line -##\n\nold", "Yes."},
		{"words in a sentence", "The original message was lost.\nSend it again.", "The original message was lost.\nSend it again."},
	};
	check_rows(rows, COUNT(rows));
}

static void test_inline_answers(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"bottom posting", "On Mon, Jan 5, 2026 at 10:00 Anna <a@example.org> wrote:\n> old\n\nNew words.", "New words."},
		{"between quotes", "> one?\n\nYes.\n\n> two?\n\nNo.", "> one?\n\nYes.\n\n> two?\n\nNo."},
		{"attribution above", "On Mon, Jan 5, 2026 at 10:00 Anna <a@example.org> wrote:\n> one?\nYes.\n> two?\nNo.\n> bye\n",
		 "> one?\nYes.\n> two?\nNo."},
		{"greeting above one quote", "Hi,\n\nOn Mon, Jan 5, 2026 at 10:00 Anna <a@example.org> wrote:\n> old\n\nNew words.",
		 "Hi,\n\nNew words."},
		{"quoted on purpose", "You wrote\n> the price is 5\nbut it is 6.", "You wrote\n> the price is 5\nbut it is 6."},
		{"answers said to be inline, in German", "Siehe unten in rot.\n\nVon: Anna <a@example.org>\nGesendet: Montag, 5. Januar 2026 10:00\nAn: me\nBetreff: x\n\n"
		 "one?\nYES\n",
		 "Siehe unten in rot.\n\nVon: Anna <a@example.org>\nGesendet: Montag, 5. Januar 2026 10:00\nAn: me\nBetreff: x\n\none?\nYES"},
		{"answers said to be below, by name", "Hi, see my answers below.\n\nFrom: Anna <a@example.org>\nSent: 5.1.2026 10:00\nTo: me\nSubject: x\n\n"
		 "Which?\n[Ben] the red one\nWhen?\n[Ben] tomorrow",
		 "Hi, see my answers below.\n\nFrom: Anna <a@example.org>\nSent: 5.1.2026 10:00\nTo: me\nSubject: x\n\n"
		 "Which?\n[Ben] the red one\nWhen?\n[Ben] tomorrow"},
		{"answers said to be inline", "See my comments inline.\n\nFrom: Anna <a@example.org>\nSent: 5.1.2026 10:00\nTo: me\nSubject: x\n\n"
					      "one?\nYES\n",
		 "See my comments inline.\n\nFrom: Anna <a@example.org>\nSent: 5.1.2026 10:00\nTo: me\nSubject: x\n\none?\nYES"},
		{"nothing but quotes", "On Mon, Jan 5, 2026 at 10:00 Anna <a@example.org> wrote:\n> old\n> words\n", ""},
	};
	check_rows(rows, COUNT(rows));
}

static void test_signatures(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"delimiter", "Hello.\n\n-- \nAnna\nExample Ltd", "Hello."},
		{"delimiter without its blank", "Hello.\n\n--\nAnna", "Hello."},
		{"OpenPGP", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello.\n\n- -- \nAnna\n-----BEGIN PGP SIGNATURE-----\n\nabc=\n"
			    "-----END PGP SIGNATURE-----\n",
		 "Hello."},
		{"dashes in a list", "Prizes:\n-- one\n-- two", "Prizes:\n-- one\n-- two"},
		{"iPhone", "Hello.\n\nSent from my iPhone", "Hello."},
		{"iPhone de", "Hallo.\n\nVon meinem iPhone gesendet", "Hallo."},
		{"iPhone fr", "Bonjour.\n\nEnvoyé de mon iPhone", "Bonjour."},
		{"iPhone fi", "Hei.\n\nLähetetty iPhonesta", "Hei."},
		{"iPhone pl", "Witam.\n\nWysłane z iPhone'a", "Witam."},
		{"iPhone ja", "こんにちは。\n\niPhoneから送信", "こんにちは。"},
		{"Samsung ru", "Привет.\n\nОтправлено с моего телефона Samsung", "Привет."},
		{"Outlook mobile", "Hello.\n\nGet Outlook for iOS<https://aka.ms/x>", "Hello."},
		{"with an excuse", "Hello.\n\nSent from my phone, please excuse typos.", "Hello."},
		{"a desk is no phone", "Hello.\n\nSent from my desk, which is tidier than my mobile phone.",
		 "Hello.\n\nSent from my desk, which is tidier than my mobile phone."},
		{"in the middle", "It was sent from my iPhone app to all users.\nWhy?", "It was sent from my iPhone app to all users.\nWhy?"},
		{"above text", "Sent from my iPhone\n\nIs it late?", "Sent from my iPhone\n\nIs it late?"},
		{"card", "Please call.\n\nAnna Virtanen\nanna@example.org\n+358 40 123 4567", "Please call."},
		{"card that was asked for", "Here you are:\n\nAnna Virtanen\nanna@example.org\n+358 40 123 4567",
		 "Here you are:\n\nAnna Virtanen\nanna@example.org\n+358 40 123 4567"},
		{"card that a sentence goes on with", "Please write to\n\nExample Ltd\ninfo@example.org\n+358 40 123 4567",
		 "Please write to\n\nExample Ltd\ninfo@example.org\n+358 40 123 4567"},
		{"card alone", "Anna Virtanen\nanna@example.org\n+358 40 123 4567", "Anna Virtanen\nanna@example.org\n+358 40 123 4567"},
		{"closing words stay", "It works.\n\nThank you,\nAnna", "It works.\n\nThank you,\nAnna"},
		{"rule at the end", "It works.\n\n-----\n***\n", "It works."},
		{"rule in the middle", "It\n-----\nworks.", "It\n-----\nworks."},
		{"dashed name", "It works.\n\n-Anna Virtanen", "It works."},
		{"dashed item", "Buy\n\n-Milk", "Buy"},
		{"list footer", "Hello.\n\n_______________________________________________\nusers mailing list\nusers@lists.example.org\n", "Hello."},
		{"disclaimer", "Hello.\n\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you are not the "
			       "addressee, delete it.",
		 "Hello."},
		{"short word of a disclaimer", "This email and any other are lost.", "This email and any other are lost."},
		{"signature above the quote", "Hello.\n\n-- \nAnna\n\nOn Mon, Jan 5, 2026 at 10:00 Ben <b@example.org> wrote:\n> old", "Hello."},
	};
	check_rows(rows, COUNT(rows));
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_string_equal(read_text(arena, "x", "Hello.\n\n-- \nAnna")->signature, "-- \nAnna");
}

static void test_forwards(void **state)
{
	(void)state;
	static const struct {
		const char *name, *subject, *text, *want;
		size_t own;
	} rows[] = {
		{"with a comment", "Fwd: x", "FYI\n\n---------- Forwarded message ---------\nFrom: a@example.org\nDate: 5.1.2026\nSubject: x\n\nold",
		 "FYI\n\n---------- Forwarded message ---------\nFrom: a@example.org\nDate: 5.1.2026\nSubject: x\n\nold", 3},
		{"nothing above", "Fwd: x", "---------- Forwarded message ---------\nFrom: a@example.org\nDate: 5.1.2026\nSubject: x\n\n#close\n",
		 "#close", 0},
		{"Outlook, by its subject", "WG: x", "Bitte.\n\nVon: a@example.org\nGesendet: 5.1.2026 10:00\nAn: b\nBetreff: x\n\nalt",
		 "Bitte.\n\nVon: a@example.org\nGesendet: 5.1.2026 10:00\nAn: b\nBetreff: x\n\nalt", 6},
		{"Apple in a quote", "Fwd: x", "See.\n\n> Begin forwarded message:\n> \n> From: a@example.org\n> \n> old",
		 "See.\n\n> Begin forwarded message:\n> \n> From: a@example.org\n> \n> old", 4},
		{"attribution alone", "Re: x", "On 5 Jan 2026 17:34, \"Anna\" <a@example.org> wrote:\n\nIt should be 2.0", "It should be 2.0", 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message = read_text(arena, rows[i].subject, rows[i].text);
		CHECK_ROW_STRING(rows[i].name, message->text, rows[i].want);
		CHECK_ROW(rows[i].name, message->own_text == rows[i].own);
	}
}

/* No line is lost: every one stands in text, quoted or signature. */
static void test_nothing_is_lost(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"a1\n\nOn Mon, Jan 5, 2026 at 10:00 B <b@example.org> wrote:\n> c1\n\nd1\n\n-- \ne1",
		"a1 On Mon, Jan 5, 2026 at 10:00 B <b@example.org> wrote:\n> c1",
		"a1\n\n-- \nb1\n\n----- Original Message -----\nFrom: c1@example.org\nTo: d1\n\ne1\n> f1",
		"> a1\nb1\n> c1\nd1\nSent from my iPhone\n> e1",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message = read_text(arena, "x", texts[i]);
		for (const char *at = texts[i]; at[0] && at[1]; at++)
			if (at[0] >= 'a' && at[0] <= 'f' && at[1] == '1' && (at == texts[i] || strchr(" \n", at[-1]))) {
				char word[3] = {at[0], '1', '\0'};
				assert_true(strstr(message->text, word) || strstr(message->quoted, word) ||
					    strstr(message->signature, word));
			}
	}
}

static void test_hostile(void **state)
{
	(void)state;
	static const struct {
		const char *name, *piece;
	} rows[] = {
		{"marks", ">"}, {"letters", "a"}, {"lines", "\n"}, {"quoted lines", ">\n"}, {"delimiters", "--\n"},
		{"delimiters apart", "--\n\n\n"}, {"attributions", "On Mon, Jan 5, 2026 at 10:00 X <x@example.org> wrote:\n> a\n"},
		{"times", "10:30 1.1.2020 foo:\n"}, {"fields", "From: a@example.org\n"}, {"signs", "@"}, {"devices", "Sent from my iPhone\n"},
		{"shared lines", "word On 5 5 2020 word On 5 On On:\n> x\n"}, {"rules", "----\nwww.example.org\n"},
		{"disclaimers", "this email and any xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\n"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		PD_AUTO_BUF text = {0};
		while (text.len < 1 << 20)
			pd_buf_adds(&text, rows[i].piece);
		int64_t start = cpu_time();
		read_text(arena, "x", pd_buf_string(arena, &text));
#ifdef PD_SANITIZED
		CHECK_ROW(rows[i].name, cpu_time() - start < 20000);
#else
		CHECK_ROW(rows[i].name, cpu_time() - start < 2000);
#endif
	}
}

static void test_subjects(void **state)
{
	(void)state;
	static const struct {
		const char *subject;
		bool want;
	} rows[] = {
		{"Fwd: x", true}, {"FW: x", true}, {"WG: x", true}, {"TR : x", true}, {"RV: x", true}, {"Enc: x", true}, {"I: x", true},
		{"VL: x", true}, {"VB: x", true}, {"PD: x", true}, {"转发：x", true}, {"Re: Fwd: x", false}, {"SV: x", false},
		{"Fw fighters", false}, {"x", false}, {"", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(rows[i].subject, pd_subject_says_forward(rows[i].subject) == rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_marks),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_attributions), cmocka_unit_test(test_no_attributions), cmocka_unit_test(test_header_blocks),
		cmocka_unit_test(test_markers),	     cmocka_unit_test(test_inline_answers),  cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_forwards),     cmocka_unit_test(test_nothing_is_lost), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_subjects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
