/* SHA-256 (FIPS 180-4) by nettle, which uses the processor's own instructions where it has them: every mail's bytes
 * are hashed several times on their way in, and GLib takes some 50 instructions a byte. Cannot fail. */
#include "base/crypto.h"

void pd_sha256_begin(struct pd_sha256_sum *sum)
{
	sha256_init(&sum->context);
}

void pd_sha256_add(struct pd_sha256_sum *sum, const void *data, size_t len)
{
	sha256_update(&sum->context, len, data);
}

void pd_sha256_end(struct pd_sha256_sum *sum, unsigned char ret_digest[PD_SHA256_SIZE])
{
	sha256_digest(&sum->context, PD_SHA256_SIZE, ret_digest);
}

void pd_sha256(const void *data, size_t len, unsigned char ret_digest[PD_SHA256_SIZE])
{
	struct pd_sha256_sum sum;

	pd_sha256_begin(&sum);
	pd_sha256_add(&sum, data, len);
	pd_sha256_end(&sum, ret_digest);
}
