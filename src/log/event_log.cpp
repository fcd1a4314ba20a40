#include "log/event_log.hpp"

#include "log/file_name.hpp"
#include "log/migrate.hpp"
#include "log/obstacle.hpp"
#include "text/json_writer.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace drachtio::log {

namespace {

constexpr int writer_busy_timeout_ms = 2000;

// What must hold before anything is made or opened.
void require_fit(const std::filesystem::path& path, IfMissing if_missing) {
  const std::string name = path.string();
  if (const auto left = left_behind(path)) {
    throw Error{Failure::cannot_open,
                "cannot make a log of " + name + ": " + left->string() +
                    " holds what was last written to a log that was there and has been moved or "
                    "deleted, and would be deleted too: put that log back, or move " +
                    left->string() + " beside it, or remove it if that log is not wanted"};
  }
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error) &&
      std::filesystem::hard_link_count(path, error) > 1) {
    throw Error{Failure::cannot_open,
                "cannot open the log " + name +
                    ": it has a second name (a hard link), by which another recorder could write "
                    "it at the same time; remove that, or make it a copy"};
  }
  if (if_missing == IfMissing::refuse || std::filesystem::exists(path, error)) {
    if (const auto reason = obstacle(path, Access::write)) {
      throw Error{Failure::cannot_open, "cannot open the log " + name + ": " + *reason};
    }
  }
  if (if_missing == IfMissing::refuse && std::filesystem::file_size(path, error) == 0) {
    throw Error{Failure::cannot_open, "cannot open the log " + name + ": the file is empty"};
  }
}

// With its mode before SQLite opens it: -wal and -shm take theirs from it.
void create_private(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ::close(descriptor);
  } else if (errno != EEXIST) {
    throw Error{Failure::cannot_open,
                "cannot create " + path.string() + ": " + std::strerror(errno)};
  }
}

std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw Error{Failure::other, "OpenSSL has no random numbers"};
  }
  static constexpr char hex[] = "0123456789abcdef";
  std::string id;
  for (const unsigned char byte : bytes) {
    id += hex[byte >> 4U];
    id += hex[byte & 0xFU];
  }
  return id;
}

void bind_hash(SQLite::Statement& statement, int index, const Hash& hash) {
  statement.bindNoCopy(index, hash.data(), static_cast<int>(hash.size()));
}

void bind_optional(SQLite::Statement& statement, int index,
                   const std::optional<std::int64_t>& value) {
  if (value) {
    statement.bind(index, *value);
  } else {
    statement.bind(index);
  }
}

Head read_head(SQLite::Database& database) {
  SQLite::Statement statement{
      database, "SELECT position, hash, recorded_at FROM event ORDER BY position DESC LIMIT 1"};
  Head head;
  if (!statement.executeStep()) return head;
  head.position = statement.getColumn(0).getInt64();
  const SQLite::Column hash = statement.getColumn(1);
  if (hash.getBytes() != static_cast<int>(head.hash.size())) {
    throw Error{Failure::corrupt, "the head's hash is not 32 bytes"};
  }
  std::memcpy(head.hash.data(), hash.getBlob(), head.hash.size());
  head.recorded_at = statement.getColumn(2).getInt64();
  return head;
}

}  // namespace

EventLog::EventLog(const std::filesystem::path& path, IfMissing if_missing)
    : path_(path), lock_((require_fit(path, if_missing), create_private(path), path)) {
  try {
    vfs_ = std::make_unique<GatheringVfs>();
    database_ = std::make_unique<SQLite::Database>(file_name(path),
                                                   SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                                                   writer_busy_timeout_ms, vfs_->name());
    migrate(*database_);
    database_->exec("PRAGMA journal_mode = WAL");
    database_->exec("PRAGMA synchronous = FULL");
    database_->exec("PRAGMA secure_delete = ON");
    database_->exec("PRAGMA cache_size = -32768");
    insert_event_ = std::make_unique<SQLite::Statement>(
        *database_,
        "INSERT INTO event (position, dialog, version, type, occurred_at, recorded_at, data, "
        "format, evidence_hash, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert_evidence_ = std::make_unique<SQLite::Statement>(
        *database_,
        "INSERT INTO sip_message (position, direction, peer, bytes) VALUES (?, ?, ?, ?)");
    head_ = read_head(*database_);
    whereabouts_ = std::make_unique<Whereabouts>(*database_);  // SQLite has opened the -wal by now
    checkpointer_ = std::make_unique<Checkpointer>(path, *database_);
    if (head_.position < 0) write_genesis();
  } catch (const SQLite::Exception& error) {
    const Error failure = translate(error, "cannot open the log " + path.string());
    if (failure.failure() == Failure::foreign) lock_.withdraw();
    if (failure.failure() != Failure::cannot_open) throw failure;
    const auto reason = obstacle_beside(path, Access::write);
    throw reason
        ? Error{Failure::cannot_open, "cannot open the log " + path.string() + ": " + *reason}
        : failure;
  } catch (const Error& error) {
    if (error.failure() == Failure::foreign) lock_.withdraw();
    throw;
  }
}

EventLog::~EventLog() = default;
EventLog::EventLog(EventLog&&) noexcept = default;

void EventLog::write_genesis() {
  Entry genesis;
  Row& row = genesis.row;
  row.position = 0;
  row.type = "genesis";
  row.occurred_at = std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
  row.recorded_at = row.occurred_at;
  text::JsonObject object{row.data};
  object.string("log_id", std::string_view{random_id()});
  object.number("format", row.format);
  object.close();
  digest::Sha256 hasher;
  row.hash = row_hash(hasher, row);
  commit(std::span{&genesis, 1}, {});
}

void EventLog::append(const Entry& entry) {
  const Row& row = entry.row;
  SQLite::Statement& event = *insert_event_;
  event.bind(1, row.position);
  bind_optional(event, 2, row.dialog);
  bind_optional(event, 3, row.version);
  event.bindNoCopy(4, row.type);
  event.bind(5, row.occurred_at);
  event.bind(6, row.recorded_at);
  event.bindNoCopy(7, row.data);
  event.bind(8, row.format);
  if (row.evidence_hash) {
    bind_hash(event, 9, *row.evidence_hash);
  } else {
    event.bind(9);
  }
  bind_hash(event, 10, row.previous_hash);
  bind_hash(event, 11, row.hash);
  event.exec();
  event.reset();
  if (!entry.evidence) return;
  SQLite::Statement& evidence = *insert_evidence_;
  evidence.bind(1, row.position);
  evidence.bindNoCopy(2, entry.evidence->direction);
  evidence.bindNoCopy(3, entry.evidence->peer);
  evidence.bindNoCopy(4, entry.evidence->bytes.data(),
                      static_cast<int>(entry.evidence->bytes.size()));
  evidence.exec();
  evidence.reset();
}

void EventLog::commit(std::span<const Entry> entries, const Alongside& alongside) {
  require_in_place();
  const Checkpointer::Guard guard = checkpointer_->make_room();
  try {
    SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
    for (const Entry& entry : entries) append(entry);
    if (alongside) alongside(*database_);
    transaction.commit();
  } catch (const SQLite::Exception& error) {
    insert_event_->tryReset();
    insert_evidence_->tryReset();
    throw translate(error, "cannot write the log " + path_.string());
  }
  if (!entries.empty()) {
    const Row& last = entries.back().row;
    head_ = {last.position, last.hash, last.recorded_at};
    lock_.tell_head(head_.position);
  }
}

void EventLog::drop_evidence(std::span<const Entry> entries, std::int64_t through,
                             const Alongside& alongside) {
  commit(entries, [&](SQLite::Database& database) {
    SQLite::Statement remove{database, "DELETE FROM sip_message WHERE position <= ?"};
    remove.bind(1, through);
    remove.exec();
    if (alongside) alongside(database);
  });
}

}  // namespace drachtio::log
