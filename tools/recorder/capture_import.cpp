#include "recorder/capture_import.hpp"

#include "record/writer.hpp"
#include "text/escape.hpp"
#include "wire/protocol_error.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace drachtio::tools {

namespace {

constexpr std::size_t frames_a_transaction = 1000;

std::ifstream open_capture(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error) throw Unopened{error.message()};
  if (std::filesystem::is_directory(status)) throw Unopened{"it is a directory"};
  if (!std::filesystem::is_regular_file(status)) {
    throw Unopened{"it is no regular file, and a capture is read twice: write it to a file first"};
  }
  std::ifstream file{path, std::ios::binary};
  if (!file) throw Unopened{std::strerror(errno)};
  return file;
}

std::string_view name_of(wire::Sender sender) {
  return sender == wire::Sender::server ? "server" : "client";
}

// The log's times begin with 1970, and no server is older.
void require_since_1970(Instant instant, const char* what) {
  if (instant < Instant{}) throw wire::CaptureError{fmt::format("{} is before 1970", what)};
}

struct Earlier {
  std::int64_t size = 0;
  digest::Hash digest{};
  std::int64_t done = 0;
};

// By size.
std::vector<Earlier> earlier_imports(SQLite::Database& database) {
  SQLite::Statement statement{database,
                              "SELECT size, digest, done FROM import "
                              "WHERE size >= 0 AND length(digest) = 32 ORDER BY size"};
  std::vector<Earlier> imports;
  while (statement.executeStep()) {
    Earlier& import = imports.emplace_back();
    import.size = statement.getColumn(0).getInt64();
    std::memcpy(import.digest.data(), statement.getColumn(1).getBlob(), import.digest.size());
    import.done = statement.getColumn(2).getInt64();
  }
  return imports;
}

}  // namespace

void require_capture(const std::filesystem::path& path) { open_capture(path); }

CaptureImport::CaptureImport(record::Ledger& ledger, std::string server, std::filesystem::path path,
                             Progress progress)
    : ledger_(ledger),
      server_(std::move(server)),
      path_(std::move(path)),
      progress_(std::move(progress)) {
  recognize();
}

// What was imported earlier may have been this file, or its beginning.
void CaptureImport::recognize() {
  std::ifstream file = open_capture(path_);
  const std::vector<Earlier> earlier = earlier_imports(ledger_.store().log().database());
  auto next = earlier.begin();
  digest::Sha256 hasher;
  std::vector<char> buffer(1U << 20U);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    std::string_view bytes{buffer.data(), static_cast<std::size_t>(file.gcount())};
    const auto take = [&](std::size_t count) {
      hasher.update(bytes.substr(0, count));
      bytes.remove_prefix(count);
      size_ += static_cast<std::int64_t>(count);
    };
    for (; next != earlier.end() && std::cmp_less_equal(next->size - size_, bytes.size()); ++next) {
      take(static_cast<std::size_t>(next->size - size_));
      if (hasher.so_far() != next->digest) continue;
      known_ = size_;
      done_ = std::max(done_, next->done);
    }
    take(bytes.size());
    progress_(0, size_);
  }
  if (file.bad()) throw Unopened{"reading it failed"};
  digest_ = hasher.finish();
}

void CaptureImport::run() {
  std::ifstream file = open_capture(path_);
  std::string text;
  // No further than it was when its digest was taken: it may still be growing.
  for (std::int64_t number = 1; offset_ < size_ && std::getline(file, text); ++number) {
    line_at_ = offset_;
    offset_ = std::min(size_, line_at_ + static_cast<std::int64_t>(text.size()) + 1);
    try {
      line(number, text);
    } catch (const wire::CaptureError& error) {
      faults_.push_back(fmt::format("line {}: {}{}", number, error.what(),
                                    begun_ ? "; what came before it is in the log" : ""));
      return leave(line_at_);
    }
    if (since_commit_ >= frames_a_transaction) commit(offset_);
    try {
      progress_(offset_, size_);
    } catch (...) {
      leave(offset_);
      throw;
    }
  }
  end();
  leave(offset_);
}

// Its connections are not those of another capture, whatever their numbers are.
void CaptureImport::leave(std::int64_t bytes_done) {
  ledger_.all_closed();
  commit(bytes_done);
}

void CaptureImport::line(std::int64_t number, const std::string& text) {
  if (text.find_first_not_of(" \t\r") == std::string::npos) return;
  if (begun_) return chunk(wire::parse_capture_chunk(text, header_));
  if (number != 1) throw wire::CaptureError{"a capture's first line must not be empty"};
  header_ = wire::parse_capture_header(text);
  if (header_.started_at < 0) throw wire::CaptureError{"\"started_at\" is before 1970"};
  begun_ = true;
}

void CaptureImport::chunk(const wire::CaptureChunk& chunk) {
  require_since_1970(chunk.read_at, "its time");
  if (!chunk.server.empty()) servers_.insert_or_assign(chunk.connection, chunk.server);
  const Key key{chunk.connection, chunk.from};
  Direction& direction = directions_[key];
  if (direction.broken) return;
  direction.frames.push(chunk.bytes);
  try {
    while (const auto payload = direction.frames.next()) frame(chunk, *payload);
  } catch (const wire::ProtocolError& error) {
    direction.broken = true;
    fault(key, fmt::format(
                   "{}; the rest of it is left out",
                   chunk.from == wire::Sender::server
                       ? error.what()
                       : fmt::format("{} at byte {}", to_string(error.fault()), error.offset())));
  }
  if (chunk.closed && direction.frames.pending() > 0 && !direction.broken) {
    direction.broken = true;
    fault(key, fmt::format("it is closed in the middle of a frame, begun at byte {}",
                           direction.frames.offset()));
  }
}

void CaptureImport::frame(const wire::CaptureChunk& chunk, std::string_view payload) {
  record::Frame frame;
  const auto named = servers_.find(chunk.connection);
  frame.server = server_.empty() && named != servers_.end() ? named->second : server_;
  frame.connection = chunk.connection;
  frame.from = chunk.from;
  frame.payload = std::string{payload};
  frame.read_at = chunk.read_at;
  ++frames_;
  if (!is_new()) return ledger_.catch_up(frame);
  ++new_frames_;
  ++since_commit_;
  expire(chunk.read_at);
  if (ledger_.frame(frame).dialog != 0) ++of_dialogs_;
}

// Ends the calls of which nothing more is heard, as a recorder would have done by then, before
// their ids are used again.
void CaptureImport::expire(Instant read_at) {
  constexpr std::chrono::seconds interval{1};
  if (read_at < next_expiry_) return;
  next_expiry_ = read_at + interval;
  ledger_.expire(read_at, {.carried_only = true});
}

// The capture's end, which should be that of a frame in each direction too.
void CaptureImport::end() {
  if (!begun_) faults_.emplace_back("the file is empty");
  for (const auto& [key, direction] : directions_) {
    if (direction.broken || direction.frames.pending() == 0) continue;
    fault(key, fmt::format("the capture ends in the middle of a frame, begun at byte {}",
                           direction.frames.offset()));
  }
}

void CaptureImport::fault(const Key& key, const std::string& what) {
  faults_.push_back(
      fmt::format("connection {}, from the {}: {}", key.first, name_of(key.second), what));
}

// Commits what is staged, and that so many bytes of the file are done.
void CaptureImport::commit(std::int64_t bytes_done) {
  if (bytes_done <= done_) return;
  ledger_.commit([&](SQLite::Database& database) {
    SQLite::Statement statement{
        database,
        "INSERT INTO import (digest, name, size, done, recorded_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (digest) DO UPDATE SET done = excluded.done, recorded_at = "
        "excluded.recorded_at"};
    statement.bind(1, digest_.data(), static_cast<int>(digest_.size()));
    statement.bind(2, text::escaped(path_.filename().string()));
    statement.bind(3, size_);
    statement.bind(4, bytes_done);
    statement.bind(5, to_integer(drachtio::now()));
    statement.exec();
  });
  since_commit_ = 0;
}

}  // namespace drachtio::tools
