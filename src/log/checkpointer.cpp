#include "log/checkpointer.hpp"

#include "log/file_name.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace drachtio::log {

namespace {

constexpr int page_size = 4096;

struct Checkpoint {
  int error = SQLITE_OK;
  int frames = 0;  // in the -wal; -1 where that is not known
  int copied = 0;  // of these

  [[nodiscard]] bool is_whole() const { return error == SQLITE_OK && copied == frames; }
};

// SQLITE_CHECKPOINT_PASSIVE: waits for nobody, and copies what no reader needs in the -wal.
Checkpoint checkpoint(SQLite::Database& database) {
  Checkpoint made;
  made.error = sqlite3_wal_checkpoint_v2(database.getHandle(), "main", SQLITE_CHECKPOINT_PASSIVE,
                                         &made.frames, &made.copied);
  return made;
}

// Puts what was copied on the disk. A checkpoint does so only where it has copied the whole -wal:
// the one that does would have to wait for all that those before it have written.
int sync(SQLite::Database& database) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr) return SQLITE_OK;
  return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

}  // namespace

// The thread, and what it shares with the writer.
class Checkpointer::Copying {
 public:
  // Opens the database at once, while its name is surely still its own.
  Copying(const std::filesystem::path& path, const CheckpointLengths& lengths)
      : database_(file_name(path), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX),
        lengths_(lengths) {
    database_.exec("PRAGMA synchronous = FULL");
    database_.exec("PRAGMA wal_autocheckpoint = 0");
    database_.execAndGet("SELECT count(*) FROM sqlite_schema");  // only now is the -wal open
    thread_ = std::thread{[this] { run(); }};
  }
  ~Copying() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    sqlite3_interrupt(database_.getHandle());
    wake_.notify_all();
    thread_.join();
  }
  Copying(const Copying&) = delete;
  Copying& operator=(const Copying&) = delete;
  Copying(Copying&&) = delete;
  Copying& operator=(Copying&&) = delete;

  // The -wal has so many frames now, after a commit.
  void committed(int frames) {
    bool is_due = false;
    {
      const std::lock_guard lock{mutex_};
      if (frames < frames_) copied_ = 0;  // it has started over
      frames_ = frames;
      is_due = this->is_due();
    }
    if (is_due) wake_.notify_all();
  }

  struct Progress {
    int frames = 0;
    int left = 0;  // that the thread has not copied
  };
  [[nodiscard]] Progress progress() const {
    const std::lock_guard lock{mutex_};
    return {frames_, frames_ - copied_};
  }

  // The latest since it was asked last.
  [[nodiscard]] int take_sync_error() {
    const std::lock_guard lock{mutex_};
    return std::exchange(sync_error_, SQLITE_OK);
  }

  // Held while a checkpoint runs: there can be one at a time.
  [[nodiscard]] std::unique_lock<std::mutex> claim(bool wait) {
    return wait ? std::unique_lock{copying_} : std::unique_lock{copying_, std::try_to_lock};
  }

 private:
  [[nodiscard]] bool is_due() const {
    const int left = frames_ - copied_;
    return left >= (frames_ < lengths_.restart ? lengths_.step : lengths_.little);
  }

  void run() {
    std::unique_lock lock{mutex_};
    while (true) {
      wake_.wait(lock, [&] { return stopping_ || is_due(); });
      if (stopping_) return;
      const int frames = frames_;
      lock.unlock();
      {
        const auto claimed = claim(true);
        checkpoint(database_);
      }
      const int error = sync(database_);
      lock.lock();
      if (error != SQLITE_OK) sync_error_ = error;
      // Whatever came of it: tried again when there is more. The writer tells of what stays undone.
      copied_ = std::min(frames, frames_);
    }
  }

  SQLite::Database database_;
  CheckpointLengths lengths_;
  std::mutex copying_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  int frames_ = 0;
  int copied_ = 0;
  int sync_error_ = SQLITE_OK;
  bool stopping_ = false;
  std::thread thread_;
};

Checkpointer::Checkpointer(const std::filesystem::path& path, SQLite::Database& writer,
                           CheckpointLengths lengths)
    : writer_(writer),
      lengths_(lengths),
      wal_(file_name(path) + "-wal"),
      next_at_once_(lengths.at_once),
      next_warning_(lengths.warn),
      copying_(std::make_unique<Copying>(path, lengths)) {
  // Replaces the connection's own checkpoints (https://sqlite.org/c3ref/wal_hook.html).
  sqlite3_wal_hook(
      writer_.getHandle(),
      [](void* copying, sqlite3*, const char*, int frames) {
        static_cast<Copying*>(copying)->committed(frames);
        return SQLITE_OK;
      },
      copying_.get());
}

Checkpointer::~Checkpointer() { sqlite3_wal_hook(writer_.getHandle(), nullptr, nullptr); }

void Checkpointer::make_room() {
  if (const int error = copying_->take_sync_error()) {
    warning_ = "the disk would not keep what was copied from " + wal_ + " into the log (" +
               sqlite3_errstr(error) + "): look at the disk, and verify the log";
  }
  const auto [frames, left] = copying_->progress();
  if (frames < lengths_.restart) {
    next_at_once_ = lengths_.at_once;
    next_warning_ = lengths_.warn;
    return;
  }
  const bool at_once = frames >= next_at_once_;
  if (left > lengths_.little && !at_once) return;
  const auto claimed = copying_->claim(at_once);
  if (!claimed) return;
  const Checkpoint made = checkpoint(writer_);
  if (at_once) next_at_once_ = frames + lengths_.step;  // not before each commit, if it is in vain
  if (frames < next_warning_ || made.is_whole()) return;
  next_warning_ = 2 * frames;
  warning_ = wal_ + " has grown to " +
             std::to_string(static_cast<std::int64_t>(frames) * page_size / 1'000'000) + " MB: " +
             (made.error == SQLITE_OK || made.error == SQLITE_BUSY
                  ? "somebody has been reading the log for long without a pause (a query, a "
                    "backup, a verification), and what they read stays there until they end"
                  : std::string{"it cannot be copied into the log: "} + sqlite3_errstr(made.error));
}

std::optional<std::string> Checkpointer::take_warning() {
  return std::exchange(warning_, std::nullopt);
}

}  // namespace drachtio::log
