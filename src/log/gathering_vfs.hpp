// A GatheringVfs is a way to the disk for SQLite (https://sqlite.org/vfs.html) that writes a commit
// to the -wal in a few calls.
//
// SQLite writes each page of a commit by two calls, of 24 and of 4,096 bytes, at adjacent places.
// Each call costs as much as copying several pages, so that the calls were a third of a commit.
// Here, adjacent writes to a -wal are gathered and go to the file together: at the end of a commit,
// before others learn of its pages; before the -wal is synced or read; and before a write
// elsewhere. Nothing else is changed, neither what is written nor its order.
#pragma once

#include <memory>

namespace drachtio::log {

// A write that fails is reported with the same error as without it, later in the same commit.
//
// It must outlive its connections. The default VFS of the moment when it is made does the work.
// Thread-safe as that is.
class GatheringVfs {
 public:
  GatheringVfs();
  ~GatheringVfs();
  GatheringVfs(const GatheringVfs&) = delete;
  GatheringVfs& operator=(const GatheringVfs&) = delete;
  GatheringVfs(GatheringVfs&&) = delete;
  GatheringVfs& operator=(GatheringVfs&&) = delete;

  // Returns what to call it by when a database is opened: a name that no other has.
  [[nodiscard]] const char* name() const;

 private:
  struct Registered;
  std::unique_ptr<Registered> registered_;
};

}  // namespace drachtio::log
