#include "log/obstacle.hpp"

#include "log/file_name.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace drachtio::log {

namespace {

// By the effective user, as open() goes by it; errno where not.
bool may(const std::string& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

bool is_there(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

std::optional<std::string> against(const std::string& path, int mode) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::strerror(errno);
  if (S_ISDIR(status.st_mode)) return std::strerror(EISDIR);
  if (!S_ISREG(status.st_mode)) return "it is a device, pipe or socket, not a regular file";
  if (!may(path, mode)) return std::strerror(errno);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> obstacle(const std::filesystem::path& database, Access access) {
  return against(database.string(), access == Access::write ? R_OK | W_OK : R_OK);
}

std::optional<std::string> obstacle_beside(const std::filesystem::path& database, Access access) {
  const std::string name = file_name(database);
  const sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  if (system != nullptr &&
      name.size() + std::strlen("-journal") > static_cast<std::size_t>(system->mxPathname)) {
    return "its path is longer than SQLite takes";
  }
  for (const char* suffix : {"-wal", "-shm"}) {
    const std::string companion = database.string() + suffix;
    if (!is_there(companion)) continue;
    const auto reason = against(companion, access == Access::write ? R_OK | W_OK : R_OK);
    if (reason) return companion + ": " + *reason;
  }
  // To read a -wal, SQLite makes a -shm beside it if there is none.
  const bool makes_files = access == Access::write || (is_there(database.string() + "-wal") &&
                                                       !is_there(database.string() + "-shm"));
  const std::string folder = std::filesystem::path{name}.parent_path().string();
  if (makes_files && !may(folder, W_OK)) return folder + ": " + std::strerror(errno);
  return std::nullopt;
}

}  // namespace drachtio::log
