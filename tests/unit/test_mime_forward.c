/* Tests of src/mime/forward.c: the original author of a forwarded mail, by client and language. */
#include "check.h"

#include <string.h>
#include "base/text.h"
#include "mime/reader.h"

#define HEAD "From: Ben <ben@example.com>\nTo: desk@example.com\nContent-Type: text/plain; charset=utf-8\n"

static void test_blocks(void **state)
{
	(void)state;
	static const struct {
		const char *name, *subject, *body, *addr, *author, *title, *text;
	} rows[] = {
		{"Gmail", "Fwd: Help", "FYI\n\n---------- Forwarded message ---------\nFrom: Anna Virtanen <anna@example.org>\nDate: Mon, Jan 5, 2026 at "
				       "10:00 AM\nSubject: Help\nTo: Ben <ben@example.com>\n\n\nIt burns.\n",
		 "anna@example.org", "Anna Virtanen", "Help", "It burns."},
		{"Outlook", "FW: Help", "From: Anna Virtanen <anna@example.org>\nSent: Monday, January 5, 2026 10:00 AM\nTo: Ben\nSubject: Help\n\nIt burns.\n",
		 "anna@example.org", "Anna Virtanen", "Help", "It burns."},
		{"old Outlook", "FW: Help", "-----Original Message-----\nFrom: Virtanen, Anna [mailto:anna@example.org]\nSent: Monday 10:00\nTo: Ben\n"
					    "Subject: Help\n\nIt burns.\n",
		 "anna@example.org", "Virtanen, Anna", "Help", "It burns."},
		{"Apple", "Fwd: Help", "See below.\n\nBegin forwarded message:\n\nFrom: Anna <anna@example.org>\nSubject: Help\nDate: 5 January 2026 at "
				       "10:00:00 EET\nTo: ben@example.com\n\nIt burns.\n",
		 "anna@example.org", "Anna", "Help", "It burns."},
		{"Apple in a quote", "Fwd: Help", "> Begin forwarded message:\n> \n> From: Anna <anna@example.org>\n> Subject: Help\n> Date: 5.1.2026\n> \n"
						  "> It burns.\n",
		 "anna@example.org", "Anna", "Help", "It burns."},
		{"Apple in a language of no table", "Help", "FYI\n\nMessaggiu rinviatu:\n\n> From: Anna <anna@example.org>\n> Subject: Help\n"
							     "> Date: 5.1.2026\n> To: Ben\n>\n> It burns.\n",
		 "anna@example.org", "Anna", "Help", "It burns."},
		{"Apple, id", "Help", "Mulai meneruskan pesan:\n\n> Dari: Anna <anna@example.org>\n> Subjek: Help\n> Tanggal: 5.1.2026\n>\n> It burns.\n",
		 "anna@example.org", "Anna", "Help", "It burns."},
		{"Yandex", "Fwd: Help", "-------- Пересылаемое сообщение --------\n05.01.2026, 10:00, \"Anna\" <anna@example.org>:\n\nIt burns.\n",
		 "anna@example.org", "Anna", "Help", "It burns."},
		{"kk", "Fwd: Help", "Кімнен: Anna <anna@example.org>\nЖіберілді: 5.1.2026\nКімге: Ben\nТақырып: Help\n\nIt burns.\n",
		 "anna@example.org", "Anna", "Help", "It burns."},
		{"Thunderbird", "Fwd: Help", "-------- Forwarded Message --------\nSubject: \tHelp\nDate: \tMon, 5 Jan 2026 10:00:00 +0200\nFrom: \tAnna "
					     "<anna@example.org>\nTo: \tben@example.com\n\nIt burns.\n",
		 "anna@example.org", "Anna", "Help", "It burns."},
		{"de", "WG: Hilfe", "Von: Anna <anna@example.org>\nGesendet: Montag, 5. Januar 2026 10:00\nAn: Ben\nBetreff: Hilfe\n\nEs brennt.\n",
		 "anna@example.org", "Anna", "Hilfe", "Es brennt."},
		{"fr", "TR : Aide", "De : Anna <anna@example.org>\nEnvoyé : lundi 5 janvier 2026 10:00\nÀ : Ben\nObjet : Aide\n\nÇa brûle.\n",
		 "anna@example.org", "Anna", "Aide", "Ça brûle."},
		{"es", "RV: Ayuda", "De: Anna <anna@example.org>\nEnviado: lunes 10:00\nPara: Ben\nAsunto: Ayuda\n\nArde.\n", "anna@example.org", "Anna",
		 "Ayuda", "Arde."},
		{"pt", "Enc: Ajuda", "De: Anna <anna@example.org>\nEnviada em: segunda-feira 10:00\nPara: Ben\nAssunto: Ajuda\n\nArde.\n",
		 "anna@example.org", "Anna", "Ajuda", "Arde."},
		{"it", "I: Aiuto", "Da: Anna <anna@example.org>\nInviato: lunedì 10:00\nA: Ben\nOggetto: Aiuto\n\nBrucia.\n", "anna@example.org", "Anna",
		 "Aiuto", "Brucia."},
		{"nl", "Doorst: Hulp", "Van: Anna <anna@example.org>\nVerzonden: maandag 10:00\nAan: Ben\nOnderwerp: Hulp\n\nBrand.\n",
		 "anna@example.org", "Anna", "Hulp", "Brand."},
		{"sv", "VB: Hjälp", "Från: Anna <anna@example.org>\nSkickat: måndag 10:00\nTill: Ben\nÄmne: Hjälp\n\nBrand.\n", "anna@example.org", "Anna",
		 "Hjälp", "Brand."},
		{"fi", "VL: Apua", "Lähettäjä: Anna <anna@example.org>\nLähetetty: maanantai 10:00\nVastaanottaja: Ben\nAihe: Apua\n\nPalaa.\n",
		 "anna@example.org", "Anna", "Apua", "Palaa."},
		{"da", "Fwd: Hjælp", "Fra: Anna <anna@example.org>\nSendt: mandag 10:00\nTil: Ben\nEmne: Hjælp\n\nBrand.\n", "anna@example.org", "Anna",
		 "Hjælp", "Brand."},
		{"pl", "PD: Pomoc", "Od: Anna <anna@example.org>\nWysłano: poniedziałek 10:00\nDo: Ben\nTemat: Pomoc\n\nPali się.\n", "anna@example.org",
		 "Anna", "Pomoc", "Pali się."},
		{"cs", "Fwd: Pomoc", "Od: Anna <anna@example.org>\nOdesláno: pondělí 10:00\nKomu: Ben\nPředmět: Pomoc\n\nHoří.\n", "anna@example.org",
		 "Anna", "Pomoc", "Hoří."},
		{"hu", "Továbbítás: Segítség", "Feladó: Anna <anna@example.org>\nElküldve: hétfő 10:00\nCímzett: Ben\nTárgy: Segítség\n\nÉg.\n",
		 "anna@example.org", "Anna", "Segítség", "Ég."},
		{"ru", "Fwd: Помощь", "-------- Пересылаемое сообщение --------\nОт: Анна <anna@example.org>\nДата: 5.1.2026 10:00\nКому: Бен\nТема: "
				      "Помощь\n\nГорит.\n",
		 "anna@example.org", "Анна", "Помощь", "Горит."},
		{"ja", "転送: 助けて", "差出人: 安奈 <anna@example.org>\n送信日時: 2026年1月5日 10:00\n宛先: Ben\n件名: 助けて\n\n燃えている。\n", "anna@example.org",
		 "安奈", "助けて", "燃えている。"},
		{"zh", "转发：帮助", "发件人：安娜 <anna@example.org>\n发送时间：2026年1月5日 10:00\n收件人：Ben\n主题：帮助\n\n着火了。\n", "anna@example.org", "安娜",
		 "帮助", "着火了。"},
		{"no address before the block", "Fwd: Help", "Ask eva@example.net, too.\n\n---------- Forwarded message ---------\nFrom: Anna "
							     "<anna@example.org>\nDate: 5.1.2026\nSubject: Help\n\nIt burns.\n",
		 "anna@example.org", "Anna", "Help", "It burns."},
		{"the first of a chain", "Fwd: Help", "---------- Forwarded message ---------\nFrom: Anna <anna@example.org>\nDate: 5.1.2026\nSubject: "
						      "Fwd: Help\n\n---------- Forwarded message ---------\nFrom: Eva <eva@example.net>\nDate: 4.1.2026\n"
						      "Subject: Help\n\nIt burns.\n",
		 "anna@example.org", "Anna", "Fwd: Help", NULL},
		{"an answer", "Re: Help", "Yes.\n\nFrom: Anna <anna@example.org>\nSent: Monday 10:00\nTo: Ben\nSubject: Help\n\nold\n", "", "", "", ""},
		{"an answer to a forward", "Re: Help", "Yes.\n\nOn Mon, Jan 5, 2026 at 10:00 Anna <anna@example.org> wrote:\n> ---------- Forwarded message "
						       "---------\n> From: Eva <eva@example.net>\n> Date: 4.1.2026\n",
		 "", "", "", ""},
		{"an address in the text", "Fwd: Help", "Please write to anna@example.org.\n", "", "", "", ""},
		{"nobody", "Help", "It burns.\n", "", "", "", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, HEAD "Subject: %s\n\n%s", rows[i].subject, rows[i].body);
		struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		CHECK_ROW_STRING(rows[i].name, message->forwarded_from.addr, rows[i].addr);
		CHECK_ROW_STRING(rows[i].name, message->forwarded_from.name, rows[i].author);
		CHECK_ROW_STRING(rows[i].name, message->forwarded_subject, rows[i].title);
		if (rows[i].text)
			CHECK_ROW_STRING(rows[i].name, message->forwarded_text, rows[i].text);
	}
}

/* The date of the original, as its block has it, by the words of each language's clients. */
static void test_dates(void **state)
{
	(void)state;
	static const struct {
		const char *name, *subject, *body, *date;
	} rows[] = {
		{"en", "FW: x", "From: A <a@example.org>\nSent: Monday, January 5, 2026 10:00 AM\nTo: B\nSubject: S\n\nt\n",
		 "Monday, January 5, 2026 10:00 AM"},
		{"Gmail", "Fwd: x", "---------- Forwarded message ---------\nFrom: A <a@example.org>\nDate: Mon, Jan 5, 2026 at 10:00\u202fAM\n"
				    "Subject: S\nTo: B\n\nt\n",
		 NULL},
		{"Apple", "Fwd: x", "Begin forwarded message:\n\nFrom: A <a@example.org>\nSubject: S\nDate: 5 January 2026 at 10:00:00 EET\nTo: B\n\nt\n",
		 "5 January 2026 at 10:00:00 EET"},
		{"Thunderbird", "Fwd: x", "-------- Forwarded Message --------\nSubject: \tS\nDate: \tMon, 5 Jan 2026 10:00:00 +0200\nFrom: \tA "
					  "<a@example.org>\nTo: \tB\n\nt\n",
		 "Mon, 5 Jan 2026 10:00:00 +0200"},
		{"de", "WG: x", "Von: A <a@example.org>\nGesendet: Montag, 5. Januar 2026 10:00\nAn: B\nBetreff: S\n\nt\n",
		 "Montag, 5. Januar 2026 10:00"},
		{"fr", "TR : x", "De : A <a@example.org>\nEnvoyé : lundi 5 janvier 2026 10:00\nÀ : B\nObjet : S\n\nt\n", "lundi 5 janvier 2026 10:00"},
		{"es", "RV: x", "De: A <a@example.org>\nEnviado: lunes, 5 de enero de 2026 10:00\nPara: B\nAsunto: S\n\nt\n",
		 "lunes, 5 de enero de 2026 10:00"},
		{"pt", "Enc: x", "De: A <a@example.org>\nEnviada em: segunda-feira, 5 de janeiro de 2026 10:00\nPara: B\nAssunto: S\n\nt\n",
		 "segunda-feira, 5 de janeiro de 2026 10:00"},
		{"it", "I: x", "Da: A <a@example.org>\nInviato: lunedì 5 gennaio 2026 10:00\nA: B\nOggetto: S\n\nt\n", "lunedì 5 gennaio 2026 10:00"},
		{"nl", "Doorst: x", "Van: A <a@example.org>\nVerzonden: maandag 5 januari 2026 10:00\nAan: B\nOnderwerp: S\n\nt\n",
		 "maandag 5 januari 2026 10:00"},
		{"sv", "VB: x", "Från: A <a@example.org>\nSkickat: den 5 januari 2026 10:00\nTill: B\nÄmne: S\n\nt\n", "den 5 januari 2026 10:00"},
		{"fi", "VL: x", "Lähettäjä: A <a@example.org>\nLähetetty: maanantai 5. tammikuuta 2026 10:00\nVastaanottaja: B\nAihe: S\n\nt\n",
		 "maanantai 5. tammikuuta 2026 10:00"},
		{"da", "Fwd: x", "Fra: A <a@example.org>\nSendt: 5. januar 2026 10:00\nTil: B\nEmne: S\n\nt\n", "5. januar 2026 10:00"},
		{"nb", "Fwd: x", "Fra: A <a@example.org>\nSendt: mandag 5. januar 2026 10:00\nTil: B\nEmne: S\n\nt\n", "mandag 5. januar 2026 10:00"},
		{"pl", "PD: x", "Od: A <a@example.org>\nWysłano: poniedziałek, 5 stycznia 2026 10:00\nDo: B\nTemat: S\n\nt\n",
		 "poniedziałek, 5 stycznia 2026 10:00"},
		{"cs", "Fwd: x", "Od: A <a@example.org>\nOdesláno: pondělí 5. ledna 2026 10:00\nKomu: B\nPředmět: S\n\nt\n", "pondělí 5. ledna 2026 10:00"},
		{"hu", "Továbbítás: x", "Feladó: A <a@example.org>\nElküldve: 2026. január 5., hétfő 10:00\nCímzett: B\nTárgy: S\n\nt\n",
		 "2026. január 5., hétfő 10:00"},
		{"ru", "Fwd: x", "-------- Пересылаемое сообщение --------\nОт: A <a@example.org>\nДата: 5 января 2026 г. 10:00\nКому: B\nТема: S\n\nt\n",
		 "5 января 2026 г. 10:00"},
		{"ja", "転送: x", "差出人: A <a@example.org>\n送信日時: 2026年1月5日 10:00\n宛先: B\n件名: S\n\nt\n", "2026年1月5日 10:00"},
		{"zh", "转发：x", "发件人：A <a@example.org>\n发送时间：2026年1月5日 10:00\n收件人：B\n主题：S\n\nt\n", "2026年1月5日 10:00"},
		{"tr", "İlt: x", "Kimden: A <a@example.org>\nGönderildi: 5 Ocak 2026 Pazartesi 10:00\nKime: B\nKonu: S\n\nt\n",
		 "5 Ocak 2026 Pazartesi 10:00"},
		{"uk", "Fwd: x", "Від: A <a@example.org>\nНадіслано: 5 січня 2026 10:00\nКому: B\nТема: S\n\nt\n", "5 січня 2026 10:00"},
		{"ko", "Fwd: x", "보낸 사람: A <a@example.org>\n보낸 날짜: 2026년 1월 5일 10:00\n받는 사람: B\n제목: S\n\nt\n", "2026년 1월 5일 10:00"},
		{"no date", "Fwd: x", "From: A <a@example.org>\nTo: B\nSubject: S\n\nt\n", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, HEAD "Subject: %s\n\n%s", rows[i].subject, rows[i].body);
		struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		CHECK_ROW_STRING(rows[i].name, message->forwarded_from.addr, "a@example.org");
		CHECK_ROW_STRING(rows[i].name, message->forwarded_subject, "S");
		if (rows[i].date)
			CHECK_ROW_STRING(rows[i].name, message->forwarded_date, rows[i].date);
		else
			CHECK_ROW(rows[i].name, pd_starts(message->forwarded_date, "Mon, Jan 5, 2026 at 10:00"));
	}
}

static void test_attached(void **state)
{
	(void)state;
	static const char mail[] =
		"From: Ben <ben@example.com>\nTo: desk@example.com\nSubject: Fwd: Help\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
		"From: Eva <eva@example.net>\nSent: Monday 10:00\nTo: x\nSubject: y\n\n--b\nContent-Type: message/rfc822\n\n"
		"From: Anna <anna@example.org>\nSubject: Help\nDate: Mon, 5 Jan 2026 10:00:00 +0200\nMessage-ID: <1@example.org>\n\nIt burns.\n--b--\n";
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message = pd_parse_message(arena, mail, sizeof mail - 1);
	assert_string_equal(message->forwarded_from.addr, "anna@example.org");
	assert_string_equal(message->forwarded_subject, "Help");
	assert_string_equal(message->forwarded_date, "Mon, 5 Jan 2026 10:00:00 +0200");
	assert_string_equal(message->forwarded_text, "It burns.");
}

static void test_html(void **state)
{
	(void)state;
	static const char mail[] =
		"From: Ben <ben@example.com>\nTo: desk@example.com\nSubject: FW: Help\nContent-Type: text/html; charset=utf-8\n\n"
		"<p>See below.</p><hr><div id=\"divRplyFwdMsg\"><b>From:</b> Anna &lt;anna@example.org&gt;<br><b>Sent:</b> Monday 10:00<br>"
		"<b>To:</b> Ben<br><b>Subject:</b> Help</div><div>It <b>burns</b>.</div>";
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message = pd_parse_message(arena, mail, sizeof mail - 1);
	assert_string_equal(message->forwarded_from.addr, "anna@example.org");
	assert_string_equal(message->forwarded_text, "It burns.");
	assert_int_equal(message->own_text, strlen("See below."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_attached),
		cmocka_unit_test(test_html),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
