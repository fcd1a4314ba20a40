// SQLite counts the memory it uses, under one lock for all threads of the process: threads that
// write, copy and read a log wait for one another at each page and each row. Without it, ingest was
// a fifth faster on two cores.
#pragma once

namespace drachtio::log {

// Lets SQLite count nothing, in this process. To be called before anything uses SQLite; without
// effect afterwards. Only for a program that is all ours: sqlite3_memory_used() tells nothing then.
void forgo_memory_statistics();

}  // namespace drachtio::log
