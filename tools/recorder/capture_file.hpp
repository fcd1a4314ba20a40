// The file of --capture: traffic written down as it is read, for `import` and for bug reports.
//
// Promises: nobody but its owner can ever read the file; an existing file is not touched; whoever
// writes never waits for the disk. A thread writes each line as soon as the disk takes it. Where
// the disk does not, one warning is given, and the file ends with the last whole line.
#pragma once

#include "wire/capture.hpp"
#include "wire/redaction.hpp"

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace drachtio::tools {

// Throws UsageError that says what to do if there is such a file, or anything else, already. To be
// called before anything is begun.
void require_no_capture(const std::filesystem::path& path);

class CaptureFile {
 public:
  // Creates the file. Throws UsageError if it exists or cannot be created.
  explicit CaptureFile(std::filesystem::path path);
  // Writes what is waiting.
  ~CaptureFile();
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;
  CaptureFile(CaptureFile&&) = delete;
  CaptureFile& operator=(CaptureFile&&) = delete;

  // The following are to be called on one thread.

  // Names the server of a connection. Its first line tells the name, for an import to use.
  void opened(std::uint64_t connection, const std::string& server);
  // Bytes as they were read; the secret is left out (see wire::Redaction).
  void bytes(std::uint64_t connection, wire::Sender from, std::string_view bytes, Instant read_at);
  // A frame of a server that has accepted our login, with no secret in it.
  void frame(std::uint64_t connection, std::string_view payload, Instant read_at);
  // No more bytes come from this side. Calls after the first are without effect.
  void ended(std::uint64_t connection, wire::Sender from);
  // As ended() for both sides; the connection's number is not used again.
  void closed(std::uint64_t connection);

 private:
  struct Side {
    explicit Side(wire::Sender from) : redaction(from) {}
    wire::Redaction redaction;
    bool ended = false;
  };

  Side& side(std::uint64_t connection, wire::Sender from);
  void line(wire::CaptureChunk chunk);
  void run();
  [[nodiscard]] std::string write(const std::string& lines) const;

  std::filesystem::path path_;
  Instant started_at_;
  int descriptor_ = -1;
  std::map<std::pair<std::uint64_t, wire::Sender>, Side> sides_;
  std::map<std::uint64_t, std::string> servers_;  // of connections without a line so far

  std::mutex mutex_;
  std::condition_variable wake_;
  std::string waiting_;    // whole lines
  bool too_slow_ = false;  // more waits than may
  bool failed_ = false;    // nothing is written any more
  bool finish_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace drachtio::tools
