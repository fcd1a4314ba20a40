#include "replay/output_file.hpp"

#include "text/escape.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace drachtio::replay {

namespace {

constexpr mode_t personal = 0600;  // calls are personal data

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw OutputError{"cannot write " + text::escaped(path.string()) + ": " + why};
}

std::string why(int error) { return std::generic_category().message(error); }

bool is_part_of_log(const std::filesystem::path& path, const std::filesystem::path& db) {
  for (const char* part : {"", "-wal", "-shm", ".lock"}) {
    std::error_code ignored;  // what does not exist is not the same
    if (std::filesystem::equivalent(path, db.string() + part, ignored)) return true;
  }
  return false;
}

}  // namespace

void OutputFile::Close::operator()(std::FILE* stream) const {
  if (stream != stdout) std::fclose(stream);
}

OutputFile::OutputFile(std::filesystem::path path, const std::filesystem::path& db)
    : path_(std::move(path)) {
  if (path_ == "-") {
    stream_.reset(stdout);
    return;
  }
  if (is_part_of_log(path_, db)) refuse(path_, "it is the log, or belongs to it");
  std::error_code ignored;
  const auto status = std::filesystem::status(path_, ignored);
  if (std::filesystem::is_directory(status)) refuse(path_, why(EISDIR));
  std::filesystem::path target = path_;
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) {
    written_ = path_;
    written_ += ".part-" + std::to_string(::getpid());
    target = written_;
  }
  const int file = ::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, personal);
  if (file < 0) {
    written_.clear();
    refuse(path_, why(errno));
  }
  stream_.reset(::fdopen(file, "wb"));
}

OutputFile::~OutputFile() {
  if (!stream_ || written_.empty()) return;
  stream_.reset();
  std::error_code ignored;
  std::filesystem::remove(written_, ignored);
}

void OutputFile::put(std::string_view bytes) {
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), stream()) != bytes.size()) {
    refuse(path_, why(errno));
  }
}

void OutputFile::finish() {
  errno = 0;
  if (std::fflush(stream()) != 0 || std::ferror(stream()) != 0) refuse(path_, why(errno));
  if (written_.empty()) return;
  std::error_code error;
  std::filesystem::rename(written_, path_, error);
  if (error) refuse(path_, error.message());
  written_.clear();
}

std::string OutputFile::name() const {
  return path_ == "-" ? "standard output" : text::escaped(path_.string());
}

}  // namespace drachtio::replay
