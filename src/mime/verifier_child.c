/* A verifier's helper: runs gpg or gpgsm once or twice in its folder.
 *
 * Started by verifier.c. It closes its doors (verifier_sandbox.c) before the first of them runs, and they inherit
 * that. Whatever a mail does to gpg, it happens here; the daemon's side kills the whole group at the end. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mime/verifier.h"
#include "mime/verifier_tasks.h"

#define MAX_ARGUMENTS 64

/* Both: no options of anybody's, nobody to ask, no agent, no key servers. */
#define COMMON \
	"--no-options", "--batch", "--no-tty", "--homedir", ".", "--no-autostart", "--disable-dirmngr"
#define GPG                                                                                      \
	COMMON, "--lock-never", "--no-permission-warning", "--no-auto-key-retrieve", "--trust-model", "always", \
		"--weak-digest", "SHA1"
#define GPGSM COMMON, "--disable-crl-checks", "--no-common-certs-import"

extern char **environ;

static void execute(const char *program, char *const argv[])
{
	execve(program, argv, environ);
	_exit(PD_VERIFIER_NO_PROGRAM);
}

/* Runs the program with these arguments, then with the further one, in the place of this process. */
static void become(const char *program, const char *const arguments[])
{
	char *argv[MAX_ARGUMENTS];
	size_t count = 0;
	argv[count++] = (char *)(uintptr_t)program;
	for (size_t i = 0; arguments[i] && count + 1 < MAX_ARGUMENTS; i++)
		argv[count++] = (char *)(uintptr_t)arguments[i];
	argv[count] = NULL;
	execute(program, argv);
}

/* Runs it beforehand; what it says is not asked for. */
static void run(const char *program, const char *const arguments[])
{
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		int null = open("/dev/null", O_WRONLY);
		if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
			_exit(PD_VERIFIER_NO_SANDBOX);
		become(program, arguments);
	}
	int status = 0;
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		_exit(PD_VERIFIER_NO_SANDBOX);
	if (WIFSIGNALED(status))
		raise(SIGKILL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == PD_VERIFIER_NO_PROGRAM)
		_exit(PD_VERIFIER_NO_PROGRAM);
}

static void verify_openpgp(const char *program)
{
	const char *const arguments[] = {GPG, "--no-default-keyring", "--keyring", "./" PD_VERIFIER_KEYRING,
					 "--status-fd", "1", "--verify", PD_VERIFIER_SIGNATURE, PD_VERIFIER_DATA, NULL};
	become(program, arguments);
}

static void verify_smime(const char *program)
{
	const char *import[MAX_ARGUMENTS] = {GPGSM, "--import"};
	size_t count = 0;
	while (import[count])
		count++;
	DIR *folder = opendir(".");
	struct dirent *entry;
	while (folder && count + 2 < MAX_ARGUMENTS && (entry = readdir(folder)))
		if (strncmp(entry->d_name, PD_VERIFIER_CERTIFICATE, strlen(PD_VERIFIER_CERTIFICATE)) == 0)
			import[count++] = strdup(entry->d_name);
	if (folder)
		closedir(folder);
	run(program, import);
	const char *const arguments[] = {GPGSM, "--status-fd", "1", "--verify", PD_VERIFIER_SIGNATURE, PD_VERIFIER_DATA,
					 NULL};
	become(program, arguments);
}

static void look_openpgp(const char *program)
{
	const char *const arguments[] = {GPG, "--with-colons", "--import-options", "show-only", "--import",
					 PD_VERIFIER_KEY, NULL};
	become(program, arguments);
}

static void keep_openpgp(const char *program)
{
	const char *const import[] = {GPG, "--no-default-keyring", "--keyring", "./new.kbx", "--import-options",
				      "import-clean", "--import", PD_VERIFIER_KEY, NULL};
	const char *const export[] = {GPG, "--no-default-keyring", "--keyring", "./new.kbx", "--export-options",
				      "export-minimal", "--output", PD_VERIFIER_EXPORT, "--export", NULL};
	const char *const list[] = {GPG, "--no-default-keyring", "--keyring", "./new.kbx", "--with-colons",
				    "--fixed-list-mode", "--list-keys", NULL};
	run(program, import);
	run(program, export);
	become(program, list);
}

static void keep_smime(const char *program)
{
	const char *const import[] = {GPGSM, "--import", PD_VERIFIER_KEY, NULL};
	const char *const export[] = {GPGSM, "--output", PD_VERIFIER_EXPORT, "--export", NULL};
	const char *const list[] = {GPGSM, "--with-colons", "--list-keys", NULL};
	run(program, import);
	run(program, export);
	become(program, list);
}

static const struct {
	const char *name;
	void (*run)(const char *program);
} tasks[] = {
	{PD_TASK_VERIFY_OPENPGP, verify_openpgp}, {PD_TASK_VERIFY_SMIME, verify_smime},
	{PD_TASK_LOOK_OPENPGP, look_openpgp},	  {PD_TASK_KEEP_OPENPGP, keep_openpgp},
	{PD_TASK_KEEP_SMIME, keep_smime},
};

static void serve(const char *task, const char *home, const char *program, unsigned seconds)
{
	static char locale[] = "LC_ALL=C", path[] = "PATH=/usr/bin:/bin", here[] = "GNUPGHOME=.", home_is[] = "HOME=.";
	static char *clean[] = {locale, path, here, home_is, NULL};
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(3, ~0u, 0);
	if (chdir(home) != 0)
		_exit(PD_VERIFIER_NO_SANDBOX);
	environ = clean;
	alarm(seconds + 5); /* where the daemon is gone */
	pd_verifier_sandbox(home, program, seconds);
	for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
		if (strcmp(tasks[i].name, task) == 0)
			tasks[i].run(program);
	_exit(PD_VERIFIER_NO_SANDBOX);
}

void pd_verifier_main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], PD_VERIFIER_OPTION) == 0)
		serve(argv[2], argv[3], argv[4], (unsigned)strtoul(argv[5], NULL, 10));
}
