/* Tests of whole mails from servers, countries and people that one meets seldom: refusals in words of their own, parcels that
 * could not be delivered, header blocks and forwards in small languages. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "mime/reader.h"

#define BLOCK(from, sent, to, subject)                                                                                             \
	"\n\n" from ": Bob <bob@example.net>\n" sent ": 5.1.2026 10:00\n" to ": Anna <anna@example.org>\n" subject ": Printer\n\nHi\n"

static const struct {
	const char *name, *header, *body;
	const char *text; /* NULL: not asked */
	unsigned kinds;	  /* of those that are asked: automatic and bounce */
	const char *who;  /* whom it bounced from, or who wrote what was forwarded; NULL: nobody */
} rows[] = {
	/* Mailers. */
	{"a gateway to telephones", "From: <post_master@vtext.com>\nSubject: Undeliverable Message\n",
	 "Error: No valid recipients for this MM\n\n   RCPT TO: 5551234567@vtext.com\n", NULL, PD_KIND_BOUNCE, "5551234567@vtext.com"},
	{"too full, IMail", "From: <postmaster@example.net>\nSubject: Undeliverable Mail\n",
	 "User mailbox exceeds allowed size: bob@example.net\n\nOriginal message follows.\n", NULL, PD_KIND_BOUNCE, "bob@example.net"},
	{"the local part in a first column", "From: mail delivery <postmaster@example.edu>\nSubject: Returned mail\n",
	 "Message not delivered to the following:\n\n bob    No matches to nameserver query\n", NULL, PD_KIND_BOUNCE, "bob@example.edu"},
	{"zh", "From: <postmaster@263.net>\nSubject: =?utf-8?b?6YCA5L+h6YCa55+l?=\n", "您发往 bob@263.net 的邮件未能投递成功，原因：用户不存在。\n", NULL,
	 PD_KIND_BOUNCE, "bob@263.net"},
	{"es", "From: postmaster@terra.es\nSubject: =?utf-8?q?Devoluci=C3=B3n_de_mensaje?=\n",
	 "Su mensaje no ha podido ser entregado al siguiente destinatario:\n\n   bob@terra.es\n\nMotivo: el buzón no existe.\n", NULL, PD_KIND_BOUNCE,
	 "bob@terra.es"},
	{"a person's address, and a mailer's words", "From: gateway@example.org\nSubject: Delivery failure notification\n",
	 "Your message with Subject: Printer\ncould not be delivered to the following recipients:\n\nbob@example.net\n", NULL, PD_KIND_BOUNCE,
	 "bob@example.net"},

	/* Whom it was sent to, told by the address that it came back to alone. */
	{"return path", "From: MAILER-DAEMON@mx.example.net\nTo: desk+bounce+bob=example.net@example.com\nSubject: failure notice\n",
	 "Sorry, the mailbox is full and the message could not be delivered.\n", NULL, PD_KIND_BOUNCE, "bob@example.net"},
	{"return path, bounces-", "From: MAILER-DAEMON@mx.example.net\nTo: bounces-bob=example.net@example.com\nSubject: failure notice\n",
	 "Sorry, the message could not be delivered.\n", NULL, PD_KIND_BOUNCE, "bob@example.net"},
	{"return path, signed", "From: MAILER-DAEMON@mx.example.net\nTo: prvs=0123abcd.e+f=desk@example.com\nSubject: failure notice\n",
	 "Sorry, the message could not be delivered.\n", NULL, PD_KIND_BOUNCE, NULL},
	{"return path, rewritten", "From: MAILER-DAEMON@mx.example.net\nTo: SRS0+ab=cd=example.org=anna@example.com\nSubject: failure notice\n",
	 "Sorry, the message could not be delivered.\n", NULL, PD_KIND_BOUNCE, NULL},

	/* People and shops whose words are a mailer's. */
	{"a person pastes what came back", "Subject: Mail delivery failed when I write to you\n",
	 "Hi,\n\nwhen I write to sales@example.com I get:\n\n<sales@example.com>: host mx said: 550 5.1.1 User unknown\n\nWhat is the right address?\n", NULL, 0,
	 NULL},
	{"a person asks", "Subject: Delivery failed\n",
	 "My mail to this address could not be delivered:\n\nbob@example.net\n\nDo you know another one?\n", NULL, 0, NULL},
	{"a greeting, de", "Subject: Zustellung fehlgeschlagen\n",
	 "Sehr geehrte Damen und Herren,\n\nmeine Mail konnte nicht zugestellt werden:\n\nbob@example.net\n", NULL, 0, NULL},
	{"an administrator's parcel", "From: Admin <admin@example.org>\nSubject: Delivery problem of order 7\n",
	 "Hello,\n\nthe parcel could not be delivered to the following address: Main street 1. Please ask bob@example.net.\n", NULL, 0, NULL},
	{"root answers", "From: Peter Root <root@example.org>\nSubject: Re: not delivered\nIn-Reply-To: <2@example.com>\n", "The goods were not delivered.\n", NULL,
	 0, NULL},
	{"a post office", "From: Post Office <postoffice@example.org>\nSubject: Delivery failed: we missed you\n",
	 "The courier could not deliver your package. Come to the office before six.\n", NULL, 0, NULL},

	/* People who write about holidays. */
	{"a person plans", "Subject: Urlaub buchen\n", "Guten Tag, ich möchte Urlaub buchen.\n", NULL, 0, NULL},
	{"a person asks for it", "Subject: Urlaub\n", "Guten Tag,\n\nwie trage ich im Portal einen Tag ein?\n", NULL, 0, NULL},

	/* Header blocks. */
	{"block, ka", "Subject: Re: Printer\n", "კი" BLOCK("გამომგზავნი", "გაგზავნილია", "მიმღები", "თემა"), "კი", 0, NULL},
	{"block, hy", "Subject: Re: Printer\n", "Այո" BLOCK("Ումից", "Ուղարկված է", "Ում", "Թեմա"), "Այո", 0, NULL},
	{"block, ur", "Subject: Re: Printer\n", "جی" BLOCK("منجانب", "ارسال", "بنام", "موضوع"), "جی", 0, NULL},
	{"block, cy", "Subject: Re: Printer\n", "Ie" BLOCK("Oddi wrth", "Anfonwyd", "At", "Pwnc"), "Ie", 0, NULL},
	{"block, ga", "Subject: Re: Printer\n", "Sea" BLOCK("Ó", "Seolta", "Chuig", "Ábhar"), "Sea", 0, NULL},
	{"block, mt", "Subject: Re: Printer\n", "Iva" BLOCK("Minn", "Mibgħut", "Lil", "Suġġett"), "Iva", 0, NULL},

	/* Forwards. */
	{"forward, ro", "Subject: Redir.: Printer\n", "Vezi." BLOCK("De la", "Trimis", "Către", "Subiect"), NULL, 0, "bob@example.net"},
	{"forward, nb", "Subject: Videresend: Printer\n", "Se her." BLOCK("Fra", "Sendt", "Til", "Emne"), NULL, 0, "bob@example.net"},
	{"forward, lt", "Subject: =?utf-8?q?Persi=C5=B3sta=3A_Printer?=\n", "Žr." BLOCK("Nuo", "Išsiųsta", "Kam", "Tema"), NULL, 0, "bob@example.net"},
	{"forward, et", "Subject: Edastatud: Printer\n", "Vaata." BLOCK("Saatja", "Saadetud", "Adressaat", "Teema"), NULL, 0, "bob@example.net"},
	{"forward, bn", "Subject: Fwd: Printer\n", "-" BLOCK("প্রেরক", "তারিখ", "প্রতি", "বিষয়"), NULL, 0, "bob@example.net"},
	{"forward, ta", "Subject: Fwd: Printer\n", "-" BLOCK("அனுப்புநர்", "தேதி", "பெறுநர்", "பொருள்"), NULL, 0, "bob@example.net"},
	{"forward, sw", "Subject: Fwd: Printer\n", "-" BLOCK("Kutoka kwa", "Tarehe", "Kwa", "Mada"), NULL, 0, "bob@example.net"},
	{"forward, fi, a marker", "Subject: Printer\n", "Katso.\n\n-------- Edelleen lähetetty viesti --------" BLOCK("Lähettäjä", "Päiväys", "Vastaanottaja", "Aihe"),
	 NULL, 0, "bob@example.net"},
};

static void test_rare(void **state)
{
	(void)state;
	const unsigned asked = PD_KIND_AUTO | PD_KIND_BOUNCE;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *from = strstr(rows[i].header, "From: ") ? "" : "From: Anna <anna@example.org>\n";
		const char *to = strstr(rows[i].header, "To: ") ? "" : "To: support@example.com\n";
		const char *mail = pd_printf(arena, "%s%sMessage-ID: <1@example.org>\n%s\n%s", from, to, rows[i].header, rows[i].body);
		struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		if (rows[i].text)
			CHECK_ROW_STRING(rows[i].name, message->text, rows[i].text);
		unsigned kinds = message->kinds & asked;
		CHECK_ROW(rows[i].name, (rows[i].kinds & PD_KIND_BOUNCE) ? (kinds & PD_KIND_BOUNCE) != 0 : kinds == rows[i].kinds);
		const char *who = message->bounce_recipients.count > 0 ? message->bounce_recipients.items[0] : message->forwarded_from.addr;
		CHECK_ROW_STRING(rows[i].name, who, rows[i].who ? rows[i].who : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rare)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
