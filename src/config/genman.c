/* Writes postdesk.conf(5) from the table of options, to standard output. Run by the build.
 *
 * Fails: exit 1 when the output cannot be written. */
#include <stdio.h>
#include <string.h>

#include "config/option.h"

#define LINE_WIDTH 78

/* A sentence begins a new line, as mdoc wants it, and long lines are broken at a blank. */
static void put_sentences(const char *text)
{
	size_t column = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		if (column > 0 && column + 1 + len > LINE_WIDTH) {
			putchar('\n');
			column = 0;
		}
		if (column > 0)
			putchar(' ');
		column += (column > 0) + len;
		for (size_t i = 0; i < len; i++) {
			if (text[i] == '\\')
				fputs("\\e", stdout);
			else
				putchar(text[i]);
		}
		bool ends_sentence = text[len - 1] == '.';
		text += len + strspn(text + len, " ");
		if (ends_sentence && *text != '\0') {
			putchar('\n');
			column = 0;
		}
	}
	putchar('\n');
}

static const char *value_of(const struct pd_option *option)
{
	switch (option->type) {
	case PD_OPTION_BOOLEAN:
		return "yes or no";
	case PD_OPTION_DURATION:
		return "duration";
	case PD_OPTION_WITHIN:
		return "duration or unlimited";
	case PD_OPTION_DELAY:
		return "duration or none";
	case PD_OPTION_SIZE:
		return "size";
	case PD_OPTION_COUNT:
		return "number";
	case PD_OPTION_DELIMITER:
		return "character";
	case PD_OPTION_LIST:
		return "list";
	case PD_OPTION_ADDRESSES:
		return "addresses";
	case PD_OPTION_FILE:
		return "file";
	case PD_OPTION_FILES:
		return "files";
	case PD_OPTION_HOST:
		return "host";
	case PD_OPTION_SOCKET:
		return "socket";
	case PD_OPTION_SUBMIT:
		return "transport";
	case PD_OPTION_ZONE:
		return "zone";
	case PD_OPTION_STATUSES:
	case PD_OPTION_STATUS_WAS:
		return "statuses";
	case PD_OPTION_GOAL:
		return "time or off";
	case PD_OPTION_SHOWS:
	case PD_OPTION_COLUMNS:
		return "properties";
	case PD_OPTION_SORT:
		return "property";
	case PD_OPTION_NAME:
	case PD_OPTION_NAMES:
		return option->values;
	default:
		return "text";
	}
}

static void put_option(const struct pd_option *option)
{
	bool has_words = option->type == PD_OPTION_CHOICE || option->type == PD_OPTION_WORD ||
			 option->type == PD_OPTION_WORDS || option->type == PD_OPTION_AUTO_STATUS;
	printf(".It Ic %s No = Ar ", option->key);
	if (!has_words) {
		fputs(value_of(option), stdout);
	} else {
		bool is_many = option->type == PD_OPTION_WORDS;
		for (const char *c = option->values; *c != '\0'; c++) {
			if (*c == ';')
				fputs(is_many ? " ; " : " | ", stdout);
			else
				putchar(*c);
		}
	}
	putchar('\n');
	put_sentences(option->text);
	if (option->initial != NULL)
		printf("Default:\n.Ql %s .\n", option->initial);
}

static void put_group(const struct pd_group_type *type)
{
	static const char *const names[] = {"", " NAME", " NAME"};
	printf(".Ss [%s%s] group\n", type->name, names[type->naming]);
	put_sentences(type->text);
	if (type->is_idle)
		put_sentences("This version reads and checks the group, and says so in a warning, but "
			      "does not act on it.");
	puts(".Bl -tag -width Ds");
	for (size_t i = 0; i < pd_option_count; i++)
		if (strcmp(pd_options[i].group, type->name) == 0)
			put_option(&pd_options[i]);
	puts(".El");
}

static const char head[] = ".\\\" Made from the table of options by src/config/genman.c.\n"
			   ".Dd November 21, 2026\n"
			   ".Dt POSTDESK.CONF 5\n"
			   ".Os\n"
			   ".Sh NAME\n"
			   ".Nm postdesk.conf\n"
			   ".Nd configuration of postdeskd and postdesk\n"
			   ".Sh DESCRIPTION\n"
			   "The file has groups, each begun by a line\n"
			   ".Ql [TYPE NAME] ,\n"
			   "and in them lines\n"
			   ".Ql KEY = VALUE .\n"
			   "A line that begins with\n"
			   ".Ql #\n"
			   "is a comment; a comment never stands behind a value.\n"
			   "The text is UTF-8.\n"
			   "Each group and each key in a group stands there once.\n"
			   ".Pp\n"
			   "The names of groups are identities: tickets and their history refer to them.\n"
			   "They have letters, digits,\n"
			   ".Ql - ,\n"
			   ".Ql _\n"
			   "and\n"
			   ".Ql \\&. .\n"
			   "A group that gets a new name tells its old one in\n"
			   ".Ic was .\n"
			   ".Pp\n"
			   "The kinds of values:\n"
			   ".Bl -tag -width Ds\n"
			   ".It yes or no\n"
			   ".Ql true\n"
			   "and\n"
			   ".Ql false\n"
			   "are understood, too.\n"
			   ".It list\n"
			   "Parts are separated by\n"
			   ".Ql \\&; ;\n"
			   ".Ql \\e;\n"
			   "is a semicolon in a part.\n"
			   "Other backslashes mean themselves.\n"
			   "Addresses, files, names and statuses are lists where several are allowed.\n"
			   ".It duration\n"
			   "A number with\n"
			   ".Ql s ,\n"
			   ".Ql m ,\n"
			   ".Ql h\n"
			   "or\n"
			   ".Ql d ,\n"
			   "a day being 24 hours; several may follow each other, as in\n"
			   ".Ql 1h30m .\n"
			   "Goals also take working days, as in\n"
			   ".Ql 3wd .\n"
			   ".It size\n"
			   "A number of bytes, with\n"
			   ".Ql k ,\n"
			   ".Ql M\n"
			   "or\n"
			   ".Ql G\n"
			   "of 1024, 1024^2 or 1024^3 of them.\n"
			   ".It file\n"
			   "A relative name starts at the directory of the configuration file.\n"
			   ".El\n"
			   ".Pp\n"
			   ".Ql postdesk check\n"
			   "tells everything that is wrong, each with its file and line.\n"
			   "A running\n"
			   ".Xr postdeskd 8\n"
			   "reads the file again on SIGHUP and on\n"
			   ".Ql postdesk reload ;\n"
			   "a file with errors leaves the running configuration in force.\n";

static const char tail[] = ".Sh FILES\n"
			   ".Bl -tag -width Ds\n"
			   ".It Pa " PD_SYSCONFDIR "/postdesk/postdesk.conf\n"
			   "The default file.\n"
			   ".It Pa " PD_DATADIR "/calendars/*.ics\n"
			   "Samples of working hours, and public holidays of some countries until 2040, for\n"
			   ".Li [calendar] .\n"
			   "Compare them with the law of the place; a feed of the authorities or of a\n"
			   "calendar server does as well.\n"
			   ".El\n"
			   ".Sh EXAMPLES\n"
			   "A desk with one mailbox and two agents:\n"
			   ".Bd -literal -offset indent\n"
			   "[postdesk]\n"
			   "lmtp = unix:/var/spool/postfix/postdesk/lmtp\n"
			   "submit = smtp://127.0.0.1:10026\n"
			   "\n"
			   "[mailbox support]\n"
			   "address = support@example.com\n"
			   "name = Example Support\n"
			   "team = support\n"
			   "\n"
			   "[team support]\n"
			   "members = anna;bob\n"
			   "\n"
			   "[agent anna]\n"
			   "address = anna@example.com\n"
			   "\n"
			   "[agent bob]\n"
			   "address = bob@example.com\n"
			   ".Ed\n"
			   ".Sh SEE ALSO\n"
			   ".Xr postdesk 1 ,\n"
			   ".Xr postdesk-chat 7 ,\n"
			   ".Xr postdesk-commands 7 ,\n"
			   ".Xr postdeskd 8\n";

int main(void)
{
	fputs(head, stdout);
	puts(".Sh GROUPS");
	for (size_t i = 0; i < pd_group_type_count; i++)
		put_group(&pd_group_types[i]);
	fputs(tail, stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
