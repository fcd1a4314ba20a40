#include "log/gathering_vfs.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace drachtio::log {

namespace {

// The default VFS for Unix writes no more than 131,071 bytes at a time, and would drop the rest;
// SQLite itself never writes more than a page, of 65,536 bytes at most.
constexpr std::size_t most_bytes_a_write = 65536;

sqlite3_vfs* real_vfs(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

// A -wal, with what was not written to the file yet. The real file lies behind it in the memory
// that SQLite provides.
struct Wal {
  sqlite3_file base{};
  std::size_t gathered = 0;
  sqlite3_int64 begin = 0;   // where the gathered bytes belong
  bool ends_commit = false;  // the page that comes next does
  std::array<char, most_bytes_a_write> bytes;
};

// SQLite aligns that memory to eight bytes.
static_assert(alignof(Wal) <= 8 && sizeof(Wal) % 8 == 0);

Wal& wal_of(sqlite3_file* file) { return *reinterpret_cast<Wal*>(file); }
sqlite3_file* real_file(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<Wal*>(file) + 1);
}

// Writes what was gathered. If that fails, the bytes are given up: SQLite gives up the transaction.
int flush(sqlite3_file* file) {
  Wal& wal = wal_of(file);
  if (wal.gathered == 0) return SQLITE_OK;
  const int length = static_cast<int>(wal.gathered);
  wal.gathered = 0;
  wal.ends_commit = false;
  return real_file(file)->pMethods->xWrite(real_file(file), wal.bytes.data(), length, wal.begin);
}

// Returns whether the bytes are the header of a commit's last page: it alone says how many pages
// the database has then (https://sqlite.org/fileformat2.html, 4.1).
bool ends_commit(std::string_view bytes) {
  constexpr std::size_t header_bytes = 24;
  constexpr std::size_t size_at = 4;
  constexpr std::size_t size_bytes = 4;
  return bytes.size() == header_bytes &&
         bytes.substr(size_at, size_bytes) != std::string_view{"\0\0\0\0", size_bytes};
}

int close(sqlite3_file* file) {
  const int flushed = flush(file);
  const int closed = real_file(file)->pMethods->xClose(real_file(file));
  wal_of(file).~Wal();
  return flushed == SQLITE_OK ? closed : flushed;
}

int read(sqlite3_file* file, void* to, int length, sqlite3_int64 at) {
  if (const int error = flush(file)) return error;
  return real_file(file)->pMethods->xRead(real_file(file), to, length, at);
}

int write(sqlite3_file* file, const void* from, int length, sqlite3_int64 at) {
  Wal& wal = wal_of(file);
  const auto size = static_cast<std::size_t>(length);
  const bool is_adjacent = at == wal.begin + static_cast<sqlite3_int64>(wal.gathered);
  if (!is_adjacent || wal.gathered + size > wal.bytes.size()) {
    if (const int error = flush(file)) return error;
  }
  if (size > wal.bytes.size()) {
    return real_file(file)->pMethods->xWrite(real_file(file), from, length, at);
  }
  if (wal.gathered == 0) wal.begin = at;
  std::copy_n(static_cast<const char*>(from), size, wal.bytes.data() + wal.gathered);
  wal.gathered += size;
  const bool is_last_page =
      std::exchange(wal.ends_commit, ends_commit({wal.bytes.data() + wal.gathered - size, size}));
  return is_last_page ? flush(file) : SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int error = flush(file)) return error;
  return real_file(file)->pMethods->xTruncate(real_file(file), size);
}

int sync(sqlite3_file* file, int flags) {
  if (const int error = flush(file)) return error;
  return real_file(file)->pMethods->xSync(real_file(file), flags);
}

int size(sqlite3_file* file, sqlite3_int64* size) {
  if (const int error = flush(file)) return error;
  return real_file(file)->pMethods->xFileSize(real_file(file), size);
}

int lock(sqlite3_file* file, int level) {
  return real_file(file)->pMethods->xLock(real_file(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return real_file(file)->pMethods->xUnlock(real_file(file), level);
}
int is_reserved(sqlite3_file* file, int* held) {
  return real_file(file)->pMethods->xCheckReservedLock(real_file(file), held);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real_file(file)->pMethods->xFileControl(real_file(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real_file(file)->pMethods->xSectorSize(real_file(file));
}
int characteristics(sqlite3_file* file) {
  return real_file(file)->pMethods->xDeviceCharacteristics(real_file(file));
}

// Version 1: shared memory and mapped pages belong to the database's file, not to its -wal.
const sqlite3_io_methods wal_methods{
    1,       close,       read,    write,       truncate,        sync,    size,    lock,
    unlock,  is_reserved, control, sector_size, characteristics, nullptr, nullptr, nullptr,
    nullptr, nullptr,     nullptr};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* real = real_vfs(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) return real->xOpen(real, name, file, flags, out_flags);
  auto* wal = new (file) Wal;
  const int result = real->xOpen(real, name, real_file(file), flags, out_flags);
  // SQLite closes a file that has methods, also where it could not be opened.
  if (real_file(file)->pMethods != nullptr) wal->base.pMethods = &wal_methods;
  return result;
}

// All else is the real VFS's work, which must be given itself.
sqlite3_vfs gathering(sqlite3_vfs* real, const char* name) {
  sqlite3_vfs vfs{};
  vfs.iVersion = 1;
  vfs.szOsFile = static_cast<int>(sizeof(Wal)) + real->szOsFile;
  vfs.mxPathname = real->mxPathname;
  vfs.zName = name;
  vfs.pAppData = real;
  vfs.xOpen = open;
  vfs.xDelete = [](sqlite3_vfs* self, const char* file, int sync_folder) {
    return real_vfs(self)->xDelete(real_vfs(self), file, sync_folder);
  };
  vfs.xAccess = [](sqlite3_vfs* self, const char* file, int flags, int* result) {
    return real_vfs(self)->xAccess(real_vfs(self), file, flags, result);
  };
  vfs.xFullPathname = [](sqlite3_vfs* self, const char* file, int length, char* out) {
    return real_vfs(self)->xFullPathname(real_vfs(self), file, length, out);
  };
  vfs.xDlOpen = [](sqlite3_vfs* self, const char* file) {
    return real_vfs(self)->xDlOpen(real_vfs(self), file);
  };
  vfs.xDlError = [](sqlite3_vfs* self, int length, char* message) {
    real_vfs(self)->xDlError(real_vfs(self), length, message);
  };
  vfs.xDlSym = [](sqlite3_vfs* self, void* library, const char* symbol) {
    return real_vfs(self)->xDlSym(real_vfs(self), library, symbol);
  };
  vfs.xDlClose = [](sqlite3_vfs* self, void* library) {
    real_vfs(self)->xDlClose(real_vfs(self), library);
  };
  vfs.xRandomness = [](sqlite3_vfs* self, int length, char* out) {
    return real_vfs(self)->xRandomness(real_vfs(self), length, out);
  };
  vfs.xSleep = [](sqlite3_vfs* self, int microseconds) {
    return real_vfs(self)->xSleep(real_vfs(self), microseconds);
  };
  vfs.xCurrentTime = [](sqlite3_vfs* self, double* now) {
    return real_vfs(self)->xCurrentTime(real_vfs(self), now);
  };
  vfs.xGetLastError = [](sqlite3_vfs* self, int length, char* message) {
    return real_vfs(self)->xGetLastError(real_vfs(self), length, message);
  };
  return vfs;
}

}  // namespace

struct GatheringVfs::Registered {
  std::string name;
  sqlite3_vfs vfs{};
};

GatheringVfs::GatheringVfs() : registered_(std::make_unique<Registered>()) {
  sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
  if (real == nullptr) throw SQLite::Exception{"SQLite has no VFS", SQLITE_ERROR};
  registered_->name =
      "drachtio-log-" + std::to_string(reinterpret_cast<std::uintptr_t>(registered_.get()));
  registered_->vfs = gathering(real, registered_->name.c_str());
  const int result = sqlite3_vfs_register(&registered_->vfs, 0);
  if (result != SQLITE_OK) throw SQLite::Exception{sqlite3_errstr(result), result};
}

GatheringVfs::~GatheringVfs() { sqlite3_vfs_unregister(&registered_->vfs); }

const char* GatheringVfs::name() const { return registered_->name.c_str(); }

}  // namespace drachtio::log
