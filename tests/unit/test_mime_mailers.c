/* Tests of what mailers and providers write in words about mail that they cannot deliver, and of what only looks like it. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "mime/reader.h"

#define COPY                                                                                                                   \
	"Return-Path: <desk@example.com>\nReceived: from mx.example.com (mx.example.com [192.0.2.1])\n\tby mx.example.org; "    \
	"Mon, 5 Jan 2026 10:00:00 +0000\nFrom: Desk <desk@example.com>\nTo: anna@example.org\nMessage-ID: <77@example.com>\n"    \
	"Subject: Offer\n\nHello Anna\n"

static const struct {
	const char *name, *from, *subject, *body;
	bool is_bounce, temporary;
} rows[] = {
	{"qmail", "MAILER-DAEMON@mx.example.org", "failure notice",
		 "Hi. This is the qmail-send program at mx.example.org.\n"
		 "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
		 "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<anna@example.org>:\n"
		 "192.0.2.9 does not like recipient.\n"
		 "Remote host said: 550 5.1.1 <anna@example.org>: Recipient address rejected: User unknown\n"
		 "Giving up on 192.0.2.9.\n\n--- Below this line is a copy of the message.\n\n" COPY,
	 true, false},
	{"qmail-ja", "MAILER-DAEMON@mx.example.org", "failure notice",
		 "ご利用のメールサーバーからのお知らせです。\n次のアドレスにメールを配信できませんでした。\n\n<anna@example.org>:\n550 5.1.1 User unknown\n\n"
		 "--- Below this line is a copy of the message.\n\n" COPY,
	 true, false},
	{"exim", "Mail Delivery System <Mailer-Daemon@mx.example.org>", "Mail delivery failed: returning message to sender",
		 "This message was created automatically by mail delivery software.\n\n"
		 "A message that you sent could not be delivered to one or more of its\n"
		 "recipients. This is a permanent error. The following address(es) failed:\n\n  anna@example.org\n"
		 "    host mail.example.org [192.0.2.9]\n"
		 "    SMTP error from remote mail server after RCPT TO:<anna@example.org>:\n    550 5.1.1 No such user\n"
		 "\n------ This is a copy of the message, including all the headers. ------\n\n" COPY,
	 true, false},
	{"exim-pipe", "Mail Delivery System <Mailer-Daemon@mx.example.org>", "Mail delivery failed: returning message to sender",
		 "This message was created automatically by mail delivery software.\n\n"
		 "A message that you sent could not be delivered to one or more of its\n"
		 "recipients. This is a permanent error. The following address(es) failed:\n\n  anna@example.org\n"
		 "    retry timeout exceeded\n\n",
	 true, true},
	{"exim-delay", "Mail Delivery System <Mailer-Daemon@mx.example.org>", "Warning: message 1abc-00 delayed 24 hours",
		 "This message was created automatically by mail delivery software.\n"
		 "A message that you sent has not yet been delivered to one or more of its\n"
		 "recipients after more than 24 hours on the queue on mx.example.org.\n\n"
		 "The message identifier is:     1abc-00\nThe subject of the message is: Offer\n"
		 "The date of the message is:    Mon, 5 Jan 2026 10:00:00 +0000\n\n"
		 "The address to which the message has not yet been delivered is:\n\n  anna@example.org\n"
		 "    host mail.example.org [192.0.2.9]\n    Delay reason: SMTP timeout\n\n"
		 "No action is required on your part. Delivery attempts will continue for\n"
		 "some time, and this warning may be repeated at intervals if the message\n"
		 "remains undelivered. Eventually the mail delivery software will give up,\n"
		 "and when that happens, the message will be returned to you.\n",
	 true, true},
	{"exim-de", "Mail Delivery System <Mailer-Daemon@mx.example.org>", "Mail delivery failed: returning message to sender",
		 "Diese Nachricht wurde automatisch von der Mail-Software erzeugt.\n\n"
		 "Ihre Nachricht konnte nicht an einen oder mehrere Empfänger zugestellt werden.\n"
		 "Folgende Adressen sind betroffen:\n\n  anna@example.org\n    550 unknown user\n",
	 true, false},
	{"postfix", "MAILER-DAEMON@mx.example.org (Mail Delivery System)", "Undelivered Mail Returned to Sender",
		 "This is the mail system at host mx.example.org.\n\n"
		 "I'm sorry to have to inform you that your message could not\n"
		 "be delivered to one or more recipients. It's attached below.\n\n"
		 "For further assistance, please send mail to postmaster.\n\n"
		 "If you do so, please include this problem report. You can\n"
		 "delete your own text from the attached returned message.\n\n                   The mail system\n\n"
		 "<anna@example.org>: host mail.example.org[192.0.2.9] said: 550 5.1.1\n"
		 "    <anna@example.org>: Recipient address rejected: User unknown in virtual\n"
		 "    mailbox table (in reply to RCPT TO command)\n",
	 true, false},
	{"postfix-exp", "MAILER-DAEMON@mx.example.org (Mail Delivery System)", "Undelivered Mail Returned to Sender",
		 "This is the mail system at host mx.example.org.\n\n"
		 "I'm sorry to have to inform you that your message could not\n"
		 "be delivered to one or more recipients. It's attached below.\n\n"
		 "<anna@example.org>: connect to mail.example.org[192.0.2.9]:25: Connection timed out\n",
	 true, true},
	{"postfix-delay", "MAILER-DAEMON@mx.example.org (Mail Delivery System)", "Delayed Mail (still being retried)",
		 "This is the mail system at host mx.example.org.\n\n"
		 "####################################################################\n"
		 "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n"
		 "####################################################################\n\n"
		 "Your message could not be delivered for more than 4 hour(s).\n"
		 "It will be retried until it is 5 day(s) old.\n\n"
		 "For further assistance, please send mail to postmaster.\n\n"
		 "<anna@example.org>: connect to mail.example.org[192.0.2.9]:25: Connection refused\n",
	 true, true},
	{"exchange-onprem", "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>", "Undeliverable: Offer",
		 "Delivery has failed to these recipients or groups:\n\n"
		 "Anna (anna@example.org)<mailto:anna@example.org>\n"
		 "The email address you entered couldn't be found. Please check the recipient's email address and try to resend the message. If the problem continues, please contact your email admin.\n"
		 "\nDiagnostic information for administrators:\n\nGenerating server: ex1.example.org\n\nanna@example.org\n"
		 "Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'\n\nOriginal message headers:\n"
		 "\n" COPY,
	 true, false},
	{"exchange-online", "postmaster@example.org", "Undeliverable: Offer",
		 "[Office 365 logo]\n\nYour message to anna@example.org couldn't be delivered.\n\n"
		 "anna wasn't found at example.org.\n\ndesk    Office 365    anna\nAction Required             Recipient\n"
		 "Unknown To address\n\nHow to Fix It\n"
		 "The address may be misspelled or may not exist. Try one or more of the following:\n"
		 "* Send the message again following these steps: In Outlook, open this non-delivery report (NDR) and choose Send Again from the Report ribbon.\n"
		 "\nStatus code: 550 5.1.10\n\nOriginal Message Details\nCreated Date:\t1/5/2026 10:00:00 AM\n"
		 "Sender Address:\tdesk@example.com\nRecipient Address:\tanna@example.org\nSubject:\tOffer\n\nError Details\n"
		 "Reported error:\t550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient anna@example.org not found by SMTP address lookup\n",
	 true, false},
	{"exchange-de", "Microsoft Outlook <postmaster@example.org>", "Unzustellbar: Angebot",
		 "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nanna@example.org\n"
		 "Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n\n"
		 "Diagnoseinformationen für Administratoren:\n\nGenerierender Server: ex1.example.org\n\nanna@example.org\n"
		 "Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'\n",
	 true, false},
	{"exchange-fr", "Microsoft Outlook <postmaster@example.org>", "Non remis : Offre",
		 "Échec de la remise pour ces destinataires ou groupes :\n\nanna@example.org\n"
		 "L'adresse de courrier électronique que vous avez entrée n'a pas été trouvée.\n\nanna@example.org\n"
		 "Remote Server returned '550 5.1.1 not found'\n",
	 true, false},
	{"exchange-es", "Microsoft Outlook <postmaster@example.org>", "No se puede entregar: Oferta",
		 "Error de entrega a estos destinatarios o grupos:\n\nanna@example.org\n"
		 "No se encontró la dirección de correo electrónico que ha escrito.\n\nanna@example.org\n"
		 "Remote Server returned '550 5.1.1 not found'\n",
	 true, false},
	{"exchange-old", "System Administrator <postmaster@example.org>", "Undeliverable: Offer",
		 "Your message\n\n  To:      anna@example.org\n  Subject: Offer\n"
		 "  Sent:    Mon, 5 Jan 2026 10:00:00 +0200\n\ndid not reach the following recipient(s):\n\n"
		 "anna@example.org on Mon, 5 Jan 2026 10:00:01 +0200\n"
		 "    The e-mail account does not exist at the organization this message was sent to.\n"
		 "    <mx.example.org #5.1.1>\n",
	 true, false},
	{"gmail", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
		 "** Address not found **\n\n"
		 "Your message wasn't delivered to anna@example.org because the address couldn't be found, or is unable to receive mail.\n"
		 "\nLearn more here: https://support.google.com/mail/answer/6596\n\n"
		 "The response from the remote server was:\n"
		 "550 5.1.1 The email account that you tried to reach does not exist.\n",
	 true, false},
	{"gmail-es", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
		 "** No se ha encontrado la dirección **\n\n"
		 "Tu mensaje no se ha entregado a anna@example.org porque no se ha encontrado la dirección o esta no puede recibir correo.\n"
		 "\nRespuesta del servidor:\n550 5.1.1 no existe\n",
	 true, false},
	{"gmail-delay", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Delay)",
		 "** Delivery incomplete **\n\n"
		 "There was a temporary problem delivering your message to anna@example.org. Gmail will retry for 46 more hours. You'll be notified if the delivery fails permanently.\n"
		 "\nThe response was:\n\nThe recipient server did not accept our requests to connect. \n",
	 true, true},
	{"gmail-block", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
		 "** Message blocked **\n\n"
		 "Your message to anna@example.org has been blocked. See technical details below for more information.\n"
		 "\nThe response from the remote server was:\n554 5.7.1 rejected\n",
	 true, false},
	{"yahoo", "MAILER-DAEMON@yahoo.com", "Failure Notice",
		 "Sorry, we were unable to deliver your message to the following address.\n\n<anna@example.org>:\n"
		 "550: 5.1.1 <anna@example.org>: Email address could not be found, or was misspelled\n\n"
		 "--- Below this line is a copy of the message.\n\n" COPY,
	 true, false},
	{"qq", "PostMaster@qq.com", "系统退信/Systems bounce",
		 "很抱歉您发送的邮件被退回，以下是该邮件的相关信息：\n\n被退回邮件\n主 题：Offer\n时 间：2026-01-05 10:00:00\n\n无法发送到 anna@example.org\n\n退信原因\n"
		 "收件人邮件地址（anna@example.org）不存在，邮件无法送达。\nhost mx.example.org said: 550 5.1.1 User unknown\n",
	 true, false},
	{"163", "Postmaster@163.com", "系统退信",
		 "抱歉，您的邮件被退回来了……\n\n原邮件信息：\n时　间：2026-01-05 10:00:00\n主　题：Offer\n收件人：anna@example.org\n\n退信原因：\n"
		 "收件人的邮件地址不存在 (550 User not found)\n",
	 true, false},
	{"aliyun", "postmaster@service.alibaba.com", "系统退信通知",
		 "您的邮件未能发送成功\n\n收件人：anna@example.org\n退信原因：550 mailbox not found\n",
	 true, false},
	{"mailru", "mailer-daemon@corp.mail.ru", "Mail failure.",
		 "This message was created automatically by mail delivery software.\n\n"
		 "A message that you sent could not be delivered to one or more of its\n"
		 "recipients. This is a permanent error. The following address(es) failed:\n\n  anna@example.org\n"
		 "    SMTP error: 550 Message was not accepted -- invalid mailbox.  Local mailbox anna@example.org is unavailable: user not found\n",
	 true, false},
	{"mailru-ru", "mailer-daemon@corp.mail.ru", "Недоставленное сообщение",
		 "Это письмо создано автоматически сервером Mail.ru, отвечать на него не нужно.\n\n"
		 "К сожалению, ваше письмо не может быть доставлено одному или нескольким получателям:\n\n"
		 "anna@example.org\nsmtp error from remote server: 550 no such user\n",
	 true, false},
	{"yandex", "mailer-daemon@yandex.ru", "Недоставленное сообщение",
		 "Это автоматическое письмо, отвечать на него не нужно.\n\nПисьмо не было доставлено:\n\n"
		 "<anna@example.org>: host mx.example.org said: 550 5.1.1 No such user\n",
	 true, false},
	{"mdaemon", "MDaemon at mx.example.org <MDaemon@mx.example.org>", "Permanent Delivery Failure",
		 "The following data may contain sections which represent BASE64 encoded\n"
		 "file attachments. These sections will be unreadable without MIME aware\n"
		 "tools. Seek your system administrator if you need help extracting any\n"
		 "files which may be embedded within this message.\n\nFrom: MDaemon@mx.example.org\n\n"
		 "The attached message had PERMANENT fatal delivery errors!\n\n"
		 "After one or more unsuccessful delivery attempts the attached message has\n"
		 "been removed from the mail queue on this server.  The number and frequency\n"
		 "of delivery attempts are determined by local configuration parameters.\n\n"
		 "YOUR MESSAGE WAS NOT DELIVERED TO ONE OR MORE RECIPIENTS!\n\nFailed address: anna@example.org\n\n"
		 "--- Session Transcript ---\n"
		 " Mon 2026-01-05 10:00:00: <-- 550 5.1.1 Recipient unknown <anna@example.org>\n--- End Transcript ---\n",
	 true, false},
	{"domino", "Mail Router <postmaster@example.org>", "DELIVERY FAILURE: User anna (anna@example.org) not listed in Domino Directory",
		 "Your message\n\n  Subject: Offer\n\nwas not delivered to:\n\n  anna@example.org\n\nbecause:\n\n"
		 "  User anna (anna@example.org) not listed in Domino Directory\n",
	 true, false},
	{"ses", "MAILER-DAEMON@amazonses.com", "Delivery Status Notification (Failure)",
		 "An error occurred while trying to deliver the mail to the following recipients:\nanna@example.org\n",
	 true, false},
	{"mailgun", "Mail Delivery System <postmaster@mg.example.org>", "Undeliverable: Offer",
		 "Your message could not be delivered to the following recipient:\n\nanna@example.org\n\n"
		 "Reason: No MX for example.org\n550 5.1.2\n",
	 true, false},
	{"courier", "\"Courier mail server at mx.example.org\" <@>", "NOTICE: mail delivery status.",
		 "This is a delivery status notification from mx.example.org,\n"
		 "running the Courier mail server, version 0.65.\n\n"
		 "The original message was received on Mon, 5 Jan 2026 10:00:00 +0000\n"
		 "from desk.example.com (mx [192.0.2.1])\n\n"
		 "---------------------------------------------------------------------------\n\n"
		 "                           UNDELIVERABLE MAIL\n\n"
		 "Your message to the following recipients cannot be delivered:\n\n<anna@example.org>:\n"
		 "    mail.example.org [192.0.2.9]:\n    >>> RCPT TO:<anna@example.org>\n    <<< 550 User unknown.\n\n"
		 "---------------------------------------------------------------------------\n\n"
		 "If your message was also sent to additional recipients, their delivery\n"
		 "status is not included in this report.  You may or may not receive\n"
		 "other delivery status notifications for additional recipients.\n",
	 true, false},
	{"sendmail", "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.org>", "Returned mail: see transcript for details",
		 "The original message was received at Mon, 5 Jan 2026 10:00:00 GMT\nfrom desk.example.com [192.0.2.1]\n"
		 "\n   ----- The following addresses had permanent fatal errors -----\n<anna@example.org>\n"
		 "    (reason: 550 5.1.1 User unknown)\n\n   ----- Transcript of session follows -----\n"
		 "... while talking to mail.example.org.:\n>>> RCPT To:<anna@example.org>\n<<< 550 5.1.1 User unknown\n"
		 "550 5.1.1 <anna@example.org>... User unknown\n",
	 true, false},
	{"sendmail-warn", "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.org>", "Warning: could not send message for past 4 hours",
		 "    **********************************************\n"
		 "    **      THIS IS A WARNING MESSAGE ONLY      **\n"
		 "    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
		 "    **********************************************\n\n"
		 "The original message was received at Mon, 5 Jan 2026 10:00:00 GMT\n\n"
		 "   ----- Transcript of session follows -----\n"
		 "<anna@example.org>... Deferred: Connection timed out with mail.example.org.\n"
		 "Warning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
	 true, true},
	{"opensmtpd", "Mailer Daemon <MAILER-DAEMON@mx.example.org>", "Delivery status notification: error",
		 "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
		 "    An error has occurred while attempting to deliver a message for\n"
		 "    the following list of recipients:\n\nanna@example.org: 550 5.1.1 Invalid recipient\n\n"
		 "    Below is a copy of the original message:\n\n" COPY,
	 true, false},
	{"opensmtpd-temp", "Mailer Daemon <MAILER-DAEMON@mx.example.org>", "Delivery status notification: warning",
		 "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n"
		 "    A message is delayed for more than 4 hours for the following\n    list of recipients:\n\n"
		 "anna@example.org: 421 4.4.2 Connection timed out\n\n"
		 "    Please note that this is only a temporary failure report.\n"
		 "    The message is kept in the queue for up to 4 days.\n"
		 "    You DO NOT NEED to re-send the message to these recipients.\n",
	 true, true},
	{"zoho", "mailer-daemon@mail.zoho.com", "Undelivered Mail Returned to Sender",
		 "This message was created automatically by mail delivery software.\n"
		 " A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n"
		 "\nanna@example.org, ERROR CODE :550 - 5.1.1 User unknown\n\n\n"
		 "Received:from mail.zoho.com by mx.zohomail.com\n" COPY,
	 true, false},
	{"icloud", "MAILER-DAEMON@me.com", "Undeliverable: Offer",
		 "Your message could not be delivered to the following recipients:\n\n  anna@example.org\n"
		 "  Reason: Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.1.1 unknown\n",
	 true, false},
	{"aol", "Mail Delivery System <MAILER-DAEMON@aol.com>", "Undeliverable: Offer",
		 "The following recipients are not reachable:\n\n<anna@example.org>: 550 5.1.1 user unknown\n",
	 true, false},
	{"gmx", "GMX Mailer Daemon <mailer-daemon@gmx.net>", "Mail delivery failed: returning message to sender",
		 "This message was created automatically by mail delivery software.\n\n"
		 "A message that you sent could not be delivered to one or more of\n"
		 "its recipients. This is a permanent error. The following address\nfailed:\n\nanna@example.org:\n"
		 "SMTP error from remote server for RCPT TO command, host: mx.example.org (192.0.2.9) reason: 550 5.1.1 unknown\n"
		 "\n--- The header of the original message is following. ---\n\n" COPY,
	 true, false},
	{"tonline", "mailer-daemon@t-online.de", "Mail delivery failed: returning message to sender",
		 "|------------------------- Message log follows: -------------------------|\n"
		 " no valid recipients were found for this message\n"
		 "|------------------------- Failed addresses follow: ---------------------|\n"
		 " <anna@example.org> ... unknown host\n"
		 "|------------------------- Message text follows: ------------------------|\n" COPY,
	 true, false},
	{"groupwise", "Mailer-Daemon@mx.example.org", "Message status - undeliverable",
		 "The message that you sent was undeliverable to the following:\n\tanna@example.org (550 user unknown)\n",
	 true, false},
	{"james", "postmaster@mx.example.org", "Error in deliver",
		 "Hi. This is the James mail server at mx.example.org.\n"
		 "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
		 "This is a permanent error; I've given up. Sorry it didn't work out. Below\n"
		 "I include the list of recipients and the reason why I was unable to deliver\nyour message.\n\n"
		 "Failed recipient(s):\nanna@example.org\n\nError message:\n550 5.1.1 unknown\n",
	 true, false},
	{"hmailserver", "mailer-daemon@mx.example.org", "Message undeliverable: Offer",
		 "Your message did not reach some or all of the intended recipients.\n\n"
		 "   Sent: Mon, 5 Jan 2026 10:00:00 +0000\n   Subject: Offer\n\n"
		 "The following recipient(s) could not be reached:\n\nanna@example.org\n   Error Type: SMTP\n"
		 "   Remote server (192.0.2.9) issued an error.\n   hMailServer sent: RCPT TO:<anna@example.org>\n"
		 "   Remote server replied: 550 5.1.1 User unknown\n\n\nhMailServer\n",
	 true, false},
	{"kerio", "\"Mail Delivery Subsystem\" <postmaster@mx.example.org>", "Undeliverable Mail",
		 "Unable to deliver the message to:\n\n<anna@example.org>: 550 5.1.1 user unknown\n",
	 true, false},
	{"ironport", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Delivery Status Notification (Failure)",
		 "The following message to <anna@example.org> was undeliverable.\nThe reason for the problem:\n"
		 "5.1.0 - Unknown address error 550-'5.1.1 unknown'\n",
	 true, false},
	{"barracuda", "MAILER-DAEMON <MAILER-DAEMON@mx.example.org>", "**Message you sent blocked by our bulk email filter**",
		 "Your message to: anna@example.org\n"
		 "was blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n"
		 "\nSubject: Offer\n",
	 true, false},
	{"mimecast", "Mimecast Postmaster <postmaster@mx.example.org>", "[Postmaster] Email Delivery Failure",
		 "This is a delivery failure notification message indicating that\n"
		 "an email you addressed to email address :\n-- anna@example.org\n\n"
		 "could not be delivered. The problem appears to be :\n-- Recipient email server rejected the message\n\n"
		 "Additional information follows :\n-- 550 Invalid Recipient\n",
	 true, false},
	{"messagelabs", "mailer-daemon@messagelabs.com", "Mail delivery failure",
		 "This is the mail delivery agent at messagelabs.com.\n"
		 "I was unable to deliver your message to the following addresses:\n\nanna@example.org\n\n"
		 "Reason: 550 5.1.1 User unknown\n",
	 true, false},
	{"surfcontrol", "postmaster@mx.example.org", "Undeliverable mail",
		 "Your message could not be sent.\nA transcript of the attempts to send the message follows.\n"
		 "The number of attempts made: 1\nAddressed To: anna@example.org\n\nMon, 5 Jan 2026 10:00:00\n"
		 "Failed to send to identified host,\n550 5.1.1 User unknown\n",
	 true, false},
	{"imail", "Postmaster <postmaster@mx.example.org>", "Undeliverable Mail",
		 "Unknown user: anna@example.org\n\nOriginal message follows.\n\n" COPY,
	 true, false},
	{"facebook", "Facebook <mailer-daemon@mx.facebook.com>", "Sorry, your message could not be delivered",
		 "This message was created automatically by Facebook.\n\n"
		 "Sorry, your message could not be delivered to the following recipient:\n\n"
		 "anna@example.org: 550 5.1.1 RCP-P1\n",
	 true, false},
	{"zimbra", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Undelivered Mail Returned to Sender",
		 "This is the mail system at host mx.example.org.\n\n"
		 "<anna@example.org>: maildir over quota; 552 5.2.2 Over quota\n",
	 true, false},
	{"zoho-delay", "mailer-daemon@mail.zoho.com", "Delivery delayed",
		 "Your message to anna@example.org has been delayed and is still being retried. 421 4.7.0 try again later\n",
	 true, true},
	{"pl", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Zwrot wiadomości: nie dostarczono",
		 "Nie można było dostarczyć wiadomości do następujących odbiorców:\n\nanna@example.org\n"
		 "550 5.1.1 nie istnieje\n",
	 true, false},
	{"it", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Mancata consegna",
		 "Il messaggio non è stato recapitato ai seguenti destinatari:\n\nanna@example.org\n"
		 "550 utente sconosciuto\n",
	 true, false},
	{"pt", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Falha na entrega",
		 "A sua mensagem não pôde ser entregue ao seguinte destinatário:\n\nanna@example.org\n"
		 "550 usuário desconhecido\n",
	 true, false},
	{"nl", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Onbestelbaar: Aanbod",
		 "Uw bericht kon niet worden afgeleverd bij de volgende geadresseerden:\n\nanna@example.org\n"
		 "550 onbekende gebruiker\n",
	 true, false},
	{"fi", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Viestiä ei voitu toimittaa",
		 "Viestiäsi ei voitu toimittaa seuraavalle vastaanottajalle:\n\nanna@example.org\n"
		 "550 tuntematon käyttäjä\n",
	 true, false},
	{"sv", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Kunde inte levereras: Offert",
		 "Meddelandet kunde inte levereras till följande mottagare:\n\nanna@example.org\n550 okänd användare\n",
	 true, false},
	{"ja", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "配信不能: Offer",
		 "次の受信者にメールを配信できませんでした。\n\nanna@example.org\n550 ユーザーが見つかりません\n",
	 true, false},
	{"ko", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "배달되지 않음: Offer",
		 "다음 받는 사람에게 메시지를 배달하지 못했습니다.\n\nanna@example.org\n550 사용자 없음\n",
	 true, false},
	{"quota", "MAILER-DAEMON@mx.example.org", "Undelivered Mail Returned to Sender",
		 "The user you are trying to contact is over quota:\n\n"
		 "<anna@example.org>: 452 4.2.2 The email account that you tried to reach is over quota\n",
	 true, false},
};

static void test_bounces(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "From: %s\nTo: desk@example.com\nSubject: %s\nReturn-Path: <>\nContent-Type: text/plain; "
						    "charset=utf-8\n\n%s", rows[i].from, rows[i].subject, rows[i].body);
		struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		CHECK_ROW(rows[i].name, message->kinds & PD_KIND_BOUNCE);
		CHECK_ROW(rows[i].name, message->kinds & PD_KIND_AUTO);
		CHECK_ROW_STRING(rows[i].name, pd_strings_join(arena, &message->bounce_recipients, " "), "anna@example.org");
		CHECK_ROW(rows[i].name, message->bounce_temporary == rows[i].temporary);
	}
}

static void test_notes(void **state)
{
	(void)state;
	static const struct {
		const char *name, *from, *subject, *extra, *body;
		bool is_auto;
	} notes[] = {
		{"no bounce, person about bounce", "Anna <anna@example.org>", "Delivery failed", "",
		 "Hi,\nmy parcel delivery failed, the courier could not deliver it. 550 Main Street. Please help.\n", false},
		{"no bounce, report person", "Ben <ben@example.org>", "Undeliverable mail to your support", "",
		 "Hello,\nwhen I write to anna@example.org I get \"550 5.1.1 user unknown\". What is wrong?\nBen\n", false},
		{"no bounce, vacation", "Anna <anna@example.org>", "Automatic reply: Offer", "Auto-Submitted: auto-replied\nReturn-Path: <>\n",
		 "I am out of the office. Write to ben@example.org.\n", true},
		{"no bounce, newsletter", "News <news@example.org>", "Delivery report of our services", "List-Id: <x.example.org>\nPrecedence: bulk\n",
		 "All the best\n", false},
		{"no bounce, order failed", "Shop <noreply@example.org>", "Order failed", "Auto-Submitted: auto-generated\n",
		 "Your order was rejected. 554 items\n", true},
		{"no bounce, ci", "CI <root@example.org>", "Build failed", "Auto-Submitted: auto-generated\n",
		 "Build 550 failed: user not found\n", true},
		{"no bounce, cron", "root@example.org (Cron Daemon)", "Cron <root@mx> backup", "Auto-Submitted: auto-generated\n",
		 "rsync: host unknown\n", true},
		{"no bounce, postmaster newsletter", "postmaster@example.org", "Quota warning", "Auto-Submitted: auto-generated\n",
		 "Your mailbox is almost full. Please delete mail.\n", true},
		{"gmail", "Anna <anna@example.org>", "Away Re: Offer", "Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied\nIn-Reply-To: <1@example.com>\n",
		 "I am away until Monday.", true},
		{"exchange", "Anna <anna@example.org>", "Automatic reply: Offer", "X-Auto-Response-Suppress: All\nauto-submitted: auto-generated\nX-MS-Exchange-Inbox-Rules-Loop: anna@example.org\nIn-Reply-To: <1@example.com>\n",
		 "I am away.", true},
		{"exchange-no-headers-ja", "Anna <anna@example.org>", "自動応答: 見積", "",
		 "不在です", true},
		{"sieve", "Anna <anna@example.org>", "Auto: Offer", "Auto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n",
		 "I am away", true},
		{"cpanel", "Anna <anna@example.org>", "Autoreply: Offer", "X-Autorespond: Offer\nPrecedence: auto_reply\n",
		 "thanks", true},
		{"cpanel2", "Anna <anna@example.org>", "Thanks for your mail", "X-Autorespond: Offer\n",
		 "thanks", true},
		{"zimbra", "Anna <anna@example.org>", "Out of office: Offer", "Precedence: bulk\nAuto-Submitted: auto-replied (zimbra; vacation)\n",
		 "I am away", true},
		{"synology", "Anna <anna@example.org>", "Auto reply", "Auto-Submitted: auto-replied\n",
		 "I am away", true},
		{"plesk", "Anna <anna@example.org>", "Re: Offer", "X-Plesk-Autoreply: 1\nPrecedence: auto_reply\n",
		 "thanks", true},
		{"plesk2", "Anna <anna@example.org>", "Re: Offer", "Auto-Submitted: auto-replied\nX-Autogenerated: reply\n",
		 "thanks", true},
		{"directadmin", "Anna <anna@example.org>", "Autoreply: Offer", "Precedence: bulk\nX-Autoresponder: 1\n",
		 "thanks", true},
		{"lotus", "Anna <anna@example.org>", "AUTO: Anna Virtanen is out of the office (returning 12.01.2026)", "",
		 "I am out of the office", true},
		{"lotus-de", "Anna <anna@example.org>", "AUTO: Anna Müller ist außer Haus (Rückkehr am 12.01.2026)", "",
		 "Ich bin außer Haus", true},
		{"lotus-fr", "Anna <anna@example.org>", "AUTO : Anna est absent(e) (retour 12/01/2026)", "",
		 "Je suis absente", true},
		{"lotus-es", "Anna <anna@example.org>", "AUTO: Anna está ausente (vuelve 12/01/2026)", "",
		 "Estoy ausente", true},
		{"groupwise", "Anna <anna@example.org>", "Offer (Out of office)", "",
		 "I am away", true},
		{"yahoo", "Anna <anna@example.org>", "Yahoo! Auto Response", "",
		 "I am away", true},
		{"yahoo2", "Anna <anna@example.org>", "Auto-Response from Anna", "X-Yahoo-Vacation: 1\n",
		 "I am away", true},
		{"hotmail", "Anna <anna@example.org>", "Automatic reply: Offer", "",
		 "I am away", true},
		{"mailru", "Anna <anna@example.org>", "Автоответ: Offer", "",
		 "Я в отпуске", true},
		{"qq", "Anna <anna@example.org>", "自动回复:Offer", "",
		 "您好，我最近正在休假中", true},
		{"163", "Anna <anna@example.org>", "自动回复: Offer", "",
		 "您好，邮件已收到", true},
		{"naver", "Anna <anna@example.org>", "[부재중] Offer", "",
		 "휴가 중입니다", true},
		{"gmx", "Anna <anna@example.org>", "Abwesenheitsnotiz Re: Angebot", "",
		 "Ich bin bis 5.1. nicht da.", true},
		{"tonline", "Anna <anna@example.org>", "Abwesenheit: Angebot", "",
		 "Ich bin bis zum 5.1. nicht im Büro.", true},
		{"ionos", "Anna <anna@example.org>", "Automatische Antwort", "",
		 "Vielen Dank", true},
		{"orange", "Anna <anna@example.org>", "Message d'absence", "",
		 "Je suis absente", true},
		{"zendesk", "Support <support@example.org>", "[Request received] Offer", "X-Auto-Response-Suppress: All\nX-Mailer: Zendesk Mailer\nAuto-Submitted: auto-generated\n",
		 "We got it", true},
		{"freshdesk", "Anna <anna@example.org>", "Ticket received", "Auto-Submitted: auto-replied\n",
		 "We got it", true},
		{"otrs", "Anna <anna@example.org>", "[Ticket#2026010510000001] RE: Offer", "X-Powered-By: OTRS\nPrecedence: bulk\nAuto-Submitted: auto-generated\nX-OTRS-Loop: yes\n",
		 "We got it", true},
		{"rt", "Anna <anna@example.org>", "[example.org #12] AutoReply: Offer", "RT-Originator: x@y\nPrecedence: bulk\nX-RT-Loop-Prevention: example.org\n",
		 "We got it", true},
		{"rt2", "Anna <anna@example.org>", "[example.org #12] AutoReply: Offer", "",
		 "We got it", true},
		{"mantis", "Anna <anna@example.org>", "AutoReply: x", "Auto-Submitted: auto-generated\n",
		 "x", true},
		{"php", "Anna <anna@example.org>", "Thank you for contacting us", "X-Auto-Response-Suppress: OOF\nAuto-Submitted: auto-generated\n",
		 "x", true},
		{"intercom", "Anna <anna@example.org>", "Re: x", "X-Autoreply: yes\n",
		 "x", true},
		{"helpscout", "Anna <anna@example.org>", "Re: x", "X-HelpScout-Autoreply: yes\nAuto-Submitted: auto-replied\n",
		 "x", true},
		{"vacation program", "Anna <anna@example.org>", "away from my mail", "Precedence: junk\n",
		 "I will not be reading my mail for a while.", true},
		{"FC", "Anna <anna@example.org>", "x", "X-FC-MachineGenerated: true\n",
		 "x", true},
		{"ja subject bracket", "Anna <anna@example.org>", "【自動返信】お問い合わせありがとうございます", "",
		 "お問い合わせ", true},
		{"ja 2", "Anna <anna@example.org>", "[自動返信] お問い合わせ", "",
		 "x", true},
		{"ko", "Anna <anna@example.org>", "[자동회신] 문의", "",
		 "x", true},
		{"zh bracket", "Anna <anna@example.org>", "【自动回复】您的邮件", "",
		 "x", true},
		{"tr", "Anna <anna@example.org>", "Otomatik Yanıt: Teklif", "",
		 "x", true},
		{"ru2", "Anna <anna@example.org>", "Автоматический ответ: Предложение", "",
		 "x", true},
		{"hy?", "Anna <anna@example.org>", "Automatic reply", "",
		 "x", true},
		{"person re: ooo", "Anna <anna@example.org>", "Re: Automatic reply: Offer", "",
		 "Enjoy your holiday! When are you back?", false},
		{"person vacation", "Anna <anna@example.org>", "Vacation: question about invoice", "",
		 "Which nights did you charge?", false},
		{"person absence", "Anna <anna@example.org>", "Absence: facture manquante", "",
		 "Bonjour, il manque la facture.", false},
		{"person ausente", "Anna <anna@example.org>", "Ausente", "",
		 "El técnico no ha venido, estaba ausente.", false},
		{"person urlaub", "Anna <anna@example.org>", "Urlaub", "",
		 "Wann habe ich Urlaub?", false},
		{"person ooo body", "Anna <anna@example.org>", "Re: Offer", "",
		 "I am out of the office until Monday, but please send the offer to my colleague.", false},
		{"person autofwd", "Anna <anna@example.org>", "Offer", "Auto-Submitted: auto-forwarded\nX-MS-Exchange-Inbox-Rules-Loop: x@y\n",
		 "Please help", false},
		{"person auto no", "Anna <anna@example.org>", "Offer", "Auto-Submitted: no\n",
		 "Please help", false},
		{"person suppress", "Anna <anna@example.org>", "Offer", "X-Auto-Response-Suppress: DR, OOF, AutoReply\n",
		 "Please help", false},
		{"person list", "Anna <anna@example.org>", "[list] Offer", "List-Id: <l.example.org>\nPrecedence: list\n",
		 "Please help", false},
		{"person auto subject", "Anna <anna@example.org>", "Automatic reply settings not working", "",
		 "Please help", false},
		{"person holiday", "Anna <anna@example.org>", "Holiday home in Spain", "",
		 "Please help", false},
		{"person afwezig", "Anna <anna@example.org>", "Afwezig op school: vraag", "",
		 "Hoe meld ik mijn kind afwezig?", false},
		{"person poissa", "Anna <anna@example.org>", "Poissa käytöstä", "",
		 "Palvelu on poissa käytöstä.", false},
		{"person in ferie", "Anna <anna@example.org>", "In ferie a Rimini", "",
		 "Avete camere libere ad agosto?", false},
		{"person ooo question", "Anna <anna@example.org>", "Out of office replies are sent twice", "",
		 "Our users complain.", false},
		{"person away", "Anna <anna@example.org>", "Away kit size", "",
		 "Do you have size M?", false},
		{"person autores", "Anna <anna@example.org>", "Autoresponder kaputt", "",
		 "Unser Autoresponder geht nicht.", false},
		{"person ooo desk", "Anna <anna@example.org>", "OOO \"Romashka\": счет", "",
		 "Просим выставить счет.", false},
		{"person nieobecnosc", "Anna <anna@example.org>", "Nieobecność kuriera", "",
		 "Kurier nie przyjechał.", false},
		{"person dovolena", "Anna <anna@example.org>", "Dovolená: změna rezervace", "",
		 "Prosím o změnu.", false},
		{"precedence-bulk person?", "Anna <anna@example.org>", "News", "Precedence: bulk\n",
		 "x", true},
		{"mdn", "Anna <anna@example.org>", "Read: Offer", "Content-Type-X: y\nAuto-Submitted: auto-replied (mdn)\n",
		 "x", true},
	};
	for (size_t i = 0; i < COUNT(notes); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "From: %s\nTo: desk@example.com\nSubject: %s\n%sContent-Type: text/plain; charset=utf-8\n\n%s",
					     notes[i].from, notes[i].subject, notes[i].extra, notes[i].body);
		struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		CHECK_ROW(notes[i].name, !(message->kinds & PD_KIND_BOUNCE));
		CHECK_ROW(notes[i].name, ((message->kinds & PD_KIND_AUTO) != 0) == notes[i].is_auto);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounces),
		cmocka_unit_test(test_notes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
