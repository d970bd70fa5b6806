/* The milter door (libmilter): forged proofs out, forged addresses refused, an agent's mail judged and
 * sealed.
 *
 * Promises: each mail loses every seal, and every Authentication-Results field with our authserv-id, that it
 * brings; only then it may get a seal of ours. A mail of a login to the desk is refused where the desk would
 * give it back. All edits are made at the end of the mail, after everything that can fail. After
 * pd_milter_stop no callback touches the flow: libmilter ends its own threads when it likes, so they pass a
 * gate here. Fails: 4xx, and the MTA's client brings the mail again. */
#include "gate/milter.h"

#include <glib.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "desk/auth_results.h"
#include "desk/seal.h"
#include "gate/guesses.h"
#include "gate/milter_internal.h"

#define RESULTS_FIELD "Authentication-Results"
#define ACTIONS	      ((unsigned long)(SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_ADDRCPT | SMFIF_DELRCPT | SMFIF_CHGFROM))
#define SILENT	      ((unsigned long)(SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_HDR | SMFIP_NR_BODY))
#define REPLY_CHARS   400
#define BACKLOG	      256
#define MAX_FORGED    500 /* fields that are taken out; the MTA looks for each from the first on */

/* What libmilter makes a process-wide thing anyway. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t idle;
	struct pd_flow *flow; /* NULL: not started, or stopped */
	unsigned active;      /* callbacks that use the flow */
	bool is_stopping, has_ended;
	struct pd_milter_stats stats;
} door = {.lock = PTHREAD_MUTEX_INITIALIZER, .idle = PTHREAD_COND_INITIALIZER};

/* --- the gate --- */

struct pd_flow *pd_milter_enter(void)
{
	pthread_mutex_lock(&door.lock);
	struct pd_flow *flow = door.flow;
	if (flow != NULL)
		door.active++;
	pthread_mutex_unlock(&door.lock);
	return flow;
}

void pd_milter_leave(void)
{
	pthread_mutex_lock(&door.lock);
	if (--door.active == 0)
		pthread_cond_broadcast(&door.idle);
	pthread_mutex_unlock(&door.lock);
}

static void count(unsigned long *what)
{
	pthread_mutex_lock(&door.lock);
	(*what)++;
	pthread_mutex_unlock(&door.lock);
}

void pd_milter_count_refused(void)
{
	count(&door.stats.refused);
}

/* --- a mail --- */

static void end_message(struct session *session)
{
	struct message *message = session->message;
	session->message = NULL;
	if (message == NULL)
		return;
	pd_raw_free(message->raw);
	pd_arena_free(message->arena);
}

struct message *pd_milter_message(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);
	return session != NULL ? session->message : NULL;
}

char *pd_milter_bare(struct pd_arena *arena, const char *path)
{
	size_t len = strlen(path);
	if (len >= 2 && path[0] == '<' && path[len - 1] == '>')
		return pd_strndup(arena, path + 1, len - 2);
	return pd_strdup(arena, path);
}

/* The answer to a step that is never refused; where the MTA waits for none, it must get none. */
static sfsistat go_on(const struct session *session, unsigned long step)
{
	return (session->silent & step) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* Where postdeskd ends there is no message, and the next step, which has an answer, fails. */
static sfsistat on_envfrom(SMFICTX *ctx, char **argv)
{
	struct session *session = smfi_getpriv(ctx);
	if (session == NULL)
		return SMFIS_TEMPFAIL;
	end_message(session);
	struct pd_flow *flow = pd_milter_enter();
	if (flow == NULL)
		return go_on(session, SMFIP_NR_MAIL);
	struct pd_settings *settings = pd_flow_settings(flow);
	struct pd_arena *arena = pd_arena_new();
	struct message *message = PD_NEW(arena, struct message);
	const char *login = smfi_getsymval(ctx, "{auth_authen}");
	const char *certificate = smfi_getsymval(ctx, "{cert_subject}");
	message->arena = arena;
	message->authserv_id = pd_strdup(arena, settings->authserv_id);
	message->spool = pd_strdup(arena, settings->state);
	message->login = login != NULL && *login != '\0' ? pd_strdup(arena, login) : NULL;
	if (certificate != NULL && pd_settings_agent_certified(settings, certificate) != NULL)
		message->certificate = pd_strdup(arena, certificate);
	message->sender = pd_milter_bare(arena, argv[0]);
	message->outward = pd_outward_is(ctx) ? PD_NEW(arena, struct pd_outward) : NULL;
	message->is_agents = (message->login != NULL || message->certificate != NULL) &&
			     pd_flow_is_agents(flow, message->login, message->certificate);
	session->message = message;
	pd_settings_unref(settings);
	pd_milter_leave();
	return go_on(session, SMFIP_NR_MAIL);
}

/* --- what is in it --- */

/* Only what a login sends to the desk is read whole, and what an agent sends from a mailbox's address. */
static bool is_collected(struct message *message)
{
	bool is_to_desk = message->recipients.count > 0 && (message->login != NULL || message->certificate != NULL);
	bool is_from_desk = message->others.count > 0 && (message->is_from_mailbox || !message->is_head_over);
	if (message->outward != NULL || (!is_to_desk && !is_from_desk))
		return false;
	if (message->raw == NULL)
		message->raw = pd_raw_new(message->spool);
	return true;
}

static void collect(struct message *message, const void *data, size_t len)
{
	struct pd_error error = {0};
	if (message->has_failed || pd_raw_add(message->raw, data, len, &error) == PD_OK)
		return;
	message->has_failed = true;
	pd_log(PD_ERROR, "milter: cannot collect a mail", "reason", error.text, NULL);
}

static void note_author(struct message *message, const char *value)
{
	struct pd_flow *flow = pd_milter_enter();
	if (flow == NULL) {
		message->has_failed = true;
		return;
	}
	message->is_from_mailbox |= pd_flow_names_mailbox(flow, value);
	pd_milter_leave();
}

static void note_field(struct message *message, const char *name, const char *value)
{
	if (message->outward != NULL)
		pd_outward_field(message->arena, message->outward, name, value);
	if (pd_equal_nocase(name, "From")) {
		message->has_author = true;
		if (message->others.count > 0)
			note_author(message, value);
	}
	if (pd_equal_nocase(name, PD_SEAL_FIELD)) {
		message->seals++;
	} else if (pd_equal_nocase(name, RESULTS_FIELD)) {
		message->results++;
		if (pd_auth_results_claims(message->arena, value, message->authserv_id))
			*pd_list_add(message->arena, &message->ours) = message->results;
	}
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session *session = smfi_getpriv(ctx);
	struct message *message = pd_milter_message(ctx);
	if (message == NULL)
		return session != NULL ? go_on(session, SMFIP_NR_HDR) : SMFIS_TEMPFAIL;
	/* Without the blanks that may stand before the colon. */
	const char *plain = pd_trim(message->arena, name);
	note_field(message, plain, value);
	if (is_collected(message) && !pd_equal_nocase(plain, PD_SEAL_FIELD)) {
		collect(message, plain, strlen(plain));
		collect(message, ": ", 2);
		for (const char *line = value;; line++) {
			size_t len = strcspn(line, "\r\n");
			collect(message, line, len);
			collect(message, "\r\n", 2);
			line += len;
			line += *line == '\r' && line[1] == '\n';
			/* A line that would end the field, or begin another, is none of it. */
			if (*line == '\0' || (line[1] != ' ' && line[1] != '\t'))
				break;
		}
	}
	return go_on(session, SMFIP_NR_HDR);
}

/* Most mail needs nothing done to it: then neither its body nor its end is sent here. */
static sfsistat on_eoh(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);
	struct message *message = pd_milter_message(ctx);
	if (message == NULL)
		return SMFIS_TEMPFAIL;
	/* Then the MTA may write one. */
	if (!message->has_author && message->others.count > 0)
		note_author(message, message->sender);
	message->is_head_over = true;
	if (is_collected(message)) {
		collect(message, "\r\n", 2);
		return SMFIS_CONTINUE;
	}
	if (message->outward != NULL || message->seals > 0 || message->ours.count > 0)
		return SMFIS_CONTINUE;
	if (message->has_failed)
		return SMFIS_TEMPFAIL;
	count(&door.stats.mails);
	end_message(session);
	return SMFIS_ACCEPT;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *data, size_t len)
{
	struct session *session = smfi_getpriv(ctx);
	struct message *message = pd_milter_message(ctx);
	if (message != NULL && is_collected(message))
		collect(message, data, len);
	return session != NULL ? go_on(session, SMFIP_NR_BODY) : SMFIS_TEMPFAIL;
}

/* --- the end of a mail --- */

/* One line of ASCII, as a reply must be; "%" stands for itself doubled. */
static const char *reply_text(struct pd_arena *arena, const char *text)
{
	char *ascii = g_str_to_ascii(pd_clean_line(arena, text, REPLY_CHARS), "C");
	PD_AUTO_BUF out = {0};
	for (const char *c = ascii; *c != '\0' && out.len < REPLY_CHARS; c++)
		pd_buf_addf(&out, *c == '%' ? "%%%%" : "%c", *c);
	g_free(ascii);
	return pd_buf_string(arena, &out);
}

static int judge(struct message *message, struct pd_verdict *ret_verdict, struct pd_error *error)
{
	const struct pd_submission submission = {
		.login = message->login,
		.certificate = message->certificate,
		.sender = message->sender,
		.recipients = message->recipients,
		.others = message->others,
		.raw = message->raw,
	};
	int class = pd_raw_finish(message->raw, error);
	if (class != PD_OK)
		return class;
	struct pd_flow *flow = pd_milter_enter();
	if (flow == NULL)
		return pd_fail(error, PD_TEMPORARY, "postdeskd ends");
	class = pd_flow_submission(flow, message->arena, &submission, ret_verdict, error);
	pd_milter_leave();
	return class;
}

/* Highest index first: each removal moves those behind it. */
static bool clean(SMFICTX *ctx, const struct message *message)
{
	bool is_done = true;
	for (unsigned i = message->seals; i > 0; i--)
		is_done &= smfi_chgheader(ctx, PD_SEAL_FIELD, (int)i, NULL) == MI_SUCCESS;
	for (size_t i = message->ours.count; i > 0; i--)
		is_done &= smfi_chgheader(ctx, RESULTS_FIELD, (int)message->ours.items[i - 1], NULL) ==
			   MI_SUCCESS;
	return is_done;
}

/* Folded where the line grows long. */
static char *folded(struct pd_arena *arena, const char *value)
{
	char *text = pd_strdup(arena, value);
	size_t since = 0;
	PD_AUTO_BUF out = {0};
	for (const char *c = text; *c != '\0'; c++, since++) {
		if (*c == ' ' && since > 50) {
			pd_buf_adds(&out, "\n\t");
			since = 0;
		} else {
			pd_buf_addc(&out, *c);
		}
	}
	return pd_buf_string(arena, &out);
}

static bool add(SMFICTX *ctx, const struct message *message, const struct pd_verdict *verdict)
{
	bool is_done = true;
	if (verdict->message_id != NULL)
		is_done &=
			smfi_addheader(ctx, "Message-ID",
				       pd_printf(message->arena, "<%s>", verdict->message_id)) == MI_SUCCESS;
	if (verdict->seal != NULL)
		is_done &= smfi_addheader(ctx, PD_SEAL_FIELD, folded(message->arena, verdict->seal)) ==
			   MI_SUCCESS;
	for (size_t i = 0; i < verdict->sealed.count; i++) {
		char *old = pd_printf(message->arena, "<%s>", message->recipients.items[i]);
		char *new = pd_printf(message->arena, "<%s>", verdict->sealed.items[i]);
		is_done &= smfi_addrcpt(ctx, new) == MI_SUCCESS && smfi_delrcpt(ctx, old) == MI_SUCCESS;
	}
	return is_done;
}

/* What leaves for people outside. Highest place of a name first, as above. */
static bool redirect(SMFICTX *ctx, const struct message *message, const struct pd_verdict *verdict)
{
	bool is_done = true;
	for (size_t i = verdict->removals.count; i > 0; i--) {
		const struct pd_removed *removed = &verdict->removals.items[i - 1];
		is_done &= smfi_chgheader(ctx, (char *)removed->name, (int)removed->place, NULL) == MI_SUCCESS;
	}
	if (verdict->reply_to != NULL)
		is_done &= smfi_addheader(ctx, "Reply-To", folded(message->arena, verdict->reply_to)) == MI_SUCCESS;
	if (verdict->copy_to != NULL)
		is_done &= smfi_addrcpt(ctx, pd_printf(message->arena, "<%s>", verdict->copy_to)) == MI_SUCCESS;
	return is_done &&
	       smfi_chgfrom(ctx, pd_printf(message->arena, "<%s>", verdict->sender), NULL) == MI_SUCCESS;
}

static sfsistat finish_outward(SMFICTX *ctx, const struct message *message)
{
	struct pd_flow *flow = pd_milter_enter();
	if (flow == NULL)
		return SMFIS_TEMPFAIL;
	sfsistat answer = pd_outward_finish(ctx, flow, message->arena, message->outward);
	pd_milter_leave();
	return answer;
}

static sfsistat refuse(SMFICTX *ctx, struct message *message, const char *queue_id, const char *status,
		       const char *text)
{
	pd_milter_count_refused();
	pd_log(PD_INFO, "milter: refused", "queue-id", queue_id, "login",
	       message->login != NULL ? message->login : message->certificate, "reason", text, NULL);
	smfi_setreply(ctx, "550", (char *)status, (char *)reply_text(message->arena, text));
	return SMFIS_REJECT;
}

static sfsistat finish(SMFICTX *ctx, struct message *message)
{
	const char *queue_id = smfi_getsymval(ctx, "i");
	struct pd_verdict verdict = {0};
	struct pd_error error = {0};
	if (message->has_failed)
		return SMFIS_TEMPFAIL;
	if (message->seals + message->ours.count > MAX_FORGED)
		return refuse(ctx, message, queue_id, "5.7.1", "Too many header fields that are this server's own");
	if (is_collected(message) && judge(message, &verdict, &error) != PD_OK) {
		pd_log(PD_ERROR, "milter: cannot judge a mail", "queue-id", queue_id, "reason", error.text,
		       NULL);
		return SMFIS_TEMPFAIL;
	}
	if (verdict.status != NULL)
		return refuse(ctx, message, queue_id, verdict.status, verdict.text);
	if (!clean(ctx, message) || !add(ctx, message, &verdict) ||
	    (verdict.sender != NULL && !redirect(ctx, message, &verdict))) {
		pd_log(PD_ERROR, "milter: the MTA does not let a mail be changed", "queue-id", queue_id,
		       NULL);
		return SMFIS_TEMPFAIL;
	}
	if (message->outward != NULL)
		return finish_outward(ctx, message);
	if (verdict.seal != NULL || verdict.sealed.count > 0 || verdict.copy_to != NULL) {
		count(&door.stats.sealed);
		pd_log(PD_INFO, "milter: sealed", "queue-id", queue_id, "agent", verdict.agent, NULL);
	}
	return SMFIS_CONTINUE;
}

static sfsistat on_eom(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);
	struct message *message = pd_milter_message(ctx);
	if (message == NULL)
		return SMFIS_TEMPFAIL;
	count(&door.stats.mails);
	sfsistat answer = finish(ctx, message);
	end_message(session);
	return answer;
}

/* --- a connection --- */

static sfsistat on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address)
{
	struct session *session = smfi_getpriv(ctx);
	(void)name;
	if (session == NULL)
		return SMFIS_TEMPFAIL;
	session->client = pd_guesses_client(address);
	return go_on(session, SMFIP_NR_CONN);
}

static sfsistat on_abort(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);
	if (session != NULL)
		end_message(session);
	return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);
	if (session != NULL)
		end_message(session);
	free(session);
	smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

/* Only the steps that are looked at, and no waiting for answers that are always the same. */
static sfsistat on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long unused2,
			     unsigned long unused3, unsigned long *ret_actions, unsigned long *ret_steps,
			     unsigned long *ret_unused2, unsigned long *ret_unused3)
{
	const unsigned long wanted = SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NODATA | SILENT;
	(void)unused2, (void)unused3;
	struct session *session = calloc(1, sizeof *session);
	if (session == NULL)
		abort();
	if ((actions & ACTIONS) != ACTIONS || smfi_setpriv(ctx, session) != MI_SUCCESS) {
		free(session);
		pd_log(PD_ERROR, "milter: the MTA does not let header fields and recipients be changed",
		       NULL);
		return SMFIS_REJECT;
	}
	/* Without the steps of the connection and the greeting their macros do not come, either. */
	smfi_setsymlist(ctx, SMFIM_ENVFROM, "{auth_authen} {cert_subject} {daemon_name}");
	smfi_setsymlist(ctx, SMFIM_ENVRCPT, "i {rcpt_mailer}");
	*ret_actions = ACTIONS;
	*ret_steps = steps & wanted;
	*ret_unused2 = *ret_unused3 = 0;
	session->silent = *ret_steps & SILENT;
	return SMFIS_CONTINUE;
}

/* --- the door --- */

static void *serve(void *unused)
{
	(void)unused;
	smfi_main();
	pthread_mutex_lock(&door.lock);
	door.has_ended = true;
	pthread_mutex_unlock(&door.lock);
	return NULL;
}

/* "inet:HOST:PORT" is "inet:PORT@HOST" to libmilter. */
static char *libmilter_place(struct pd_arena *arena, const char *where)
{
	if (!pd_starts(where, "inet:"))
		return pd_strdup(arena, where);
	const char *host = where + strlen("inet:"), *colon = strrchr(host, ':');
	if (*host == '[')
		return pd_printf(arena, "inet6:%s@%.*s", colon + 1, (int)(colon - host - 2), host + 1);
	return pd_printf(arena, "inet:%s@%.*s", colon + 1, (int)(colon - host), host);
}

int pd_milter_open(const char *where, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct smfiDesc milter = {
		.xxfi_name = "postdesk",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = ACTIONS,
		.xxfi_connect = on_connect,
		.xxfi_envfrom = on_envfrom,
		.xxfi_envrcpt = pd_milter_on_recipient,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
		.xxfi_negotiate = on_negotiate,
	};
	/* libmilter takes a unix socket away from whoever listens there. */
	PD_AUTO_FD other = -1;
	if (pd_connect(where, pd_monotonic() + PD_SECOND, &other, &(struct pd_error){0}) == PD_OK)
		return pd_fail(error, PD_TEMPORARY, "milter = %s: another process listens there", where);
	mode_t mask = umask(0117); /* the only way to tell libmilter the mode */
	bool is_open = smfi_register(milter) == MI_SUCCESS &&
		       smfi_setconn(libmilter_place(arena, where)) == MI_SUCCESS &&
		       smfi_setbacklog(BACKLOG) == MI_SUCCESS && smfi_opensocket(true) == MI_SUCCESS;
	umask(mask);
	if (!is_open)
		return pd_fail(error, PD_CONFIGURATION, "milter = %s: cannot listen there", where);
	return PD_OK;
}

int pd_milter_start(struct pd_flow *flow, struct pd_error *error)
{
	pthread_t thread;
	door.flow = flow;
	int failed = pthread_create(&thread, NULL, serve, NULL);
	if (failed != 0) {
		door.flow = NULL;
		return pd_fail_errno(error, PD_TEMPORARY, failed, "cannot start the milter");
	}
	pthread_detach(thread);
	return PD_OK;
}

bool pd_milter_stop(int64_t grace)
{
	int64_t by = pd_monotonic() + grace;
	pthread_mutex_lock(&door.lock);
	bool was_open = door.flow != NULL;
	door.flow = NULL;
	door.is_stopping = true;
	while (door.active > 0 && pd_monotonic() < by) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		pthread_cond_timedwait(&door.idle, &door.lock, &until);
	}
	bool is_idle = door.active == 0;
	pthread_mutex_unlock(&door.lock);
	if (was_open)
		smfi_stop();
	return is_idle;
}

bool pd_milter_is_failed(void)
{
	pthread_mutex_lock(&door.lock);
	bool is_failed = door.has_ended && !door.is_stopping;
	pthread_mutex_unlock(&door.lock);
	return is_failed;
}

struct pd_milter_stats pd_milter_stats(void)
{
	pthread_mutex_lock(&door.lock);
	struct pd_milter_stats stats = door.stats;
	pthread_mutex_unlock(&door.lock);
	return stats;
}
