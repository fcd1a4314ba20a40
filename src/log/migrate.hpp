// Brings a database to the schema this library knows, in one transaction.
#pragma once

namespace SQLite {
class Database;
}

namespace drachtio::log {

// "drdl" as PRAGMA application_id: marks a file as a log of ours.
inline constexpr int application_id = 0x6472646C;

// The number of the last migration: what PRAGMA user_version is on an up-to-date file.
int schema_version();

// Applies the migrations the database lacks; on an empty one, all. Stored rows are never touched.
// Throws Error: foreign (a database of something else), newer (of a newer version of this library).
void migrate(SQLite::Database& database);

// Throws the same errors for a file that a reader cannot use, and for one that is older than this
// library (which only a writer may migrate).
void require_current(SQLite::Database& database);

}  // namespace drachtio::log
