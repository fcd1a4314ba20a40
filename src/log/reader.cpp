#include "log/reader.hpp"

#include "log/file_name.hpp"
#include "log/migrate.hpp"
#include "log/obstacle.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstring>

namespace drachtio::log {

namespace {

constexpr int reader_busy_timeout_ms = 5000;

Hash read_hash(const SQLite::Column& column) {
  Hash hash{};
  if (column.getBytes() != static_cast<int>(hash.size())) {
    throw Error{Failure::corrupt, "a hash in the log is not 32 bytes"};
  }
  std::memcpy(hash.data(), column.getBlob(), hash.size());
  return hash;
}

std::string read_bytes(const SQLite::Column& column) {
  const auto* bytes = static_cast<const char*>(column.getBlob());
  return bytes == nullptr ? std::string{}
                          : std::string{bytes, static_cast<std::size_t>(column.getBytes())};
}

// As an URI, so that a file in a folder we may not write (an auditor's copy) can still be opened:
// without a -wal beside it, it is whole by itself.
std::unique_ptr<SQLite::Database> open(const std::filesystem::path& path) {
  try {
    auto database = std::make_unique<SQLite::Database>(
        file_name(path), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, reader_busy_timeout_ms);
    database->execAndGet("SELECT count(*) FROM sqlite_schema");
    return database;
  } catch (const SQLite::Exception&) {
    std::error_code error;
    if (!std::filesystem::exists(path, error) || error ||
        std::filesystem::exists(path.string() + "-wal", error)) {
      throw;
    }
    std::string uri = "file:";
    for (const char c : file_name(path)) {
      if (c == '?' || c == '#' || c == '%') {
        static constexpr char hex[] = "0123456789ABCDEF";
        uri += '%';
        uri += hex[static_cast<unsigned char>(c) >> 4U];
        uri += hex[static_cast<unsigned char>(c) & 0xFU];
      } else {
        uri += c;
      }
    }
    return std::make_unique<SQLite::Database>(
        uri + "?immutable=1", SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX | SQLite::OPEN_URI,
        reader_busy_timeout_ms);
  }
}

}  // namespace

const char* const row_columns =
    "position, dialog, version, type, occurred_at, recorded_at, data, format, evidence_hash, "
    "previous_hash, hash";

Row read_row(SQLite::Statement& statement) {
  Row row;
  row.position = statement.getColumn(0).getInt64();
  if (const SQLite::Column dialog = statement.getColumn(1); !dialog.isNull()) {
    row.dialog = dialog.getInt64();
  }
  if (const SQLite::Column version = statement.getColumn(2); !version.isNull()) {
    row.version = version.getInt64();
  }
  row.type = read_bytes(statement.getColumn(3));
  row.occurred_at = statement.getColumn(4).getInt64();
  row.recorded_at = statement.getColumn(5).getInt64();
  row.data = read_bytes(statement.getColumn(6));
  row.format = statement.getColumn(7).getInt64();
  if (const SQLite::Column hash = statement.getColumn(8); !hash.isNull()) {
    row.evidence_hash = read_hash(hash);
  }
  row.previous_hash = read_hash(statement.getColumn(9));
  row.hash = read_hash(statement.getColumn(10));
  return row;
}

Reader::Reader(const std::filesystem::path& path) : path_(path) {
  const std::string doing = "cannot read the log " + path.string();
  if (const auto reason = obstacle(path, Access::read)) {
    throw Error{Failure::cannot_open, doing + ": " + *reason};
  }
  try {
    database_ = open(path);
    // Whoever looks for Call-IDs touches a page of each bucket of dialog_by_call.
    database_->exec("PRAGMA cache_size = -32768");
    require_current(*database_);
  } catch (const SQLite::Exception& error) {
    const Error failure = translate(error, doing);
    if (failure.failure() != Failure::cannot_open) throw failure;
    const auto reason = obstacle_beside(path, Access::read);
    throw reason ? Error{Failure::cannot_open, doing + ": " + *reason} : failure;
  }
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

SQLite::Statement& Reader::prepared(std::unique_ptr<SQLite::Statement>& statement,
                                    const char* sql) {
  if (!statement) statement = std::make_unique<SQLite::Statement>(*database_, sql);
  statement->tryReset();
  return *statement;
}

Head Reader::head() {
  try {
    SQLite::Statement& statement = prepared(
        head_, "SELECT position, hash, recorded_at FROM event ORDER BY position DESC LIMIT 1");
    Head head;
    if (statement.executeStep()) {
      head = {statement.getColumn(0).getInt64(), read_hash(statement.getColumn(1)),
              statement.getColumn(2).getInt64()};
    }
    statement.reset();
    return head;
  } catch (const SQLite::Exception& error) {
    throw translate(error, "cannot read the log " + path_.string());
  }
}

std::vector<Row> Reader::after(std::int64_t position, std::size_t limit) {
  static const std::string sql = std::string{"SELECT "} + row_columns +
                                 " FROM event WHERE position > ? ORDER BY position LIMIT ?";
  try {
    SQLite::Statement& statement = prepared(after_, sql.c_str());
    statement.bind(1, position);
    statement.bind(2, static_cast<std::int64_t>(limit));
    std::vector<Row> rows;
    while (statement.executeStep()) rows.push_back(read_row(statement));
    statement.reset();
    return rows;
  } catch (const SQLite::Exception& error) {
    throw translate(error, "cannot read the log " + path_.string());
  }
}

std::vector<Row> Reader::of_dialog(std::int64_t dialog, std::int64_t last_version) {
  static const std::string sql = std::string{"SELECT "} + row_columns +
                                 " FROM event WHERE dialog = ? AND version <= ? ORDER BY version";
  try {
    SQLite::Statement& statement = prepared(of_dialog_, sql.c_str());
    statement.bind(1, dialog);
    statement.bind(2, last_version);
    std::vector<Row> rows;
    while (statement.executeStep()) rows.push_back(read_row(statement));
    statement.reset();
    return rows;
  } catch (const SQLite::Exception& error) {
    throw translate(error, "cannot read the log " + path_.string());
  }
}

std::optional<Row> Reader::at(std::int64_t position) {
  static const std::string sql =
      std::string{"SELECT "} + row_columns + " FROM event WHERE position = ?";
  try {
    SQLite::Statement& statement = prepared(at_, sql.c_str());
    statement.bind(1, position);
    std::optional<Row> row;
    if (statement.executeStep()) row = read_row(statement);
    statement.reset();
    return row;
  } catch (const SQLite::Exception& error) {
    throw translate(error, "cannot read the log " + path_.string());
  }
}

std::optional<Evidence> Reader::evidence(std::int64_t position) {
  try {
    SQLite::Statement& statement =
        prepared(evidence_, "SELECT direction, peer, bytes FROM sip_message WHERE position = ?");
    statement.bind(1, position);
    std::optional<Evidence> evidence;
    if (statement.executeStep()) {
      evidence = Evidence{read_bytes(statement.getColumn(0)), read_bytes(statement.getColumn(1)),
                          read_bytes(statement.getColumn(2))};
    }
    statement.reset();
    return evidence;
  } catch (const SQLite::Exception& error) {
    throw translate(error, "cannot read the log " + path_.string());
  }
}

std::int64_t Reader::data_version() {
  try {
    SQLite::Statement& statement = prepared(data_version_, "PRAGMA data_version");
    statement.executeStep();
    const std::int64_t version = statement.getColumn(0).getInt64();
    statement.reset();
    return version;
  } catch (const SQLite::Exception& error) {
    throw translate(error, "cannot read the log " + path_.string());
  }
}

}  // namespace drachtio::log
