/* Names that tables and events hold, and that people read: of properties, of kinds of entries and of things that a
 * command may name. They are said by pd_say like any text; here they stand for xgettext and for the test that each has
 * its translation. Cannot fail. */
#include "desk/catalogue.h"

const char *const pd_catalogue_names[] = {
	/* properties and columns */
	N_("number"), N_("name"), N_("description"), N_("status"), N_("pipeline"), N_("mailbox"), N_("owner"), N_("team"),
	N_("priority"), N_("category"), N_("source"), N_("created"), N_("updated"), N_("closed"), N_("contact"),
	N_("company"), N_("phone"), N_("due"), N_("goals"), N_("follower"), N_("participant"), N_("mention"), N_("messages"),
	N_("subject"), N_("conversation"), N_("spam"), N_("automatic"), N_("deleted"), N_("merged"), N_("absorbed"),
	N_("snoozed"), N_("reminder"), N_("entry_deleted"), N_("conversation_status"), N_("conversation_owner"),
	N_("mailbox_also"), N_("language"), N_("contacts"), N_("days_left"), N_("due_first_reply"), N_("due_next_reply"),
	N_("due_close"), N_("goal_first_reply"), N_("goal_next_reply"), N_("goal_close"), N_("link"),
	/* entries */
	N_("message in"), N_("message out"), N_("message"), N_("comment"), N_("undelivered"), N_("undo"), N_("related"),
	N_("attached"), N_("draft"), N_("purged"), N_("goal"), N_("call"), N_("meeting"), N_("email"),
	N_("task"), N_("pinned"),
	/* what a command names */
	N_("address of the desk"), N_("view"), N_("property"), N_("command"), N_("agent"), N_("kind of log"),
	N_("snippet"), N_("template"), N_("article"), N_("document"), N_("video"), N_("quote"), N_("playbook"),
	NULL,
};
