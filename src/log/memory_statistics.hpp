// SQLite counts the memory it uses, under one lock for all threads of the process: threads that
// write, copy and read a log wait for one another at each page and each row. Ingest was a fifth
// faster on two cores without the count.
#pragma once

namespace drachtio::log {

// Makes SQLite count no memory in this process. It must be called before anything uses SQLite, and
// has no effect afterwards. Only a program that is all ours may call it, for sqlite3_memory_used()
// tells nothing any more.
void forgo_memory_statistics();

}  // namespace drachtio::log
