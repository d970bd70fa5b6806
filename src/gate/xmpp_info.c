/* What clients ask of the component: service discovery (XEP-0030), a vCard (XEP-0054), ping (XEP-0199).
 *
 * Promises: every iq of the kinds get and set is answered (RFC 6120, section 8.2.3); nothing of the desk is told but the
 * mailbox's name and, to agents, a ticket's number. */
#include <string.h>

#include "base/markup.h"
#include "base/text.h"
#include "gate/xmpp_inside.h"

#define DISCO_INFO  "http://jabber.org/protocol/disco#info"
#define DISCO_ITEMS "http://jabber.org/protocol/disco#items"

static const char *const features[] = {
	DISCO_INFO,
	DISCO_ITEMS,
	"vcard-temp",
	"urn:xmpp:ping",
	"urn:xmpp:receipts",
	"http://jabber.org/protocol/chatstates",
	"urn:xmpp:message-correct:0",
};

/* The name that people see. */
static const char *name_of(struct component *component, struct pd_arena *arena, const char *local)
{
	struct pd_settings *settings = pd_flow_settings(component->flow);
	const struct pd_chat *chat = pd_settings_chat(settings, component->chat);
	const struct pd_mailbox *mailbox = chat != NULL ? pd_settings_mailbox(settings, chat->mailbox) : NULL;
	const char *name = mailbox != NULL ? pd_strdup(arena, mailbox->full_name) : component->chat;
	unsigned long long number;
	pd_settings_unref(settings);
	if (local[0] == 't' && pd_number(local + 1, INT64_MAX, &number))
		name = pd_printf(arena, "#%llu %s", number, name);
	return name;
}

static void begin(struct pd_buf *out, const struct pd_xml *iq, const char *type)
{
	pd_buf_addf(out, "<iq type='%s'", type);
	pd_markup_attribute(out, "id", pd_xml_get(iq, "id"));
	pd_markup_attribute(out, "from", pd_xml_get(iq, "to"));
	pd_markup_attribute(out, "to", pd_xml_get(iq, "from"));
	pd_buf_addc(out, '>');
}

static void tell_features(struct component *component, struct pd_arena *arena, struct pd_buf *out, const char *local)
{
	bool is_component = *local == '\0';
	pd_buf_addf(out, "<query xmlns='" DISCO_INFO "'><identity category='%s' type='%s'",
		    is_component ? "component" : "client", is_component ? "generic" : "bot");
	pd_markup_attribute(out, "name", name_of(component, arena, local));
	pd_buf_adds(out, "/>");
	for (size_t i = 0; i < G_N_ELEMENTS(features); i++)
		pd_buf_addf(out, "<feature var='%s'/>", features[i]);
	pd_buf_adds(out, "</query>");
}

static void tell_items(struct component *component, struct pd_arena *arena, struct pd_buf *out, const char *local)
{
	pd_buf_adds(out, "<query xmlns='" DISCO_ITEMS "'>");
	if (*local == '\0') {
		pd_buf_adds(out, "<item");
		pd_markup_attribute(out, "jid", pd_printf(arena, "%s@%s", component->chat, component->domain));
		pd_markup_attribute(out, "name", name_of(component, arena, local));
		pd_buf_adds(out, "/>");
	}
	pd_buf_adds(out, "</query>");
}

void info_answer(struct component *component, const struct pd_xml *iq)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF out = {0};
	const char *type = pd_xml_get(iq, "type"), *to = pd_xml_get(iq, "to"), *at = to != NULL ? strchr(to, '@') : NULL;
	const char *local = at != NULL ? pd_strndup(arena, to, (size_t)(at - to)) : "";
	if (!pd_equal(type, "get") && !pd_equal(type, "set"))
		return;
	begin(&out, iq, "result");
	if (pd_equal(type, "get") && pd_xml_child(iq, "query", DISCO_INFO) != NULL) {
		tell_features(component, arena, &out, local);
	} else if (pd_equal(type, "get") && pd_xml_child(iq, "query", DISCO_ITEMS) != NULL) {
		tell_items(component, arena, &out, local);
	} else if (pd_equal(type, "get") && pd_xml_child(iq, "vCard", "vcard-temp") != NULL) {
		pd_buf_adds(&out, "<vCard xmlns='vcard-temp'><FN>");
		pd_markup_escape(&out, name_of(component, arena, local));
		pd_buf_adds(&out, "</FN></vCard>");
	} else if (pd_xml_child(iq, "ping", "urn:xmpp:ping") == NULL) {
		stanza_refuse(component, iq, "cancel", "service-unavailable", NULL);
		return;
	}
	pd_buf_adds(&out, "</iq>");
	component_send(component, &out);
}
