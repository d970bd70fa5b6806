/* What the words half needs before the sandbox closes: libxml2 initialised, glib's tables touched. */
#include "mime/html.h"
#include "mime/parts.h"

void pd_words_warm(void)
{
	pd_html_init();
	PD_AUTO_ARENA arena = pd_arena_new();
	char *text = pd_words_html_text(arena, "<p>\xc3\x84x <a href='https://example.com'>y</a></p>");
	pd_words_fold(arena, text, 1, 10, NULL);
}
