/* postdesk, the command line: what all subcommands share.
 *
 * A subcommand parses its arguments with getopt_long, makes one request of verbs (flow/verbs.h) and prints the
 * answer: tables for people, --json one object a line. Exit codes: postdesk(1), EXIT STATUS. */
#ifndef PD_CLI_CLI_H
#define PD_CLI_CLI_H

#include <getopt.h>
#include <stdio.h>
#include "flow/flow.h"

enum { PD_EXIT_DONE = 0, PD_EXIT_REFUSED = 1, PD_EXIT_USAGE = 2, PD_EXIT_AGAIN = 75, PD_EXIT_CONFIG = 78 };

struct pd_cli {
	struct pd_arena *arena;
	const char *config_file;
	const char *as;		      /* --as AGENT; NULL */
	struct pd_settings *settings; /* NULL until pd_cli_settings */
	const struct pd_subcommand *subcommand;
	struct pd_store *store; /* opened at the first request that needs it */
	struct pd_readers *readers;
	struct pd_flow *flow;
	int control; /* the control socket; -1 */
	FILE *control_in;
};

struct pd_subcommand {
	const char *name;
	const char *arguments; /* for the usage line: "N [--at TIME] …" */
	const char *summary;   /* one line for --help */
	int (*run)(struct pd_cli *cli, int argc, char **argv); /* argv[0] is the subcommand; gives the exit code */
};

/* Says how the subcommand is called, on stderr; gives PD_EXIT_USAGE. */
int pd_cli_usage(struct pd_cli *cli);
/* Loads the configuration; on failure prints all problems: PD_EXIT_CONFIG. */
int pd_cli_settings(struct pd_cli *cli);
/* The reader pool of this process. */
struct pd_readers *pd_cli_readers(struct pd_cli *cli);

/* For subcommands that take a query and no short options: puts "--" before a query's first negated term ("-spam"), so
 * that it is not taken for an option. Gives the new arguments, one more at most. */
char **pd_cli_with_terms(struct pd_cli *cli, int *argc, char **argv, const struct option *options);

/* Asks the verb: directly where this user owns the state, else through the control socket. Takes the request over.
 * Prints each object of the answer but the last; tells the error, if any; gives the exit code. */
typedef void (*pd_cli_print)(void *data, const json_t *object);
int pd_cli_request(struct pd_cli *cli, json_t *request, pd_cli_print print, void *data);
/* Prints the lines that say what a change did; a pd_cli_print. */
void pd_cli_print_report(void *data, const json_t *object);
/* Prints the object as one line of JSON; a pd_cli_print. */
void pd_cli_print_json(void *data, const json_t *object);
void pd_cli_close(struct pd_cli *cli);

/* The number of a ticket ("12", "#12") or entry ("E7", "7"); 0 when it is none. */
int64_t pd_cli_number(const char *text);
/* Base64 text of an answer as bytes. */
struct pd_bytes pd_cli_bytes(struct pd_arena *arena, const json_t *text);

/* A table that is printed when it is complete, so that columns fit. Cells are cleaned. */
struct pd_table;
struct pd_table *pd_table_new(struct pd_arena *arena, const struct pd_strings *columns);
void pd_table_row(struct pd_table *table);
void pd_table_add(struct pd_table *table, const char *text); /* the next cell of the last row; NULL: empty */
void pd_table_print(const struct pd_table *table, FILE *out);

int pd_cli_check(struct pd_cli *cli, int argc, char **argv);
int pd_cli_postfix(struct pd_cli *cli, int argc, char **argv);
int pd_cli_reload(struct pd_cli *cli, int argc, char **argv);
int pd_cli_status(struct pd_cli *cli, int argc, char **argv);
int pd_cli_list(struct pd_cli *cli, int argc, char **argv);
int pd_cli_search(struct pd_cli *cli, int argc, char **argv);
int pd_cli_templates(struct pd_cli *cli, int argc, char **argv);
int pd_cli_rules(struct pd_cli *cli, int argc, char **argv);
int pd_cli_views(struct pd_cli *cli, int argc, char **argv);
int pd_cli_show(struct pd_cli *cli, int argc, char **argv);
int pd_cli_history(struct pd_cli *cli, int argc, char **argv);
int pd_cli_why(struct pd_cli *cli, int argc, char **argv);
int pd_cli_create(struct pd_cli *cli, int argc, char **argv);
int pd_cli_do(struct pd_cli *cli, int argc, char **argv);
int pd_cli_bulk(struct pd_cli *cli, int argc, char **argv);
int pd_cli_attachments(struct pd_cli *cli, int argc, char **argv);
int pd_cli_fetch(struct pd_cli *cli, int argc, char **argv);
int pd_cli_attach(struct pd_cli *cli, int argc, char **argv);
int pd_cli_mailbox(struct pd_cli *cli, int argc, char **argv);
int pd_cli_import(struct pd_cli *cli, int argc, char **argv);
int pd_cli_export(struct pd_cli *cli, int argc, char **argv);
int pd_cli_parse(struct pd_cli *cli, int argc, char **argv);
int pd_cli_threads(struct pd_cli *cli, int argc, char **argv);
int pd_cli_key(struct pd_cli *cli, int argc, char **argv);
int pd_cli_outbox(struct pd_cli *cli, int argc, char **argv);
int pd_cli_backup(struct pd_cli *cli, int argc, char **argv);
int pd_cli_verify(struct pd_cli *cli, int argc, char **argv);
int pd_cli_clock(struct pd_cli *cli, int argc, char **argv);
int pd_cli_audit(struct pd_cli *cli, int argc, char **argv);
int pd_cli_agents(struct pd_cli *cli, int argc, char **argv);
int pd_cli_contact(struct pd_cli *cli, int argc, char **argv);
int pd_cli_company(struct pd_cli *cli, int argc, char **argv);
int pd_cli_report(struct pd_cli *cli, int argc, char **argv);
int pd_cli_calendar(struct pd_cli *cli, int argc, char **argv);

#endif
