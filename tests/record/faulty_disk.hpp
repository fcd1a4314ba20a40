// A disk that fails when told to: a SQLite VFS in front of the real one, default while it lives.
#pragma once

#include <chrono>
#include <memory>

namespace drachtio::test {

class FaultyDisk {
 public:
  enum class Fault {
    full,  // every write says there is no space
    copy,  // every write to a database itself says so; those to its -wal go on
    sync,  // every fsync fails
  };

  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  FaultyDisk(FaultyDisk&&) = delete;
  FaultyDisk& operator=(FaultyDisk&&) = delete;

  // From now on, until heal(). Thread-safe.
  void fail(Fault fault);
  void heal();
  // Waits until `count` operations have failed since fail(); false if that takes too long.
  bool wait_for_failures(int count, std::chrono::seconds patience = std::chrono::seconds{20});

  // Returns how often a -wal has been written to.
  [[nodiscard]] int writes_to_wal() const;

  struct Implementation;

 private:
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace drachtio::test
