/* What each element is to the readers of HTML, by name. One search an element; names that are not here are inline and
 * are taken for what stands in them. */
#include "mime/html.h"
#include <glib.h>
#include <string.h>

struct tag {
	const char *name;
	unsigned flags;
};

/* Sorted by name. */
static const struct tag tags[] = {
	{"a", PD_TAG_ALLOWED | PD_TAG_LINK},
	{"abbr", PD_TAG_ALLOWED},
	{"address", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"applet", PD_TAG_UNSEEN},
	{"area", PD_TAG_VOID},
	{"article", PD_TAG_BLOCK},
	{"aside", PD_TAG_BLOCK},
	{"audio", PD_TAG_UNSEEN},
	{"b", PD_TAG_ALLOWED | PD_TAG_BOLD},
	{"base", PD_TAG_UNSEEN},
	{"big", PD_TAG_ALLOWED},
	{"blockquote", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN | PD_TAG_QUOTE},
	{"body", PD_TAG_BLOCK},
	{"br", PD_TAG_VOID | PD_TAG_BREAK},
	{"canvas", PD_TAG_UNSEEN},
	{"caption", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"center", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"cite", PD_TAG_ALLOWED},
	{"code", PD_TAG_ALLOWED},
	{"col", PD_TAG_VOID},
	{"datalist", PD_TAG_UNSEEN},
	{"dd", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"del", PD_TAG_ALLOWED},
	{"details", PD_TAG_BLOCK},
	{"dir", PD_TAG_BLOCK | PD_TAG_BULLETS},
	{"div", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"dl", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN},
	{"dt", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"em", PD_TAG_ALLOWED},
	{"embed", PD_TAG_UNSEEN},
	{"fieldset", PD_TAG_BLOCK},
	{"figcaption", PD_TAG_BLOCK},
	{"figure", PD_TAG_BLOCK | PD_TAG_MARGIN},
	{"font", PD_TAG_ALLOWED},
	{"footer", PD_TAG_BLOCK},
	{"form", PD_TAG_BLOCK},
	{"frameset", PD_TAG_UNSEEN},
	{"h1", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN},
	{"h2", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN},
	{"h3", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN},
	{"h4", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN},
	{"h5", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN},
	{"h6", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN},
	{"head", PD_TAG_UNSEEN},
	{"header", PD_TAG_BLOCK},
	{"hr", PD_TAG_BLOCK | PD_TAG_VOID | PD_TAG_RULE},
	{"i", PD_TAG_ALLOWED},
	{"iframe", PD_TAG_UNSEEN},
	{"img", PD_TAG_VOID | PD_TAG_IMAGE},
	{"input", PD_TAG_UNSEEN},
	{"ins", PD_TAG_ALLOWED},
	{"kbd", PD_TAG_ALLOWED},
	{"legend", PD_TAG_BLOCK},
	{"li", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_ITEM},
	{"link", PD_TAG_UNSEEN},
	{"listing", PD_TAG_BLOCK | PD_TAG_PRE},
	{"main", PD_TAG_BLOCK},
	{"map", PD_TAG_UNSEEN},
	{"mark", PD_TAG_ALLOWED},
	{"math", PD_TAG_UNSEEN},
	{"menu", PD_TAG_BLOCK | PD_TAG_BULLETS},
	{"meta", PD_TAG_UNSEEN},
	{"nav", PD_TAG_BLOCK},
	{"noembed", PD_TAG_UNSEEN},
	{"noframes", PD_TAG_UNSEEN},
	{"object", PD_TAG_UNSEEN},
	{"ol", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN | PD_TAG_NUMBERS},
	{"p", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN | PD_TAG_PARAGRAPH},
	{"param", PD_TAG_VOID},
	{"plaintext", PD_TAG_BLOCK | PD_TAG_PRE},
	{"pre", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN | PD_TAG_PRE},
	{"q", PD_TAG_ALLOWED},
	{"s", PD_TAG_ALLOWED},
	{"samp", PD_TAG_ALLOWED},
	{"script", PD_TAG_UNSEEN},
	{"section", PD_TAG_BLOCK},
	{"select", PD_TAG_UNSEEN},
	{"small", PD_TAG_ALLOWED},
	{"source", PD_TAG_VOID},
	{"span", PD_TAG_ALLOWED},
	{"strike", PD_TAG_ALLOWED},
	{"strong", PD_TAG_ALLOWED | PD_TAG_BOLD},
	{"style", PD_TAG_UNSEEN},
	{"sub", PD_TAG_ALLOWED},
	{"summary", PD_TAG_BLOCK},
	{"sup", PD_TAG_ALLOWED},
	{"svg", PD_TAG_UNSEEN},
	{"table", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"tbody", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"td", PD_TAG_ALLOWED | PD_TAG_CELL},
	{"template", PD_TAG_UNSEEN},
	{"textarea", PD_TAG_UNSEEN},
	{"tfoot", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"th", PD_TAG_ALLOWED | PD_TAG_CELL},
	{"thead", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"title", PD_TAG_UNSEEN},
	{"tr", PD_TAG_BLOCK | PD_TAG_ALLOWED},
	{"track", PD_TAG_VOID},
	{"tt", PD_TAG_ALLOWED},
	{"u", PD_TAG_ALLOWED},
	{"ul", PD_TAG_BLOCK | PD_TAG_ALLOWED | PD_TAG_MARGIN | PD_TAG_BULLETS},
	{"var", PD_TAG_ALLOWED},
	{"video", PD_TAG_UNSEEN},
	{"wbr", PD_TAG_VOID},
	{"xml", PD_TAG_UNSEEN},
	{"xmp", PD_TAG_BLOCK | PD_TAG_PRE},
};

/* Where the names of each letter begin. Filled once a process. */
static unsigned char begins['z' - 'a' + 2];

static void gather(void)
{
	static gsize done;
	if (!g_once_init_enter(&done))
		return;
	for (size_t letter = 0, i = 0; letter < G_N_ELEMENTS(begins); letter++) {
		while (i < G_N_ELEMENTS(tags) && (size_t)(tags[i].name[0] - 'a') < letter)
			i++;
		begins[letter] = (unsigned char)i;
	}
	g_once_init_leave(&done, 1);
}

unsigned pd_html_tag(const xmlNode *node)
{
	if (node->type != XML_ELEMENT_NODE)
		return 0;
	const char *name = (const char *)node->name;
	unsigned letter = (unsigned)(*name | 0x20) - 'a';
	gather();
	for (size_t i = letter < 26 ? begins[letter] : 1, end = letter < 26 ? begins[letter + 1] : 0; i < end; i++)
		if ((tags[i].name[1] | 0x20) == (name[1] | 0x20) &&
		    g_ascii_strcasecmp(name, tags[i].name) == 0)
			return tags[i].flags;
	return 0;
}
