// How SQLite is given the name of a file.
#pragma once

#include <filesystem>
#include <string>

namespace drachtio::log {

// Beginning with a slash: ":memory:", "file:calls.db" and "" mean something else to SQLite.
inline std::string file_name(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).string();
}

}  // namespace drachtio::log
