// For any sequence of reads and writes: a -wal under a GatheringVfs is what it would be without.
#include "log/gathering_vfs.hpp"

#include "catch.hpp"
#include "properties/property.hpp"
#include "scratch_folder.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <vector>

using namespace drachtio;
using namespace drachtio::test;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// Wal is a -wal, opened as SQLite opens it.
class Wal {
 public:
  explicit Wal(const std::filesystem::path& database)
      : name_(database.string() + "-wal"),
        vfs_(sqlite3_vfs_find(gathering_.name())),
        memory_(static_cast<std::size_t>(vfs_->szOsFile) / sizeof(std::max_align_t) + 1) {
    std::ofstream{database} << "a -wal belongs to it";
    name_.push_back('\0');  // SQLite's names end with two
    int flags = 0;
    const int result =
        vfs_->xOpen(vfs_, name_.c_str(), file(),
                    SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &flags);
    must(result == SQLITE_OK, "the -wal opens");
  }
  ~Wal() { methods().xClose(file()); }
  Wal(const Wal&) = delete;
  Wal& operator=(const Wal&) = delete;
  Wal(Wal&&) = delete;
  Wal& operator=(Wal&&) = delete;

  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  const sqlite3_io_methods& methods() { return *file()->pMethods; }

 private:
  log::GatheringVfs gathering_;
  std::string name_;
  sqlite3_vfs* vfs_;
  std::vector<std::max_align_t> memory_;
};

}  // namespace

TEST_CASE("A -wal whose writes are gathered holds what was written to it", "[log]") {
  CHECK(holds([] {
    const ScratchFolder folder;
    const auto path = folder / "t.db-wal";
    std::string expected;
    {
      Wal wal{folder / "t.db"};
      std::size_t at = 0;
      char letter = 'a';
      for (int step = pick(60); step > 0; --step) {
        const int what = pick(12);
        if (what == 0) {
          wal.methods().xSync(wal.file(), SQLITE_SYNC_NORMAL);
          must(content(path) == expected, "what is synced is in the file");
        } else if (what == 1 && !expected.empty()) {
          const auto from = static_cast<std::size_t>(pick(static_cast<int>(expected.size())));
          std::string read(std::min<std::size_t>(expected.size() - from, 5000), '\0');
          wal.methods().xRead(wal.file(), read.data(), static_cast<int>(read.size()),
                              static_cast<sqlite3_int64>(from));
          must(read == expected.substr(from, read.size()), "what was written is read");
        } else if (what == 2) {
          at = static_cast<std::size_t>(pick(static_cast<int>(expected.size()) + 1));
        } else if (what == 3) {
          const int size = pick(static_cast<int>(expected.size()) + 1);
          expected.resize(size == 1 ? 0 : static_cast<std::size_t>(size));  // SQLite says 0 for 1
          at = expected.size();
          wal.methods().xTruncate(wal.file(), static_cast<sqlite3_int64>(expected.size()));
        } else if (what == 4) {
          sqlite3_int64 size = 0;
          wal.methods().xFileSize(wal.file(), &size);
          must(static_cast<std::size_t>(size) == expected.size(), "the size is what was written");
        } else {
          const std::string bytes(pick_of<std::size_t>({24, 4096, 32, 65536, 70000}),
                                  pick_bool() ? letter : '\0');
          ++letter;
          if (letter > 'z') letter = 'a';
          const int result =
              wal.methods().xWrite(wal.file(), bytes.data(), static_cast<int>(bytes.size()),
                                   static_cast<sqlite3_int64>(at));
          must(result == SQLITE_OK, "it is written");
          if (expected.size() < at + bytes.size()) expected.resize(at + bytes.size());
          expected.replace(at, bytes.size(), bytes);
          at += bytes.size();
        }
      }
    }
    must(content(path) == expected, "once it is closed, all is in the file");
  }));
}
