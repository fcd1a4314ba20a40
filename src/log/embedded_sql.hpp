// The .sql files of the source tree, as they were when the library was built.
#pragma once

#include <span>
#include <string_view>

namespace drachtio::log {

// One file. Both views are of static storage; neither is null-terminated by contract.
struct SqlFile {
  std::string_view name;  // without folder, such as "0001-initial.sql"
  std::string_view text;
};

// The files of migrations/, sorted by name: the order in which they are applied.
std::span<const SqlFile> migrations();

// Returns the files of queries/, sorted by name: statements that are asked of a log, and stand in
// none.
std::span<const SqlFile> queries();

// The files of schema/, sorted by name: the schema as the last migration leaves it.
std::span<const SqlFile> schema();

}  // namespace drachtio::log
