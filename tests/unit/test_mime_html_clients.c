/* Tests of replies in HTML as clients make them: the author's own part, as text and as HTML for passing on. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "mime/reader.h"

#define QUOTE "<p>Hello,</p><p>it burns.</p>"

static const struct {
	const char *client, *html;
} rows[] = {
	{"gmail",
	 "<div dir=\"ltr\">My answer is here.<br>Second line.</div><br><div class=\"gmail_quote"
	 " gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Mon, Jan 5, 2026 at 10:00 AM Anna &lt;<a"
	 " href=\"mailto:a@b.example\">a@b.example</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\""
	 " style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid"
	 " rgb(204,204,204);padding-left:1ex\">" QUOTE "</blockquote></div>"},
	{"gmail-hy",
	 "<div dir=\"ltr\">My answer is here.<br>Second line.</div><br><div class=\"gmail_quote\"><div dir=\"ltr\""
	 " class=\"gmail_attr\">xx yy zz 10:00 Anna &lt;a@b.example&gt; qq:<br></div><blockquote"
	 " class=\"gmail_quote\">" QUOTE "</blockquote></div>"},
	{"outlook-win",
	 "<div class=WordSection1><p class=MsoNormal>My answer is here.<br>Second line.<o:p></o:p></p><p"
	 " class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1"
	 " 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Anna &lt;a@b.example&gt; <br><b>Sent:</b>"
	 " Monday, January 5, 2026 10:00 AM<br><b>To:</b> Ben<br><b>Subject:</b> Re:"
	 " x<o:p></o:p></p></div></div>" QUOTE "</div>"},
	{"outlook-xx",
	 "<div class=WordSection1><p class=MsoNormal>My answer is here.<br>Second line.</p><div><div"
	 " style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>Qfx:</b>"
	 " Anna &lt;a@b.example&gt; <br><b>Wsd:</b> 2026 jan 5 10:00<br><b>Tyu:</b> Ben<br><b>Plo:</b> Re:"
	 " x</p></div></div>" QUOTE "</div>"},
	{"outlook-web",
	 "<div class=\"elementToProof\">My answer is here.<br>Second line.</div><div id=\"appendonsend\"></div><hr"
	 " style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font"
	 " face=\"Calibri\"><b>From:</b> Anna &lt;a@b.example&gt;<br><b>Sent:</b> Monday, January 5, 2026 10:00"
	 " AM<br><b>To:</b> Ben<br><b>Subject:</b> Re: x</font><div>&nbsp;</div></div><div>" QUOTE "</div>"},
	{"outlook-web-forwarded-class",
	 "<div>My answer is here.<br>Second line.</div><div id=\"x_appendonsend\"></div><hr><div"
	 " id=\"x_divRplyFwdMsg\"><b>From:</b> Anna<br><b>Sent:</b> Monday<br><b>Subject:</b> x</div><div>" QUOTE "</div>"},
	{"new-outlook",
	 "<div style=\"font-family: Aptos\">My answer is here.<br>Second line.</div><div"
	 " id=\"mail-editor-reference-message-container\"><div><hr><div id=\"divRplyFwdMsg\"><b>From:</b>"
	 " Anna</div>" QUOTE "</div></div>"},
	{"outlook-ios",
	 "<div dir=\"auto\">My answer is here.<br>Second line.</div><div id=\"ms-outlook-mobile-signature\"><div></div>Get"
	 " <a href=\"https://aka.ms/o0ukef\">Outlook for iOS</a></div><hr style=\"display:inline-block;width:98%\"><div"
	 " id=\"divRplyFwdMsg\"><b>From:</b> Anna &lt;a@b.example&gt;<br><b>Sent:</b> Monday, January 5, 2026"
	 " 10:00<br><b>Subject:</b> x</div>" QUOTE},
	{"outlook-mac",
	 "<div>My answer is here.<br>Second line.</div><div><br></div><span id=\"OLK_SRC_BODY_SECTION\"><div"
	 " style=\"border-top: #b5c4df 1pt solid\"><b>From: </b>Anna<br><b>Date: </b>Monday<br><b>Subject:"
	 " </b>x</div>" QUOTE "</span>"},
	{"apple",
	 "<html><body>My answer is here.<br>Second line.<br><div><br><blockquote type=\"cite\"><div>On 5. Jan 2026, at"
	 " 10:00, Anna &lt;a@b.example&gt; wrote:</div><br"
	 " class=\"Apple-interchange-newline\"><div>" QUOTE "</div></blockquote></div></body></html>"},
	{"ios",
	 "<html><body dir=\"auto\">My answer is here.<br>Second line.<br><br><div dir=\"ltr\">Sent from my iPhone</div><div"
	 " dir=\"ltr\"><br><blockquote type=\"cite\">On 5. Jan 2026, at 10:00, Anna &lt;a@b.example&gt;"
	 " wrote:<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">" QUOTE "</div></blockquote></body></html>"},
	{"ios-xx",
	 "<html><body dir=\"auto\">My answer is here.<br>Second line.<br><br><div dir=\"ltr\"><br><blockquote"
	 " type=\"cite\">Qwe 5. Jan 2026, Anna &lt;a@b.example&gt; rty:<br><br></blockquote></div><blockquote"
	 " type=\"cite\"><div dir=\"ltr\">" QUOTE "</div></blockquote></body></html>"},
	{"thunderbird",
	 "<html><body><p>My answer is here.<br>Second line.</p><div class=\"moz-cite-prefix\">On 1/5/26 10:00, Anna"
	 " wrote:<br></div><blockquote type=\"cite\" cite=\"mid:1@x\">" QUOTE "</blockquote></body></html>"},
	{"yahoo",
	 "<div class=\"ydp1a2b3cyahoo-style-wrap\"><div>My answer is here.<br>Second line.</div></div><div"
	 " id=\"ydp1a2b3cyahoo_quoted_123\" class=\"ydp1a2b3cyahoo_quoted\"><div>On Monday, January 5, 2026 at 10:00:01 AM"
	 " GMT+2, Anna &lt;a@b.example&gt; wrote:</div>" QUOTE "</div>"},
	{"proton",
	 "<div style=\"font-family: Arial\">My answer is here.<br>Second line.</div><div"
	 " class=\"protonmail_signature_block\"><div class=\"protonmail_signature_block-proton\">Sent with <a"
	 " href=\"https://proton.me/\">Proton Mail</a> secure email.</div></div><div class=\"protonmail_quote\">On Monday,"
	 " January 5th, 2026 at 10:00 AM, Anna &lt;a@b.example&gt; wrote:<br><blockquote class=\"protonmail_quote\""
	 " type=\"cite\">" QUOTE "</blockquote></div>"},
	{"tuta",
	 "<div>My answer is here.<br>Second line.</div><br><div>5 Jan 2026, 10:00 by a@b.example:<br></div><blockquote"
	 " class=\"tutanota_quote\">" QUOTE "</blockquote>"},
	{"zimbra",
	 "<div style=\"font-family: arial\">My answer is here.<br>Second line.</div><hr id=\"zwchr\""
	 " data-marker=\"__DIVIDER__\"><div data-marker=\"__HEADERS__\"><b>From: </b>\"Anna\"<br><b>To: </b>\"Ben\"<br><b>Sent:"
	 " </b>Monday<br><b>Subject: </b>x</div><div data-marker=\"__QUOTED_TEXT__\">" QUOTE "</div>"},
	{"gmxweb",
	 "<div style=\"font-family: Verdana\">My answer is here.<br>Second line.<div name=\"quote\" style=\"margin:10px 5px"
	 " 5px 10px; border-left:2px solid #C3D9E5\"><div><b>Gesendet:</b> Montag, 5. Januar 2026 um 10:00"
	 " Uhr<br><b>Von:</b> Anna<br><b>Betreff:</b> x</div>" QUOTE "</div></div>"},
	{"mailru",
	 "<HTML><BODY><p>My answer is here.<br>Second line.</p><blockquote style=\"border-left:1px solid #0857A6;"
	 " margin:10px; padding:0 0 0 10px;\">Понедельник, 5 января 2026, 10:00 +03:00 от Anna &lt;a@b.example&gt;:<br>"
	 " <div id=\"\">" QUOTE "</div></blockquote></BODY></HTML>"},
	{"yandex",
	 "<div>My answer is here.<br>Second line.</div><div> </div><div>05.01.2026, 10:00, \"Anna\""
	 " &lt;a@b.example&gt;:</div><blockquote>" QUOTE "</blockquote>"},
	{"qq",
	 "<div>My answer is here.<br>Second line.</div><div><br></div><div style=\"font-size: 12px;font-family: Arial"
	 " Narrow;padding:2px 0 2px 0;\">------------------&nbsp;原始邮件&nbsp;------------------</div><div"
	 " style=\"font-size: 12px;background:#efefef;padding:8px;\"><div><b>发件人:</b>&nbsp;\"Anna\""
	 " &lt;a@b.example&gt;;</div><div><b>发送时间:</b>&nbsp;2026年1月5日(星期一)"
	 " 上午10:00</div><div><b>收件人:</b>&nbsp;\"Ben\";</div><div><b>主题:</b>&nbsp;x</div></div>" QUOTE},
	{"163",
	 "<div>My answer is here.<br>Second line.</div><div id=\"divNeteaseMailCard\"></div><br/>At 2026-01-05 10:00:00,"
	 " \"Anna\" &lt;a@b.example&gt; wrote:<br> <blockquote id=\"isReplyContent\" style=\"PADDING-LEFT:"
	 " 1ex\">" QUOTE "</blockquote>"},
	{"foxmail",
	 "<div>My answer is here.<br>Second line.</div><hr style=\"width: 210px; height: 1px;\" color=\"#b5c4df\" size=\"1\""
	 " align=\"left\"><div style=\"border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm"
	 " 0cm\"><div><b>发件人：</b>&nbsp;Anna</div><div><b>发送时间：</b>&nbsp;2026-01-05"
	 " 10:00</div><div><b>收件人：</b>&nbsp;Ben</div><div><b>主题：</b>&nbsp;x</div></div>" QUOTE},
	{"samsung",
	 "<div dir=\"auto\">My answer is here.<br>Second line.</div><div id=\"composer_signature\" dir=\"auto\"><div"
	 " style=\"font-size:12px\">Sent from my Galaxy</div></div><div><br></div><div align=\"left\" dir=\"auto\""
	 " style=\"font-size:100%;color:#000000\"><div>-------- Original message --------</div><div>From: Anna"
	 " &lt;a@b.example&gt; </div><div>Date: 05/01/2026  10:00  (GMT+02:00) </div><div>To: Ben </div><div>Subject: x"
	 " </div><div><br></div></div>" QUOTE},
	{"k9",
	 "<html><body>My answer is here.<br>Second line.<br><br><div class=\"gmail_quote\">On January 5, 2026 10:00:00 AM"
	 " GMT+02:00, Anna &lt;a@b.example&gt; wrote:<blockquote class=\"gmail_quote\" style=\"margin: 0pt 0pt 0pt"
	 " 0.8ex;\">" QUOTE "</blockquote></div></body></html>"},
	{"k9-new",
	 "<div dir=\"auto\">My answer is here.<br>Second line.</div><br><br><div class=\"gmail_quote\"><div dir=\"auto\">On"
	 " January 5, 2026 10:00:00 AM, Anna &lt;a@b.example&gt; wrote:</div><blockquote"
	 " class=\"gmail_quote\">" QUOTE "</blockquote></div>"},
	{"fairemail",
	 "<div dir=\"auto\">My answer is here.<br>Second line.</div><div fairemail=\"reply\"><p>On January 5, 2026 10:00:00"
	 " AM, Anna &lt;a@b.example&gt; wrote:</p><blockquote type=\"cite\">" QUOTE "</blockquote></div>"},
	{"lotus",
	 "<font size=2 face=\"sans-serif\">My answer is here.<br>Second line.</font><br><br><br><font size=1"
	 " color=#5f5f5f face=\"sans-serif\">From: &nbsp; &nbsp; &nbsp;</font><font size=1 face=\"sans-serif\">Anna"
	 " &lt;a@b.example&gt;</font><br><font size=1 color=#5f5f5f face=\"sans-serif\">To: &nbsp; &nbsp;</font><font"
	 " size=1>Ben</font><br><font size=1 color=#5f5f5f>Date: &nbsp; &nbsp;</font><font size=1>05.01.2026"
	 " 10:00</font><br><font size=1 color=#5f5f5f>Subject: &nbsp; </font><font size=1>x</font><br><hr noshade><br>" QUOTE},
	{"spark",
	 "<div name=\"messageBodySection\"><div dir=\"auto\">My answer is here.<br>Second line.</div></div><div"
	 " name=\"messageSignatureSection\"><br>Sent with Spark</div><div name=\"messageReplySection\">On 5 Jan 2026 at"
	 " 10:00 +0200, Anna &lt;a@b.example&gt;, wrote:<br><blockquote type=\"cite\">" QUOTE "</blockquote></div>"},
	{"roundcube",
	 "<p>My answer is here.<br>Second line.</p><p id=\"reply-intro\">On 2026-01-05 10:00, Anna wrote:</p><blockquote"
	 " type=\"cite\" style=\"padding: 0 0.4em; border-left: #1010ff 2px solid\">" QUOTE "</blockquote>"},
	{"ox",
	 "<div>My answer is here.<br>Second line.</div><blockquote type=\"cite\"><div>On 01/05/2026 10:00 AM EET Anna"
	 " &lt;a@b.example&gt; wrote:</div><div>" QUOTE "</div></blockquote>"},
	{"zoho",
	 "<div>My answer is here.<br>Second line.</div><div class=\"zmail_extra_hr\" style=\"border-top: 1px solid"
	 " rgb(204, 204, 204)\"><br></div><div class=\"zmail_extra\"><div id=\"Zm-_Id_-Sgn1\">---- On Mon, 05 Jan 2026"
	 " 10:00:00 +0200 <b>Anna &lt;a@b.example&gt;</b> wrote ---</div><blockquote>" QUOTE "</blockquote></div>"},
	{"hey",
	 "<div class=\"trix-content\">My answer is here.<br>Second line.</div><br><div>On January 5, 2026, Anna"
	 " &lt;a@b.example&gt; wrote:</div><blockquote>" QUOTE "</blockquote>"},
	{"fastmail",
	 "<div>My answer is here.<br>Second line.</div><div><br></div><div>On Mon, Jan 5, 2026, at 10:00 AM, Anna"
	 " wrote:<br></div><blockquote type=\"cite\" id=\"qt\">" QUOTE "</blockquote>"},
	{"superhuman",
	 "<div><div class=\"\">My answer is here.<br>Second line.</div><div class=\"sh-signature\"><div"
	 " class=\"gmail_signature\">Sent via Superhuman</div></div><div class=\"gmail_quote\">On Mon, Jan 05, 2026 at"
	 " 10:00 AM, Anna &lt;a@b.example&gt; wrote:<br/><blockquote class=\"gmail_quote\">" QUOTE "</blockquote></div></div>"},
	{"front",
	 "<div>My answer is here.<br>Second line.</div><div class=\"front-signature\"></div><blockquote"
	 " class=\"front-blockquote\" type=\"cite\"><div>On January 5, 2026 at 10:00 AM GMT+2 a@b.example"
	 " wrote:</div>" QUOTE "</blockquote>"},
	{"mailspring",
	 "<div>My answer is here.<br>Second line.</div><signature id=\"local-x\"></signature><div"
	 " class=\"gmail_quote_attribution\">On Jan 5 2026, at 10:00 am, Anna &lt;a@b.example&gt;"
	 " wrote:</div><blockquote>" QUOTE "</blockquote>"},
	{"bluemail",
	 "<div class=\"blue_mail\">My answer is here.<br>Second line.</div><div class=\"gmail_quote\" id=\"blue_quote_id\">On"
	 " 5 Jan 2026, at 10:00, Anna &lt;a@b.example&gt; wrote:<blockquote class=\"gmail_quote\">" QUOTE "</blockquote></div>"},
	{"naver",
	 "<div>My answer is here.<br>Second line.</div><div style=\"margin:0\"><p style=\"font-size:10pt\">-----Original"
	 " Message-----<br><b>From:</b> \"Anna\"&lt;a@b.example&gt;<br><b>To:</b> Ben<br><b>Sent:</b> 2026-01-05 (월)"
	 " 10:00:00<br><b>Subject:</b> x</p></div>" QUOTE},
	{"libero",
	 "<div>My answer is here.<br>Second line.</div><blockquote type=\"cite\">Il 05/01/2026 10:00 Anna"
	 " &lt;a@b.example&gt; ha scritto:<br>" QUOTE "</blockquote>"},
	{"orange",
	 "<p>My answer is here.<br>Second line.</p><blockquote style=\"border-left: #ff6600 2px solid; padding-left:"
	 " 8px\"><p>&gt; Message du 05/01/26 10:00<br>&gt; De : \"Anna\"<br>&gt; A : ben@example.com<br>&gt; Objet :"
	 " x</p>" QUOTE "</blockquote>"},
	{"seznam",
	 "<p>My answer is here.<br>Second line.</p><aside>---------- Původní e-mail ----------<br>Od: Anna"
	 " &lt;a@b.example&gt;<br>Komu: ben@example.com<br>Datum: 5. 1. 2026 10:00:00<br>Předmět: x</aside><blockquote"
	 " data-email=\"a@b.example\">" QUOTE "</blockquote>"},
	{"windowsmail",
	 "<div>My answer is here.<br>Second line.</div><div"
	 " style=\"mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\"><p"
	 " class=MsoNormal style=\"border:none;padding:0cm\"><b>From: </b><a"
	 " href=\"mailto:a@b.example\">Anna</a><br><b>Sent: </b>Monday, January 5, 2026 10:00 AM<br><b>To:"
	 " </b>Ben<br><b>Subject: </b>x</p></div>" QUOTE},
	{"polish outlook",
	 "<div class=WordSection1><p class=MsoNormal>My answer is here.<br>Second line.</p><div"
	 " style='border:none;border-top:solid #B5C4DF 1.0pt'><p class=MsoNormal><b>Od:</b> Anna [mailto:a@b.example]"
	 " <br><b>Wysłano:</b> poniedziałek, 5 stycznia 2026 10:00<br><b>Do:</b> Ben<br><b>Temat:</b>"
	 " x</p></div>" QUOTE "</div>"},
	{"mailbird",
	 "<div>My answer is here.<br>Second line.</div><div class=\"mb_sig\"></div><blockquote class=\"history_container\""
	 " type=\"cite\" style=\"border-left-style:solid\"><p>On 1/5/2026 10:00:00 AM, Anna &lt;a@b.example&gt;"
	 " wrote:</p>" QUOTE "</blockquote>"},
	{"canary",
	 "<div>My answer is here.<br>Second line.</div><div id=\"CanaryBlockquote\"><div>On Monday, Jan 05, 2026 at 10:00"
	 " AM, Anna &lt;a@b.example&gt; wrote:</div><blockquote>" QUOTE "</blockquote></div>"},
	{"emclient",
	 "<div>My answer is here.<br>Second line.</div><div>------ Original Message ------</div><div>From \"Anna\""
	 " &lt;a@b.example&gt;</div><div>To Ben</div><div>Date 1/5/2026 10:00:00 AM</div><div>Subject x</div><div"
	 " id=\"xabc\"><blockquote cite=\"x\" type=\"cite\">" QUOTE "</blockquote></div>"},
	{"edison",
	 "<div>My answer is here.<br>Second line.</div><div id=\"edo-original\"><div>On Jan 5, 2026 at 10:00 AM, Anna"
	 " wrote:</div>" QUOTE "</div>"},
};

static void test_clients(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "From: Carol <carol@example.net>\nSubject: Re: x\nContent-Type: text/html; charset=utf-8\n\n%s\n",
					     rows[i].html);
		struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		CHECK_ROW_STRING(rows[i].client, message->text, "My answer is here.\nSecond line.");
		CHECK_ROW(rows[i].client, strstr(message->quoted, "it burns.") != NULL);
		CHECK_ROW(rows[i].client, message->html && strstr(message->html, "Second line.") != NULL);
		CHECK_ROW(rows[i].client, strstr(message->html, "it burns.") == NULL);
		CHECK_ROW(rows[i].client, strstr(message->html, "a@b.example") == NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clients),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
