/* The file of the write-ahead log as the writer's connection has it: a commit's frames are written in one piece,
 * and its sync can be done later, in another thread, while the next group is carried out.
 *
 * SQLite writes each page of a commit with two small writes. Here they are gathered until the log is synced, read
 * or measured. SQLite makes a commit visible to others only after it has synced the log, so that they never look
 * for frames that are still gathered here.
 *
 * A commit that makes the file longer takes the file system a transaction of its own to sync, several times as long as
 * one that stays inside: so the file is made long at once, with zeros, which are no frames, and kept so.
 *
 * Promises: after pd_log_sync returned 0, every commit that was done before it began is on disk (invariant 1); the
 * log's header is synced before frames follow it, deferred or not. Fails: with the code of the write or sync, as
 * the file below would; gathered frames that could not be written are forgotten, which SQLite takes as not
 * written. All other files are those of the VFS below, untouched. */
#include "store/sqlite.h"

#include <pthread.h>
#include <string.h>

#define GATHERED    ((size_t)256 * 1024)
#define PIECE	    ((size_t)124 * 1024) /* the system's VFS writes less than 128 KiB at once */
#define RESERVED_AT_ONCE ((size_t)124 * 1024)
#define HEADER_SIZE 32 /* of the log (the SQLite file format, section 4) */

struct log_file {
	sqlite3_file base; /* first */
	sqlite3_file *real;
	char *data; /* GATHERED bytes, that belong at `at`; sqlite3_malloc */
	size_t len;
	sqlite3_int64 at;
	bool is_deferred; /* syncs of commits are pd_log_sync's */
	pthread_mutex_t lock; /* of the size of the file below */
};

static struct log_file *log_of(sqlite3_file *file)
{
	return (struct log_file *)(void *)file;
}

static int flush(struct log_file *log)
{
	const size_t len = log->len;
	int code = SQLITE_OK;
	log->len = 0;
	pthread_mutex_lock(&log->lock);
	for (size_t done = 0; done < len && code == SQLITE_OK; done += PIECE)
		code = log->real->pMethods->xWrite(log->real, log->data + done,
						   (int)(len - done < PIECE ? len - done : PIECE),
						   log->at + (sqlite3_int64)done);
	pthread_mutex_unlock(&log->lock);
	return code;
}

static int log_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
	struct log_file *log = log_of(file);
	const bool follows = at == log->at + (sqlite3_int64)log->len;
	if (log->len > 0 && (!follows || log->len + (size_t)len > GATHERED)) {
		int code = flush(log);
		if (code != SQLITE_OK)
			return code;
	}
	if ((size_t)len > GATHERED) {
		pthread_mutex_lock(&log->lock);
		int code = log->real->pMethods->xWrite(log->real, data, len, at);
		pthread_mutex_unlock(&log->lock);
		return code;
	}
	if (log->len == 0)
		log->at = at;
	memcpy(log->data + log->len, data, (size_t)len);
	log->len += (size_t)len;
	return SQLITE_OK;
}

static int log_sync(sqlite3_file *file, int flags)
{
	struct log_file *log = log_of(file);
	const bool is_header = log->at == 0 && log->len == HEADER_SIZE;
	int code = flush(log);
	if (code != SQLITE_OK || (log->is_deferred && !is_header))
		return code;
	return log->real->pMethods->xSync(log->real, flags);
}

static int log_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
	struct log_file *log = log_of(file);
	int code = flush(log);
	return code != SQLITE_OK ? code : log->real->pMethods->xRead(log->real, data, len, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct log_file *log = log_of(file);
	int code = flush(log);
	pthread_mutex_lock(&log->lock);
	code = code != SQLITE_OK ? code : log->real->pMethods->xTruncate(log->real, size);
	pthread_mutex_unlock(&log->lock);
	return code;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	struct log_file *log = log_of(file);
	int code = flush(log);
	return code != SQLITE_OK ? code : log->real->pMethods->xFileSize(log->real, ret_size);
}

static int log_close(sqlite3_file *file)
{
	struct log_file *log = log_of(file);
	int code = flush(log);
	int closed = log->real->pMethods->xClose(log->real);
	sqlite3_free(log->data);
	log->data = NULL;
	pthread_mutex_destroy(&log->lock);
	return code != SQLITE_OK ? code : closed;
}

static int log_lock(sqlite3_file *file, int level)
{
	return log_of(file)->real->pMethods->xLock(log_of(file)->real, level);
}
static int log_unlock(sqlite3_file *file, int level)
{
	return log_of(file)->real->pMethods->xUnlock(log_of(file)->real, level);
}
static int log_reserved(sqlite3_file *file, int *ret_is_locked)
{
	return log_of(file)->real->pMethods->xCheckReservedLock(log_of(file)->real, ret_is_locked);
}
static int log_control(sqlite3_file *file, int what, void *data)
{
	return log_of(file)->real->pMethods->xFileControl(log_of(file)->real, what, data);
}
static int log_sector(sqlite3_file *file)
{
	return log_of(file)->real->pMethods->xSectorSize(log_of(file)->real);
}
static int log_device(sqlite3_file *file)
{
	return log_of(file)->real->pMethods->xDeviceCharacteristics(log_of(file)->real);
}

static const sqlite3_io_methods log_methods = {
	.iVersion = 1,
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = log_lock,
	.xUnlock = log_unlock,
	.xCheckReservedLock = log_reserved,
	.xFileControl = log_control,
	.xSectorSize = log_sector,
	.xDeviceCharacteristics = log_device,
};

/* --- the layer over the system's files --- */

static struct {
	pthread_mutex_t lock;
	sqlite3_vfs vfs;
	sqlite3_vfs *below;
} layer = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)vfs;
	if ((flags & SQLITE_OPEN_WAL) == 0)
		return layer.below->xOpen(layer.below, name, file, flags, ret_flags);
	struct log_file *log = log_of(file);
	memset(log, 0, sizeof *log);
	log->data = sqlite3_malloc64(GATHERED);
	if (log->data == NULL)
		return SQLITE_NOMEM;
	log->real = (sqlite3_file *)(void *)(log + 1);
	int code = layer.below->xOpen(layer.below, name, log->real, flags, ret_flags);
	if (log->real->pMethods != NULL) {
		pthread_mutex_init(&log->lock, NULL);
		log->base.pMethods = &log_methods;
	} else {
		sqlite3_free(log->data);
	}
	return code;
}

const char *pd_log_vfs(void)
{
	pthread_mutex_lock(&layer.lock);
	if (layer.below == NULL) {
		layer.below = sqlite3_vfs_find(NULL);
		layer.vfs = *layer.below;
		layer.vfs.pNext = NULL;
		layer.vfs.zName = "postdesk-log";
		layer.vfs.szOsFile = (int)sizeof(struct log_file) + layer.below->szOsFile;
		layer.vfs.xOpen = layer_open;
		sqlite3_vfs_register(&layer.vfs, 0);
	}
	pthread_mutex_unlock(&layer.lock);
	return layer.vfs.zName;
}

static struct log_file *log_file_of(struct pd_connection *connection)
{
	sqlite3_file *file = NULL;
	if (sqlite3_file_control(connection->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK ||
	    file == NULL || file->pMethods != &log_methods)
		return NULL;
	return log_of(file);
}

sqlite3_file *pd_log_file(struct pd_connection *writer)
{
	struct log_file *log = log_file_of(writer);
	return log != NULL ? &log->base : NULL;
}

bool pd_log_defer(struct pd_connection *writer, bool is_deferred)
{
	struct log_file *log = log_file_of(writer);
	if (log == NULL)
		return false;
	log->is_deferred = is_deferred;
	return true;
}

int pd_log_sync(sqlite3_file *file)
{
	struct log_file *log = log_of(file);
	return log->real->pMethods->xSync(log->real, SQLITE_SYNC_NORMAL);
}

bool pd_log_reserve(sqlite3_file *file, int64_t size)
{
	static const char zeros[RESERVED_AT_ONCE];
	struct log_file *log = log_of(file);
	sqlite3_int64 has = 0;
	pthread_mutex_lock(&log->lock);
	int code = log->real->pMethods->xFileSize(log->real, &has);
	const bool lacks = code == SQLITE_OK && has < size;
	if (lacks)
		code = log->real->pMethods->xWrite(log->real, zeros, sizeof zeros, has);
	pthread_mutex_unlock(&log->lock);
	return lacks && code == SQLITE_OK;
}
