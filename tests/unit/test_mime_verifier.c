/* Tests of src/mime/signed.c and verifier*.c with real gpg, gpgsm and openssl: what is a signed part, which signatures
 * hold and why others do not, which key files are taken, and what a program that hangs or crashes costs. */
#include "check.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "mime/reader.h"
#include "mime/verifier.h"
#include "mime/verifier_words.h"

static char folder[64];
static struct pd_arena *arena;
static struct pd_verifier *verifier;

/* Runs the lines in the folder; what they say goes to a file there. */
static int shell(const char *lines)
{
	PD_AUTO_ARENA local = pd_arena_new();
	return system(pd_printf(local, "cd %s && export GNUPGHOME=%s/home && { %s\n} >>out 2>&1", folder, folder, lines));
}

static struct pd_bytes content(const char *name)
{
	PD_AUTO_RAW raw = NULL;
	struct pd_error error = {0};
	if (pd_raw_from_file(pd_printf(arena, "%s/%s", folder, name), folder, &raw, &error) != 0)
		fail_msg("%s: %s", name, error.text);
	return (struct pd_bytes){pd_memdup(arena, raw->data, raw->size), raw->size};
}

static struct pd_verifier_tools tools(void)
{
	return (struct pd_verifier_tools){
		.directory = folder, .gpg = "/usr/bin/gpg", .gpgsm = "/usr/bin/gpgsm", .deadline = 30 * PD_SECOND};
}

static int read_key(const char *name, struct pd_public_key *ret_key, struct pd_error *error)
{
	struct pd_verifier_tools with = tools();
	struct pd_bytes file = content(name);
	return pd_key_read(verifier, arena, &with, file.data, file.len, pd_now(), ret_key, error);
}

static struct pd_public_key key_of(const char *name)
{
	struct pd_public_key key = {0};
	struct pd_error error = {0};
	if (read_key(name, &key, &error) != 0)
		fail_msg("%s: %s", name, error.text);
	return key;
}

/* Keys: anna and bob; cara with a signing subkey; dan, whose key ended in 2021; eve, who has revoked hers (and
 * eve-before); fred, of 2020; weak; certificates of anna and, with its issuer, bob. */
static const char make_keys[] =
	"set -e\n"
	"mkdir -m 700 home\n"
	"gen() { gpg -q --batch --passphrase '' --pinentry-mode loopback \"$@\"; }\n"
	"gen --quick-gen-key 'Anna <anna@example.com>' ed25519 sign never\n"
	"gen --quick-gen-key 'Bob <bob@example.com>' ed25519 sign never\n"
	"gen --quick-gen-key 'Cara <cara@example.com>' ed25519 cert never\n"
	"gen --quick-add-key $(gpg --with-colons --list-keys cara@example.com | sed -n 's/^fpr:*\\([^:]*\\):/\\1/p' | head -1)"
	" ed25519 sign never\n"
	"gen --faked-system-time 20200101T000000 --quick-gen-key 'Dan <dan@example.com>' ed25519 sign 1y\n"
	"gen --faked-system-time 20200101T000000 --quick-gen-key 'Fred <fred@example.com>' ed25519 sign never\n"
	"gen --quick-gen-key 'Eve <eve@example.com>' ed25519 sign never\n"
	"gen --quick-gen-key 'Weak <weak@example.com>' rsa1024 sign never\n"
	"for who in anna bob cara dan fred eve weak; do gpg -q --export -a $who@example.com >$who.key; done\n"
	"gpg -q --export bob@example.com >bob.bin\n"
	"gpg -q --export dan@example.com >dan.bin\n"
	"gpg -q --export -a anna@example.com bob@example.com >two.key\n"
	"gen --export-secret-keys -a anna@example.com >secret.key\n"
	"cp eve.key eve-before.key\n"
	"sed 's/^:-----/-----/' home/openpgp-revocs.d/$(gpg --with-colons --list-keys eve@example.com |"
	" sed -n 's/^fpr:*\\([^:]*\\):/\\1/p').rev >eve.rev\n"
	"openssl req -x509 -newkey rsa:2048 -nodes -keyout anna.pem -out anna.crt -days 30"
	" -subj '/CN=Anna/emailAddress=anna@example.com'\n"
	"openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.pem -out ca.crt -days 30 -subj /CN=Issuer\n"
	"openssl req -newkey rsa:2048 -nodes -keyout bob.pem -out bob.csr -subj /CN=Bob\n"
	"openssl x509 -req -in bob.csr -CA ca.crt -CAkey ca.pem -CAcreateserial -days 30 -out bob.leaf\n"
	"cat ca.crt bob.leaf >bob.crt\n"
	"openssl x509 -in anna.crt -outform DER -out anna.der\n"
	"openssl req -x509 -newkey rsa:1024 -nodes -keyout weak.pem -out weak.crt -days 30 -subj /CN=Weak\n"
	"openssl pkcs12 -export -in anna.crt -inkey anna.pem -passout pass: -out secret.p12\n"
	"cat anna.crt anna.pem >secret.crt\n"
	"echo nothing of the kind >nothing\n"
	"openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.pem -out tls.crt -days 30 -subj /CN=tls"
	" -addext keyUsage=critical,keyEncipherment\n";

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/test-verifier-XXXXXX");
	assert_non_null(mkdtemp(folder));
	arena = pd_arena_new();
	verifier = pd_verifier_new("/proc/self/exe");
	if (shell(make_keys) != 0) {
		PD_AUTO_ARENA local = pd_arena_new();
		(void)!system(pd_printf(local, "tail -5 %s/out", folder));
		return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)!shell("gpgconf --kill all");
	PD_AUTO_ARENA local = pd_arena_new();
	(void)!system(pd_printf(local, "rm -rf %s", folder));
	pd_verifier_free(verifier);
	pd_arena_free(arena);
	return 0;
}

/* --- mails --- */

#define PART "Content-Type: text/plain; charset=utf-8\r\n\r\n#close\r\n\r\nDone. \xc3\xa4\r\n"
#define HEAD "From: Anna <anna@example.com>\r\nTo: support@example.com\r\nSubject: Re: x\r\nMIME-Version: 1.0\r\n"

static void write_part(const char *part)
{
	PD_AUTO_ARENA local = pd_arena_new();
	FILE *file = fopen(pd_printf(local, "%s/part", folder), "w");
	assert_non_null(file);
	fputs(part, file);
	fclose(file);
}

#define TYPE_PGP   "multipart/signed; micalg=pgp-sha256; protocol=\"application/pgp-signature\"; boundary=b"
#define TYPE_SMIME "multipart/signed; micalg=sha-256; protocol=\"application/pkcs7-signature\"; boundary=b"
#define SIG_PGP	   "Content-Type: application/pgp-signature\r\n\r\n"
#define SIG_SMIME  "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n"

static const char *signed_mail(const char *type, const char *part, const char *signature_head)
{
	struct pd_bytes signature = content("signature");
	return pd_printf(arena, HEAD "Content-Type: %s\r\n\r\nA signed mail.\r\n--b\r\n%s\r\n--b\r\n%s%.*s\r\n--b--\r\n", type,
			 part, signature_head, (int)signature.len, signature.data);
}

static struct pd_verified verify(const char *mail, const char *const *names, pd_time now)
{
	struct pd_verifier_tools with = tools();
	struct pd_public_keys keys = {0};
	struct pd_verified verified = {0};
	PD_AUTO_RAW raw = pd_raw_from_bytes(mail, strlen(mail));
	const struct pd_message *message = pd_parse_message(arena, raw->data, raw->size);
	for (size_t i = 0; i < 3 && names[i]; i++)
		*pd_list_add(arena, &keys) = key_of(names[i]);
	pd_verify(verifier, arena, &with, raw, &message->signed_part, &keys, now, &verified);
	return verified;
}

#define SIGN "gpg -q --batch --yes --pinentry-mode loopback --passphrase '' -a -o signature "
#define CMS  "openssl cms -sign -binary -in part -outform DER -out sig.der "
#define B64  "\nopenssl base64 -in sig.der -out signature"

static void test_signatures(void **state)
{
	(void)state;
	static const struct {
		const char *name, *how, *type, *head;
		const char *keys[3];
		const char *why; /* NULL: good */
		const char *part; /* instead of the one that was signed */
	} rows[] = {
		{"OpenPGP", SIGN "-u anna@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, NULL, NULL},
		{"among two keys", SIGN "-u anna@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"bob.bin", "anna.key"}, NULL, NULL},
		{"as text", SIGN "-u anna@example.com --textmode --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, NULL, NULL},
		{"SHA-512", SIGN "-u anna@example.com --digest-algo SHA512 --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, NULL, NULL},
		{"micalg of another digest", SIGN "-u anna@example.com --digest-algo SHA512 --detach-sign part",
		 "multipart/signed; micalg=pgp-md5; protocol=\"application/pgp-signature\"; boundary=b", SIG_PGP, {"anna.key"}, NULL, NULL},
		{"without a protocol", SIGN "-u anna@example.com --detach-sign part", "multipart/signed; boundary=b", SIG_PGP, {"anna.key"}, NULL, NULL},
		{"by a subkey", SIGN "-u cara@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"cara.key"}, NULL, NULL},
		{"by two registered keys", SIGN "-u anna@example.com -u bob@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key", "bob.key"}, NULL, NULL},
		{"by a second, unknown key", SIGN "-u anna@example.com -u bob@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"},
		 "a signature by a key that is not registered, or one that cannot be checked", NULL},
		{"by another key", SIGN "-u bob@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"},
		 "a signature by a key that is not registered, or one that cannot be checked", NULL},
		{"no key of that kind", SIGN "-u anna@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.crt"}, "signed by a key that is not registered", NULL},
		{"another body", SIGN "-u anna@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, "the signature does not fit the mail",
		 "Content-Type: text/plain; charset=utf-8\r\n\r\n#delete\r\n\r\nDone. \xc3\xa4\r\n"},
		{"another header of the part", SIGN "-u anna@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, "the signature does not fit the mail",
		 "Content-Type: text/html; charset=utf-8\r\n\r\n#close\r\n\r\nDone. \xc3\xa4\r\n"},
		{"a part cut short", SIGN "-u anna@example.com --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, "the signature does not fit the mail",
		 "Content-Type: text/plain; charset=utf-8\r\n\r\n#close\r\n"},
		{"SHA-1", SIGN "-u anna@example.com --digest-algo SHA1 --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"},
		 "a signature by a key that is not registered, or one that cannot be checked", NULL},
		{"RIPEMD-160", SIGN "-u anna@example.com --digest-algo RIPEMD160 --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, "signed with a weak digest", NULL},
		{"SHA-224", SIGN "-u anna@example.com --digest-algo SHA224 --detach-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, "signed with a weak digest", NULL},
		{"an expired signature", SIGN "-u fred@example.com --faked-system-time 20200601T000000 --default-sig-expire 1d --detach-sign part",
		 TYPE_PGP, SIG_PGP, {"fred.key"}, "the signature has expired", NULL},
		{"a text that brings its own signature", SIGN "-u anna@example.com --sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, "*", NULL},
		{"a clear-signed text as signature", SIGN "-u anna@example.com --clear-sign part", TYPE_PGP, SIG_PGP, {"anna.key"}, "*", NULL},
		{"rubbish", "head -c 300 /dev/urandom | openssl base64 >signature", TYPE_PGP, SIG_PGP, {"anna.key"}, "it is no signature", NULL},
		{"a key as signature", "cp anna.key signature", TYPE_PGP, SIG_PGP, {"anna.key"}, "*", NULL},
		{"a key certification", "gpg -q --batch --yes --pinentry-mode loopback --passphrase '' --quick-lsign-key -f "
		 "$(gpg --with-colons --list-keys bob@example.com | sed -n 's/^fpr:*\\([^:]*\\):/\\1/p') ; " SIGN "-u bob@example.com --detach-sign anna.key",
		 TYPE_PGP, SIG_PGP, {"anna.key"}, "*", NULL},
		{"S/MIME", CMS "-signer anna.crt -inkey anna.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.crt"}, NULL, NULL},
		{"S/MIME under its older name", CMS "-signer anna.crt -inkey anna.pem" B64,
		 "multipart/signed; micalg=sha1; protocol=\"application/x-pkcs7-signature\"; boundary=b",
		 "Content-Type: application/x-pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n", {"anna.crt"}, NULL, NULL},
		{"S/MIME of a DER certificate", CMS "-signer anna.crt -inkey anna.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.der"}, NULL, NULL},
		{"S/MIME without the certificate in it", CMS "-nocerts -signer anna.crt -inkey anna.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.crt"}, NULL, NULL},
		{"S/MIME with an issuer", CMS "-signer bob.leaf -inkey bob.pem -certfile ca.crt" B64, TYPE_SMIME, SIG_SMIME, {"bob.crt"}, NULL, NULL},
		{"S/MIME by the issuer itself", CMS "-signer ca.crt -inkey ca.pem" B64, TYPE_SMIME, SIG_SMIME, {"bob.crt"}, "signed by a key that is not registered", NULL},
		{"S/MIME by another certificate", CMS "-signer bob.leaf -inkey bob.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.crt"}, "signed by a key that is not registered", NULL},
		{"S/MIME, another body", CMS "-signer anna.crt -inkey anna.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.crt"}, "the signature does not fit the mail",
		 "Content-Type: text/plain; charset=utf-8\r\n\r\n#delete\r\n"},
		{"S/MIME with SHA-1", CMS "-md sha1 -signer anna.crt -inkey anna.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.crt"}, "signed with a weak digest", NULL},
		{"S/MIME with MD5", CMS "-md md5 -signer anna.crt -inkey anna.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.crt"}, "*", NULL},
		{"S/MIME by two, one unknown", CMS "-signer anna.crt -inkey anna.pem -signer bob.leaf -inkey bob.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.crt"},
		 "signed by a key that is not registered", NULL},
		{"S/MIME that brings its own text", "openssl cms -sign -nodetach -binary -in part -outform DER -out sig.der -signer anna.crt -inkey anna.pem" B64,
		 TYPE_SMIME, SIG_SMIME, {"anna.crt"}, "*", NULL},
		{"S/MIME by a certificate for other use", CMS "-signer tls.crt -inkey tls.pem" B64, TYPE_SMIME, SIG_SMIME, {"anna.crt"}, "*", NULL},
		{"an OpenPGP signature called S/MIME", SIGN "-u anna@example.com --detach-sign part", TYPE_SMIME,
		 "Content-Type: application/pkcs7-signature\r\n\r\n", {"anna.key", "anna.crt"}, "*", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		write_part(PART);
		(void)!shell("rm -f signature sig.der");
		if (shell(rows[i].how) != 0)
			fail_msg("row \"%s\": it could not be signed", rows[i].name);
		const char *mail = signed_mail(rows[i].type, rows[i].part ? rows[i].part : PART, rows[i].head);
		struct pd_verified verified = verify(mail, rows[i].keys, pd_now());
		if (rows[i].why && strcmp(rows[i].why, "*") == 0)
			CHECK_ROW(rows[i].name, !verified.is_good && verified.why);
		else
			CHECK_ROW_STRING(rows[i].name, verified.why, rows[i].why);
		CHECK_ROW(rows[i].name, verified.is_good == (verified.why == NULL));
		CHECK_ROW(rows[i].name, verified.is_good == (verified.fingerprint != NULL));
		if (verified.is_good)
			CHECK_ROW(rows[i].name,
				  verified.at > pd_now() - PD_HOUR && verified.at <= pd_now() + PD_MINUTE);
	}
}

/* Keys that have ended since they were registered: what was registered is given as it was. */
static void test_ended_keys(void **state)
{
	(void)state;
	struct pd_verifier_tools with = tools();
	write_part(PART);
	assert_int_equal(shell(SIGN "-u eve@example.com --detach-sign part"), 0);
	const char *mail = signed_mail(TYPE_PGP, PART, SIG_PGP);
	const char *before[3] = {"eve-before.key"};
	assert_null(verify(mail, before, pd_now()).why);
	/* What was registered is renewed by the file with the revocation. */
	assert_int_equal(shell("gpg -q --batch --import eve.rev && gpg -q --export eve@example.com >eve.revoked"), 0);
	struct pd_bytes revoked = content("eve.revoked");
	struct pd_public_keys keys = {0};
	*pd_list_add(arena, &keys) = key_of("eve-before.key");
	keys.items[0].data = revoked;
	struct pd_verified verified;
	PD_AUTO_RAW raw = pd_raw_from_bytes(mail, strlen(mail));
	const struct pd_message *message = pd_parse_message(arena, raw->data, raw->size);
	pd_verify(verifier, arena, &with, raw, &message->signed_part, &keys, pd_now(), &verified);
	assert_string_equal(verified.why, "the key was revoked");
	/* A certificate ends by the time that was kept with it. */
	assert_int_equal(shell(CMS "-signer anna.crt -inkey anna.pem" B64), 0);
	mail = signed_mail(TYPE_SMIME, PART, SIG_SMIME);
	const char *certificate[3] = {"anna.crt"};
	assert_null(verify(mail, certificate, pd_now()).why);
	assert_string_equal(verify(mail, certificate, pd_now() + 31 * PD_DAY).why, "the key has expired");
	/* Dan's key ended in 2021; he signed while it held. */
	assert_int_equal(shell(SIGN "-u dan@example.com --faked-system-time 20200601T000000 --detach-sign part"), 0);
	mail = signed_mail(TYPE_PGP, PART, SIG_PGP);
	keys.items[0].data = content("dan.bin");
	PD_AUTO_RAW old = pd_raw_from_bytes(mail, strlen(mail));
	message = pd_parse_message(arena, old->data, old->size);
	pd_verify(verifier, arena, &with, old, &message->signed_part, &keys, pd_now(), &verified);
	assert_string_equal(verified.why, "the key has expired");
}

static void test_key_files(void **state)
{
	(void)state;
	static const struct {
		const char *name, *want; /* want: in the error; NULL: taken */
		enum pd_signed_kind kind;
		const char *of;
	} rows[] = {
		{"anna.key", NULL, PD_SIGNED_OPENPGP, "Anna <anna@example.com>"},
		{"bob.bin", NULL, PD_SIGNED_OPENPGP, "Bob <bob@example.com>"},
		{"cara.key", NULL, PD_SIGNED_OPENPGP, "Cara <cara@example.com>"},
		{"anna.crt", NULL, PD_SIGNED_SMIME, NULL},
		{"anna.der", NULL, PD_SIGNED_SMIME, NULL},
		{"bob.crt", NULL, PD_SIGNED_SMIME, "CN=Bob"},
		{"two.key", "holds 2 keys", 0, NULL},
		{"secret.key", "secret key", 0, NULL},
		{"secret.crt", "secret key", 0, NULL},
		{"secret.p12", "secret key", 0, NULL},
		{"nothing", "no public key and no certificate", 0, NULL},
		{"out", "no public key", 0, NULL},
		{"weak.key", "is weak", 0, NULL},
		{"weak.crt", "is weak", 0, NULL},
		{"dan.key", "has expired", 0, NULL},
		{"eve.revoked", "was revoked", 0, NULL},
		{"tls.crt", "cannot sign", 0, NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_public_key key = {0};
		struct pd_error error = {0};
		int failed = read_key(rows[i].name, &key, &error);
		if (rows[i].want) {
			CHECK_ROW(rows[i].name, failed == PD_PERMANENT);
			if (!strstr(error.text, rows[i].want))
				fail_msg("row \"%s\": %s", rows[i].name, error.text);
			continue;
		}
		if (failed)
			fail_msg("row \"%s\": %s", rows[i].name, error.text);
		CHECK_ROW(rows[i].name, key.kind == rows[i].kind && strlen(key.fingerprint) == 40 && key.data.len > 0);
		if (rows[i].of)
			CHECK_ROW_STRING(rows[i].name, key.name, rows[i].of);
	}
}

/* Is a program's view of the files narrowed by this kernel? */
static bool has_landlock(void)
{
#ifdef SYS_landlock_create_ruleset
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
#else
	return false;
#endif
}

/* Nothing of a check is left behind, also not where its program hangs, crashes, writes too much or leaves children. */
static void test_programs_that_fail(void **state)
{
	(void)state;
	static const struct {
		const char *name, *program, *why;
		pd_time deadline;
	} rows[] = {
		{"hangs", "#!/bin/sh\nexec sleep 98761\n", "it could not be checked in time", PD_SECOND},
		{"hangs with a child", "#!/bin/sh\nsleep 98761 &\nexit 0\n", "it could not be checked in time", PD_SECOND},
		{"crashes", "#!/bin/sh\nkill -SEGV $$\n", "the program that checks signatures failed", 30 * PD_SECOND},
		{"says nothing", "#!/bin/sh\nexit 0\n", "it could not be checked", 30 * PD_SECOND},
		{"says too much", "#!/bin/sh\nexec yes\n", "it could not be checked in time", 30 * PD_SECOND},
		{"says good and fails", "#!/bin/sh\necho '[GNUPG:] GOODSIG'\nexit 1\n", "it could not be checked", 30 * PD_SECOND},
		{"reads what it may not", "#!/bin/sh\nread x <../../part && echo '[GNUPG:] BADSIG'; exit 0\n", "it could not be checked", 30 * PD_SECOND},
		{"writes where it may not", "#!/bin/sh\necho x >../../part && echo '[GNUPG:] BADSIG'; exit 0\n", "it could not be checked", 30 * PD_SECOND},
		{"is not there", NULL, NULL, 30 * PD_SECOND},
		{"is switched off", "", "signatures of this kind are not checked here", 30 * PD_SECOND},
	};
	write_part(PART);
	assert_int_equal(shell(SIGN "-u anna@example.com --detach-sign part"), 0);
	const char *mail = signed_mail(TYPE_PGP, PART, SIG_PGP);
	struct pd_public_keys keys = {0};
	*pd_list_add(arena, &keys) = key_of("anna.key");
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strstr(rows[i].name, "it may not") && !has_landlock())
			continue;
		struct pd_verifier_tools with = tools();
		const char *path = pd_printf(arena, "%s/program.%zu", folder, i);
		struct pd_verified verified;
		PD_AUTO_RAW raw = pd_raw_from_bytes(mail, strlen(mail));
		const struct pd_message *message = pd_parse_message(arena, raw->data, raw->size);
		if (rows[i].program && *rows[i].program) {
			FILE *file = fopen(path, "w");
			assert_non_null(file);
			/* Its sleep is told from those of other processes of this machine. */
			const char *rest = strstr(rows[i].program, "98761");
			size_t len = rest != NULL ? (size_t)(rest - rows[i].program) + 5 : strlen(rows[i].program);
			fprintf(file, "%.*s", (int)len, rows[i].program);
			if (rest != NULL)
				fprintf(file, ".%d%s", (int)getpid(), rest + 5);
			fclose(file);
			assert_int_equal(chmod(path, 0755), 0);
		}
		with.gpg = rows[i].program && !*rows[i].program ? "" : path;
		with.deadline = rows[i].deadline;
		pd_verify(verifier, arena, &with, raw, &message->signed_part, &keys, pd_now(), &verified);
		CHECK_ROW(rows[i].name, !verified.is_good);
		CHECK_ROW_STRING(rows[i].name, verified.why,
				 rows[i].why ? rows[i].why : pd_printf(arena, "%s cannot be run", path));
	}
	DIR *left = opendir(pd_printf(arena, "%s/gnupg", folder));
	size_t count = 0;
	assert_non_null(left);
	while (readdir(left))
		count++;
	closedir(left);
	assert_int_equal(count, 2); /* . and .. */
	/* The sleeping children bear the path of nobody's program: they are found by their parent's group. */
	assert_int_not_equal(shell(pd_printf(arena, "pgrep -f '^sleep 98761[.]%d$'", (int)getpid())), 0);
	assert_int_equal(mkdir(pd_printf(arena, "%s/gnupg/left", folder), 0700), 0);
	pd_verifier_tidy(folder);
	assert_int_not_equal(access(pd_printf(arena, "%s/gnupg", folder), F_OK), 0);
}

struct waiting {
	const struct pd_raw *raw;
	const struct pd_message *message;
	const char *program;
	struct pd_public_keys keys;
	const char *why;
};

static void *wait_for_verdict(void *data)
{
	struct waiting *waiting = data;
	struct pd_verifier_tools with = tools();
	struct pd_verified verified;
	PD_AUTO_ARENA local = pd_arena_new();
	with.gpg = waiting->program;
	with.deadline = 2 * PD_SECOND;
	pd_verify(verifier, local, &with, waiting->raw, &waiting->message->signed_part, &waiting->keys, pd_now(), &verified);
	waiting->why = verified.why;
	return NULL;
}

/* Checks that hang keep nobody waiting in turns: who cannot begin by the deadline does without. */
static void test_many_that_hang(void **state)
{
	(void)state;
	enum { MANY = 12 };
	pthread_t threads[MANY];
	struct waiting waiting[MANY];
	struct waiting one = {.program = pd_printf(arena, "%s/program.hangs", folder)};
	write_part(PART);
	assert_int_equal(shell(pd_printf(arena,
					 SIGN "-u anna@example.com --detach-sign part\n"
					      "printf '#!/bin/sh\\nexec sleep 98762.%d\\n' >program.hangs; chmod 755 program.hangs",
					 (int)getpid())),
			 0);
	const char *mail = signed_mail(TYPE_PGP, PART, SIG_PGP);
	PD_AUTO_RAW raw = pd_raw_from_bytes(mail, strlen(mail));
	one.raw = raw;
	one.message = pd_parse_message(arena, raw->data, raw->size);
	*pd_list_add(arena, &one.keys) = key_of("anna.key");
	for (size_t i = 0; i < MANY; i++) {
		waiting[i] = one;
		assert_int_equal(pthread_create(&threads[i], NULL, wait_for_verdict, &waiting[i]), 0);
	}
	size_t refused = 0;
	for (size_t i = 0; i < MANY; i++) {
		pthread_join(threads[i], NULL);
		assert_non_null(waiting[i].why);
		if (strcmp(waiting[i].why, "too many signatures were to be checked at once") == 0)
			refused++;
		else
			assert_string_equal(waiting[i].why, "it could not be checked in time");
	}
	assert_in_range(refused, 1, MANY - 2);
	assert_int_not_equal(shell(pd_printf(arena, "pgrep -f '^sleep 98762[.]%d$'", (int)getpid())), 0);
}

/* --- what is a signed part --- */

#define SIGNATURE "--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n"
#define SIGNED0	  HEAD "Content-Type: " TYPE_PGP "\r\n"
#define SIGNED	  SIGNED0 "\r\n"
#define TEXT	  "Content-Type: text/plain\r\n\r\nHello\r\n"

static void test_signed_part(void **state)
{
	(void)state;
	static const struct {
		const char *name, *mail;
		const char *want; /* the signed bytes; NULL: none */
	} rows[] = {
		{"plain", SIGNED "--b\r\n" TEXT "\r\n" SIGNATURE, TEXT},
		{"words before and after it", SIGNED "Preamble.\r\n--b\r\n" TEXT "\r\n" SIGNATURE "Epilogue.\r\n", TEXT},
		{"blanks after the boundary", SIGNED "--b \t\r\n" TEXT "\r\n" SIGNATURE, TEXT},
		{"an mbox line before it", "From anna Sat Nov 21 2026\r\n" SIGNED "--b\r\n" TEXT "\r\n" SIGNATURE, TEXT},
		{"a multipart in it", SIGNED "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" TEXT "\r\n--c--\r\n\r\n" SIGNATURE,
		 "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" TEXT "\r\n--c--\r\n"},
		{"not signed", HEAD "\r\nHello\r\n", NULL},
		{"inside a multipart", HEAD "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: " TYPE_PGP "\r\n\r\n--b\r\n" TEXT "\r\n" SIGNATURE
		 "\r\n--o--\r\n", NULL},
		{"a text beside it", HEAD "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n" TEXT "\r\n--o\r\nContent-Type: " TYPE_PGP "\r\n\r\n--b\r\n" TEXT
		 "\r\n" SIGNATURE "\r\n--o--\r\n", NULL},
		{"inside a mail", HEAD "Content-Type: message/rfc822\r\n\r\n" SIGNED "--b\r\n" TEXT "\r\n" SIGNATURE, NULL},
		{"a third part after it", SIGNED "--b\r\n" TEXT "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b\r\n" TEXT "\r\n--b--\r\n", NULL},
		{"a part before it", SIGNED "--b\r\n" TEXT "\r\n--b\r\n" TEXT "\r\n" SIGNATURE, NULL},
		{"parts after the end", SIGNED "--b\r\n" TEXT "\r\n" SIGNATURE "--b\r\n" TEXT "\r\n--b--\r\n", NULL},
		{"an end before it", SIGNED "--b--\r\n--b\r\n" TEXT "\r\n" SIGNATURE, NULL},
		{"a second end", SIGNED "--b\r\n" TEXT "\r\n" SIGNATURE "--b--\r\n", NULL},
		{"without an end", SIGNED "--b\r\n" TEXT "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n", NULL},
		{"the signature first", SIGNED "--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b\r\n" TEXT "\r\n--b--\r\n", NULL},
		{"another protocol", HEAD "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n" TEXT "\r\n" SIGNATURE, NULL},
		{"two types", HEAD "Content-Type: multipart/mixed; boundary=b\r\nContent-Type: " TYPE_PGP "\r\n\r\n--b\r\n" TEXT "\r\n" SIGNATURE, NULL},
		{"a field more", SIGNED0 "X: y\r\n\r\n--b\r\n" TEXT "\r\n" SIGNATURE, TEXT},
		{"two boundaries", HEAD "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b; boundary=c\r\n\r\n--b\r\n" TEXT
		 "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n--c\r\n" TEXT "\r\n--c--\r\n", TEXT},
		{"an encoding over all", HEAD "Content-Transfer-Encoding: base64\r\nContent-Type: " TYPE_PGP "\r\n\r\n--b\r\n" TEXT "\r\n" SIGNATURE, NULL},
		{"no header of the part", SIGNED "--b\r\n\r\nHello\r\n\r\n" SIGNATURE, NULL},
		{"an empty signature", SIGNED "--b\r\n" TEXT "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\n\r\n--b--\r\n", NULL},
		{"clear-signed text", HEAD "\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n#close\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\nx\r\n-----END PGP SIGNATURE-----\r\n",
		 NULL},
		{"bare line feeds", "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello\n\n--b\nContent-Type: application/pgp-signature\n\nx\n--b--\n",
		 "Content-Type: text/plain\n\nHello\n"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct pd_message *message = pd_parse_message(arena, rows[i].mail, strlen(rows[i].mail));
		const struct pd_signed_part *part = &message->signed_part;
		CHECK_ROW(rows[i].name, (part->kind != PD_SIGNED_NOT) == (rows[i].want != NULL));
		if (rows[i].want)
			CHECK_ROW_STRING(rows[i].name, pd_strndup(arena, rows[i].mail + part->start, part->len), rows[i].want);
	}
}

#define REPEATED "Content-Type: text/plain; protected-headers=v1\r\n"

static void test_repeated_header(void **state)
{
	(void)state;
	static const struct {
		const char *name, *part;
		unsigned repeats;
		bool is_contradicted;
	} rows[] = {
		{"nothing", "Content-Type: text/plain\r\nSubject: other\r\n", 0, false},
		{"the subject", REPEATED "Subject: Re: x\r\n", PD_REPEATS_SUBJECT, false},
		{"by RFC 9788", "Content-Type: text/plain; hp=\"clear\"\r\nSubject: Re: x\r\n", PD_REPEATS_SUBJECT, false},
		{"an encoded subject", REPEATED "Subject: =?utf-8?q?Re=3A_x?=\r\n", PD_REPEATS_SUBJECT, false},
		{"all of it", REPEATED "From: Anna <anna@example.com>\r\nTo: Support <Support@example.com>\r\nSubject: Re: x\r\n",
		 PD_REPEATS_FROM | PD_REPEATS_TO | PD_REPEATS_SUBJECT, false},
		{"another subject", REPEATED "Subject: #delete\r\n", PD_REPEATS_SUBJECT, true},
		{"another recipient", REPEATED "To: carol@example.net\r\n", PD_REPEATS_TO, true},
		{"one recipient more", REPEATED "To: support@example.com, carol@example.net\r\n", PD_REPEATS_TO, true},
		{"a Cc that is not there", REPEATED "Cc: carol@example.net\r\n", PD_REPEATS_CC, true},
		{"another author", REPEATED "From: bob@example.com\r\n", PD_REPEATS_FROM, true},
		{"another Message-ID", REPEATED "Message-ID: <1@example.com>\r\n", PD_REPEATS_MESSAGE_ID, true},
		{"other references", REPEATED "References: <1@example.com>\r\n", PD_REPEATS_REFERENCES, true},
		{"another answered", REPEATED "In-Reply-To: <1@example.com>\r\n", PD_REPEATS_IN_REPLY_TO, true},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *mail = pd_printf(arena, SIGNED "--b\r\n%s\r\nHello\r\n" SIGNATURE, rows[i].part);
		const struct pd_message *message = pd_parse_message(arena, mail, strlen(mail));
		CHECK_ROW(rows[i].name, message->signed_part.kind == PD_SIGNED_OPENPGP);
		CHECK_ROW(rows[i].name, message->signed_part.repeats == rows[i].repeats);
		CHECK_ROW(rows[i].name, message->signed_part.is_contradicted == rows[i].is_contradicted);
	}
}

/* --- what the programs say --- */

#define FPR  "19EFEB3A2ED6FEED0D8AEB8F32F8F65E13D5814C"
#define SUB  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define GOOD "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 32F8F65E13D5814C Anna\n"
#define VALID(fpr, hash, class) "[GNUPG:] VALIDSIG " fpr " 2026-11-21 1795281146 0 4 0 22 " hash " " class " " FPR "\n"

static void test_status(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
		bool is_done;
		const char *why;
	} rows[] = {
		{"good", GOOD VALID(FPR, "8", "00"), true, NULL},
		{"by a subkey", GOOD VALID(SUB, "8", "01"), true, NULL},
		{"exit code", GOOD VALID(FPR, "8", "00"), false, "it could not be checked"},
		{"nothing", "", true, "it could not be checked"},
		{"good alone", GOOD, true, "it could not be checked"},
		{"valid alone", "[GNUPG:] NEWSIG\n" VALID(FPR, "8", "00"), true, "it could not be checked"},
		{"without NEWSIG", "[GNUPG:] GOODSIG 32F8F65E13D5814C Anna\n" VALID(FPR, "8", "00"), true, "it could not be checked"},
		{"one of two", GOOD VALID(FPR, "8", "00") "[GNUPG:] NEWSIG\n", true, "it could not be checked"},
		{"bad beside good", GOOD VALID(FPR, "8", "00") "[GNUPG:] BADSIG 1 x\n", true, "the signature does not fit the mail"},
		{"MD5", GOOD VALID(FPR, "1", "00"), true, "signed with a weak digest"},
		{"SHA-1", GOOD VALID(FPR, "2", "00"), true, "signed with a weak digest"},
		{"no digest named", "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 1 x\n[GNUPG:] VALIDSIG " FPR "\n", true, "signed by a key that is not registered"},
		{"a certification", GOOD VALID(FPR, "8", "13"), true, "it is no signature of a document"},
		{"another primary key", GOOD "[GNUPG:] VALIDSIG " FPR " 2026-11-21 1795281146 0 4 0 22 8 00 " SUB "\n", true, "signed by a key that is not registered"},
		{"the words in a name", "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 1 x [GNUPG:] VALIDSIG " FPR " 2026-11-21 1795281146 0 4 0 22 8 00 " FPR "\n", true,
		 "it could not be checked"},
		{"not at the line's start", GOOD "gpg: " VALID(FPR, "8", "00"), true, "it could not be checked"},
		{"an unknown line", GOOD VALID(FPR, "8", "00") "[GNUPG:] SOMETHING_NEW 1\n", true, NULL},
		{"EXPKEYSIG", "[GNUPG:] NEWSIG\n[GNUPG:] EXPKEYSIG 1 x\n" VALID(FPR, "8", "00"), true, "the key has expired"},
		{"REVKEYSIG", "[GNUPG:] NEWSIG\n[GNUPG:] REVKEYSIG 1 x\n" VALID(FPR, "8", "00"), true, "the key was revoked"},
		{"EXPSIG", "[GNUPG:] NEWSIG\n[GNUPG:] EXPSIG 1 x\n" VALID(FPR, "8", "00"), true, "the signature has expired"},
		{"an expired key called good", GOOD VALID(FPR, "8", "00") "[GNUPG:] EXPKEYSIG 1 x\n", true, "the key has expired"},
		{"a text of its own", "[GNUPG:] PLAINTEXT 62 0 \n" GOOD VALID(FPR, "8", "00"), true, "the signature brings its own text"},
	};
	struct pd_public_keys keys = {0};
	*pd_list_add(arena, &keys) = (struct pd_public_key){.kind = PD_SIGNED_OPENPGP, .fingerprint = FPR};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_verified verified;
		pd_verifier_read_status(arena, PD_SIGNED_OPENPGP, rows[i].text, rows[i].is_done, &keys, 1795281146000, &verified);
		CHECK_ROW_STRING(rows[i].name, verified.why, rows[i].why);
		CHECK_ROW(rows[i].name, verified.is_good == (rows[i].why == NULL));
	}
}

int main(int argc, char **argv)
{
	pd_verifier_main(argc, argv);
	const struct CMUnitTest words[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_signed_part),
		cmocka_unit_test(test_repeated_header),
	};
	const struct CMUnitTest programs[] = {
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_ended_keys),
		cmocka_unit_test(test_key_files),
		cmocka_unit_test(test_programs_that_fail),
		cmocka_unit_test(test_many_that_hang),
	};
	arena = pd_arena_new();
	int failed = cmocka_run_group_tests_name("words", words, NULL, NULL);
	pd_arena_free(arena);
	if (access("/usr/bin/gpg", X_OK) != 0 || access("/usr/bin/gpgsm", X_OK) != 0 || system("openssl version >/dev/null") != 0) {
		printf("gpg, gpgsm or openssl is not installed\n");
		return failed ? failed : 77;
	}
	return failed + cmocka_run_group_tests_name("programs", programs, setup, teardown);
}
