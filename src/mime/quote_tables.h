/* Inside the room mime: what mail clients write around a quote, by language. Easy to extend: lower case, as
 * pd_words_fold leaves it, alternatives separated by '|'. Each table ends with a row whose language is NULL. */
#ifndef PD_MIME_QUOTE_TABLES_H
#define PD_MIME_QUOTE_TABLES_H

struct pd_attribution_words {
	const char *language;
	const char *starts;  /* "On", "Am", "Le": before the date; "": the date or the name comes first */
	const char *at_end;  /* verbs that end the line: "wrote" */
	const char *inside;  /* verbs that a name or a date follows: "schrieb" */
};
extern const struct pd_attribution_words pd_attribution_table[];

struct pd_header_words {
	const char *language;
	const char *from, *date, *sent, *to, *cc, *subject, *other;
};
extern const struct pd_header_words pd_header_table[];

struct pd_marker_words {
	const char *language;
	const char *original; /* between dashes above a quoted mail */
	const char *forward;  /* likewise above a forwarded one, or followed by ':' alone */
};
extern const struct pd_marker_words pd_marker_table[];

/* "Quoting X:", as web mail writes it. */
extern const char pd_quoting_words[];
/* Titles, streets and forms of firms, as they stand in signatures. */
extern const char pd_card_words[];
/* Words of a sentence that hands out an address or a number: what stands below it is no signature. */
extern const char pd_data_words[];
/* "Reply above this line", as help desks write it. */
extern const char pd_above_words[];
/* "See below": what speaks of a mail that is passed on further down. */
extern const char pd_see_below_words[];
/* "My answers are inline": then the quote is part of the answer. */
extern const char pd_inline_words[];
/* First persons that follow a verb in a sentence of the author's own ("schrieb ich"). */
extern const char pd_pronoun_words[];

/* Words that go on with a sentence behind a verb ("a écrit sur le forum"). */
extern const char pd_preposition_words[];

struct pd_mobile_words {
	const char *language;
	const char *begins; /* a signature of a device begins with this */
	const char *ends;   /* and ends with this; "": anything */
};
extern const struct pd_mobile_words pd_mobile_table[];
/* Devices and programs that stand in such a line. */
extern const char pd_device_words[];
/* What people add after a comma: "please excuse typos". */
extern const char pd_excuse_words[];
/* First words of disclaimers. */
extern const char pd_disclaimer_words[];
/* What disclaimers speak of. */
extern const char pd_disclaimer_matter[];
/* Beginnings of a device's line without a word for sending: as many sentences begin so … */
extern const char pd_mobile_own_words[];
/* … which do not end with one, or with the rest of a model's or carrier's name. */
extern const char pd_mobile_sent_words[];
/* Labels of forms and of orders, which no client puts above a quote. */
extern const char pd_form_labels[];
/* Prefixes of forwards in subjects, without the colon. */
extern const char pd_forward_prefixes[];

#endif
