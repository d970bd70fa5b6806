/* The next steps on tickets that a mail lists: links that open a mail, which does the step when it is sent.
 *
 * Each goes to the reader's own signed address of the ticket, with the command as its text (RFC 6068), so that any mail
 * client follows it, and the reader is proven as by any other answer. Only steps that the reader may take and that change
 * something are there. Pure; cannot fail. */
#include "desk/letters.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command.h"
#include "desk/token.h"

static void add(struct pd_context *context, struct pd_strings *steps, const char *word, const char *command)
{
	*pd_list_add(context->arena, steps) = word;
	*pd_list_add(context->arena, steps) = command;
}

/* Words and commands in turns. */
static struct pd_strings steps_of(struct pd_context *context, const struct pd_agent *agent, const struct pd_ticket *ticket)
{
	struct pd_strings steps = {0};
	if (pd_may(agent, "reply") && !ticket->is_deleted) {
		if (!pd_agent_is(agent, ticket->owner))
			add(context, &steps, N_("Take"), "#take");
		if (ticket->status_kind == PD_STATUS_CLOSED)
			add(context, &steps, N_("Reopen"), "#open");
		else
			add(context, &steps, N_("Close"), "#close");
	}
	add(context, &steps, N_("Show"), "#show");
	return steps;
}

char *pd_mailto(struct pd_arena *arena, const char *address, const char *subject, const char *body)
{
	/* RFC 6068, section 2: what may stand in an address part as it is. */
	g_autofree char *to = g_uri_escape_string(address, "@+!$'*:", false);
	g_autofree char *about = g_uri_escape_string(subject, NULL, false);
	g_autofree char *text = g_uri_escape_string(body, NULL, false);
	return pd_printf(arena, "mailto:%s?subject=%s&body=%s", to, about, text);
}

static char *link_of(struct pd_context *context, const struct pd_agent *agent, const struct pd_ticket *ticket,
		     const char *command)
{
	const int64_t conversation = ticket->conversations.count > 0 ? ticket->conversations.items[0].id : 0;
	const char *address = pd_address_for_agent(context, pd_ticket_mailbox(context, ticket), ticket->number,
						   conversation, agent->name, ticket->version);
	return pd_mailto(context->arena, address,
			 pd_printf(context->arena, "[#%lld] %s", (long long)ticket->number, command + 1),
			 pd_printf(context->arena, "%s\r\n", command));
}

void pd_steps_write(struct pd_context *context, const struct pd_agent *agent, const struct pd_ticket *ticket,
		    struct pd_buf *out)
{
	const char *language = pd_agent_language(context, agent);
	struct pd_strings steps = steps_of(context, agent, ticket);
	for (size_t i = 0; i + 1 < steps.count; i += 2)
		pd_buf_addf(out, "%s: %s\n", pd_say(context->arena, language, steps.items[i], NULL),
			    link_of(context, agent, ticket, steps.items[i + 1]));
}

static void write_markup(struct pd_context *context, const struct pd_agent *agent, const struct pd_ticket *ticket,
			 struct pd_buf *out)
{
	const char *language = pd_agent_language(context, agent);
	struct pd_strings steps = steps_of(context, agent, ticket);
	for (size_t i = 0; i + 1 < steps.count; i += 2) {
		g_autofree char *link = g_markup_escape_text(link_of(context, agent, ticket, steps.items[i + 1]), -1);
		g_autofree char *word =
			g_markup_escape_text(pd_say(context->arena, language, steps.items[i], NULL), -1);
		pd_buf_addf(out, " <a href=\"%s\">%s</a>", link, word);
	}
}

void pd_steps_add(struct pd_context *context, const struct pd_agent *agent, const struct pd_shown *shown,
		  struct pd_letter *letter)
{
	PD_AUTO_BUF text = {.limit = 1024 * 1024};
	PD_AUTO_BUF html = {.limit = 1024 * 1024};
	if (shown->count == 0)
		return;
	const char *intro = pd_say(context->arena, pd_agent_language(context, agent),
				   "Next steps. Each opens a mail, which does it when you send it.", NULL);
	g_autofree char *table = g_markup_escape_text(letter->text, -1);
	g_autofree char *intro_html = g_markup_escape_text(intro, -1);
	pd_buf_addf(&text, "%s\n%s\n", letter->text, intro);
	pd_buf_addf(&html, "<pre>%s</pre>\n<p>%s</p>\n<ul>\n", table, intro_html);
	for (size_t i = 0; i < shown->count; i++) {
		const struct pd_ticket *ticket = shown->items[i];
		g_autofree char *name = g_markup_escape_text(ticket->name, -1);
		pd_buf_addf(&text, "\n#%lld %s\n", (long long)ticket->number, pd_clean_line(context->arena, ticket->name, 0));
		pd_steps_write(context, agent, ticket, &text);
		pd_buf_addf(&html, "<li>#%lld %s:", (long long)ticket->number, name);
		write_markup(context, agent, ticket, &html);
		pd_buf_adds(&html, "</li>\n");
	}
	pd_buf_adds(&html, "</ul>\n");
	letter->text = pd_buf_string(context->arena, &text);
	letter->html = pd_buf_string(context->arena, &html);
}
