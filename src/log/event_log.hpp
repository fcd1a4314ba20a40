// The event log, for its one writer: opens (creating or migrating) the file, and appends batches
// of rows, each in one transaction that is on disk when commit() returns.
#pragma once

#include "log/checkpointer.hpp"
#include "log/error.hpp"
#include "log/gathering_vfs.hpp"
#include "log/row.hpp"
#include "log/single_writer.hpp"
#include "log/whereabouts.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace drachtio::log {

// Whether a log that is not there, or an empty file, is to be made one.
enum class IfMissing : std::uint8_t { create, refuse };

// Not thread-safe: one owner, one thread at a time.
class EventLog {
 public:
  // Creates the file with mode 0600, takes the writer's lock, migrates, and writes the genesis row
  // where there is none. Throws Error.
  explicit EventLog(const std::filesystem::path& path, IfMissing if_missing = IfMissing::create);
  ~EventLog();
  EventLog(EventLog&&) noexcept;
  EventLog& operator=(EventLog&&) = delete;
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // What work goes along in the same transaction: the projection, import progress.
  using Alongside = std::function<void(SQLite::Database&)>;

  // Appends the entries, whose positions and hashes must continue head(), and runs `alongside`,
  // in one transaction. On an Error nothing of it has happened, and it may be tried again as it
  // stands where the error is retryable().
  void commit(std::span<const Entry> entries, const Alongside& alongside);

  // Deletes the evidence up to and including position `through`, under the rules of the schema:
  // `entries` must hold the evidence-dropped event that says so.
  void drop_evidence(std::span<const Entry> entries, std::int64_t through,
                     const Alongside& alongside);

  // Throws Error (moved) if the log's files are not where they were: so does every commit, but who
  // commits nothing for long, or is about to end, should ask.
  void require_in_place() { whereabouts_->require_in_place(); }

  // Returns what an operator should know of the file (see Checkpointer::take_warning).
  [[nodiscard]] std::optional<std::string> take_warning() { return checkpointer_->take_warning(); }

  // The last committed row.
  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // For the projection's own statements; use it on the owner's thread only.
  [[nodiscard]] SQLite::Database& database() { return *database_; }

 private:
  void append(const Entry& entry);
  void write_genesis();

  std::filesystem::path path_;
  SingleWriter lock_;
  std::unique_ptr<GatheringVfs> vfs_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<Whereabouts> whereabouts_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::unique_ptr<SQLite::Statement> insert_event_;
  std::unique_ptr<SQLite::Statement> insert_evidence_;
  Head head_;
};

}  // namespace drachtio::log
