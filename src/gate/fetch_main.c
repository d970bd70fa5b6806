/* postdesk-fetch BYTES SECONDS: fetches one file; its URL stands on standard input, its bytes go to standard output.
 *
 * Run by postdeskd alone (gate/fetch.h), which has looked at the URL. Promises: that one URL is asked for and no other, over
 * HTTP or HTTPS, with no proxy, no redirect, no password, no cookie; the certificate counts; a body is never unpacked. It can
 * run no other program, writes no file, and ends with the daemon. Fails: with an exit code of enum pd_fetch_result and a few
 * words on standard error. */
#include <curl/curl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "gate/fetch.h"

#define URL_MAX	      4096
#define MEMORY_MAX    ((rlim_t)1 << 30)
#define CONNECT_MAX   10L   /* seconds */
#define SLOW_BYTES    1024L /* a second, */
#define SLOW_SECONDS  10L   /* for so long: too slow */

struct body {
	CURL *curl;
	unsigned long long limit, taken;
	bool is_too_large, is_refused;
};

static void limit(int what, rlim_t value)
{
	struct rlimit both = {.rlim_cur = value, .rlim_max = value};
	if (setrlimit((__rlimit_resource_t)what, &both) != 0)
		_exit(PD_FETCH_LATER);
}

/* No program is run, nobody else is looked at; what is written to a file is nothing. */
static void close_doors(unsigned seconds)
{
	static const int refused[] = {
#ifndef PD_SANITIZED /* LeakSanitizer looks at its own process by it */
		SCMP_SYS(ptrace),
#endif
		SCMP_SYS(execve),	    SCMP_SYS(execveat),
		SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
		SCMP_SYS(unlink),	    SCMP_SYS(unlinkat),
		SCMP_SYS(rename),	    SCMP_SYS(renameat),
		SCMP_SYS(renameat2),	    SCMP_SYS(chmod),
		SCMP_SYS(fchmodat),	    SCMP_SYS(mkdir),
		SCMP_SYS(mkdirat),	    SCMP_SYS(symlink),
		SCMP_SYS(symlinkat),	    SCMP_SYS(link),
		SCMP_SYS(linkat),	    SCMP_SYS(truncate)};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		_exit(PD_FETCH_LATER);
#ifndef PD_SANITIZED
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_CPU, seconds);
#ifndef PD_SANITIZED
	limit(RLIMIT_AS, MEMORY_MAX);
#endif
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
	for (size_t i = 0; context != NULL && i < sizeof refused / sizeof *refused; i++)
		(void)seccomp_rule_add(context, SCMP_ACT_ERRNO(1), refused[i], 0);
	if (context == NULL || seccomp_load(context) != 0)
		_exit(PD_FETCH_LATER);
	seccomp_release(context);
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
	struct body *body = user;
	size_t len = size * count;
	long status = 0;
	curl_easy_getinfo(body->curl, CURLINFO_RESPONSE_CODE, &status);
	body->is_refused = status != 200;
	body->taken += len;
	body->is_too_large = body->taken > body->limit;
	if (body->is_refused || body->is_too_large)
		return 0; /* ends the transfer */
	return fwrite(data, 1, len, stdout) == len ? len : 0;
}

static enum pd_fetch_result end(enum pd_fetch_result result, const char *why)
{
	fprintf(stderr, "%s\n", why);
	return result;
}

static enum pd_fetch_result result_of(const struct body *body, CURLcode code)
{
	long status = 0;
	char words[64];
	curl_easy_getinfo(body->curl, CURLINFO_RESPONSE_CODE, &status);
	snprintf(words, sizeof words, "the server answers %ld", status);
	if (body->is_too_large || code == CURLE_FILESIZE_EXCEEDED)
		return end(PD_FETCH_TOO_LARGE, "too large");
	if (status >= 500)
		return end(PD_FETCH_LATER, words);
	if (body->is_refused || (code == CURLE_OK && status != 200))
		return end(PD_FETCH_NOT_GIVEN, words);
	if (code == CURLE_OK)
		return fflush(stdout) == 0 ? PD_FETCH_DONE : PD_FETCH_LATER;
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		return end(PD_FETCH_LATER, curl_easy_strerror(code));
	return end(PD_FETCH_BROKEN, curl_easy_strerror(code));
}

static enum pd_fetch_result fetch(CURL *curl, const char *url, unsigned long long bytes, unsigned seconds)
{
	struct body body = {.curl = curl, .limit = bytes};
	CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* nor one of the environment */
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "postdesk");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_MAX);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)seconds);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	if (code != CURLE_OK)
		return end(PD_FETCH_LATER, curl_easy_strerror(code));
	return result_of(&body, curl_easy_perform(curl));
}

int main(int argc, char **argv)
{
	unsigned long long bytes, seconds;
	char url[URL_MAX];
	if (argc != 3 || !pd_number(argv[1], 1ULL << 40, &bytes) || !pd_number(argv[2], 3600, &seconds)) {
		fputs("usage: postdesk-fetch BYTES SECONDS <URL (postdeskd runs this)\n", stderr);
		return PD_FETCH_LATER;
	}
	size_t len = fread(url, 1, sizeof url - 1, stdin);
	url[len] = '\0';
	url[strcspn(url, "\r\n")] = '\0';
	close_doors((unsigned)seconds + 1);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return end(PD_FETCH_LATER, "libcurl does not start");
	CURL *curl = curl_easy_init();
	enum pd_fetch_result result = curl != NULL ? fetch(curl, url, bytes, (unsigned)seconds)
						   : end(PD_FETCH_LATER, "libcurl does not start");
	curl_easy_cleanup(curl);
	curl_global_cleanup();
	return result;
}
