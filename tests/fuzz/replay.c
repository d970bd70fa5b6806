/* Gives each file of a folder of seeds to a fuzzing target, as a plain test: replay [FOLDER]. Without one it takes
 * tests/fuzz/seeds/SEEDS of the source. Fails when there is no seed. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/raw.h"
#include "fuzz.h"

int main(int argc, char **argv)
{
	char folder[4096];
	const char *source = getenv("top_srcdir");
	snprintf(folder, sizeof folder, "%s/tests/fuzz/seeds/" SEEDS, source ? source : ".");
	const char *path = argc > 1 ? argv[1] : folder;
	DIR *dir = opendir(path);
	unsigned count = 0;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		char file[8192];
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		PD_AUTO_RAW raw = NULL;
		struct pd_error error;
		if (pd_raw_from_file(file, "/tmp", &raw, &error)) {
			fprintf(stderr, "%s: %s\n", file, error.text);
			return 1;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)raw->data, raw->size);
		count++;
	}
	if (dir)
		closedir(dir);
	if (!count)
		fprintf(stderr, "no seeds in %s\n", path);
	return count ? 0 : 1;
}
