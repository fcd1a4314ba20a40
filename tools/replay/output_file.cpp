#include "replay/output_file.hpp"

#include "text/escape.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace drachtio::replay {

namespace {

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
    : name_(path == "-" ? "standard output" : text::escaped(path.string())),
      path_(std::move(path)) {
  if (path_ == "-") {
    stream_.reset(stdout);
    return;
  }
  if (is_part_of_log(path_, db)) refuse("it is the log, or belongs to it");
  std::error_code ignored;
  const auto status = std::filesystem::status(path_, ignored);
  if (std::filesystem::is_directory(status)) refuse(why(EISDIR));
  if (std::filesystem::exists(status)) {  // what a link leads to is replaced, not the link
    const std::filesystem::path real = std::filesystem::canonical(path_, ignored);
    if (!real.empty()) path_ = real;
  }
  int file = -1;
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) {
    std::string beside = path_.string() + ".part-XXXXXX";
    file = ::mkostemp(beside.data(), O_CLOEXEC);  // with mode 0600
    if (file >= 0) written_ = beside;
  } else {
    file = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  }
  if (file < 0) refuse(why(errno));
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
  std::fwrite(bytes.data(), 1, bytes.size(), stream());
  check();
}

void OutputFile::check() {
  if (std::ferror(stream()) != 0) refuse(why(errno == 0 ? EIO : errno));
}

void OutputFile::finish() {
  errno = 0;
  std::fflush(stream());
  check();
  if (written_.empty()) return;
  std::error_code error;
  std::filesystem::rename(written_, path_, error);
  if (error) refuse(error.message());
  written_.clear();
}

void OutputFile::refuse(const std::string& reason) const {
  throw OutputError{"cannot write " + name_ + ": " + reason};
}

}  // namespace drachtio::replay
