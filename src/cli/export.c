/* postdesk export: tickets as JSON lines, their mails as an mbox (mboxrd), or both in a folder, two files a ticket, from
 * which another desk, or this one, takes them in again (cli/carry_out.c). */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include "base/text.h"
#include "cli/archive.h"
#include "cli/carry.h"

struct export
{
	struct pd_cli *cli;
	FILE *out;
	unsigned long count;
};

static void write_quoted(const struct pd_bytes *raw, FILE *out)
{
	const char *at = raw->data, *end = raw->data + raw->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)), *next = newline ? newline + 1 : end, *quote = at;
		size_t len = (size_t)(next - at);

		while (quote < next && *quote == '>')
			quote++;
		if (next - quote >= 5 && !memcmp(quote, "From ", 5))
			fputc('>', out);
		if (len >= 2 && next[-1] == '\n' && next[-2] == '\r') {
			fwrite(at, 1, len - 2, out);
			fputc('\n', out);
		} else {
			fwrite(at, 1, len, out);
		}
		at = next;
	}
	if (raw->len && end[-1] != '\n')
		fputc('\n', out);
	fputc('\n', out);
}

void pd_mbox_write(FILE *out, const char *from, pd_time date, const struct pd_bytes *raw)
{
	time_t seconds = (time_t)(date / PD_SECOND);
	char stamp[64];
	struct tm tm;

	strftime(stamp, sizeof stamp, "%a %b %e %H:%M:%S %Y", gmtime_r(&seconds, &tm));
	fprintf(out, "From %s %s\n", from && *from ? from : "MAILER-DAEMON", stamp);
	write_quoted(raw, out);
}

static void put_mail(const json_t *object, const struct pd_bytes *raw, FILE *out)
{
	const char *date = json_string_value(json_object_get(object, "date"));
	pd_time when = 0;

	if (date)
		pd_time_parse(date, &when);
	pd_mbox_write(out, json_string_value(json_object_get(object, "from")), when, raw);
}

static void write_mail(void *data, const json_t *object)
{
	struct export *export = data;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_bytes raw = pd_cli_bytes(arena, json_object_get(object, "raw"));

	put_mail(object, &raw, export->out);
	export->count++;
}

int pd_cli_export(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"mbox", required_argument, NULL, 'm'}, {"json", no_argument, NULL, 'j'},
					 {"tickets", required_argument, NULL, 't'}, {0}};
	struct export export = {.cli = cli};
	struct pd_strings words = {0};
	const char *mbox = NULL, *folder = NULL;
	bool is_json = false;
	int option;

	argv = pd_cli_with_terms(cli, &argc, argv, options);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return pd_cli_usage(cli);
		is_json = is_json || option == 'j';
		mbox = option == 'm' ? optarg : mbox;
		folder = option == 't' ? optarg : folder;
	}
	if (is_json + (mbox != NULL) + (folder != NULL) != 1)
		return pd_cli_usage(cli);
	for (int i = optind; i < argc; i++)
		*pd_list_add(cli->arena, &words) = argv[i];
	const char *query = pd_strings_join(cli->arena, &words, " ");

	if (folder)
		return pd_cli_carry_out(cli, folder, query);
	if (is_json)
		return pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "export", "query", query), pd_cli_print_json, NULL);
	export.out = strcmp(mbox, "-") != 0 ? fopen(mbox, "we") : stdout;
	if (!export.out) {
		fprintf(stderr, "postdesk: %s: %s\n", mbox, strerror(errno));
		return PD_EXIT_REFUSED;
	}
	int code = pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "mbox", "query", query), write_mail, &export);
	bool is_written = fflush(export.out) == 0 && !ferror(export.out);

	if (export.out != stdout && fclose(export.out) != 0)
		is_written = false;
	if (!is_written) {
		fprintf(stderr, "postdesk: %s: %s\n", mbox, strerror(errno));
		return PD_EXIT_AGAIN;
	}
	fprintf(stderr, "%lu mails written\n", export.count);
	return code;
}
