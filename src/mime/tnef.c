/* winmail.dat: the files that Outlook packs into application/ms-tnef, taken out by libytnef.
 *
 * The library meets foreign bytes, so this runs in a reader only (and, for tests, in place), and only where the
 * settings ask for it. Before the library sees a block its frame is checked: every attribute within the
 * bytes, at most 100 files, at most 20 MB. Fails by saying false: then winmail.dat stays what it is. */
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"
#ifdef PD_HAVE_YTNEF
#include <stdio.h>
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
#define LONG_FILE_NAME	0x3707u
#define DATA_OBJECT	0x3701u

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
		at += len + CHECKSUM_SIZE;
	}
	return files > 0;
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
	return ret_files->count > 0;
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
