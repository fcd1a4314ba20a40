#include "log/single_writer.hpp"

#include "log/error.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace drachtio::log {

namespace {

std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(descriptor, text.data(), text.size() - 1, 0);
  std::string pid{text.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
  pid.erase(std::min(pid.find('\n'), pid.size()));
  return pid.empty() ? "another process" : "process " + pid;
}

std::string own_line() { return std::to_string(::getpid()) + "\n"; }

// Those who only ask share the lock for a moment: they make nobody give up.
bool take(int descriptor) {
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (::flock(descriptor, LOCK_SH | LOCK_NB) != 0) return false;
  }
  return true;
}

}  // namespace

std::filesystem::path lock_of(const std::filesystem::path& database) {
  std::filesystem::path path = std::filesystem::weakly_canonical(database);
  return path += ".lock";
}

SingleWriter::SingleWriter(const std::filesystem::path& database) : path_(lock_of(database)) {
  const std::string path = path_.string();
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  created_ = descriptor_ >= 0;
  if (!created_) descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    throw Error{Failure::cannot_open, "cannot open " + path + ": " + std::strerror(errno)};
  }
  if (!take(descriptor_)) {
    const int error = errno;
    const std::string who = holder(descriptor_);
    ::close(std::exchange(descriptor_, -1));
    if (error == EWOULDBLOCK) {
      throw Error{Failure::locked, database.string() + " is being written by " + who +
                                       ": only one process may write a log; stop that one, or "
                                       "give this one another file"};
    }
    throw Error{Failure::cannot_open, "cannot lock " + path + ": " + std::strerror(error)};
  }
  const std::string pid = own_line();
  // Only for the message above: a lock without a readable pid is still a lock.
  if (::ftruncate(descriptor_, 0) == 0) (void)!::pwrite(descriptor_, pid.data(), pid.size(), 0);
}

SingleWriter::SingleWriter(SingleWriter&& other) noexcept
    : path_(std::move(other.path_)),
      created_(other.created_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

void SingleWriter::tell_head(std::int64_t position) const {
  const auto begin = static_cast<::off_t>(own_line().size());
  const std::string line = std::to_string(position) + "\n";
  (void)!::pwrite(descriptor_, line.data(), line.size(), begin);
}

void SingleWriter::withdraw() {
  if (created_) ::unlink(path_.c_str());
}

SingleWriter::~SingleWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<bool> is_being_written(const std::filesystem::path& database) {
  const int descriptor = ::open(lock_of(database).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT ? std::optional{false} : std::nullopt;
  const bool free = ::flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  const bool held = !free && errno == EWOULDBLOCK;
  ::close(descriptor);
  return free || held ? std::optional{held} : std::nullopt;
}

}  // namespace drachtio::log
