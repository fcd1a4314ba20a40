#include "log/backup.hpp"

#include "log/file_name.hpp"
#include "log/whereabouts.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace drachtio::log {

namespace {

constexpr int pages_at_once = 1024;
constexpr std::array<const char*, 3> companions{"-wal", "-shm", "-journal"};

[[noreturn]] void refuse(const std::filesystem::path& destination, const std::string& why) {
  throw Error{Failure::cannot_open, "cannot back up to " + destination.string() + ": " + why};
}

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

// Two names of one file too: a symbolic or a hard link.
bool same_file(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code error;
  return std::filesystem::equivalent(one, other, error) ||
         std::filesystem::weakly_canonical(one, error) ==
             std::filesystem::weakly_canonical(other, error);
}

// The log and what stands beside it are the recorder's, at work or not.
void require_other_than(const std::filesystem::path& source,
                        const std::filesystem::path& destination) {
  if (same_file(source, destination)) refuse(destination, "it is the log itself");
  for (const char* suffix : {"-wal", "-shm", "-journal", ".lock"}) {
    if (same_file(source.string() + suffix, destination)) {
      refuse(destination, "that name belongs to the log");
    }
  }
}

void require_free(const std::filesystem::path& destination) {
  if (is_there(destination)) refuse(destination, "it exists, and a backup overwrites nothing");
  if (const auto left = left_behind(destination)) {
    refuse(destination, left->string() +
                            " was left by a database that is gone, and would be taken for part of "
                            "the copy: move it beside its database, remove it if there is none, "
                            "or choose another name");
  }
}

void create(const std::filesystem::path& destination) {
  const int descriptor =
      ::open(destination.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) refuse(destination, std::strerror(errno));
  ::close(descriptor);  // before SQLite opens it: closing it later would drop SQLite's locks
}

// The file's name must survive a power cut too.
void sync_folder(const std::filesystem::path& destination) {
  const std::filesystem::path folder = std::filesystem::absolute(destination).parent_path();
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // allowed to write but not to list it: the file itself is synced
  (void)::fsync(descriptor);
  ::close(descriptor);
}

void copy(SQLite::Database& source, const std::filesystem::path& destination,
          const Progress& progress) {
  SQLite::Database target{file_name(destination), SQLite::OPEN_READWRITE};
  {
    SQLite::Transaction snapshot{source};
    source.execAndGet("SELECT count(*) FROM sqlite_schema");  // begins it
    SQLite::Backup backup{target, source};
    int result = SQLITE_OK;
    while (result != SQLITE_DONE) {
      result = backup.executeStep(pages_at_once);
      if (result == SQLITE_BUSY || result == SQLITE_LOCKED) {
        throw Error{Failure::busy,
                    "cannot copy to " + destination.string() + ": another process has opened it"};
      }
      const int total = backup.getTotalPageCount();
      if (progress) progress(total - backup.getRemainingPageCount(), total);
    }
  }
  // Not WAL as its source: a file that needs no companions can be read from any folder.
  target.execAndGet("PRAGMA journal_mode = DELETE");
}

}  // namespace

void backup(Reader& source, const std::filesystem::path& destination, const Progress& progress) {
  require_other_than(std::filesystem::weakly_canonical(source.path()), destination);
  require_free(destination);
  create(destination);
  try {
    copy(source.database(), destination, progress);
    sync_folder(destination);
  } catch (const SQLite::Exception& error) {
    remove_backup(destination);
    throw translate(error, "cannot back up to " + destination.string());
  } catch (...) {
    remove_backup(destination);
    throw;
  }
}

void remove_backup(const std::filesystem::path& destination) {
  std::error_code ignored;
  std::filesystem::remove(destination, ignored);
  for (const char* suffix : companions) {
    std::filesystem::remove(destination.string() + suffix, ignored);
  }
}

}  // namespace drachtio::log
