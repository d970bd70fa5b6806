/* What kind of mail it is: automatic, list, receipt, report, spam, encrypted, signed.
 *
 * Headers first (RFC 3834 and what vendors use), then the type of the mail, and a subject only where headers
 * say nothing. A person's mail must not be taken for an automatic one: Auto-Submitted: no and auto-forwarded,
 * a reply to an automatic answer, and words inside a sentence are no signs. Never fails. */
#include "mime/kinds.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

static bool value_begins(const struct pd_message *message, const char *name, const char *alternatives)
{
	const char *value = pd_message_header(message, name);
	if (!value)
		return false;
	g_autofree char *lower = g_ascii_strdown(value, -1);
	return pd_words_begins(g_strchug(lower), alternatives) > 0;
}

/* "Auto-Submitted: auto-replied", for the timeline. */
static void because(struct pd_arena *arena, struct pd_message *message, const char *name)
{
	message->kinds |= PD_KIND_AUTO;
	if (message->why_auto)
		return;
	const char *value = pd_message_header(message, name);
	message->why_auto = value ? pd_clean_line(arena, pd_printf(arena, "%s: %s", name, value), 120) : name;
}

static bool goes_on(const char *rest)
{
	if (!*rest || strchr(":!.-(/[,;|]>)*~", *rest))
		return true;
	if (*rest != ' ')
		return g_utf8_get_char(rest) >= 0x2000 && !g_unichar_isalnum(g_utf8_get_char(rest));
	rest += strspn(rest, " ");
	if (!*rest || strchr(":!-(/[|<*~", *rest))
		return true;
	gunichar c = g_utf8_get_char(rest);
	return (c >= 0x2000 && !g_unichar_isalnum(c)) || g_ascii_isdigit(*rest) ||
	       pd_words_begins(rest, pd_auto_subject_goes_on) ||
	       (pd_words_begins(rest, pd_auto_subject_goes_on_with_date) && strpbrk(rest, "0123456789"));
}

/* Behind the marks that gateways put before a subject: "[EXTERNAL]", "EXT:", "***SPAM***", a desk's own tag. */
static const char *without_tags(const char *fold)
{
	static const char words[] = "external|external email|external mail|ext|extern|externe|externo|esterno|ext mail|caution external|spam|"
				    "suspected spam|possible spam|bulk";
	for (unsigned i = 0; i < 4; i++) {
		const char *at = fold + strspn(fold, " *_-");
		if (*at == '[' || *at == '{') {
			size_t len = strcspn(at + 1, "]}");
			if (!at[1 + len] || len > 40)
				return fold;
			at += len + 2;
		} else {
			size_t n = pd_words_begins(at, words);
			if (!n || !strchr(":*", at[n]) || !at[n])
				return fold;
			at += n;
		}
		fold = at + strspn(at, " :*_-|");
	}
	return fold;
}

/* "Anna is out of the office" and "AUTO: …", which Lotus and people's rules write. */
static bool says_of_somebody(const char *fold)
{
	return (pd_words_ends(fold, "is out of the office|is out of office|is on vacation|ist nicht im büro|ist abwesend|ist im urlaub|"
				    "est absent|est absente|is currently out of the office|is away from the office|is on leave|on poissa|"
				    "on lomalla|är inte på kontoret|is niet aanwezig|jest nieobecny|jest nieobecna") &&
		strlen(fold) < 120) ||
	       pd_words_find(fold,
			     "is out of the office (returning|is out of the office until|is out of office until|"
			     "will be out of the office|ist außer haus (rückkehr|ist nicht im büro (rückkehr|"
			     "est absent(e)|est absent jusqu'au|is out of the office. (returning",
			     NULL);
}

static enum pd_subject kind_of(struct pd_arena *arena, const char *fold)
{
	fold += strspn(fold, "[(*<{!-#~=\"' ");
	while (!strncmp(fold, "【", 3) || !strncmp(fold, "［", 3) || !strncmp(fold, "（", 3) || !strncmp(fold, "「", 3))
		fold += 3;
	size_t len = strlen(fold);
	if (!len)
		return PD_SUBJECT_PERSON;
	/* East Asian and some other scripts put no blank behind the words. */
	if (pd_words_begins_before(fold, pd_auto_subject_words, goes_on))
		return fold[len - 1] != '?' ? PD_SUBJECT_AUTO : PD_SUBJECT_PERSON;
	size_t lotus = pd_words_begins(fold, "auto:|auto :");
	if (says_of_somebody(fold) || (lotus && pd_absence_names(fold + lotus)))
		return PD_SUBJECT_AUTO;
	if (pd_absence_subject(fold, goes_on))
		return fold[len - 1] != '?' ? PD_SUBJECT_ABSENCE : PD_SUBJECT_PERSON;
	char *text = pd_strdup(arena, fold);
	while (len && strchr(")]}!. >*\"", text[len - 1]))
		text[--len] = '\0';
	size_t n = pd_words_ends(text, pd_auto_subject_endings);
	if (!n || n == len)
		return PD_SUBJECT_PERSON;
	enum pd_subject kind = pd_absence_is(text + len - n) ? PD_SUBJECT_ABSENCE : PD_SUBJECT_AUTO;
	size_t before = len - n;
	if (strchr("([/|", text[before - 1]))
		return kind;
	bool is_apart = before >= 2 && text[before - 1] == ' ' &&
			(strchr("/|", text[before - 2]) ||
			 (before >= 3 && text[before - 2] == '-' && text[before - 3] == ' '));
	return is_apart ? kind : PD_SUBJECT_PERSON;
}

enum pd_subject pd_subject_kind(struct pd_arena *arena, const char *subject)
{
	const char *fold = pd_words_fold(arena, subject, strlen(subject), 400, NULL);
	enum pd_subject kind = kind_of(arena, fold);
	const char *rest = kind == PD_SUBJECT_PERSON ? without_tags(fold) : fold;
	return rest != fold ? kind_of(arena, rest) : kind;
}

/* Is the subject nothing but the words, as "Out of office" is? People who write about such notes choose it, too. */
static bool is_bare(struct pd_arena *arena, const char *subject)
{
	const char *fold = pd_words_fold(arena, subject, strlen(subject), 400, NULL);
	fold += strspn(fold, "[(*<{!-#~=\"' ");
	size_t len = strlen(fold);
	while (len && strchr(")]}!. >*\"'", fold[len - 1]))
		len--;
	const char *words = pd_strndup(arena, fold, len);
	return pd_words_is(words, pd_auto_subject_words) || pd_absence_is(words);
}

/* Does somebody ask for help with a note of absence, or for something else? */
static bool asks_for_help(struct pd_arena *arena, const char *text)
{
	const char *fold = pd_words_fold(arena, text, strlen(text), 4000, NULL);
	if (pd_words_find(fold, pd_note_help_words, NULL))
		return true;
	bool asks = strchr(fold, '?') || strstr(fold, "？") || strstr(fold, "؟");
	return asks && !pd_absence_text(arena, text);
}

/* A subject such as "Absence: …" is a program's when the mail answers another without saying so, asks not to be answered,
 * or says that its author is away; never when it asks something. */
static bool is_absence_note(struct pd_arena *arena, const struct pd_message *message)
{
	const char *text = message->text;
	if (strchr(text, '?') || strstr(text, "？") || strstr(text, "؟"))
		return false;
	return message->in_reply_to.count > 0 || message->references.count > 0 ||
	       pd_message_header(message, "X-Auto-Response-Suppress") || pd_absence_text(arena, text);
}

bool pd_subject_is_bounce(struct pd_arena *arena, const char *subject)
{
	const char *fold = pd_words_fold(arena, subject, strlen(subject), 400, NULL);
	return pd_words_find(fold, pd_bounce_subject_words, NULL) > 0;
}

/* Fields whose presence says that a program answered. */
static const char *const auto_fields[] = {
	"X-Autoreply",
	"X-Autorespond",
	"X-Autoresponder",
	"X-Auto-Reply",
	"X-Autoreply-From",
	"X-Mail-Autoreply",
	"X-Autoresponse",
	"X-Auto-Response",
	"X-Auto-Respond",
	"X-Vacation",
	"Vacation",
	"X-Autogenerated",
	"X-Auto-Generated",
	"X-Zoho-Autoreply",
	"X-ZohoMail-Autoreply",
	"X-MS-Exchange-Inbox-Rules-Loop",
	"X-MS-Exchange-Generated-Message-Source",
	"X-MS-Exchange-Auto-Reply",
	"X-Amazon-Auto-Reply",
	"X-Yahoo-Vacation",
	"X-Mailman-Autoresponder",
	"X-Cron-Env",
	"X-Cron",
	"X-Zarafa-Autoreply",
	"X-Kopano-Autoreply",
	"X-SOGo-Autoreply",
	"X-Sieve-Vacation",
	"X-Dovecot-Autoreply",
	"X-Gmail-Autoreply",
	"Autoreply",
	"Auto-Reply",
	"X-Auto-Answer",
	"X-GWAuto",
};
static const struct {
	const char *name, *values;
} auto_values[] = {
	{"Precedence", "auto_reply|auto-reply|autoreply|junk"},
	{"X-Precedence", "auto_reply|auto-reply|autoreply|junk|bulk"},
	{"Preference", "auto_reply|auto-reply"},
	{"Delivered-To", "autoresponder"},
	{"X-POST-MessageClass", "9; autoresponder"},
	{"X-FC-MachineGenerated", "true|yes|1"},
	{"X-FC-Robot", "true|yes|1"},
	{"X-Auto", "true|yes|1"},
	{"X-Is-Auto-Reply", "true|yes|1"},
	{"X-Loop-Type", "autoreply"},
	{"X-Mailer", "vacation|autoresponder|auto-responder|autoreply|out of office"},
	{"X-Message-Type", "autoreply|auto-reply|vacation"},
	{"X-Autoresponse-Flag", "true|yes|1"},
	{"Content-Description", "autoreply|vacation"},
};

static bool is_noreply(const char *addr)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	return pd_words_begins(
		lower,
		"noreply|no-reply|no_reply|donotreply|do-not-reply|do_not_reply|nepasrepondre|ne-pas-"
		"repondre|"
		"keine-antwort|noresponder|no-responder|naoresponda|nao-responda|nonrispondere|ala-vastaa|"
		"alavastaa|noanswer|no.reply|bounce|bounces|notifications|notification|auto-confirm");
}

static bool is_daemon(const char *addr)
{
	g_autofree char *lower = g_ascii_strdown(addr, -1);
	return pd_words_begins(lower, "mailer-daemon|mail-daemon|maildaemon|mailerdaemon|mailer_daemon|"
				      "double-bounce|mdaemon") > 0;
}

static void read_auto(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts)
{
	const char *submitted = pd_message_header(message, "Auto-Submitted");
	bool says_person = submitted && value_begins(message, "Auto-Submitted", "no|auto-forwarded");
	if (submitted && *submitted && !says_person)
		because(arena, message, "Auto-Submitted");
	bool is_passed_on = submitted && value_begins(message, "Auto-Submitted", "auto-forwarded");
	for (size_t i = 0; i < G_N_ELEMENTS(auto_fields); i++) {
		/* A rule that passes on a person's mail marks it as one that answers does. */
		if (is_passed_on && pd_starts(auto_fields[i], "X-MS-Exchange-"))
			continue;
		const char *value = pd_message_header(message, auto_fields[i]);
		if (value && g_ascii_strcasecmp(value, "no") && g_ascii_strcasecmp(value, "false") &&
		    strcmp(value, "0"))
			because(arena, message, auto_fields[i]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(auto_values); i++)
		if (value_begins(message, auto_values[i].name, auto_values[i].values))
			because(arena, message, auto_values[i].name);
	bool is_list = message->kinds & PD_KIND_LIST;
	if (!is_list && value_begins(message, "Precedence", "bulk"))
		because(arena, message, "Precedence");
	const char *path = pd_message_header(message, "Return-Path");
	if (path && (!strcmp(path, "<>") || !strcmp(path, "< >")))
		because(arena, message, "Return-Path");
	if (is_daemon(message->from.addr))
		because(arena, message, "From");
	if (pd_starts(parts->root_type, "multipart/report"))
		because(arena, message, "Content-Type");
	bool unsubscribe = pd_message_header(message, "List-Unsubscribe") != NULL;
	if (!is_list && unsubscribe &&
	    (pd_message_header(message, "Feedback-ID") ||
	     pd_message_header(message, "List-Unsubscribe-Post") ||
	     pd_message_header(message, "X-CSA-Complaints") || is_noreply(message->from.addr)))
		because(arena, message, "List-Unsubscribe");
	bool suppress = pd_message_header(message, "X-Auto-Response-Suppress") != NULL;
	if (suppress &&
	    (is_noreply(message->from.addr) || unsubscribe || pd_message_header(message, "Feedback-ID")))
		because(arena, message, "X-Auto-Response-Suppress");
	enum pd_subject subject = says_person ? PD_SUBJECT_PERSON : pd_subject_kind(arena, message->subject);
	if (subject == PD_SUBJECT_ABSENCE && !is_absence_note(arena, message))
		subject = PD_SUBJECT_PERSON;
	if (subject != PD_SUBJECT_PERSON && !(is_bare(arena, message->subject) && asks_for_help(arena, message->text)))
		because(arena, message, "Subject");
}

static const struct {
	const char *name, *values;
} spam_values[] = {
	{"X-Spam-Flag", "yes|true|1"},
	{"X-Spam-Status", "yes"},
	{"X-Spam", "yes|true|1|spam"},
	{"X-Rspamd-Action", "reject|add header|rewrite subject|soft reject"},
	{"X-Spamd-Result", "default: true"},
	{"X-Barracuda-Spam-Status", "yes"},
	{"X-Bogosity", "spam|yes"},
	{"X-DSPAM-Result", "spam|blacklisted|blocklisted"},
	{"X-SpamExperts-Class", "spam"},
	{"X-Spam-Class", "spam"},
	{"X-CRM114-Status", "spam"},
	{"X-Spambayes-Classification", "spam"},
	{"X-Proofpoint-Spam", "yes"},
	{"X-TM-AS-Result", "yes"},
	{"X-IronPort-Anti-Spam-Result", "spam"},
	{"X-Mailcow-Spam", "yes"},
	{"X-Kaspersky-Spam", "yes"},
};

static bool has_part(const struct pd_parts *parts, const char *type)
{
	for (size_t i = 0; i < parts->count; i++)
		if (pd_equal(parts->items[i].type, type))
			return true;
	return false;
}

static void read_sealing(struct pd_message *message, const struct pd_parts *parts)
{
	const char *type = pd_message_header(message, "Content-Type");
	g_autofree char *lower = g_ascii_strdown(type ? type : "", -1);
	bool pkcs7 = strstr(lower, "pkcs7-mime") != NULL;
	if (pd_equal(parts->root_type, "multipart/encrypted") ||
	    (pkcs7 && !strstr(lower, "signed-data") && !strstr(lower, "compressed")))
		message->kinds |= PD_KIND_ENCRYPTED;
	if (pd_equal(parts->root_type, "multipart/signed") || (pkcs7 && strstr(lower, "signed-data")))
		message->kinds |= PD_KIND_SIGNED;
	for (size_t i = 0; i < parts->count; i++) {
		const struct pd_part *part = &parts->items[i];
		if (pd_equal(part->container, "multipart/signed"))
			message->kinds |= PD_KIND_SIGNED;
		if (pd_equal(part->container, "multipart/encrypted"))
			message->kinds |= PD_KIND_ENCRYPTED;
	}
	const char *plain = parts->plain ? parts->plain : "";
	plain += strspn(plain, " \n\t");
	if (pd_starts(plain, "-----BEGIN PGP MESSAGE-----"))
		message->kinds |= PD_KIND_ENCRYPTED;
	if (pd_starts(plain, "-----BEGIN PGP SIGNED MESSAGE-----"))
		message->kinds |= PD_KIND_SIGNED;
}

void pd_words_kinds(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts)
{
	bool has_list =
		pd_message_header(message, "List-Id") || pd_message_header(message, "List-Post") ||
		pd_message_header(message, "Mailing-List") || pd_message_header(message, "X-Mailing-List") ||
		pd_message_header(message, "X-BeenThere") || value_begins(message, "Precedence", "list");
	if (has_list)
		message->kinds |= PD_KIND_LIST;
	for (size_t i = 0; i < G_N_ELEMENTS(spam_values); i++)
		if (value_begins(message, spam_values[i].name, spam_values[i].values))
			message->kinds |= PD_KIND_SPAM;
	bool is_report = pd_equal(parts->root_type, "multipart/report");
	if (pd_equal(parts->report_type, "disposition-notification") ||
	    (has_part(parts, "message/disposition-notification") && is_report))
		message->kinds |= PD_KIND_RECEIPT;
	if (pd_equal(parts->report_type, "feedback-report") || has_part(parts, "message/feedback-report"))
		message->kinds |= PD_KIND_FEEDBACK;
	read_sealing(message, parts);
	read_auto(arena, message, parts);
	pd_bounce_read(arena, message, parts);
	if (message->kinds & (PD_KIND_RECEIPT | PD_KIND_FEEDBACK | PD_KIND_DSN | PD_KIND_BOUNCE))
		because(arena, message,
			message->kinds & PD_KIND_RECEIPT    ? "a receipt"
			: message->kinds & PD_KIND_FEEDBACK ? "a complaint report"
							    : "a delivery report");
}
