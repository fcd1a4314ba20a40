// A Checkpointer keeps a log's -wal short while the log is written: it copies the frames into the
// database on a thread of its own, so that no commit waits for that.
//
// A checkpoint beside the writer never catches up with a log that is always being written, and the
// -wal starts over only once one has. So where the -wal has become long, the thread copies without
// a pause, and the writer copies the little that is left then by itself, between two commits. If
// that is not enough, because others read the log all the time, the writer waits for them, 50 ms at
// most.
//
// No checkpoint may begin while a commit lets the -wal start over: SQLite before 3.51.3 then takes
// frames of the new -wal for copied, and the log is corrupt (https://sqlite.org/wal.html, "The
// WAL-Reset Bug"). Such a commit and the checkpoints keep one another out here; nobody else may
// checkpoint a log that is being written.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace SQLite {
class Database;
}

namespace drachtio::log {

// Lengths of the -wal in frames, each a page of 4 KiB and a little more.
struct CheckpointLengths {
  int step = 1000;      // the thread copies as many at a time; the fsync after them takes its time
  int restart = 12000;  // from here on the -wal is to start over, once there is little left to copy
  int little = 200;     // so many frames the writer copies by itself
  int at_once = 14000;  // from here on the writer copies whatever is left
  int warn = 16000;     // the -wal should never be as long as this, and is cut to it where it was
};

// The writer's thread calls everything but the destructor.
class Checkpointer {
 public:
  // `writer` is the writer's connection to the log at `path`, in WAL mode. It must outlive this
  // object, and runs no checkpoints by itself any more. Throws SQLite::Exception.
  Checkpointer(const std::filesystem::path& path, SQLite::Database& writer,
               CheckpointLengths lengths = {});
  // Breaks off what the thread is copying: that is not lost, but stays in the -wal too.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  Checkpointer(Checkpointer&&) = delete;
  Checkpointer& operator=(Checkpointer&&) = delete;

  // A guard keeps the thread from checkpoints while it lives. It is empty where the transaction
  // cannot let the -wal start over.
  using Guard = std::unique_lock<std::mutex>;
  // Lets the -wal start over if it is long. To be called before each transaction that writes, which
  // must end before the guard does.
  [[nodiscard]] Guard make_room();

  // Says what an operator should know, in words fit to be shown: why the -wal goes on growing, once
  // when it is too long and again each time it has become twice as long since; and that the disk
  // has refused what was copied.
  [[nodiscard]] std::optional<std::string> take_warning();

 private:
  class Copying;

  bool copy_the_rest(int frames);

  SQLite::Database& writer_;
  CheckpointLengths lengths_;
  std::string wal_;
  int next_attempt_;  // the length at which the writer tries again
  int next_wait_;     // and at which it waits for readers
  int next_warning_;
  std::optional<std::string> warning_;
  std::unique_ptr<Copying> copying_;
};

}  // namespace drachtio::log
