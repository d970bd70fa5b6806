/* Tests of whole mails as they come in, of many clients, servers and languages, each with what a person would say of it. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "mime/reader.h"

#define IN_REPLY "In-Reply-To: <2@example.com>\nReferences: <2@example.com>\n"

static const struct {
	const char *name, *header, *body;
	const char *text; /* NULL: not asked */
	unsigned kinds;	  /* of those that are asked: automatic and bounce */
	const char *who;  /* whom it bounced from, or who wrote what was forwarded; NULL: nobody */
} rows[] = {
	/* A note of absence, and people who write about one. */
	{"absence, bare subject", "Subject: Out of office\n", "Thank you for your mail. I am out until Monday.\n", NULL, PD_KIND_AUTO, NULL},
	{"absence, to be set up", "Subject: Out of office\n", "Hello,\n\ncould you please set up my out of office message? I cannot find the menu.\n\nAnna\n",
	 NULL, 0, NULL},
	{"absence, broken", "Subject: Out of office\n", "My out of office is not working. Please help.\n", NULL, 0, NULL},
	{"absence, about a reply", "Subject: Out of Office\n" IN_REPLY, "The out of office you set up yesterday does not answer anybody.\n", NULL, 0, NULL},
	{"absence, broken, de", "Subject: Abwesenheitsnotiz\n", "Guten Tag,\n\nmeine Abwesenheitsnotiz funktioniert nicht.\n\nGruß, Anna\n", NULL, 0, NULL},
	{"absence, broken, fr", "Subject: Absence du bureau\n", "Bonjour,\n\nle message ne fonctionne pas chez moi.\n\nAnna\n", NULL, 0, NULL},

	/* Below "-- ". */
	{"two dashes above the author's paragraphs", "Subject: Re: Printer\n",
	 "Hi,\n\nhere is the first part.\n-- \nThe second part is about the printer in the hall. It has been making noise since Monday, and "
	 "nobody knows why.\n\nCould you please send somebody to look at it this week? We would also need new toner.\n\nAnna\n",
	 "Hi,\n\nhere is the first part.\n-- \nThe second part is about the printer in the hall. It has been making noise since Monday, and "
	 "nobody knows why.\n\nCould you please send somebody to look at it this week? We would also need new toner.\n\nAnna", 0, NULL},
	{"two dashes above a saying", "Subject: Re: Printer\n",
	 "Thanks.\n-- \nAnna Virtanen\n\"Two things are infinite: the universe and human stupidity; and I'm not sure about the universe.\"\n"
	 "-- Albert Einstein\n", "Thanks.", 0, NULL},
	{"two dashes above a firm", "Subject: Re: Printer\n",
	 "Thanks.\n-- \nAnna Virtanen\nExample Oy\nMannerheimintie 1\n00100 Helsinki\n\nWe sell the best printers of the town. Visit our shop and see for "
	 "yourself.\n\nOpen every day but Sunday. Closed in July.\nwww.example.org\n", "Thanks.", 0, NULL},

	/* Cards. */
	{"card of a name, a title, a number and a street", "Subject: Re: Printer\n",
	 "Please send me the invoice by Friday.\n\nAnna Virtanen\nHead of Purchasing\n+358 40 1234567\nMannerheimintie 1, 00100 Helsinki\n",
	 "Please send me the invoice by Friday.", 0, NULL},
	{"card, de", "Subject: Re: Drucker\n", "Bitte schicken Sie mir die Rechnung.\n\nAnna Schmidt\nExample GmbH\nTel. 030 1234567\n",
	 "Bitte schicken Sie mir die Rechnung.", 0, NULL},
	{"an address to deliver to", "Subject: Re: Printer\n",
	 "Please deliver it to my new address.\n\nAnna Virtanen\nHead of Purchasing\n+358 40 1234567\nMannerheimintie 1, 00100 Helsinki\n",
	 "Please deliver it to my new address.\n\nAnna Virtanen\nHead of Purchasing\n+358 40 1234567\nMannerheimintie 1, 00100 Helsinki", 0, NULL},

	/* Lotus Notes. */
	{"Notes, en", "Subject: Re: Printer\n" IN_REPLY,
	 "Yes, please do so.\n\nRegards\nAnna\n\n\nBob Smith/HEL/Example@Example\n01.02.2020 10:00\n\nTo\nAnna Virtanen/HEL/Example@EXAMPLE\ncc\n\n"
	 "Subject\nPrinter\n\n\n\n\nHi Anna,\nshall we replace it?\nBob\n",
	 "Yes, please do so.\n\nRegards\nAnna", 0, NULL},
	{"Notes, en, an address", "Subject: Re: Printer\n" IN_REPLY,
	 "Yes, please do so.\n\n\"Bob Smith\" <bob@example.com> \n02/03/2010 10:00 AM\n\nTo\n\"Anna\" <anna@example.org>\ncc\n\nSubject\nRe: Printer\n\n"
	 "Hi Anna,\nshall we replace it?\n", "Yes, please do so.", 0, NULL},
	{"Notes, de", "Subject: AW: Drucker\n" IN_REPLY,
	 "Ja, bitte.\n\nBob Smith/BER/Example\n03.02.2010 10:00\n\nAn\nAnna/BER/Example@Example\nKopie\n\nThema\nDrucker\n\nHallo Anna,\nersetzen?\n",
	 "Ja, bitte.", 0, NULL},
	{"Notes, fr, in two columns", "Subject: Re: Imprimante\n" IN_REPLY,
	 "Oui.\n\nBob Smith <bob@example.com>\n03/02/2010 10:00\n\nPour        Anna <anna@example.org>\ncc\nObjet     Imprimante\n\nBonjour Anna\n", "Oui.",
	 0, NULL},
	{"no Notes: a list with To", "Subject: Printer\n", "My plan:\n\nBob <bob@example.com>\n1.2.2020 10:00\n\nTo\ndo is a long list of things.\n",
	 "My plan:\n\nBob <bob@example.com>\n1.2.2020 10:00\n\nTo\ndo is a long list of things.", 0, NULL},

	/* Mailers that write a form of their own. */
	{"Exchange Online's words", "From: postmaster@example.com\nSubject: Undeliverable: Printer\n",
	 "Your message to bob@example.net couldn't be delivered.\n\nbob wasn't found at example.net.\n\nanna    Office 365    bob\nAction Required    Recipient\n"
	 "Unknown To address\n", NULL, PD_KIND_BOUNCE, "bob@example.net"},
	{"OpenSMTPD", "From: Mailer Daemon <MAILER-DAEMON@mx.example.com>\nSubject: Delivery status notification: error\n",
	 "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message "
	 "for\n    the following list of recipients:\n\nbob@example.net: 550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown\n\n"
	 "    Below is a copy of the original message:\n\nReceived: from x\nFrom: support@example.com\nTo: bob@example.net\nSubject: x\n",
	 NULL, PD_KIND_BOUNCE, "bob@example.net"},
	{"Amazon SES", "From: MAILER-DAEMON@eu-west-1.amazonses.com\nSubject: Delivery Status Notification (Failure)\n",
	 "An error occurred while trying to deliver the mail to the following recipients:\nbob@example.net\n", NULL, PD_KIND_BOUNCE, "bob@example.net"},
	{"QQ, zh", "From: PostMaster@qq.com\nSubject: =?utf-8?b?57O757uf6YCA5L+h?=\n",
	 "抱歉，您的邮件被退回来了……\n原邮件信息:\n时 间 2020-03-02 10:00:00\n主 题 x\n收件人 bob@qq.com\n退信原因:\n收件人邮件地址（bob@qq.com）不存在，邮件无法送达。\n"
	 "host mx.qq.com said: 550 Mailbox not found\n", NULL, PD_KIND_BOUNCE, "bob@qq.com"},
	{"Zoho", "From: mailer-daemon@mail.zoho.eu\nSubject: Undelivered Mail Returned to Sender\n",
	 "This message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its "
	 "recipients. This is a permanent error.\n\nbob@example.net, ERROR CODE :550 - 5.1.1 User unknown\n", NULL, PD_KIND_BOUNCE, "bob@example.net"},
	{"Domino", "From: Mail Router <Mail.Router@example.com>\nSubject: DELIVERY FAILURE: User bob (bob@example.net) not listed in Domino Directory\n",
	 "Your message\n\n  Subject: Printer\n\nwas not delivered to:\n\n  bob@example.net\n\nbecause:\n\n  User bob (bob@example.net) not listed in Domino "
	 "Directory\n", NULL, PD_KIND_BOUNCE, "bob@example.net"},
	{"GMX, de", "From: GMX Mailer Daemon <mailer-daemon@gmx.net>\nSubject: Mail delivery failed: returning message to sender\n",
	 "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits "
	 "recipients. This is a permanent error. The following address(es) failed:\n\nbob@gmx.net:\nSMTP error from remote server for RCPT TO command, "
	 "host: mx00.gmx.net (212.227.15.9) reason: 550 Requested action not taken: mailbox unavailable\n", NULL, PD_KIND_BOUNCE, "bob@gmx.net"},
	{"T-Online, de", "From: Mail Delivery System <mailer-daemon@t-online.de>\nSubject: =?utf-8?q?Unzustellbare_Nachricht?=\n",
	 "|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n"
	 "|------------------------- Failed addresses follow: ---------------------|\n <bob@t-online.de> ... unknown user\n"
	 "|------------------------- Message text follows: ------------------------|\nSubject: x\n", NULL, PD_KIND_BOUNCE, "bob@t-online.de"},
	{"Orange, fr", "From: Mail Delivery System <MAILER-DAEMON@smtp.orange.fr>\nSubject: =?utf-8?q?=C3=89chec_de_la_remise?=\n",
	 "Votre message n'a pas pu être remis au destinataire suivant :\n\nbob@orange.fr\n\nCette adresse n'existe pas (550 5.1.1).\n", NULL, PD_KIND_BOUNCE,
	 "bob@orange.fr"},
	{"mail.ru, ru", "From: mailer-daemon@corp.mail.ru\nSubject: Mail delivery failed\n",
	 "Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может быть доставлено одному или "
	 "нескольким получателям:\n\n**********************\n\nbob@mail.ru\nтакого пользователя не существует: user not found\n", NULL, PD_KIND_BOUNCE,
	 "bob@mail.ru"},
	{"a person about a bounce", "Subject: Undeliverable mail\n",
	 "Hello,\n\nmy customer says that mail to bob@example.net comes back with \"550 User unknown\". What can I do?\n\nAnna\n", NULL, 0, NULL},
	{"a person answers with a bounce below", "Subject: Re: your invoice\n" IN_REPLY,
	 "It came back to you? I see this in our log:\n\nbob@example.net: 550 5.1.1 User unknown\n\nI mended it.\n", NULL, 0, NULL},

	/* Clients. */
	{"Outlook on the web, en", "Subject: Re: Printer\n" IN_REPLY,
	 "It works now.\n\nAnna\n________________________________\nFrom: Support <support@example.com>\nSent: Monday, January 5, 2026 10:00 AM\nTo: Anna "
	 "<anna@example.org>\nSubject: Re: Printer\n\nPlease try again.\n", "It works now.\n\nAnna", 0, NULL},
	{"Outlook for Mac, de", "Subject: AW: Drucker\n" IN_REPLY,
	 "Es geht.\n\nVon: Support <support@example.com>\nDatum: Montag, 5. Januar 2026 um 10:00\nAn: Anna <anna@example.org>\nBetreff: Re: Drucker\n\nNoch "
	 "einmal?\n", "Es geht.", 0, NULL},
	{"Outlook for Android, ja", "Subject: =?utf-8?b?UmU6IOODl+ODquODs+OCvw==?=\n" IN_REPLY,
	 "直りました。\n\nAndroid 版 Outlook を入手<https://aka.ms/AAb9ysg>\n________________________________\n差出人: Support <support@example.com>\n"
	 "送信日時: 2026年1月5日 10:00\n宛先: Anna <anna@example.org>\n件名: Re: プリンタ\n\nもう一度お試しください。\n", "直りました。", 0, NULL},
	{"Gmail, pt-BR", "Subject: Re: Impressora\n" IN_REPLY,
	 "Funcionou!\n\nEm seg., 5 de jan. de 2026 às 10:00, Support <support@example.com>\nescreveu:\n\n> Tente de novo.\n", "Funcionou!", 0, NULL},
	{"Apple Mail, sv", "Subject: Re: Skrivare\n" IN_REPLY,
	 "Tack, det fungerar.\n\n> 5 jan. 2026 kl. 10:00 skrev Support <support@example.com>:\n> \n> Försök igen.\n", "Tack, det fungerar.", 0, NULL},
	{"Proton, en", "Subject: Re: Printer\n" IN_REPLY,
	 "Works.\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\nOn Monday, January 5th, 2026 at 10:00 AM, Support "
	 "<support@example.com> wrote:\n\n> Try again.\n", "Works.", 0, NULL},
	{"Tuta, de", "Subject: Re: Drucker\n" IN_REPLY,
	 "Danke.\n\n-- \nGesendet mit Tuta Mail:\nhttps://tuta.com\n\n\n5. Jan. 2026, 10:00 von support@example.com:\n\n> Bitte noch einmal.\n", "Danke.", 0, NULL},
	{"Yahoo, es", "Subject: Re: Impresora\n" IN_REPLY,
	 " Ya funciona.\n\n    El lunes, 5 de enero de 2026, 10:00:00 GMT+1, Support <support@example.com> escribió:  \n \n Inténtelo de nuevo.\n", " Ya funciona.", 0,
	 NULL},
	{"Zoho, en", "Subject: Re: Printer\n" IN_REPLY,
	 "Fine.\n\n\n\n\n---- On Mon, 05 Jan 2026 10:00:00 +0100 Support <support@example.com> wrote ---\n\nTry again.\n", "Fine.", 0, NULL},
	{"Samsung, fr", "Subject: Re: Imprimante\n" IN_REPLY,
	 "Merci.\n\nEnvoyé depuis mon appareil Samsung Galaxy.\n\n\n-------- Message d'origine --------\nDe : Support <support@example.com>\nDate : 05/01/2026 "
	 "10:00 (GMT+01:00)\nÀ : Anna <anna@example.org>\nObjet : Re: Imprimante\n\nRéessayez.\n", "Merci.", 0, NULL},
	{"Spark, en", "Subject: Re: Printer\n" IN_REPLY,
	 "Done.\n\nSent with Spark\nOn 5 Jan 2026 at 10:00 +0100, Support <support@example.com>, wrote:\n> Try again.\n", "Done.", 0, NULL},
	{"HEY", "Subject: Re: Printer\n" IN_REPLY, "Done.\n\nOn January 5, 2026, Support <support@example.com> wrote:\n> Try again.\n", "Done.", 0, NULL},
	{"Superhuman", "Subject: Re: Printer\n" IN_REPLY,
	 "Done.\n\nSent via Superhuman ( https://sprh.mn/?vip=anna@example.org )\n\nOn Mon, Jan 05, 2026 at 10:00 AM, Support < support@example.com > wrote:\n\n"
	 ">\n>\n> Try again.\n", "Done.", 0, NULL},
	{"Front", "Subject: Re: Printer\n" IN_REPLY,
	 "Done.\n\nAnna\nOn January 5, 2026 at 10:00 AM GMT+1 support@example.com wrote:\n\nTry again.\n", "Done.\n\nAnna", 0, NULL},
	{"K-9, cs", "Subject: Re: =?utf-8?q?Tisk=C3=A1rna?=\n" IN_REPLY,
	 "Funguje.\n\nDne 5. ledna 2026 10:00:00 SEČ, Support <support@example.com> napsal/a:\n>Zkuste to znovu.\n-- \nOdesláno ze systému Android pomocí K-9 "
	 "Mail.\n", "Funguje.", 0, NULL},
	{"FairEmail, nl", "Subject: Re: Printer\n" IN_REPLY,
	 "Werkt.\n\n5 jan. 2026 10:00:00 Support <support@example.com>:\n\n> Probeer het opnieuw.\n", "Werkt.", 0, NULL},
	{"mutt, pl", "Subject: Re: Drukarka\n" IN_REPLY,
	 "W dniu pon, 05 sty 2026 o 10:00 +0100, Support napisał(a):\n> Proszę spróbować ponownie.\n\nDziała.\n", NULL, 0, NULL},
	{"Gnus", "Subject: Re: Printer\n" IN_REPLY, "Support <support@example.com> writes:\n\n> Try again.\n\nWorks.\n\n-- \nAnna\n", NULL, 0, NULL},
	{"GroupWise, de", "Subject: Antw: Drucker\n" IN_REPLY,
	 "Geht.\n\n>>> Support <support@example.com> 05.01.2026 10:00 >>>\nBitte noch einmal.\n", "Geht.", 0, NULL},
	{"Thunderbird, hu", "Subject: Re: =?utf-8?q?Nyomtat=C3=B3?=\n" IN_REPLY,
	 "Köszönöm, működik.\n\n2026. 01. 05. 10:00 keltezéssel, Support írta:\n> Próbálja újra.\n", "Köszönöm, működik.", 0, NULL},
	{"Gmail, tr", "Subject: Re: =?utf-8?q?Yaz=C4=B1c=C4=B1?=\n" IN_REPLY,
	 "Çalışıyor.\n\nSupport <support@example.com>, 5 Oca 2026 Pzt, 10:00 tarihinde şunu yazdı:\n\n> Tekrar deneyin.\n", "Çalışıyor.", 0, NULL},
	{"Gmail, uk", "Subject: Re: =?utf-8?b?0J/RgNC40L3RgtC10YA=?=\n" IN_REPLY,
	 "Працює.\n\nпн, 5 січ. 2026 р. о 10:00 Support <support@example.com> пише:\n\n> Спробуйте ще раз.\n", "Працює.", 0, NULL},
	{"Naver, ko", "Subject: Re: =?utf-8?b?7ZSE66aw7YSw?=\n" IN_REPLY,
	 "잘 됩니다.\n\n-----Original Message-----\nFrom: \"Support\"<support@example.com>\nTo: <anna@example.org>;\nCc:\nSent: 2026-01-05 (월) 10:00:00 (GMT+09:00)\n"
	 "Subject: Re: 프린터\n\n다시 해 보세요.\n", "잘 됩니다.", 0, NULL},
	{"163, zh", "Subject: =?utf-8?b?UmU65omT5Y2w5py6?=\n" IN_REPLY,
	 "好了。\n\n\n\n\nAt 2026-01-05 10:00:00, \"Support\" <support@example.com> wrote:\n\n请再试一次。\n", "好了。", 0, NULL},

	/* Notes of absence by their subjects alone. */
#define ABSENT(name, subject, body) {name, "Subject: " subject "\n", body, NULL, PD_KIND_AUTO, NULL}
	ABSENT("absence, en", "Automatic reply: Printer", "I am away.\n"),
	ABSENT("absence, de", "Automatische Antwort: Drucker", "Ich bin im Urlaub.\n"),
	ABSENT("absence, da", "Automatisk svar: Printer", "Jeg er på ferie.\n"),
	ABSENT("absence, fi", "Automaattinen vastaus: Tulostin", "Olen lomalla.\n"),
	ABSENT("absence, el", "Αυτόματη απάντηση: Εκτυπωτής", "Λείπω.\n"),
	ABSENT("absence, he", "מענה אוטומטי: מדפסת", "אני בחופשה.\n"),
	ABSENT("absence, ar", "رد تلقائي: طابعة", "أنا في إجازة.\n"),
	ABSENT("absence, hi", "स्वचालित उत्तर: प्रिंटर", "मैं छुट्टी पर हूँ।\n"),
	ABSENT("absence, lt", "Automatinis atsakymas: spausdintuvas", "Atostogauju.\n"),
	ABSENT("absence, lv", "Automātiska atbilde: printeris", "Esmu atvaļinājumā.\n"),
	ABSENT("absence, et", "Automaatvastus: printer", "Olen puhkusel.\n"),
	ABSENT("absence, bg", "Автоматичен отговор: принтер", "В отпуск съм.\n"),
	ABSENT("absence, hr", "Automatski odgovor: pisač", "Na godišnjem sam.\n"),
	ABSENT("absence, sk", "Automatická odpoveď: tlačiareň", "Som na dovolenke.\n"),
	ABSENT("absence, sl", "Samodejni odgovor: tiskalnik", "Sem na dopustu.\n"),
	ABSENT("absence, ro", "Răspuns automat: imprimantă", "Sunt în concediu.\n"),
	ABSENT("absence, vi", "Trả lời tự động: máy in", "Tôi đang nghỉ phép.\n"),
	ABSENT("absence, th", "ตอบกลับอัตโนมัติ: เครื่องพิมพ์", "ลาพักร้อน\n"),
	ABSENT("absence, id", "Balasan otomatis: printer", "Saya sedang cuti.\n"),
	ABSENT("absence, zh", "自动回复: 打印机", "我正在休假。\n"),
	ABSENT("absence, zh-TW", "自動回覆: 印表機", "我不在辦公室。\n"),
	ABSENT("absence, ja", "自動応答: プリンタ", "休暇中です。\n"),
	ABSENT("absence, ko", "자동 회신: 프린터", "휴가 중입니다.\n"),
	ABSENT("absence, fa", "پاسخ خودکار: چاپگر", "در مرخصی هستم.\n"),
	ABSENT("absence, is", "Sjálfvirkt svar: prentari", "Ég er í fríi.\n"),
	ABSENT("absence, sr", "Аутоматски одговор: штампач", "На годишњем одмору.\n"),
	ABSENT("absence, ka", "ავტომატური პასუხი: პრინტერი", "შვებულებაში ვარ.\n"),
	ABSENT("absence, hy", "Ավտոմատ պատասխան՝ տպիչ", "Արձակուրդում եմ։\n"),
	ABSENT("absence, kk", "Автоматты жауап: принтер", "Демалыстамын.\n"),
	ABSENT("absence, mn", "Автомат хариу: принтер", "Амралттай.\n"),
	ABSENT("absence, eu", "Erantzun automatikoa: inprimagailua", "Oporretan nago.\n"),
	ABSENT("absence, ms", "Balasan automatik: pencetak", "Saya bercuti.\n"),
	{"a person's holiday", "Subject: Holiday request\n", "I'd like to take two weeks in July. Is that all right?\n", NULL, 0, NULL},
	{"a person's automatic reply", "Subject: Automatic reply does not work\n", "Ours has not answered since Monday.\n", NULL, 0, NULL},
	{"a person's vacation, de", "Subject: Urlaub buchen\n", "Ich möchte ein Zimmer buchen.\n", NULL, 0, NULL},
	{"a person's absence, fr", "Subject: Absence injustifiée\n", "Mon fils était malade hier.\n", NULL, 0, NULL},
	{"a person's answer to one", "Subject: Re: Automatic reply: Printer\n" IN_REPLY, "Are you back now?\n", NULL, 0, NULL},
	{"a person's out of stock", "Subject: Out of stock\n", "When will it be back?\n", NULL, 0, NULL},

	/* Forwards. */
#define FORWARD(name, subject, body) {name, "From: agent@example.com\nSubject: " subject "\n", body, NULL, 0, "carol@example.net"}
	FORWARD("forward, Gmail, en", "Fwd: Printer",
		"---------- Forwarded message ---------\nFrom: Carol <carol@example.net>\nDate: Mon, Jan 5, 2026 at 10:00 AM\nSubject: Printer\nTo: "
		"<agent@example.com>\n\n\nIt is broken. Write to bob@example.org, too.\n"),
	FORWARD("forward, Outlook, de", "WG: Drucker",
		"Bitte bearbeiten.\n\n________________________________\nVon: Carol <carol@example.net>\nGesendet: Montag, 5. Januar 2026 10:00\nAn: Agent "
		"<agent@example.com>\nBetreff: Drucker\n\nKaputt.\n"),
	FORWARD("forward, Outlook, fr", "TR: Imprimante",
		"De : Carol <carol@example.net>\nEnvoyé : lundi 5 janvier 2026 10:00\nÀ : Agent <agent@example.com>\nObjet : Imprimante\n\nElle est cassée.\n"),
	FORWARD("forward, Apple, es", "Fwd: Impresora",
		"> Inicio del mensaje reenviado:\n> \n> De: Carol <carol@example.net>\n> Asunto: Impresora\n> Fecha: 5 de enero de 2026, 10:00:00 CET\n> Para: "
		"agent@example.com\n> \n> No funciona.\n"),
	FORWARD("forward, Thunderbird, it", "Fwd: Stampante",
		"\n\n-------- Messaggio Inoltrato --------\nOggetto: \tStampante\nData: \tMon, 5 Jan 2026 10:00:00 +0100\nMittente: \tCarol "
		"<carol@example.net>\nA: \tagent@example.com\n\n\nNon va.\n"),
	FORWARD("forward, Outlook, pt", "ENC: Impressora",
		"De: Carol <carol@example.net>\nEnviada em: segunda-feira, 5 de janeiro de 2026 10:00\nPara: Agent <agent@example.com>\nAssunto: "
		"Impressora\n\nQuebrou.\n"),
	FORWARD("forward, Outlook, pl", "PD: Drukarka",
		"Od: Carol <carol@example.net>\nWysłano: poniedziałek, 5 stycznia 2026 10:00\nDo: Agent <agent@example.com>\nTemat: Drukarka\n\nNie działa.\n"),
	FORWARD("forward, Outlook, fi", "VL: Tulostin",
		"Lähettäjä: Carol <carol@example.net>\nLähetetty: maanantai 5. tammikuuta 2026 10.00\nVastaanottaja: Agent <agent@example.com>\nAihe: "
		"Tulostin\n\nRikki.\n"),
	FORWARD("forward, Outlook, sv", "VB: Skrivare",
		"Från: Carol <carol@example.net>\nSkickat: den 5 januari 2026 10:00\nTill: Agent <agent@example.com>\nÄmne: Skrivare\n\nTrasig.\n"),
	FORWARD("forward, Outlook, nl", "FW: Printer",
		"Van: Carol <carol@example.net>\nVerzonden: maandag 5 januari 2026 10:00\nAan: Agent <agent@example.com>\nOnderwerp: Printer\n\nKapot.\n"),
	FORWARD("forward, Outlook, tr", "İLT: Yazıcı",
		"Kimden: Carol <carol@example.net>\nGönderildi: 5 Ocak 2026 Pazartesi 10:00\nKime: Agent <agent@example.com>\nKonu: Yazıcı\n\nBozuk.\n"),
	FORWARD("forward, Outlook, ru", "FW: Принтер",
		"От: Carol <carol@example.net>\nОтправлено: понедельник, 5 января 2026 г. 10:00\nКому: Agent <agent@example.com>\nТема: Принтер\n\nСломан.\n"),
	FORWARD("forward, Outlook, ja", "FW: プリンタ",
		"差出人: Carol <carol@example.net>\n送信日時: 2026年1月5日月曜日 10:00\n宛先: Agent <agent@example.com>\n件名: プリンタ\n\n壊れました。\n"),
	FORWARD("forward, QQ, zh", "转发：打印机",
		"------------------ 原始邮件 ------------------\n发件人: \"Carol\" <carol@example.net>;\n发送时间: 2026年1月5日(星期一) 上午10:00\n收件人: "
		"\"agent\"<agent@example.com>;\n主题: 打印机\n\n坏了。\n"),
	FORWARD("forward, Outlook, el", "ΠΡΘ: Εκτυπωτής",
		"Από: Carol <carol@example.net>\nΑποστολή: Δευτέρα, 5 Ιανουαρίου 2026 10:00\nΠρος: Agent <agent@example.com>\nΘέμα: Εκτυπωτής\n\nΧάλασε.\n"),
	FORWARD("forward, Outlook, he", "הע: מדפסת",
		"מאת: Carol <carol@example.net>\nנשלח: יום שני 5 ינואר 2026 10:00\nאל: Agent <agent@example.com>\nנושא: מדפסת\n\nמקולקלת.\n"),
	FORWARD("forward, Gmail, ko", "Fwd: 프린터",
		"---------- Forwarded message ---------\n보낸사람: Carol <carol@example.net>\nDate: 2026년 1월 5일 (월) 오전 10:00\nSubject: 프린터\nTo: "
		"<agent@example.com>\n\n\n고장 났습니다.\n"),
	FORWARD("forward, Gmail, vi", "Fwd: Máy in",
		"---------- Forwarded message ---------\nTừ: Carol <carol@example.net>\nDate: 10:00, Th 2, 5 thg 1, 2026\nSubject: Máy in\nTo: "
		"<agent@example.com>\n\n\nHỏng rồi.\n"),
	FORWARD("forward, Thunderbird, cs", "Fwd: Tiskárna",
		"-------- Přeposlaná zpráva --------\nPředmět: \tTiskárna\nDatum: \tMon, 5 Jan 2026 10:00:00 +0100\nOd: \tCarol <carol@example.net>\nKomu: "
		"\tagent@example.com\n\n\nNefunguje.\n"),
	FORWARD("forward, Roundcube, hu", "Fwd: Nyomtató",
		"-------- Eredeti üzenet --------\nTárgy: Nyomtató\nDátum: 2026-01-05 10:00\nFeladó: Carol <carol@example.net>\nCímzett: "
		"agent@example.com\n\nElromlott.\n"),
	FORWARD("forward, FairEmail, en", "Fwd: Printer",
		"-------- Original message --------\nFrom: Carol <carol@example.net>\nTo: agent@example.com\nSent: Mon Jan 05 10:00:00 GMT 2026\nSubject: "
		"Printer\n\nBroken.\n"),

	/* Broken words and structures. */
	{"unpadded base64", "Subject: =?utf-8?B?RHJ1Y2tlcg?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n", "SGVsbG8\n", "Hello", 0, NULL},
	{"Latin-1 that says UTF-8", "Subject: x\nContent-Type: text/plain; charset=utf-8\n", "Gr\xfc\xdf" "e aus K\xf6ln\n", "Grüße aus Köln", 0, NULL},
	{"UTF-8 that says Latin-1", "Subject: x\nContent-Type: text/plain; charset=iso-8859-1\n", "Grüße\n", "Grüße", 0, NULL},
	{"a charset in quotes and blanks", "Subject: x\nContent-Type: text/plain; charset=\" UTF-8 \"\n", "Grüße\n", "Grüße", 0, NULL},
	{"windows-1251 without a label", "Subject: x\n", "\xcf\xf0\xe8\xed\xf2\xe5\xf0 \xed\xe5 \xf0\xe0\xe1\xee\xf2\xe0\xe5\xf2, \xef\xee\xec\xee\xe3\xe8\xf2\xe5.\n",
	 "Принтер не работает, помогите.", 0, NULL},
	{"an invitation answered", "Subject: Accepted: Meeting\nContent-Type: text/calendar; method=REPLY; charset=utf-8\n",
	 "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1\nSUMMARY:Meeting\nDTSTART:20260105T100000Z\nORGANIZER:mailto:support@example.com\n"
	 "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@example.org\nEND:VEVENT\nEND:VCALENDAR\n", NULL, 0, NULL},
	{"an address of EAI", "From: =?utf-8?q?J=C3=B5geva?= <jõgeva@exämple.org>\nSubject: Tere\n", "Tere.\n", "Tere.", 0, NULL},
};

static void test_everyday(void **state)
{
	(void)state;
	const unsigned asked = PD_KIND_AUTO | PD_KIND_BOUNCE;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *from = strstr(rows[i].header, "From: ") ? "" : "From: Anna <anna@example.org>\n";
		const char *mail = pd_printf(arena, "%sTo: support@example.com\nMessage-ID: <1@example.org>\n%s\n%s", from, rows[i].header, rows[i].body);
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_everyday)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
