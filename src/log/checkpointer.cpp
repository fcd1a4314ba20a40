#include "log/checkpointer.hpp"

#include "log/file_name.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace drachtio::log {

namespace {

constexpr int page_size = 4096;
constexpr int frame_size = page_size + 24;  // https://sqlite.org/fileformat2.html, 4.1
constexpr int longest_wait_ms = 50;         // for readers: a commit may take so much longer

struct Checkpoint {
  int error = SQLITE_OK;
  int frames = 0;  // in the -wal; -1 where that is not known
  int copied = 0;  // of these

  // SQLITE_BUSY says that somebody still reads what was copied.
  [[nodiscard]] bool is_whole() const {
    return (error == SQLITE_OK || error == SQLITE_BUSY) && copied == frames;
  }
};

// Copies what no reader needs in the -wal, and waits for nobody (SQLITE_CHECKPOINT_PASSIVE).
Checkpoint checkpoint(SQLite::Database& database) {
  Checkpoint made;
  made.error = sqlite3_wal_checkpoint_v2(database.getHandle(), "main", SQLITE_CHECKPOINT_PASSIVE,
                                         &made.frames, &made.copied);
  return made;
}

// Copies the whole -wal, and waits for those that read it: one who reads from now on reads the
// database itself (SQLITE_CHECKPOINT_RESTART). For a connection that writes no transaction now.
Checkpoint checkpoint_once_read(SQLite::Database& database) {
  const int timeout_ms = database.execAndGet("PRAGMA busy_timeout").getInt();
  sqlite3_busy_timeout(database.getHandle(), longest_wait_ms);
  Checkpoint made;
  made.error = sqlite3_wal_checkpoint_v2(database.getHandle(), "main", SQLITE_CHECKPOINT_RESTART,
                                         &made.frames, &made.copied);
  sqlite3_busy_timeout(database.getHandle(), timeout_ms);
  return made;
}

// Puts what was copied on the disk. A checkpoint does so only where it has copied the whole -wal,
// and would have to wait then for all that the checkpoints before it have written.
int sync(SQLite::Database& database) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr) return SQLITE_OK;
  return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

}  // namespace

// Copying is the thread, and what it shares with the writer.
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

  // To be called after each commit, with the number of frames that the -wal has now.
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
    int left = 0;                // that the thread has not copied
    int sync_error = SQLITE_OK;  // the latest since the last call
  };
  [[nodiscard]] Progress progress() {
    const std::lock_guard lock{mutex_};
    return {frames_, frames_ - copied_, std::exchange(sync_error_, SQLITE_OK)};
  }

  // To be called once the writer has copied the whole -wal.
  void nothing_is_left() {
    const std::lock_guard lock{mutex_};
    copied_ = frames_;
  }

  // Each checkpoint runs under this lock, and each commit that may let the -wal start over.
  [[nodiscard]] Guard claim(bool wait) {
    return wait ? Guard{copying_} : Guard{copying_, std::try_to_lock};
  }

 private:
  [[nodiscard]] bool is_due() const {
    const bool hurries = frames_ >= lengths_.restart && !blocked_;
    return frames_ - copied_ >= (hurries ? lengths_.little : lengths_.step);
  }

  void run() {
    std::unique_lock lock{mutex_};
    while (true) {
      wake_.wait(lock, [&] { return stopping_ || is_due(); });
      if (stopping_) return;
      lock.unlock();
      Guard claimed = claim(true);
      lock.lock();
      if (stopping_ || !is_due()) continue;  // the -wal may have started over meanwhile
      const int frames = frames_;
      lock.unlock();
      const Checkpoint made = checkpoint(database_);
      claimed.unlock();
      const int error = sync(database_);
      lock.lock();
      if (error != SQLITE_OK) sync_error_ = error;
      // Whatever came of it, it is tried again once there is more. The writer tells of a failure.
      blocked_ = !made.is_whole();
      copied_ = std::min(frames, frames_);
    }
  }

  SQLite::Database database_;
  CheckpointLengths lengths_;
  std::mutex copying_;
  std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  int frames_ = 0;
  int copied_ = 0;
  bool blocked_ = false;  // a reader needs what is in the -wal, or copying fails
  int sync_error_ = SQLITE_OK;
  bool stopping_ = false;
  std::thread thread_;
};

Checkpointer::Checkpointer(const std::filesystem::path& path, SQLite::Database& writer,
                           CheckpointLengths lengths)
    : writer_(writer),
      lengths_(lengths),
      wal_(file_name(path) + "-wal"),
      next_attempt_(lengths.restart),
      next_wait_(lengths.at_once),
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
  // SQLite cuts the -wal to this length once it starts over.
  writer_.exec("PRAGMA journal_size_limit = " +
               std::to_string(static_cast<std::int64_t>(lengths.warn) * frame_size));
}

Checkpointer::~Checkpointer() { sqlite3_wal_hook(writer_.getHandle(), nullptr, nullptr); }

Checkpointer::Guard Checkpointer::make_room() {
  const auto [frames, left, sync_error] = copying_->progress();
  if (sync_error != SQLITE_OK) {
    warning_ = "the disk would not keep what was copied from " + wal_ + " into the log (" +
               sqlite3_errstr(sync_error) + "): look at the disk, and verify the log";
  }
  if (left == 0) return copying_->claim(true);  // the thread has copied all: it will start over
  if (frames < lengths_.restart) {
    next_attempt_ = lengths_.restart;
    next_wait_ = lengths_.at_once;
    next_warning_ = lengths_.warn;
    return {};
  }
  const bool at_once = frames >= lengths_.at_once;
  if (frames < next_attempt_ || (left > lengths_.little && !at_once)) return {};
  Guard claimed = copying_->claim(at_once);
  if (!claimed || !copy_the_rest(frames)) return {};
  return claimed;
}

// Returns whether the whole -wal is copied now.
bool Checkpointer::copy_the_rest(int frames) {
  // Readers that follow one another without a pause, each for a moment, never leave the -wal alone.
  const bool waits = frames >= next_wait_;
  const Checkpoint made = waits ? checkpoint_once_read(writer_) : checkpoint(writer_);
  if (waits) next_wait_ = frames + frames / 4;
  if (made.is_whole()) {
    copying_->nothing_is_left();
    return true;
  }
  next_attempt_ = frames + lengths_.step;  // not before each commit: it is in vain
  if (frames < next_warning_) return false;
  next_warning_ = 2 * frames;
  warning_ = wal_ + " has grown to " +
             std::to_string(static_cast<std::int64_t>(frames) * page_size / 1'000'000) + " MB: " +
             (made.error == SQLITE_OK || made.error == SQLITE_BUSY
                  ? "somebody has been reading the log for long without a pause (a query, a "
                    "backup, a verification), and what they read stays there until they end"
                  : std::string{"it cannot be copied into the log: "} + sqlite3_errstr(made.error));
  return false;
}

std::optional<std::string> Checkpointer::take_warning() {
  return std::exchange(warning_, std::nullopt);
}

}  // namespace drachtio::log
