#include "faulty_disk.hpp"

#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>

namespace drachtio::test {

struct FaultyDisk::Implementation {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Fault> fault;
  int failures = 0;
  std::atomic<int> writes_to_wal = 0;

  // The error to answer with, where this operation is to fail now.
  int error_for(Fault operation, int error) {
    const std::lock_guard lock{mutex};
    if (fault != operation) return SQLITE_OK;
    ++failures;
    changed.notify_all();
    return error;
  }
};

namespace {

using Disk = FaultyDisk::Implementation;

// An open file: the real one lies behind it in the same block of memory.
struct File {
  sqlite3_file base;
  Disk* disk;
  bool is_database;
  bool is_wal;
  sqlite3_io_methods methods;
};

sqlite3_file* real_file(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}
Disk& disk_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->disk; }

int close(sqlite3_file* file) { return real_file(file)->pMethods->xClose(real_file(file)); }
int read(sqlite3_file* file, void* to, int length, sqlite3_int64 at) {
  return real_file(file)->pMethods->xRead(real_file(file), to, length, at);
}
int write(sqlite3_file* file, const void* from, int length, sqlite3_int64 at) {
  if (const int error = disk_of(file).error_for(FaultyDisk::Fault::full, SQLITE_FULL)) return error;
  if (reinterpret_cast<File*>(file)->is_wal) ++disk_of(file).writes_to_wal;
  if (reinterpret_cast<File*>(file)->is_database) {
    if (const int error = disk_of(file).error_for(FaultyDisk::Fault::copy, SQLITE_FULL)) {
      return error;
    }
  }
  return real_file(file)->pMethods->xWrite(real_file(file), from, length, at);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return real_file(file)->pMethods->xTruncate(real_file(file), size);
}
int sync(sqlite3_file* file, int flags) {
  if (const int error = disk_of(file).error_for(FaultyDisk::Fault::sync, SQLITE_IOERR_FSYNC)) {
    return error;
  }
  return real_file(file)->pMethods->xSync(real_file(file), flags);
}
int size(sqlite3_file* file, sqlite3_int64* size) {
  return real_file(file)->pMethods->xFileSize(real_file(file), size);
}
int lock(sqlite3_file* file, int level) {
  return real_file(file)->pMethods->xLock(real_file(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return real_file(file)->pMethods->xUnlock(real_file(file), level);
}
int check_lock(sqlite3_file* file, int* held) {
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
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return real_file(file)->pMethods->xShmMap(real_file(file), page, size, extend, memory);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real_file(file)->pMethods->xShmLock(real_file(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real_file(file)->pMethods->xShmBarrier(real_file(file)); }
int shm_unmap(sqlite3_file* file, int remove) {
  return real_file(file)->pMethods->xShmUnmap(real_file(file), remove);
}

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  Disk& disk = *static_cast<Disk*>(vfs->pAppData);
  File& wrapped = *reinterpret_cast<File*>(file);
  std::memset(&wrapped, 0, sizeof wrapped);
  const int result = disk.real->xOpen(disk.real, name, real_file(file), flags, out_flags);
  if (result != SQLITE_OK) return result;
  wrapped.disk = &disk;
  wrapped.is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  wrapped.is_wal = (flags & SQLITE_OPEN_WAL) != 0;
  wrapped.methods = sqlite3_io_methods{
      2,         close,      read,    write,       truncate,        sync,    size,     lock,
      unlock,    check_lock, control, sector_size, characteristics, shm_map, shm_lock, shm_barrier,
      shm_unmap, nullptr,    nullptr};
  wrapped.base.pMethods = &wrapped.methods;
  return SQLITE_OK;
}

}  // namespace

FaultyDisk::FaultyDisk() : implementation_(std::make_unique<Implementation>()) {
  Disk& disk = *implementation_;
  disk.real = sqlite3_vfs_find(nullptr);
  disk.vfs = *disk.real;
  disk.vfs.zName = "faulty-disk";
  disk.vfs.szOsFile = disk.real->szOsFile + static_cast<int>(sizeof(File));
  disk.vfs.pAppData = &disk;
  disk.vfs.pNext = nullptr;
  disk.vfs.xOpen = open;
  // The real VFS looks at its own pAppData: give it itself.
  disk.vfs.xDelete = [](sqlite3_vfs* vfs, const char* name, int sync_folder) {
    sqlite3_vfs* real = static_cast<Disk*>(vfs->pAppData)->real;
    return real->xDelete(real, name, sync_folder);
  };
  disk.vfs.xAccess = [](sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    sqlite3_vfs* real = static_cast<Disk*>(vfs->pAppData)->real;
    return real->xAccess(real, name, flags, result);
  };
  disk.vfs.xFullPathname = [](sqlite3_vfs* vfs, const char* name, int length, char* out) {
    sqlite3_vfs* real = static_cast<Disk*>(vfs->pAppData)->real;
    return real->xFullPathname(real, name, length, out);
  };
  sqlite3_vfs_register(&disk.vfs, 1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&implementation_->vfs);
  sqlite3_vfs_register(implementation_->real, 1);
}

void FaultyDisk::fail(Fault fault) {
  const std::lock_guard lock{implementation_->mutex};
  implementation_->fault = fault;
  implementation_->failures = 0;
}

void FaultyDisk::heal() {
  const std::lock_guard lock{implementation_->mutex};
  implementation_->fault.reset();
}

bool FaultyDisk::wait_for_failures(int count, std::chrono::seconds patience) {
  std::unique_lock lock{implementation_->mutex};
  return implementation_->changed.wait_for(lock, patience,
                                           [&] { return implementation_->failures >= count; });
}

int FaultyDisk::writes_to_wal() const { return implementation_->writes_to_wal; }

}  // namespace drachtio::test
