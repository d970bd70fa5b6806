/* Copying pages home at an even pace: what was written leaves for the disk piece by piece, so that the sync at the end
 * finds little to do. Else megabytes would go out at once, and each commit's own sync would wait behind them.
 *
 * Promises: nothing about durability; SQLite syncs the file as ever. Fails: never; where the system cannot be told, pages
 * leave when they leave. */
#include "store/sqlite.h"

#include <fcntl.h>

#define PIECE ((size_t)512 * 1024)

static struct {
	pthread_mutex_t lock;
	const sqlite3_io_methods *real;
	sqlite3_io_methods paced; /* the same, but for writing */
} files = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Of the thread that copies. */
static _Thread_local struct {
	int fd; /* of the same file; 0: none */
	size_t written;
} pace;

static int paced_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
	const int code = files.real->xWrite(file, data, len, at);
	pace.written += (size_t)len;
#ifdef SYNC_FILE_RANGE_WRITE
	if (pace.fd > 0 && pace.written >= PIECE) {
		/* What was sent before has arrived; now this. */
		(void)sync_file_range(pace.fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE);
		pace.written = 0;
	}
#endif
	return code;
}

void pd_home_pace(struct pd_connection *connection)
{
	sqlite3_file *file = NULL;
	if (sqlite3_file_control(connection->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL ||
	    file->pMethods == NULL)
		return;
	pthread_mutex_lock(&files.lock);
	if (files.real == NULL) {
		files.real = file->pMethods;
		files.paced = *file->pMethods;
		files.paced.xWrite = paced_write;
	}
	if (file->pMethods == files.real)
		file->pMethods = &files.paced;
	pthread_mutex_unlock(&files.lock);
}

void pd_home_begin(int fd)
{
	pace.fd = fd;
	pace.written = 0;
}
