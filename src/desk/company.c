/* Companies by domain (DESIGN.md, Which ticket, rule 2).
 *
 * Promises: two addresses are of one company only where nobody else can get an address there: in doubt, no.
 * The list of public suffixes comes with libpsl, the domains under which hosters let anybody live included; without
 * it a short rule names the registries under country domains. Cannot fail. */
#include "desk/company.h"

#include <string.h>

#ifdef PD_HAVE_PSL
#include <libpsl.h>
#endif

#include "base/text.h"

/* Second-level names under which countries register. */
static const char *const registries[] = {
	"ac",  "asn", "co",  "com", "edu",  "ed",  "firm",   "gen", "go",  "gob",    "gouv", "gov",
	"gv",  "id",  "idf", "ind", "info", "lg",  "ltd",    "me",  "mil", "muni",   "name", "ne",
	"net", "nhs", "nom", "or",  "org",  "plc", "police", "res", "sch", "school", "web",
};

/* Where anybody gets an address. */
static const char *const providers[] = {
	"126.com",	   "139.com",	       "163.com",	  "189.cn",
	"aim.com",	   "aliyun.com",       "alice.it",	  "aol.com",
	"aol.de",	   "aon.at",	       "arcor.de",	  "att.net",
	"bell.net",	   "bellsouth.net",    "bigpond.com",	  "bluewin.ch",
	"bol.com.br",	   "btinternet.com",   "centrum.cz",	  "chello.nl",
	"charter.net",	   "comcast.net",      "cox.net",	  "daum.net",
	"disroot.org",	   "duck.com",	       "earthlink.net",	  "elisanet.fi",
	"email.cz",	   "email.com",	       "email.it",	  "fastmail.com",
	"fastmail.fm",	   "foxmail.com",      "free.fr",	  "freemail.hu",
	"freenet.de",	   "gmail.com",	       "gmx.at",	  "gmx.ch",
	"gmx.com",	   "gmx.de",	       "gmx.net",	  "googlemail.com",
	"hanmail.net",	   "hetnet.nl",	       "hey.com",	  "hotmail.co.uk",
	"hotmail.com",	   "hotmail.de",       "hotmail.es",	  "hotmail.fr",
	"hotmail.it",	   "home.nl",	       "icloud.com",	  "inbox.lv",
	"inbox.ru",	   "internode.on.net", "interia.pl",	  "iol.pt",
	"jubii.dk",	   "juno.com",	       "kolumbus.fi",	  "kpnmail.nl",
	"laposte.net",	   "libero.it",	       "list.ru",	  "live.co.uk",
	"live.com",	   "live.de",	       "live.fr",	  "live.nl",
	"luukku.com",	   "mac.com",	       "mail.bg",	  "mail.com",
	"mail.de",	   "mail.ee",	       "mail.ru",	  "mailbox.org",
	"mailfence.com",   "me.com",	       "msn.com",	  "naver.com",
	"nate.com",	   "neuf.fr",	       "ntlworld.com",	  "o2.pl",
	"online.de",	   "online.no",	       "onet.eu",	  "onet.pl",
	"op.pl",	   "optonline.net",    "optusnet.com.au", "orange.fr",
	"outlook.com",	   "outlook.de",       "outlook.es",	  "outlook.fr",
	"outlook.it",	   "planet.nl",	       "poczta.fm",	  "poczta.onet.pl",
	"posteo.de",	   "posteo.net",       "pp.inet.fi",	  "inet.fi",
	"proton.me",	   "protonmail.ch",    "protonmail.com",  "pm.me",
	"qq.com",	   "rambler.ru",       "rediffmail.com",  "riseup.net",
	"rocketmail.com",  "rogers.com",       "rr.com",	  "runbox.com",
	"saunalahti.fi",   "sapo.pt",	       "sbcglobal.net",	  "seznam.cz",
	"sfr.fr",	   "shaw.ca",	       "sina.com",	  "sky.com",
	"skynet.be",	   "sohu.com",	       "suomi24.fi",	  "sympatico.ca",
	"t-online.de",	   "talktalk.net",     "telenet.be",	  "telia.com",
	"telus.net",	   "terra.com.br",     "tin.it",	  "tiscali.it",
	"tlen.pl",	   "tuta.com",	       "tuta.io",	  "tutamail.com",
	"tutanota.com",	   "uol.com.br",       "verizon.net",	  "videotron.ca",
	"virgilio.it",	   "virgin.net",       "virginmedia.com", "vodafone.it",
	"volny.cz",	   "wanadoo.fr",       "web.de",	  "welho.com",
	"windowslive.com", "windstream.net",   "wp.pl",		  "xs4all.nl",
	"xtra.co.nz",	   "yahoo.ca",	       "yahoo.co.in",	  "yahoo.co.jp",
	"yahoo.co.uk",	   "yahoo.com",	       "yahoo.com.au",	  "yahoo.com.br",
	"yahoo.de",	   "yahoo.es",	       "yahoo.fr",	  "yahoo.it",
	"yandex.com",	   "yandex.ru",	       "ya.ru",		  "yeah.net",
	"ymail.com",	   "zoho.com",	       "zohomail.com",
};

char *pd_address_domain(struct pd_arena *arena, const char *address)
{
	const char *at = address != NULL ? strrchr(address, '@') : NULL;
	return pd_lower_ascii(arena, at != NULL ? at + 1 : "");
}

/* Where the label begins that stands before `from`; the domain's start for the first. */
static const char *label_before(const char *domain, const char *from)
{
	const char *at = from;
	while (at > domain && at[-1] != '.')
		at--;
	return at;
}

static bool is_registry(const char *label, size_t len)
{
	for (size_t i = 0; i < sizeof registries / sizeof *registries; i++)
		if (strlen(registries[i]) == len && memcmp(registries[i], label, len) == 0)
			return true;
	return false;
}

static const char *by_rule(const char *domain)
{
	const char *top = label_before(domain, domain + strlen(domain));
	if (top == domain)
		return domain;
	const char *second = label_before(domain, top - 1);
	if (second == domain)
		return domain;
	if (strlen(top) == 2 && is_registry(second, (size_t)(top - 1 - second)))
		return label_before(domain, second - 1);
	return second;
}

const char *pd_registrable_domain(const char *domain)
{
#ifdef PD_HAVE_PSL
	const psl_ctx_t *list = psl_builtin();
	const char *found = list != NULL ? psl_registrable_domain(list, domain) : NULL;
	if (found != NULL)
		return found;
	if (list != NULL && psl_is_public_suffix(list, domain))
		return domain;
#endif
	return by_rule(domain);
}

bool pd_is_public_provider(const char *domain)
{
	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
		if (pd_equal_nocase(providers[i], domain) ||
		    pd_equal_nocase(providers[i], pd_registrable_domain(domain)))
			return true;
	return false;
}

/* Nobody's own: each name below it is somebody else's. */
static bool is_suffix(const char *domain)
{
#ifdef PD_HAVE_PSL
	const psl_ctx_t *list = psl_builtin();
	return list != NULL && psl_is_public_suffix(list, domain);
#else
	(void)domain;
	return false;
#endif
}

const char *pd_company_domain(const char *domain)
{
	if (strchr(domain, '.') == NULL || is_suffix(domain) || pd_is_public_provider(domain))
		return NULL;
	return pd_registrable_domain(domain);
}

bool pd_is_same_company(struct pd_arena *arena, const char *address, const char *other_address)
{
	const char *domain = pd_company_domain(pd_address_domain(arena, address));
	const char *other = pd_company_domain(pd_address_domain(arena, other_address));
	return domain != NULL && other != NULL && strcmp(domain, other) == 0;
}
