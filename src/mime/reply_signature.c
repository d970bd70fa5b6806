/* Signatures and disclaimers at the end of a run of own text: "-- ", footers of lists, lines of mobile
 * devices, cards of name and numbers, "-Name", disclaimers. Only the end of a run is looked at, and a card or
 * a name is never taken when nothing would stay above it. */
#include "mime/kinds.h"
#include "mime/quote_tables.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define SIGNATURE_LINES 25
#define CARD_LINES	8

static bool is_kept_text(const struct pd_line *line)
{
	return line->fate == PD_LINE_KEPT && !line->depth && !pd_line_is_blank(line);
}

/* The end of the kept text: one after its last line that is not blank. */
static size_t kept_end(const struct pd_line_list *lines, size_t from, size_t to)
{
	while (to > from && !is_kept_text(&lines->items[to - 1]))
		to--;
	return to;
}

static void take(struct pd_line_list *lines, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (lines->items[i].fate == PD_LINE_KEPT)
			lines->items[i].fate = PD_LINE_SIGNATURE;
}

static size_t chars(const char *text)
{
	return (size_t)g_utf8_strlen(text, -1);
}

/* An address, a link or a telephone number in a short line. */
static bool is_contact(const char *fold)
{
	if (chars(fold) > 90)
		return false;
	if (pd_words_has_address(fold) || strstr(fold, "http://") || strstr(fold, "https://") ||
	    strstr(fold, "www."))
		return true;
	unsigned digits = 0, letters = 0;
	for (const char *c = fold; *c; c++) {
		digits += g_ascii_isdigit(*c);
		letters += g_ascii_isalpha(*c) || (unsigned char)*c >= 0x80;
	}
	bool labelled =
		pd_words_find(
			fold,
			"tel|phone|mobile|mobil|cell|fax|tél|gsm|skype|t|f|m|p|office|direct|puh|telefon|"
			"telefono|teléfono|tlf|тел|móvil|handy|linkedin|twitter|whatsapp|telegram",
			NULL) > 0 &&
		(strchr(fold, ':') || strchr(fold, '.') || digits >= 7);
	return (digits >= 7 && letters <= 24) || (labelled && (digits >= 5 || strchr(fold, ':')));
}

/* --- "-- " --- */

static bool is_delimiter(const struct pd_line *line)
{
	if (line->len > 8 || line->len < 2 || line->depth)
		return line->len < 2 && (line->hints & PD_HINT_SIGNATURE) && !line->depth;
	/* "- -- " is how OpenPGP escapes it. */
	return !strcmp(pd_line_fold(line), "--") || !strcmp(pd_line_fold(line), "- --") || (line->hints & PD_HINT_SIGNATURE);
}

/* A signature's length: some lines, none of them a paragraph but those of a disclaimer. */
static bool is_short(const struct pd_line_list *lines, size_t from, size_t to)
{
	size_t solid = 0;
	bool disclaimed = false;
	for (size_t i = from; i < to; i++) {
		const char *fold = pd_line_fold(&lines->items[i]);
		disclaimed |= pd_words_begins(fold, pd_disclaimer_words) > 0;
		if (*fold && ++solid > SIGNATURE_LINES)
			return false;
		if (!disclaimed && chars(fold) > 140 && !strstr(fold, "http"))
			return false;
	}
	return true;
}

/* A sentence: nobody's name, address or title. */
static bool is_sentence(const char *fold)
{
	size_t len = strlen(fold);
	return len && strchr(".!", fold[len - 1]) && pd_words_count(fold) >= 4 && !is_contact(fold) && fold[len - 2] != '.';
}

/* Does it look like a signature, below two dashes without their blank? A line of dashes parts paragraphs as well. */
static bool looks_signed(const struct pd_line_list *lines, size_t from, size_t to)
{
	size_t solid = 0, sentences = 0;
	for (size_t i = from; i < to; i++) {
		const char *fold = pd_line_fold(&lines->items[i]);
		if (lines->items[i].fate != PD_LINE_KEPT || !*fold)
			continue;
		if (pd_words_begins(fold, pd_disclaimer_words))
			break;
		if (fold[strlen(fold) - 1] == '?')
			return false;
		sentences += is_sentence(fold) || pd_words_count(fold) >= 12;
		if (!solid++ && sentences)
			return false;
	}
	return sentences * 2 <= solid;
}

/* Matter of signatures below "-- ": lines of contact, a rule, a footer, somebody's saying with its marks. */
static bool is_matter(const struct pd_line *line)
{
	const char *fold = pd_line_fold(line);
	return is_contact(fold) || pd_mark_rule(line) || strpbrk(fold, "\"|") || strchr("-~*", *fold) || strstr(fold, "\xe2\x80\x94") ||
	       strstr(fold, "\xc2\xab") || pd_words_begins(fold, pd_disclaimer_words) || pd_words_find(fold, pd_disclaimer_matter, NULL) ||
	       pd_words_find(fold, "unsubscribe|mailing list|mailinglist", NULL);
}

/* Below "-- ": the author's own paragraphs, since nobody signs so? Two of them at least or a request, most of it in sentences,
 * nothing of what signatures are made of. */
static bool is_authors(const struct pd_line_list *lines, size_t from, size_t to)
{
	size_t paragraphs = 0, words = 0, sentences = 0, solid = 0;
	bool is_new = true, is_prose = false, asks = false;
	for (size_t i = from; i < to; i++) {
		const struct pd_line *line = &lines->items[i];
		const char *fold = pd_line_fold(line);
		if (line->fate != PD_LINE_KEPT || !*fold) {
			is_new = true;
			continue;
		}
		if (line->depth || is_matter(line))
			return false;
		if (is_new)
			is_prose = false;
		is_new = false;
		bool is_said = is_sentence(fold) || pd_words_count(fold) >= 9 || (pd_words_count(fold) >= 4 && pd_words_ends(fold, "?|？"));
		paragraphs += is_said && !is_prose;
		is_prose |= is_said;
		asks |= is_said && pd_words_ends(fold, "?|？") && pd_words_find(fold, pd_note_help_words, NULL);
		words += pd_words_count(fold);
		sentences += is_said;
		solid++;
	}
	return sentences * 2 >= solid && ((paragraphs >= 2 && words >= 25) || (asks && words >= 8));
}

static void take_delimited(struct pd_line_list *lines, size_t from, size_t to)
{
	for (size_t i = to; i-- > from;) {
		const struct pd_line *line = &lines->items[i];
		if (line->fate != PD_LINE_KEPT || !is_delimiter(line))
			continue;
		bool strict = (line->len == 3 && !memcmp(line->text, "-- ", 3)) || (line->hints & PD_HINT_SIGNATURE);
		if (!strict && i > from && pd_words_ends(pd_line_fold(&lines->items[i - 1]), ":"))
			continue;
		if (!strict && !(is_short(lines, i + 1, to) && looks_signed(lines, i + 1, to)))
			continue;
		if (!(line->hints & PD_HINT_SIGNATURE) && is_authors(lines, i + 1, to))
			continue;
		take(lines, i, to);
		to = i;
	}
}

/* Does the text above announce it ("Your mails say:")? A heading of a disclaimer does not. */
static bool is_announced(const struct pd_line_list *lines, size_t from, size_t at)
{
	size_t end = kept_end(lines, from, at);
	if (end == from)
		return false;
	char text[PD_FOLD_LIMIT + 4];
	pd_line_bare(pd_line_fold(&lines->items[end - 1]), text, sizeof text);
	return pd_words_ends(text, ":|：") > 0 && !pd_line_closes(text) && !pd_words_begins(text, pd_disclaimer_words);
}

/* --- a rule, then contacts or a list's footer --- */

static bool take_ruled(struct pd_line_list *lines, size_t from, size_t to)
{
	size_t end = kept_end(lines, from, to), low = end > from + 40 ? end - 40 : from;
	for (size_t i = low; i < end; i++) {
		const struct pd_line *line = &lines->items[i];
		if (line->fate != PD_LINE_KEPT || !pd_mark_rule(line) || is_announced(lines, from, i))
			continue;
		size_t solid = 0, contacts = 0, prose = 0;
		bool is_list = false;
		for (size_t k = i + 1; k < end; k++) {
			const char *fold = pd_line_fold(&lines->items[k]);
			if (!*fold)
				continue;
			solid++;
			contacts += is_contact(fold);
			prose += chars(fold) > 70 && !pd_words_has_address(fold) && !strstr(fold, "http");
			is_list |= pd_words_find(fold,
						 "mailing list|mailinglist|mailing-list|liste de "
						 "diffusion|lista de correo|"
						 "unsubscribe|postituslista|mailman/listinfo|google groups",
						 NULL) > 0;
		}
		bool underscores = strspn(pd_line_fold(line), "_") >= 20;
		if (solid && solid <= 12 &&
		    ((is_list && underscores && contacts) ||
		     (!prose && solid <= SIGNATURE_LINES && contacts >= 2 && contacts * 4 >= solid))) {
			take(lines, i, to);
			return true;
		}
		if (solid && solid <= 20 && !prose && contacts >= 3 && contacts * 4 >= solid) {
			take(lines, i, to);
			return true;
		}
	}
	return false;
}

/* --- devices --- */

static bool is_name(const struct pd_line *line, unsigned max_words)
{
	if (pd_line_is_long(line) || line->len > 80 || !pd_line_fold(line)[0] || strpbrk(pd_line_fold(line), ".!?:;@0123456789/"))
		return false;
	unsigned words = pd_words_count(pd_line_fold(line));
	if (!words || words > max_words)
		return false;
	const char *text = line->text, *end = line->text + line->len;
	while (text < end && strchr(" *_\t-", *text))
		text++;
	gunichar c = text < end ? g_utf8_get_char_validated(text, end - text) : 0;
	return c < 0x110000 && g_unichar_isupper(c);
}

/* Nothing but a link, below the line of a program. */
static bool is_link_below(const struct pd_line_list *lines, size_t from, size_t at)
{
	const char *fold = pd_line_fold(&lines->items[at]);
	bool is_link = pd_words_begins(fold, "http|https|www|<http|<https") > 0 && !strchr(fold, ' ');
	return is_link && at > from && !lines->items[at].depth && pd_line_is_device(&lines->items[at - 1]);
}

static bool take_device(struct pd_line_list *lines, size_t from, size_t to)
{
	size_t end = kept_end(lines, from, to), start = end;
	while (start > from &&
	       (pd_line_is_device(&lines->items[start - 1]) || pd_line_is_blank(&lines->items[start - 1]) ||
		is_link_below(lines, from, start - 1)))
		start--;
	while (start < end && pd_line_is_blank(&lines->items[start]))
		start++;
	if (start == end)
		return false;
	/* A name of its own right above "via mobile" goes with it. */
	if (start > from + 1 && end - start == 1 && is_name(&lines->items[start - 1], 3) &&
	    pd_line_is_blank(&lines->items[start - 2]) && kept_end(lines, from, start - 1) > from)
		start--;
	take(lines, start, to);
	return true;
}

/* --- cards, names, disclaimers --- */

/* Where the last paragraph begins. */
static size_t paragraph(const struct pd_line_list *lines, size_t from, size_t end)
{
	size_t start = end;
	while (start > from && !pd_line_is_blank(&lines->items[start - 1]))
		start--;
	return start;
}

/* Does it begin as closing words and thanks do? */
bool pd_line_closes(const char *fold)
{
	static const char closings[] =
		"best|kind|warm|regards|thanks|thank you|many thanks|cheers|sincerely|yours|greetings|mit "
		"freundlichen|viele grüße|beste grüße|"
		"liebe grüße|freundliche|gruß|mfg|danke|cordialement|bien à vous|merci|sincères|saludos|un "
		"saludo|gracias|atentamente|"
		"atenciosamente|obrigado|obrigada|cumprimentos|cordiali saluti|grazie|saluti|distinti|met "
		"vriendelijke|groeten|bedankt|"
		"med vänliga|vänliga|hälsningar|tack|med "
		"venlig|venlig|hilsen|vennlig|mvh|tak|takk|ystävällisin|terveisin|kiitos|"
		"pozdrawiam|z poważaniem|dziękuję|s pozdravem|děkuji|s pozdravom|üdvözlettel|köszönöm|с "
		"уважением|спасибо|з повагою|дякую";
	return pd_words_begins(fold, closings) > 0;
}

/* Is nothing more to come, so that what stands below is no part of it? */
static bool ends_thought(const char *fold)
{
	size_t len = strlen(fold);
	if (!len)
		return false;
	if (strchr(".!?)", fold[len - 1]) || pd_words_ends(fold, "。|！|？|…"))
		return true;
	return pd_words_count(fold) <= 4 && pd_line_closes(fold);
}

/* A street, a postal code, a title or a firm's form, as cards have them beside numbers and addresses. */
static bool is_of_card(const char *fold)
{
	unsigned run = 0, longest = 0;
	for (const char *c = fold; *c; c++) {
		run = g_ascii_isdigit(*c) ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return (longest >= 4 && longest <= 6 && pd_words_count(fold) >= 2) || pd_words_find(fold, pd_card_words, NULL) > 0;
}

/* Has the author asked for something to be done with what stands below? Then it is his matter. */
static bool gives_data(const char *fold)
{
	return pd_words_find(fold, pd_data_words, NULL) > 0 || pd_words_ends(fold, ":|：") > 0;
}

/* "Kind regards", "Anna Virtanen": does the text end so, before the line `end`? */
static bool is_signed(const struct pd_line_list *lines, size_t from, size_t end)
{
	size_t before = end > from ? kept_end(lines, from, end - 1) : from;
	return before > from && is_name(&lines->items[end - 1], 4) && pd_line_closes(pd_line_fold(&lines->items[before - 1])) &&
	       pd_words_count(pd_line_fold(&lines->items[before - 1])) <= 4;
}

/* "Anna Virtanen", "anna@…", "+358 …" as the last paragraph, below other text. */
static bool take_card(struct pd_line_list *lines, size_t from, size_t to)
{
	size_t end = kept_end(lines, from, to), start = paragraph(lines, from, end), contacts = 0, others = 0;
	if (end - start < 3 || end - start > CARD_LINES)
		return false;
	for (size_t i = start; i < end; i++) {
		const char *fold = pd_line_fold(&lines->items[i]);
		if (lines->items[i].depth || chars(fold) > 60 || strchr(fold, '?') || strchr(fold, '!'))
			return false;
		bool is_one = is_contact(fold);
		contacts += is_one;
		others += !is_one && i > start && is_of_card(fold);
	}
	size_t above = kept_end(lines, from, start);
	if (is_contact(pd_line_fold(&lines->items[start])) || above == from)
		return false;
	const char *said = pd_line_fold(&lines->items[above - 1]);
	bool is_card = contacts >= 2 || (contacts == 1 && others && is_name(&lines->items[start], 4) && !gives_data(said));
	if (!is_card || !(ends_thought(said) || is_signed(lines, from, above)) || strchr(pd_line_fold(&lines->items[start]), ':'))
		return false;
	take(lines, start, to);
	return true;
}

/* "-Anna" or "-Anna Virtanen" alone in the last paragraph. */
static bool take_dashed_name(struct pd_line_list *lines, size_t from, size_t to)
{
	size_t end = kept_end(lines, from, to);
	if (end < from + 2)
		return false;
	const struct pd_line *line = &lines->items[end - 1];
	if (line->len < 3 || line->text[0] != '-' || !is_name(line, 3) || strchr(" -", line->text[1]) ||
	    !pd_line_is_blank(&lines->items[end - 2]) || kept_end(lines, from, end - 1) == from || is_announced(lines, from, end - 1))
		return false;
	take(lines, end - 1, to);
	return true;
}

/* Does a disclaimer's matter stand in the paragraph: secrets, readers for whom it is not meant, viruses, the environment? "This message" and
 * the like begin sentences of authors, too. */
static bool is_of_disclaimer(const struct pd_line_list *lines, size_t from, size_t to)
{
	for (size_t i = from; i < to && i < from + 40; i++)
		if (pd_words_find(pd_line_fold(&lines->items[i]), pd_disclaimer_matter, NULL))
			return true;
	return false;
}

/* No disclaimer asks but whether to print. */
static bool asks(const struct pd_line_list *lines, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (strchr(pd_line_fold(&lines->items[i]), '?') &&
		    !pd_words_find(pd_line_fold(&lines->items[i]),
				   "print|printing|drucken|ausdrucken|imprimer|imprimir|stampare|printen|tulostaa|skriva ut|printe|wydrukować", NULL))
			return true;
	return false;
}

/* Is the line before at a paragraph of its own, the heading of a disclaimer? */
static bool is_heading(const struct pd_line_list *lines, size_t from, size_t at)
{
	if (at < from + 2 || !pd_line_is_blank(&lines->items[at - 2]) || kept_end(lines, from, at - 1) == from)
		return false;
	char text[PD_FOLD_LIMIT + 4];
	pd_line_bare(pd_line_fold(&lines->items[at - 1]), text, sizeof text);
	return pd_words_count(text) <= 4 && pd_words_begins(text, pd_disclaimer_words) > 0;
}

static bool take_disclaimer(struct pd_line_list *lines, size_t from, size_t to)
{
	size_t end = kept_end(lines, from, to);
	bool taken = false;
	for (unsigned i = 0; i < 6 && end > from; i++) {
		size_t start = paragraph(lines, from, end);
		char text[PD_FOLD_LIMIT + 4] = "";
		size_t bytes = 0;
		for (size_t k = start; k < end; k++)
			bytes += lines->items[k].len;
		if (bytes >= 80)
			pd_line_bare(pd_line_fold(&lines->items[start]), text, sizeof text);
		if (bytes >= 80 && pd_words_begins(text, pd_disclaimer_words) && !asks(lines, start, end) &&
		    is_of_disclaimer(lines, start, end) && !is_announced(lines, from, start) && kept_end(lines, from, start) > from) {
			take(lines, start, to);
			/* Its heading ("DISCLAIMER:") and the rule above. */
			size_t above = kept_end(lines, from, start);
			if (is_heading(lines, from, above))
				take(lines, above - 1, start);
			above = kept_end(lines, from, start);
			if (above > from && pd_mark_rule(&lines->items[above - 1]))
				take(lines, above - 1, start);
			taken = true;
			end = kept_end(lines, from, start);
			to = start;
			i = 0;
			continue;
		}
		end = kept_end(lines, from, start);
	}
	return taken;
}

static bool is_bare_rule(const struct pd_line *line)
{
	size_t len = strlen(pd_line_fold(line));
	return pd_mark_rule(line) || (len >= 2 && strspn(pd_line_fold(line), "-_=*~") == len);
}

/* By its first two letters, which most lines of prose are done with. */
static inline bool may_be_postscript(const struct pd_line *line)
{
	static const char seconds[26][5] = {['p' - 'a'] = "psdo", ['n' - 'a'] = "boa", ['e' - 'a'] = "d", ['u' - 'a'] = "ip"};
	if (line->len < 2)
		return false;
	unsigned first = ((unsigned char)line->text[0] | 0x20) - 'a', second = ((unsigned char)line->text[1] | 0x20) - 'a';
	if (first >= 26 || second >= 26)
		return true;
	return *seconds[first] && strchr(seconds[first], (int)second + 'a');
}

/* "PS: …": what comes behind a signature is the author's again. */
static bool is_postscript(const struct pd_line *line)
{
	if (line->depth || !may_be_postscript(line))
		return false;
	static const char words[] = "ps:|ps -|ps.|ps,|ps :|p.s.|p.s:|p.s|p. s.|pps:|pps.|p.p.s.|pps|p.-s.|post scriptum|postscriptum|p.d.|pd:|p.d:|posdata|postdata|"
				    "n.b.|nb:|nota bene|update:|edit:|edited:|nachtrag:|u.i.|ui.|ui:|υ.γ.|υγ:|ps –|ps —|з.ы.|зы:|зы.|p/s:|附：|附言|又及|追伸|추신|追記";
	const char *fold = pd_line_fold(line);
	fold += strspn(fold, " *_");
	return pd_words_begins(fold, words) || (pd_starts(fold, "ps ") && fold[3]);
}

static void take_parts(struct pd_line_list *lines, size_t from, size_t to);

void pd_reply_signature(struct pd_line_list *lines, size_t from, size_t to)
{
	/* Without a postscript, and then each postscript with what is below it. */
	for (size_t i = to; i-- > from + 1;) {
		if (!is_postscript(&lines->items[i]) || !is_kept_text(&lines->items[i]))
			continue;
		take_parts(lines, i, to);
		to = i;
	}
	take_parts(lines, from, to);
}

static void take_parts(struct pd_line_list *lines, size_t from, size_t to)
{
	take_delimited(lines, from, to);
	for (unsigned i = 0; i < 6; i++)
		if (!take_device(lines, from, to) && !take_disclaimer(lines, from, to) &&
		    !take_ruled(lines, from, to) && !take_card(lines, from, to) &&
		    !take_dashed_name(lines, from, to))
			break;
	/* A rule that nothing follows any more. */
	size_t end = kept_end(lines, from, to);
	while (end > from && is_bare_rule(&lines->items[end - 1])) {
		lines->items[end - 1].fate = PD_LINE_SIGNATURE;
		end = kept_end(lines, from, end - 1);
	}
}
