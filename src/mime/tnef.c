/* winmail.dat: the files and the body that Outlook packs into application/ms-tnef, taken out by libytnef.
 *
 * The library meets foreign bytes, so this runs in a reader only (and, for tests, in place), and only where the
 * settings ask for it. Before the library sees a block its frame is checked: every attribute within the
 * bytes, at most 100 files, at most 20 MB. Fails by saying false: then winmail.dat stays what it is. */
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"
#include "mime/rtf.h"
#ifdef PD_HAVE_YTNEF
#include <stdio.h>
#include <stdlib.h>
#include <ytnef.h>
#endif

#define MAX_FILES 100
#define MAX_SIZE  ((size_t)20 << 20) /* of the block, and of its files together */
#define MAX_PARTS 100000	     /* attributes */

#define SIGNATURE	0x223e9f78u
#define LEVEL_MESSAGE	1
#define LEVEL_FILE	2
#define FILE_BEGINS	0x9002u /* attAttachRendData: the first attribute of a file */
#define HEAD_SIZE	6u	/* of the block: signature and key */
#define ATTRIBUTE_HEAD	9u	/* level, type and name, length */
#define CHECKSUM_SIZE	2u
#define BODY		0x800cu
#define PROPERTIES	0x9003u
#define LONG_FILE_NAME	0x3707u
#define DATA_OBJECT	0x3701u
#define PLAIN_BODY	0x1000u
#define RTF_BODY	0x1009u
#define HTML_BODY	0x1013u
#define CODEPAGE	0x3fdeu
#define RTF_AS_IT_STANDS 0x414c454du /* not compressed */
#define RTF_HEAD	16u /* MS-OXRTFCP 2.1.3.1: sizes, type, checksum */
#define MAX_BODY	((size_t)8 << 20)

static bool is_enabled;

void pd_tnef_enable(bool enable)
{
	is_enabled = enable;
}

bool pd_tnef_is_enabled(void)
{
	return is_enabled;
}

bool pd_tnef_is_type(const char *type, const char *name)
{
	return pd_equal(type, "application/ms-tnef") || pd_equal(type, "application/vnd.ms-tnef") ||
	       (pd_equal(type, "application/octet-stream") && pd_equal_nocase(name, "winmail.dat"));
}

static unsigned long little(const char *at, int bytes)
{
	unsigned long value = 0;
	while (bytes-- > 0)
		value = value << 8 | (unsigned char)at[bytes];
	return value;
}

/* MS-OXTNEF 2.1: signature, key, attributes. */
bool pd_tnef_check(const char *data, size_t size)
{
	size_t at = HEAD_SIZE, files = 0, parts = 0;
	bool has_body = false;
	if (size < HEAD_SIZE || size > MAX_SIZE || little(data, 4) != SIGNATURE)
		return false;
	for (; at < size; parts++) {
		if (size - at < ATTRIBUTE_HEAD + CHECKSUM_SIZE || parts >= MAX_PARTS)
			return false;
		int level = data[at];
		unsigned long name = little(data + at + 1, 2), len = little(data + at + 5, 4);
		at += ATTRIBUTE_HEAD;
		if ((level != LEVEL_MESSAGE && level != LEVEL_FILE) || len > size - at ||
		    size - at - len < CHECKSUM_SIZE)
			return false;
		if (level == LEVEL_FILE && name == FILE_BEGINS && ++files > MAX_FILES)
			return false;
		if (level == LEVEL_FILE && files == 0)
			return false;
		has_body |= level == LEVEL_MESSAGE && (name == BODY || name == PROPERTIES);
		at += len + CHECKSUM_SIZE;
	}
	return files > 0 || has_body;
}

#ifdef PD_HAVE_YTNEF

/* Files of a mail in Outlook's own form have their bytes among the properties. */
static const variableLength *content_of(Attachment *file)
{
	if (file->FileData.data && file->FileData.size > 0)
		return &file->FileData;
	variableLength *found = MAPIFindProperty(&file->MAPI, PROP_TAG(PT_BINARY, DATA_OBJECT));
	if (found == MAPI_UNDEFINED)
		found = MAPIFindProperty(&file->MAPI, PROP_TAG(PT_OBJECT, DATA_OBJECT));
	return found == MAPI_UNDEFINED || !found->data || found->size <= 0 ? NULL : found;
}

static const char *name_of(struct pd_arena *arena, Attachment *file, const char *charset)
{
	variableLength *found = MAPIFindProperty(&file->MAPI, PROP_TAG(PT_UNICODE, LONG_FILE_NAME));
	if (found != MAPI_UNDEFINED && found->data && found->size > 0)
		charset = "utf-8"; /* the library has made it so */
	else
		found = MAPIFindProperty(&file->MAPI, PROP_TAG(PT_STRING8, LONG_FILE_NAME));
	if (found == MAPI_UNDEFINED || !found->data || found->size <= 0)
		found = &file->Title;
	if (!found->data || found->size <= 0)
		return "attachment";
	size_t len = strnlen((const char *)found->data, (size_t)found->size);
	return pd_clean_file_name(arena, pd_charset_utf8(arena, charset, (const char *)found->data, len));
}

static const char *charset_of(struct pd_arena *arena, const TNEFStruct *tnef)
{
	if (!tnef->CodePage.data || tnef->CodePage.size < 4)
		return "";
	return pd_printf(arena, "windows-%lu", little((const char *)tnef->CodePage.data, 4));
}

static bool take_files(struct pd_arena *arena, TNEFStruct *tnef, struct pd_tnef_list *ret_files)
{
	const char *charset = charset_of(arena, tnef);
	size_t total = 0;
	for (Attachment *file = tnef->starting_attach.next; file; file = file->next) {
		const variableLength *content = content_of(file);
		if (!content)
			continue;
		size_t len = (size_t)content->size;
		total += len;
		if (ret_files->count >= MAX_FILES || total > MAX_SIZE)
			return false;
		*pd_list_add(arena, ret_files) =
			(struct pd_tnef_file){.name = name_of(arena, file, charset),
					      .content = {pd_memdup(arena, content->data, len), len}};
	}
	return true;
}

static const variableLength *property(TNEFStruct *tnef, unsigned type, unsigned name)
{
	const variableLength *found = MAPIFindProperty(&tnef->MapiProperties, PROP_TAG(type, name));
	return found == MAPI_UNDEFINED || !found->data || found->size <= 0 || (size_t)found->size > MAX_BODY ? NULL : found;
}

static const char *text_of(struct pd_arena *arena, const char *charset, const variableLength *found)
{
	size_t len = found ? strnlen((const char *)found->data, (size_t)found->size) : 0;
	if (len == 0)
		return NULL;
	const char *text = pd_charset_clean(arena, charset, (const char *)found->data, len);
	return text[strspn(text, " \t\n")] ? text : NULL;
}

/* The body in Outlook's own form; the library believes the sizes, so that they are checked before. */
static void take_rtf(struct pd_arena *arena, TNEFStruct *tnef, struct pd_tnef_list *list)
{
	const variableLength *found = property(tnef, PT_BINARY, RTF_BODY);
	if (!found || (size_t)found->size <= RTF_HEAD)
		return;
	const char *head = (const char *)found->data;
	unsigned long size = little(head + 4, 4);
	if (size == 0 || size > MAX_BODY || little(head, 4) + 4 != (unsigned long)found->size)
		return;
	bool is_html = false;
	const char *text = "";
	if (little(head + 8, 4) == RTF_AS_IT_STANDS) {
		text = pd_rtf_text(arena, head + RTF_HEAD, (size_t)found->size - RTF_HEAD, &is_html);
	} else {
		variableLength given = *found;
		int len = 0;
		unsigned char *rtf = DecompressRTF(&given, &len);
		if (rtf && len > 0)
			text = pd_rtf_text(arena, (const char *)rtf, (size_t)len, &is_html);
		free(rtf);
	}
	text = pd_clean_text(arena, text, strlen(text));
	if (!text[strspn(text, " \t\n")])
		return;
	if (is_html)
		list->html = text;
	else
		list->plain = text;
}

static void take_body(struct pd_arena *arena, TNEFStruct *tnef, struct pd_tnef_list *list)
{
	const char *charset = charset_of(arena, tnef);
	const variableLength *page = property(tnef, PT_LONG, CODEPAGE), *html = property(tnef, PT_BINARY, HTML_BODY);
	unsigned long number = page && page->size >= 4 ? little((const char *)page->data, 4) : 0;
	const char *html_charset = number == 65001 ? "utf-8" : number ? pd_printf(arena, "windows-%lu", number) : charset;
	list->html = text_of(arena, html_charset, html ? html : property(tnef, PT_STRING8, HTML_BODY));
	list->plain = text_of(arena, "utf-8", property(tnef, PT_UNICODE, PLAIN_BODY)); /* the library has made it so */
	if (!list->plain)
		list->plain = text_of(arena, charset, property(tnef, PT_STRING8, PLAIN_BODY));
	if (!list->plain && tnef->body.data && tnef->body.size > 0 && (size_t)tnef->body.size <= MAX_BODY)
		list->plain = text_of(arena, charset, &tnef->body);
	if (!list->plain && !list->html)
		take_rtf(arena, tnef, list);
}

bool pd_tnef_files(struct pd_arena *arena, const char *data, size_t size, struct pd_tnef_list *ret_files)
{
	struct pd_tnef_list files = {0};
	TNEFStruct tnef;
	if (!pd_tnef_check(data, size))
		return false;
	memset(&tnef, 0, sizeof tnef);
	TNEFInitialize(&tnef);
	bool is_good = TNEFParseMemory((unsigned char *)pd_memdup(arena, data, size), (long)size, &tnef) == 0 &&
		       take_files(arena, &tnef, &files);
	if (is_good)
		take_body(arena, &tnef, &files);
	is_good = is_good && (files.count > 0 || files.plain || files.html);
	TNEFFree(&tnef);
	if (is_good)
		*ret_files = files;
	return is_good;
}

#else

bool pd_tnef_files(struct pd_arena *arena, const char *data, size_t size, struct pd_tnef_list *ret_files)
{
	(void)arena;
	(void)data;
	(void)size;
	(void)ret_files;
	return false;
}

#endif
