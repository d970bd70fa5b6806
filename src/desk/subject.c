/* Subjects: the base subject (RFC 5256, section 2.1) and our own tag.
 *
 * Beyond the RFC: the reply and forward prefixes that clients write in other languages, with counters
 * ("RE[2]:", "AW (3):"), a blank or a full-width colon after them. VIOLATIONS of real mail that are not
 * followed: a prefix without a colon is a word. Works on the folded text (NFKC), so that letters of all
 * widths and cases are alike. Cannot fail. */
#include "desk/ticket.h"

#include <string.h>

#include "base/text.h"

/* Folded. By language, as the common clients write them. */
static const char *const reply_prefixes[] = {
	"re",	"aw",	     "antw",	 "antwort",	    /* English, German, Dutch */
	"sv",	"svar",					    /* Swedish, Danish, Norwegian, Icelandic */
	"vs",	"vast",	     "vastaus",			    /* Finnish, Estonian */
	"odp",	"odpowiedź", "odp.",			    /* Polish, Czech, Slovak */
	"odg",	"odgovor",				    /* Croatian, Slovenian, Serbian */
	"réf",	"rép",	     "réponse",			    /* French */
	"rif",	"r",	     "risposta",		    /* Italian */
	"res",	"resp",	     "rsp",			    /* Portuguese, Spanish */
	"ynt",	"yan",	     "yanıt",			    /* Turkish */
	"vá",	"válasz",				    /* Hungarian */
	"răsp", "raspuns",   "răspuns",			    /* Romanian */
	"ats",	"atb",	     "atbilde",			    /* Lithuanian, Latvian, Welsh */
	"bls",	"balas",				    /* Indonesian, Malay */
	"tl",	"trả lời",   "hồi âm",			    /* Vietnamese */
	"απ",	"απαντ",     "απάντηση", "σχετ",	    /* Greek */
	"отв",	"ответ",     "отг",	 "відп",    "вд",   /* Russian, Bulgarian, Ukrainian */
	"回复", "回覆",	     "答复",	 "答覆",    "回信", /* Chinese */
	"返信", "返",					    /* Japanese */
	"답장", "회신",	     "답",			    /* Korean */
	"השב",	"תשובה",     "תגובה",			    /* Hebrew */
	"رد",	"الرد",	     "پاسخ",			    /* Arabic, Persian */
	"ตอบ",	"ตอบกลับ",				    /* Thai */
};
static const char *const forward_prefixes[] = {
	"fw",
	"fwd",
	"forw",
	"wg",
	"weitergeleitet", /* English, German */
	"tr",
	"réexp", /* French */
	"vb",
	"vidarebefordrat",
	"fs",
	"vl",
	"välitetty", /* Swedish, Icelandic, Finnish */
	"doorst",
	"dw", /* Dutch */
	"pd",
	"prz",
	"podaj dalej", /* Polish */
	"i",
	"inoltra", /* Italian */
	"rv",
	"enc",
	"rvf",
	"reenv", /* Spanish, Portuguese */
	"tov",
	"továbbítás",
	"tovább",
	"továbbítva", /* Hungarian */
	"i̇lt",
	"ilt",
	"iletilen", /* Turkish */
	"redir",
	"trs",
	"terusan", /* Romanian, Indonesian */
	"pros",
	"posr",
	"prosl",
	"preposlané",
	"přeposláno", /* Croatian, Slovenian, Slovak, Czech */
	"pārs",
	"persiųsta", /* Latvian, Lithuanian */
	"πρθ",
	"προωθ", /* Greek */
	"пересл",
	"пер",
	"препр",
	"пересил", /* Russian, Bulgarian, Ukrainian */
	"转发",
	"轉寄",
	"轉發",
	"转寄", /* Chinese */
	"転送",
	"전달", /* Japanese, Korean */
	"הועבר",
	"إعادة توجيه",
	"ارسال مجدد", /* Hebrew, Arabic */
	"chuyển tiếp",
	"ส่งต่อ", /* Vietnamese, Thai */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char *skip_blanks(char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

static void cut_blanks(char *text)
{
	size_t len = strlen(text);
	while (len > 0 && is_blank(text[len - 1]))
		text[--len] = '\0';
}

/* After "[…]" and the blanks behind it; NULL: there is none here. */
static char *after_blob(char *at)
{
	if (*at != '[')
		return NULL;
	char *end = at + 1 + strcspn(at + 1, "[]");
	return *end == ']' ? skip_blanks(end + 1) : NULL;
}

/* "[2]" "(2)" "^2" "*2" "2", with blanks around. */
static char *after_counter(char *at)
{
	char *start = skip_blanks(at), *digits = start;
	char close = *start == '[' ? ']' : *start == '(' ? ')' : '\0';
	if (close != '\0' || *start == '^' || *start == '*')
		digits++;
	size_t n = strspn(digits, "0123456789");
	if (n == 0 || n > 4)
		return start;
	char *end = digits + n;
	if (close != '\0' && *end++ != close)
		return start;
	return skip_blanks(end);
}

/* After a prefix of the list and its colon; NULL: there is none here. */
static char *after_prefix(char *at, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!pd_starts(at, list[i]))
			continue;
		char *end = after_counter(at + strlen(list[i]));
		char *blob = after_blob(end);
		if (*end != ':' && blob != NULL)
			end = blob;
		if (*end == '.' && end[1] == ':')
			end++;
		if (*end == ':')
			return skip_blanks(end + 1);
	}
	return NULL;
}

static char *after_leader(char *at, bool *is_reply)
{
	/* Blobs belong to the leader only where a prefix follows them. */
	char *behind = at;
	for (char *blob; (blob = after_blob(behind)) != NULL;)
		behind = blob;
	char *end = after_prefix(behind, reply_prefixes, sizeof reply_prefixes / sizeof *reply_prefixes);
	if (end != NULL) {
		*is_reply = true;
		return end;
	}
	return after_prefix(behind, forward_prefixes, sizeof forward_prefixes / sizeof *forward_prefixes);
}

/* Cuts "[#12]" everywhere. */
static void cut_tags(char *text)
{
	for (char *at = text; (at = strstr(at, "[#")) != NULL;) {
		size_t n = strspn(at + 2, "0123456789");
		if (n == 0 || at[2 + n] != ']') {
			at += 2;
			continue;
		}
		char *end = at + n + 3;
		if (at > text && is_blank(at[-1]))
			end = skip_blanks(end);
		memmove(at, end, strlen(end) + 1);
	}
	cut_blanks(text);
}

static bool cut_end(char *text, const char *end)
{
	if (!pd_ends(text, end))
		return false;
	text[strlen(text) - strlen(end)] = '\0';
	cut_blanks(text);
	return true;
}

char *pd_base_subject(struct pd_arena *arena, const char *subject, bool *ret_is_reply)
{
	char *text = pd_clean_line(
		arena, pd_fold(arena, pd_clean_line(arena, subject != NULL ? subject : "", 0)), 0);
	bool is_reply = false;
	cut_tags(text);
	for (;;) {
		while (cut_end(text, "(fwd)"))
			;
		for (;;) {
			text = skip_blanks(text);
			char *next = after_leader(text, &is_reply);
			if (next == NULL) {
				next = after_blob(text);
				if (next != NULL && *next == '\0')
					next = NULL; /* a subject of a blob alone keeps it */
			}
			if (next == NULL)
				break;
			text = next;
		}
		static const char *const wraps[] = {"[fwd:", "[fw:", "[wg:"};
		bool is_wrapped = false;
		for (size_t i = 0; i < sizeof wraps / sizeof *wraps && !is_wrapped; i++) {
			if (pd_starts(text, wraps[i]) && cut_end(text, "]")) {
				text = skip_blanks(text + strlen(wraps[i]));
				is_wrapped = true;
			}
		}
		if (!is_wrapped)
			break;
	}
	cut_blanks(text);
	if (ret_is_reply != NULL)
		*ret_is_reply = is_reply;
	return text;
}

int64_t pd_subject_tag(const char *subject)
{
	int64_t found = 0;
	for (const char *at = subject; at != NULL && (at = strstr(at, "[#")) != NULL; at += 2) {
		size_t n = strspn(at + 2, "0123456789");
		if (n == 0 || n > 18 || at[2 + n] != ']')
			continue;
		int64_t number = 0;
		for (size_t i = 0; i < n; i++)
			number = number * 10 + (at[2 + i] - '0');
		if (number > 0)
			found = number; /* ours stands at the end */
	}
	return found;
}
