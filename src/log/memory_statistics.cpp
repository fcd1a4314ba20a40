#include "log/memory_statistics.hpp"

#include <sqlite3.h>

namespace drachtio::log {

void forgo_memory_statistics() { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

}  // namespace drachtio::log
