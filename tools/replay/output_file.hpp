// An OutputFile is written whole or not at all.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace drachtio::replay {

// OutputError is thrown where a file cannot be written: what() says which, and what the operating
// system has against it.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Writes beside the file, and takes its place once all is written; a file that was there stays
// until then, and stays if this fails. The new one has mode 0600, as calls are personal data. "-"
// is standard output; what is no regular file (a pipe, a device) is written to directly. Every call
// throws OutputError.
class OutputFile {
 public:
  // Refuses to replace the log `db`, or what lies beside it.
  OutputFile(std::filesystem::path path, const std::filesystem::path& db);
  // Removes what was written, unless finish() has been called.
  ~OutputFile();
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void put(std::string_view bytes);
  void finish();

  // For libraries that write by themselves; they must not close it. After each time, check() throws
  // if they could not, as long as errno is theirs.
  [[nodiscard]] std::FILE* stream() { return stream_.get(); }
  void check();
  [[nodiscard]] const std::string& name() const { return name_; }  // fit to be shown

 private:
  struct Close {
    void operator()(std::FILE* stream) const;
  };

  [[noreturn]] void refuse(const std::string& reason) const;

  std::string name_;  // as it was given
  std::filesystem::path path_;
  std::filesystem::path written_;  // beside path_; empty where path_ itself is written to
  std::unique_ptr<std::FILE, Close> stream_;
};

}  // namespace drachtio::replay
