/* Tests of what devices and clients write below a mail, by client and language, and of what only looks like it. */
#include "check.h"

#include <string.h>

#include "mime/reader.h"

static const char head[] = "From: carol@example.net\r\nSubject: Re: Printer\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";

static void test_signatures(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"-- \nCarol Jones\nExample Ltd\n+44 20 1234567",
		"--\nCarol Jones",
		"Sent from my iPhone",
		"Von meinem iPhone gesendet",
		"Envoyé de mon iPhone",
		"Enviado desde mi iPhone",
		"Inviato da iPhone",
		"Verstuurd vanaf mijn iPhone",
		"Enviado do meu iPhone",
		"Skickat från min iPhone",
		"Sendt fra min iPhone",
		"Sendt fra min iPhone",
		"Lähetetty iPhonesta",
		"Wysłane z iPhone'a",
		"Odesláno z iPhonu",
		"Odoslané z môjho iPhonu",
		"Az iPhone-omról küldve",
		"Trimis de pe iPhone-ul meu",
		"Отправлено с iPhone",
		"Надіслано з iPhone",
		"Στάλθηκε από το iPhone μου",
		"iPhone'umdan gönderildi",
		"נשלח מה-iPhone שלי",
		"مُرسَل من الـ iPhone",
		"iPhoneから送信",
		"发自我的iPhone",
		"從我的 iPhone 傳送",
		"나의 iPhone에서 보냄",
		"ส่งจาก iPhone ของฉัน",
		"Đã gửi từ iPhone của tôi",
		"Dikirim dari iPhone saya",
		"Poslano s mog iPhonea",
		"Enviat des del meu iPhone",
		"Get Outlook for iOS<https://aka.ms/o0ukef>",
		"Get Outlook for Android",
		"Outlook für Android herunterladen<https://aka.ms/ghei36>",
		"Holen Sie sich Outlook für iOS<https://aka.ms/o0ukef>",
		"Télécharger Outlook pour iOS",
		"Obtenir Outlook pour Android<https://aka.ms/x>",
		"Obtener Outlook para iOS<https://aka.ms/x>",
		"Scarica Outlook per Android<https://aka.ms/x>",
		"Outlook voor Android downloaden<https://aka.ms/x>",
		"Obter o Outlook para iOS<https://aka.ms/x>",
		"Pobierz aplikację Outlook dla systemu iOS<https://aka.ms/x>",
		"Hämta Outlook för iOS<https://aka.ms/x>",
		"Hanki Outlook for iOS<https://aka.ms/x>",
		"Hanki Outlook iOS:lle<https://aka.ms/x>",
		"Hent Outlook til Android<https://aka.ms/x>",
		"Skaff deg Outlook for iOS<https://aka.ms/x>",
		"Získat Outlook pro Android<https://aka.ms/x>",
		"Скачать Outlook для iOS<https://aka.ms/x>",
		"Outlook for iOS を入手<https://aka.ms/x>",
		"Android için Outlook'u edinin<https://aka.ms/x>",
		"Sent from Mail for Windows 10",
		"Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows",
		"Gesendet von Mail für Windows 10",
		"Provenance : Courrier pour Windows",
		"Enviado desde Correo para Windows 10",
		"Sent from Yahoo Mail on Android",
		"Sent from Yahoo Mail for iPhone",
		"Von Yahoo Mail auf Android gesendet",
		"Envoyé à partir de Yahoo Mail pour Android",
		"Inviato da Yahoo Mail su Android",
		"Enviado desde Yahoo Mail para Android",
		"Sent from my Galaxy",
		"나의 Galaxy에서 보냄",
		"From my iPad Pro",
		"Desde mi Samsung Mobile de Telcel",
		"Von meinem Samsung Gerät gesendet",
		"Depuis mon mobile Orange",
		"Sent from my Samsung Galaxy smartphone.",
		"Von meinem Samsung Galaxy Smartphone gesendet.",
		"Gesendet von meinem Galaxy",
		"Envoyé depuis mon smartphone Samsung Galaxy.",
		"Sent from Proton Mail mobile",
		"Sent with Proton Mail secure email.",
		"Sent from Proton Mail for iOS",
		"Sent from my BlackBerry 10 smartphone.",
		"Sent from my Android device with K-9 Mail. Please excuse my brevity.",
		"Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
		"Sent from my T-Mobile 4G LTE Device",
		"Sent from my Huawei phone",
		"Von meinem Huawei-Mobiltelefon gesendet",
		"Sent from Spark",
		"Sent via Superhuman",
		"Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
		"Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.",
		"Sent securely from Tuta Mail.",
		"Sent from my Xiaomi",
		"Отправлено из мобильной Почты Mail.ru",
		"Отправлено из мобильной Яндекс.Почты",
		"Sent with Newton",
		"Sent from Mimestream",
		"Sent with Airmail",
		"Sent from Gmail Mobile",
		"Get BlueMail for Android",
		"Sent via Front",
	};
	for (size_t i = 0; i < COUNT(lines); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "%sThanks, that helped.\n\n%s\n", head, lines[i]);
		struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		CHECK_ROW_STRING(lines[i], message->text, "Thanks, that helped.");
		CHECK_ROW_STRING(lines[i], message->signature, lines[i]);
	}
}

/* Disclaimers by language, below closing words with a colon or a heading of their own. */
static void test_disclaimers(void **state)
{
	(void)state;
	static const char *const disclaimers[] = {
		"This message is intended for the named recipient alone. Whoever else gets it is asked to delete it and to tell the sender.",
		"CONFIDENTIALITY NOTICE:\n\nThis e-mail message is for the sole use of the intended recipients and may contain privileged matter.",
		"Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, vernichten Sie bitte diese Mail.",
		"Ce message et toutes ses pièces jointes sont confidentiels et établis à l'intention exclusive de leurs destinataires.",
		"Este mensaje y sus anexos pueden contener información confidencial, dirigida exclusivamente a su destinatario.",
		"Esta mensagem pode conter informação confidencial. Se a recebeu por engano, apague-a e informe o remetente.",
		"Questo messaggio è destinato esclusivamente al destinatario indicato e contiene informazioni riservate.",
		"Dit bericht is uitsluitend bestemd voor de geadresseerde en kan vertrouwelijke informatie bevatten.",
		"Tämä viesti on luottamuksellinen ja tarkoitettu vain sen vastaanottajalle; muiden tulee tuhota se.",
		"Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata; prosimy ją usunąć w razie pomyłki.",
		"Это сообщение содержит конфиденциальную информацию и предназначено исключительно для адресата.",
	};
	for (size_t i = 0; i < COUNT(disclaimers); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "%sThanks, that helped.\n\n%s\n", head, disclaimers[i]);
		CHECK_ROW_STRING(disclaimers[i], pd_parse_message(arena, mail, strlen(mail))->text, "Thanks, that helped.");
	}
}

static void test_no_signatures(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"Thanks, that helped.\n\nThe letter was sent from my office on Monday.",
		"I got a mail.\n\nSent from my side already, please check the invoice number again",
		"Hello,\n\nplease call me:\n\n+44 20 1234567",
		"List:\n\n- one\n- two\n- three",
		"Prices:\n\n----\na 1\nb 2",
		"a\n\n--\n\nb is the second part of a long explanation which is not a signature at all, since it is a paragraph of prose that goes on and on and on, and then ends here with a question?",
		"Kind regards,\nCarol",
		/* They begin as lines of devices do, and go on as sentences. */
		"I cannot log in.\n\nFrom my phone it works, though.",
		"Login geht nicht.\n\nVon meinem Handy geht es aber.",
		"Connexion impossible.\n\nDepuis mon téléphone, cela marche.",
		"No funciona.\n\nDesde mi móvil no puedo entrar.",
		"Non entro.\n\nDal mio telefono funziona.",
		"Não entro.\n\nDo meu celular funciona.",
		"Inloggen lukt niet.\n\nVan mijn telefoon werkt het wel.",
		"Det går inte.\n\nFrån min mobil går det.",
		"Не могу войти.\n\nС моего телефона всё работает.",
		"Paketti puuttuu.\n\nLähetetty maanantaina Turusta.",
		"Brakuje paczki.\n\nWysłane z Krakowa w poniedziałek.",
		/* They begin as disclaimers do, and speak of something else. */
		"Hello\n\nThis message is intended as a complaint about order 1234, which has not come although you promised it for Friday.",
		"Hello\n\nThis email message shows up in red every time that I open the shop, although my account is in order and paid.",
		"Hello\n\nIf you have received this parcel by mistake, please send it back to us; we have been waiting for it since Monday.",
		"Hello\n\nLegal notice of cancellation: I hereby cancel my contract 1234 with effect from 31 January 2026, please confirm.",
		"Hallo\n\nDiese Nachricht und die letzte gehören zusammen: die Rechnung 5 ist falsch, und die Ware ist nicht angekommen.\n\nBitte antworten "
		"Sie bald.",
		"Hei\n\nTämä viesti koskee tilausta 1234, joka ei ole vieläkään saapunut, vaikka lupasitte toimittaa sen perjantaina. Toivon vastausta.",
		"Bonjour\n\nCe message est ma troisième relance concernant la facture 55, toujours impayée malgré vos promesses répétées.",
		"Salve\n\nQuesto messaggio è per segnalare che la stampante non funziona da lunedì e nessuno ha risposto alla mia chiamata.",
		"Olá\n\nEsta mensagem é sobre o pedido 55, que ainda não chegou apesar da promessa de entrega na sexta-feira passada.",
		"Merhaba\n\nBu mesaj her açılışta ekranda çıkıyor ve program kapanıyor, lütfen yardım edin, iki gündür çalışamıyoruz.",
		"Здравствуйте\n\nЭто сообщение появляется при каждом запуске программы, и после него ничего не работает.",
		/* Announced, it is shown. */
		"Please remove from the list:\n\n-Anna Virtanen",
		"Our new data:\n\n----------\nPhone: +358 40 1234567\nMail: a@example.org\nWeb: www.example.org",
		"Devices:\n==========\nSN 1234567890\nSN 1234567891\nSN 1234567892",
		/* No list's footer is without its address. */
		"How do I leave?\n\n_______________________________________________\nI mean the mailing list of the shop, I want to unsubscribe.",
		"Your mails end so:\n\nThis email and any attachments are confidential and intended solely for the addressee, please delete it.\n\n"
		"Please remove it from our tickets.",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "%s%s\n", head, texts[i]);
		CHECK_ROW_STRING(texts[i], pd_parse_message(arena, mail, strlen(mail))->text, texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_signatures), cmocka_unit_test(test_disclaimers),
					    cmocka_unit_test(test_no_signatures)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
