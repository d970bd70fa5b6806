/* Whose colleague somebody is: the same registrable domain, and never a public mail provider. */
#ifndef PD_DESK_COMPANY_H
#define PD_DESK_COMPANY_H

#include <stdbool.h>
#include "base/arena.h"

/* What stands after the last @, in lower case; "" when there is none. */
char *pd_address_domain(struct pd_arena *arena, const char *address);
/* The public suffix and one label more (a.b.example.co.uk: example.co.uk); the domain itself where it has no more. */
const char *pd_registrable_domain(const char *domain);
/* Does everybody get an address there (gmail.com)? */
bool pd_is_public_provider(const char *domain);
/* The domain that stands for the company of who has an address there; NULL: for none, since anybody may have one. */
const char *pd_company_domain(const char *domain);
bool pd_is_same_company(struct pd_arena *arena, const char *address, const char *other_address);

#endif
