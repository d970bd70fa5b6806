/* Tests of src/mime/bounce*.c: reports by the standard and in the words of mailers, and what only looks like one. */
#include "check.h"

#include <string.h>
#include "base/text.h"
#include "mime/reader.h"

#define DAEMON "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: desk@example.com\nSubject: Undelivered Mail Returned to Sender\n"
#define REPORT DAEMON "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n\n"
#define STATUS "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
#define RETURNED "\n--b\nContent-Type: message/rfc822\n\nFrom: desk@example.com\nTo: anna@example.org\nMessage-ID: <1@example.com>\nSubject: x\n\ny\n--b--\n"
#define COPY "\nReceived: from a by b; Mon, 5 Jan 2026 10:00:00 +0200\nFrom: desk@example.com\nTo: anna@example.org\nMessage-ID: <1@example.com>\nSubject: x\n\ny\n"

static void test_reports(void **state)
{
	(void)state;
	static const struct {
		const char *name, *mail;
		bool is_bounce, waits, temporary;
		const char *recipients, *status, *original;
	} rows[] = {
		{"failed", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 5.1.1\n"
				  "Diagnostic-Code: smtp; 550 5.1.1 no such user\n" RETURNED,
		 true, false, false, "anna@example.org", "5.1.1", "1@example.com"},
		{"delayed", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nAction: delayed\nStatus: 4.4.1\n" RETURNED, true, true, true,
		 "anna@example.org", "4.4.1", "1@example.com"},
		{"given up after days", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 4.4.7\n" RETURNED, true,
		 false, true, "anna@example.org", "4.4.7", "1@example.com"},
		{"refused with a passing code", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 4.2.2\n"
						       "Diagnostic-Code: smtp; 452 full\n" RETURNED,
		 true, false, false, "anna@example.org", "4.2.2", "1@example.com"},
		{"delivered", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nAction: delivered\nStatus: 2.0.0\n" RETURNED, false, false,
		 false, "", "", ""},
		{"delivered, by its code alone", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nStatus: 2.1.5\n" RETURNED, false, false, false,
		 "", "", ""},
		{"failed, by its code alone", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nStatus: 5.1.1\n" RETURNED, true, false, false,
		 "anna@example.org", "5.1.1", "1@example.com"},
		{"relayed", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nAction: relayed\nStatus: 2.0.0\n" RETURNED, false, false, false, "",
		 "", ""},
		{"expanded", REPORT STATUS "Final-Recipient: rfc822; all@example.org\nAction: expanded\nStatus: 2.1.5\n" RETURNED, false, false, false, "",
		 "", ""},
		{"two", REPORT STATUS "Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 5.1.1\n\n"
				      "Final-Recipient: rfc822; ben@example.org\nAction: delivered\nStatus: 2.0.0\n\n"
				      "Final-Recipient: rfc822; eva@example.org\nAction: failed\nStatus: 5.2.2\n" RETURNED,
		 true, false, false, "anna@example.org eva@example.org", "5.1.1", "1@example.com"},
		{"alias", REPORT STATUS "Original-Recipient: rfc822; all@example.org\nFinal-Recipient: rfc822; anna@example.org\nAction: failed\n"
					"Status: 5.1.1\n" RETURNED,
		 true, false, false, "all@example.org anna@example.org", "5.1.1", "1@example.com"},
		{"international", REPORT "--b\nContent-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n\n"
					 "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: utf-8; änna@example.org\nAction: failed\n"
					 "Status: 5.1.1\n" RETURNED,
		 true, false, false, "änna@example.org", "5.1.1", "1@example.com"},
		{"qmail", "From: MAILER-DAEMON@mx.example.org\nTo: desk@example.com\nSubject: failure notice\n\n"
			  "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the "
			  "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<anna@example.org>:\n"
			  "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n" COPY,
		 true, false, false, "anna@example.org", "5.1.1", "1@example.com"},
		{"Exim", "From: Mail Delivery System <Mailer-Daemon@mx.example.org>\nTo: desk@example.com\nX-Failed-Recipients: anna@example.org\n"
			 "Auto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender\n\nThis message was created "
			 "automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
			 "recipients. This is a permanent error. The following address(es) failed:\n\n  anna@example.org\n    550 5.1.1 unknown\n\n"
			 "------ This is a copy of the message, including all the headers. ------\n" COPY,
		 true, false, false, "anna@example.org", "5.1.1", "1@example.com"},
		{"Exim's warning", "From: Mail Delivery System <Mailer-Daemon@mx.example.org>\nTo: desk@example.com\nAuto-Submitted: auto-replied\n"
				   "Subject: Warning: message delayed 24 hours\n\nThis message was created automatically by mail delivery software.\n"
				   "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours.\n\n"
				   "  anna@example.org\n\nNo action is required on your part.\n",
		 true, true, true, "anna@example.org", "", ""},
		{"Postfix without a report", DAEMON "\nThis is the mail system at host mx.example.org.\n\nI'm sorry to have to inform you that your "
						    "message could not\nbe delivered to one or more recipients.\n\n<anna@example.org>: host "
						    "b.example.org said: 550 5.1.1\n    User unknown\n",
		 true, false, false, "anna@example.org", "5.1.1", ""},
		{"Gmail", "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nTo: desk@example.com\nSubject: Delivery Status "
			  "Notification (Failure)\n\nDelivery to the following recipient failed permanently:\n\n     anna@example.org\n\n"
			  "Technical details of permanent failure:\n550 5.1.1 no such user\n\n----- Original message -----\n" COPY,
		 true, false, false, "anna@example.org", "5.1.1", "1@example.com"},
		{"Exchange", "From: System Administrator <postmaster@example.org>\nTo: desk@example.com\nSubject: Undeliverable: x\n\nYour message\n\n"
			     "  To:      list@example.org\n  Subject: x\n  Sent:    Mon, 5 Jan 2026 10:00:00 +0200\n\ndid not reach the following "
			     "recipient(s):\n\nanna@example.org on Mon, 5 Jan 2026 10:00:01 +0200\n    The recipient name is not recognized\n",
		 true, false, false, "anna@example.org", "", ""},
		{"Yahoo", "From: MAILER-DAEMON@yahoo.com\nTo: desk@example.com\nSubject: Failure Notice\n\nSorry, we were unable to deliver your "
			  "message to the following address.\n\n<anna@example.org>:\n554: delivery error: dd This user doesn't have an account\n\n"
			  "--- Below this line is a copy of the message.\n" COPY,
		 true, false, false, "anna@example.org", "", "1@example.com"},
		{"Domino", "From: postmaster@example.org\nTo: desk@example.com\nSubject: DELIVERY FAILURE: User anna (anna@example.org) not listed in "
			   "Domino Directory\n\nYour message\n\n  Subject: x\n\nwas not delivered to:\n\n  anna@example.org\n\nbecause:\n\n  User anna not "
			   "listed in Domino Directory\n",
		 true, false, false, "anna@example.org", "", ""},
		{"recipient of the returned mail", "From: MAILER-DAEMON@mx.example.org\nTo: desk@example.com\nSubject: Returned mail\n\nYour mail could "
						   "not be delivered.\n\n--- Original message ---\n" COPY,
		 true, false, false, "anna@example.org", "", "1@example.com"},
		{"Amazon", "From: no-reply@sns.example.com\nTo: desk@example.com\nSubject: AWS Notification Message\n\n{\"notificationType\":\"Bounce\","
			   "\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"anna@example.org\",\"status\":\"5.1.1\"}]}}\n",
		 true, false, false, "anna@example.org", "5.1.1", ""},
		{"de", "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: desk@example.com\nSubject: Unzustellbar: x\n\n"
		       "Ihre Nachricht konnte nicht zugestellt werden an:\n\nanna@example.org\n",
		 true, false, false, "anna@example.org", "", ""},
		{"a person asks about one", "From: Anna <anna@example.org>\nTo: desk@example.com\nSubject: Mail delivery failed\n\nHello,\nwhat does this "
					    "error mean? I got it when I wrote to you.\n\nAnna\n",
		 false, false, false, "", "", ""},
		{"a person passes one on", "From: Anna <anna@example.org>\nTo: desk@example.com\nSubject: WG: Undelivered Mail Returned to Sender\n\nFYI\n\n"
		 "-------- Weitergeleitete Nachricht --------\nVon: Mail Delivery System <MAILER-DAEMON@mx.example>\n"
		 "Betreff: Undelivered Mail Returned to Sender\n\nThis is the mail system at host mx.example.\n"
		 "<bob@example.net>: 550 user unknown\n",
		 false, false, false, "", "", ""},
		{"a person answers one", "From: Anna <anna@example.org>\nTo: desk@example.com\nIn-Reply-To: <2@example.org>\nSubject: Re: Undelivered "
					 "Mail Returned to Sender\n\nYour mail could not be delivered, why?\n",
		 false, false, false, "", "", ""},
		{"vacation", "From: Anna <anna@example.org>\nTo: desk@example.com\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Out of Office\n\n"
			     "I am away. Write to ben@example.org.\n",
		 false, false, false, "", "", ""},
		{"postmaster writes", "From: postmaster@example.org\nTo: desk@example.com\nSubject: Your domain\n\nPlease renew example.com soon.\n",
		 false, false, false, "", "", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message = pd_parse_message(arena, rows[i].mail, strlen(rows[i].mail));
		CHECK_ROW(rows[i].name, ((message->kinds & PD_KIND_BOUNCE) != 0) == rows[i].is_bounce);
		CHECK_ROW(rows[i].name, message->bounce_waits == rows[i].waits);
		CHECK_ROW(rows[i].name, message->bounce_temporary == rows[i].temporary);
		CHECK_ROW_STRING(rows[i].name, pd_strings_join(arena, &message->bounce_recipients, " "), rows[i].recipients);
		CHECK_ROW_STRING(rows[i].name, message->bounce_status, rows[i].status);
		CHECK_ROW_STRING(rows[i].name, message->original_message_id, rows[i].original);
	}
}

static void test_hostile(void **state)
{
	(void)state;
	static const char *const pieces[] = {"@", "a@b.example ", "<a@b.example>:\n", "Received: x\n", "Final-Recipient: rfc822; a@b.example\n\n", "\n\n",
					     "550 5.1.1 x\n", "the following recipient\n", "\"@"};
	for (size_t i = 0; i < COUNT(pieces); i++)
		for (unsigned kind = 0; kind < 2; kind++) {
			PD_AUTO_ARENA arena = pd_arena_new();
			PD_AUTO_BUF mail = {0};
			pd_buf_adds(&mail, kind ? REPORT STATUS : DAEMON "\n");
			while (mail.len < 1 << 20)
				pd_buf_adds(&mail, pieces[i]);
			int64_t start = cpu_time();
			struct pd_message *message = pd_parse_message(arena, mail.data, mail.len);
			assert_non_null(message);
#ifdef PD_SANITIZED
			CHECK_ROW(pieces[i], cpu_time() - start < 30000);
#else
			CHECK_ROW(pieces[i], cpu_time() - start < 3000);
#endif
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
