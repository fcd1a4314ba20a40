// Asks the operating system what keeps a log from being opened, in its own words. SQLite says only
// "unable to open database file", for a missing file, a forbidden one and a folder alike.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace drachtio::log {

enum class Access { read, write };

// "No such file or directory", "Permission denied", "Is a directory" and the like, about the
// database itself. Nothing where no reason is found. Opens no file: to close a database or its -wal
// would drop SQLite's locks, and to open a pipe would wait for a writer.
std::optional<std::string> obstacle(const std::filesystem::path& database, Access access);

// The same about what stands beside it and the folder, with the name of what it is. To be asked
// once SQLite has failed: what it needs of these depends on what is there.
std::optional<std::string> obstacle_beside(const std::filesystem::path& database, Access access);

}  // namespace drachtio::log
