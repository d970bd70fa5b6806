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
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "%s%s\n", head, texts[i]);
		CHECK_ROW_STRING(texts[i], pd_parse_message(arena, mail, strlen(mail))->text, texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_signatures), cmocka_unit_test(test_no_signatures)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
