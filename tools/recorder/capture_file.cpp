#include "recorder/capture_file.hpp"

#include "recorder/service.hpp"
#include "text/escape.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace drachtio::tools {

namespace {

constexpr std::size_t most_waiting = 64UL * 1024 * 1024;  // bytes of lines

[[noreturn]] void refuse_existing(const std::filesystem::path& path) {
  throw UsageError{
      fmt::format("--capture: {} exists already, and captures are not overwritten: "
                  "move it away, or name another file",
                  text::escaped(path.string()))};
}

}  // namespace

void require_no_capture(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    refuse_existing(path);
  }
}

CaptureFile::CaptureFile(std::filesystem::path path)
    : path_(std::move(path)),
      started_at_(now()),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) {
    const int error = errno;
    if (error == EEXIST) refuse_existing(path_);
    throw UsageError{fmt::format("--capture: cannot create {}: {}", text::escaped(path_.string()),
                                 std::strerror(error))};
  }
  waiting_ = wire::capture_header(started_at_) + '\n';
  thread_ = std::thread{[this] { run(); }};
}

CaptureFile::~CaptureFile() {
  {
    const std::lock_guard lock{mutex_};
    finish_ = true;
  }
  wake_.notify_one();
  thread_.join();
  ::close(descriptor_);
}

CaptureFile::Side& CaptureFile::side(std::uint64_t connection, wire::Sender from) {
  return sides_.try_emplace({connection, from}, from).first->second;
}

void CaptureFile::opened(std::uint64_t connection, const std::string& server) {
  servers_.insert_or_assign(connection, server);
}

void CaptureFile::bytes(std::uint64_t connection, wire::Sender from, std::string_view bytes,
                        Instant read_at) {
  std::string shown = side(connection, from).redaction.pass(bytes);
  if (!shown.empty()) line({read_at, connection, from, std::move(shown), false, {}});
}

void CaptureFile::frame(std::uint64_t connection, std::string_view payload, Instant read_at) {
  line({read_at, connection, wire::Sender::server, wire::frame(payload), false, {}});
}

void CaptureFile::ended(std::uint64_t connection, wire::Sender from) {
  Side& ending = side(connection, from);
  if (ending.ended) return;
  ending.ended = true;
  line({now(), connection, from, {}, true, {}});
}

void CaptureFile::closed(std::uint64_t connection) {
  for (const wire::Sender from : {wire::Sender::client, wire::Sender::server}) {
    ended(connection, from);
    sides_.erase({connection, from});
  }
}

void CaptureFile::line(wire::CaptureChunk chunk) {
  if (auto name = servers_.extract(chunk.connection)) chunk.server = std::move(name.mapped());
  const std::string text = wire::capture_line(chunk, started_at_) + '\n';
  {
    const std::lock_guard lock{mutex_};
    if (failed_ || too_slow_) return;
    // A capture with a hole in it would be misread: it ends instead.
    too_slow_ = waiting_.size() + text.size() > most_waiting;
    if (!too_slow_) waiting_ += text;
  }
  wake_.notify_one();
}

void CaptureFile::run() {
  std::string why;
  while (why.empty()) {
    std::string lines;
    {
      std::unique_lock lock{mutex_};
      wake_.wait(lock, [this] { return !waiting_.empty() || finish_ || too_slow_; });
      lines.swap(waiting_);
      if (lines.empty() && !too_slow_) return;
    }
    why = lines.empty() ? "the disk is too slow for the traffic" : write(lines);
  }
  {
    const std::lock_guard lock{mutex_};
    failed_ = true;
    waiting_ = {};
  }
  spdlog::warn("the capture {} ends here, and recording goes on without it: {}",
               text::escaped(path_.string()), why);
}

// Returns why they could not be written, if so; the file then ends with a whole line.
std::string CaptureFile::write(const std::string& lines) const {
  std::size_t written = 0;
  while (written < lines.size()) {
    const ssize_t count = ::write(descriptor_, lines.data() + written, lines.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count > 0) {
      written += static_cast<std::size_t>(count);
      continue;
    }
    std::string why = count < 0 ? std::strerror(errno) : "nothing could be written";
    const std::size_t line_end = written == 0 ? std::string::npos : lines.rfind('\n', written - 1);
    const std::size_t whole = line_end == std::string::npos ? 0 : line_end + 1;
    const off_t size = ::lseek(descriptor_, 0, SEEK_CUR) - static_cast<off_t>(written - whole);
    if (::ftruncate(descriptor_, size) != 0) return why + "; its last line is cut short";
    return why;
  }
  return {};
}

}  // namespace drachtio::tools
