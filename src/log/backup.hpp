// A consistent copy of a log, made while a recorder writes: by SQLite's own backup.
#pragma once

#include "log/fault.hpp"
#include "log/reader.hpp"

#include <filesystem>

namespace drachtio::log {

// Copies the log as it is at this moment to `destination`, which must not exist, nor be a name of
// the log's own, and is created with mode 0600: one file, whole by itself. When this returns it is
// on disk.
//
// The copy is read in one read transaction, or a busy recorder would make it start over for ever;
// the recorder is not held up by that, only its -wal grows meanwhile. `progress` is told in pages.
// On any failure, and when `progress` throws, nothing is left of the copy. Throws Error.
void backup(Reader& source, const std::filesystem::path& destination, const Progress& progress);

// Removes a copy, and what SQLite may have left beside it.
void remove_backup(const std::filesystem::path& destination);

}  // namespace drachtio::log
