#include "log/whereabouts.hpp"

#include "log/error.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

namespace drachtio::log {

namespace {

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

// What a file that this process has open is called now, by the system's list of open files: with
// " (deleted)" behind it where it has no name any more. Nothing where there is no such list.
std::string name_now(const std::optional<FileIdentity>& identity) {
  std::error_code error;
  std::filesystem::directory_iterator open_files{"/proc/self/fd", error};
  for (; !error && open_files != std::filesystem::directory_iterator{};
       open_files.increment(error)) {
    std::error_code gone;
    if (identity_of(open_files->path().string()) != identity) continue;
    return std::filesystem::read_symlink(open_files->path(), gone).string();
  }
  return {};
}

// `file` and `wal` are the names they had.
std::string what_became_of(const std::string& file, const std::string& file_now,
                           const std::string& wal, const std::string& wal_now) {
  constexpr std::string_view deleted = " (deleted)";
  const std::string meanwhile = " while it was being written: ";
  if (file_now.ends_with(deleted)) {
    return "the log " + file + " was deleted, or moved to another disk," + meanwhile +
           "what was last written is in " + wal +
           "; keep that, and if there is a log it belongs to, put that back before anything opens "
           "it";
  }
  if (file_now.empty()) {  // no list of open files, as on systems other than Linux
    return "the log " + file + " was moved or deleted" + meanwhile +
           "what was last written is in " + wal +
           ", without which it is not whole; put it back before anything opens it";
  }
  const std::string moved = "the log " + file + " was moved to " + file_now;
  if (wal_now == file_now + "-wal") {
    return moved + ", and its -wal with it," + meanwhile + "it is whole there; use its new name";
  }
  const std::string rest = wal_now.empty() || wal_now.ends_with(deleted) ? wal : wal_now;
  return moved + meanwhile + "what was last written is in " + rest +
         ", without which it is not whole; before anything opens it, move it back, or move " +
         rest + " to " + file_now + "-wal";
}

// True where a -wal holds nothing that was written: it is empty, or its first frame is of before
// the -wal was begun anew, which its salts tell (https://sqlite.org/fileformat2.html, 4.1 and 4.2).
// A reader leaves such a file where a log was moved away before it was read.
bool holds_no_frame(const std::filesystem::path& wal) {
  constexpr std::size_t header_size = 32;
  constexpr std::size_t salts_in_header = 16;
  constexpr std::size_t salts_in_frame = 8;
  constexpr std::size_t salts_size = 8;
  std::ifstream file{wal, std::ios::binary};
  std::array<char, header_size + salts_in_frame + salts_size> bytes{};
  file.read(bytes.data(), bytes.size());
  const auto size = static_cast<std::size_t>(file.gcount());
  if (size == 0) return file.eof();
  constexpr std::string_view magic{"\x37\x7f\x06", 3};
  if (size < header_size || std::string_view{bytes.data(), magic.size()} != magic) return false;
  return size < bytes.size() ||
         !std::equal(bytes.begin() + salts_in_header, bytes.begin() + salts_in_header + salts_size,
                     bytes.begin() + header_size + salts_in_frame);
}

}  // namespace

std::optional<std::filesystem::path> left_behind(const std::filesystem::path& database) {
  std::error_code error;
  const auto is_there = [&](const std::filesystem::path& path) {
    return std::filesystem::exists(std::filesystem::symlink_status(path, error));
  };
  // A -journal beside an empty file is that of a first transaction that was cut off.
  const bool missing = !is_there(database);
  if (!missing && std::filesystem::file_size(database, error) != 0) return std::nullopt;
  for (const char* suffix : {"-wal", "-journal"}) {
    const std::filesystem::path path = database.string() + suffix;
    const bool is_wal = suffix == std::string_view{"-wal"};
    if (!is_there(path) || !(missing || is_wal)) continue;
    if (!is_wal || !holds_no_frame(path)) return path;
  }
  return std::nullopt;
}

Whereabouts::Whereabouts(SQLite::Database& database)
    : database_(&database),
      file_(sqlite3_db_filename(database.getHandle(), "main")),
      wal_(file_ + "-wal"),
      file_identity_(identity_of(file_)),
      wal_identity_(identity_of(wal_)) {}

void Whereabouts::require_in_place() {
  int moved = 0;
  sqlite3_file_control(database_->getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0) {
    sqlite3_db_config(database_->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    throw Error{Failure::moved,
                what_became_of(file_, name_now(file_identity_), wal_, name_now(wal_identity_))};
  }
  if (identity_of(wal_) != wal_identity_) {
    throw Error{Failure::moved, wal_ + " was moved or deleted while the log " + file_ +
                                    " was being written: what it holds is put into the log now, "
                                    "as far as that can be read; start again"};
  }
}

}  // namespace drachtio::log
