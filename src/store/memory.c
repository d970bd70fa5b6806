#include "store/inside.h"
struct pd_store *pd_store_memory(void) { return NULL; }
