// One capture on its way into the log.
//
// Each transaction notes how many bytes of the capture are done, so an import that was killed goes
// on where its last transaction ended, and that of a capture that has grown where it ended before.
// What comes before that point is read again, to find the
// frames' boundaries and the proxies not yet acknowledged, and to tell again what was wrong with
// it; but it is recorded no more.
#pragma once

#include "digest/sha256.hpp"
#include "record/ledger.hpp"
#include "wire/capture.hpp"
#include "wire/frame_reader.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace drachtio::tools {

// The file cannot be read; says why.
struct Unopened : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws Unopened for a file that cannot be imported whatever is in it.
void require_capture(const std::filesystem::path& path);

class CaptureImport {
 public:
  // Told how many bytes of how many are read, now and then. May throw: what was read is committed
  // before that goes on to the caller of run().
  using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

  // `server`: as in ImportOptions. Reads the file once, to tell it from others. Throws Unopened,
  // and what `progress` throws.
  CaptureImport(record::Ledger& ledger, std::string server, std::filesystem::path path,
                Progress progress);

  // To be called once. What is wrong with the capture goes to faults(), all else is committed when
  // it returns. Throws Unopened, log::Error, and what `progress` throws.
  void run();

  // An earlier import got somewhere.
  [[nodiscard]] bool resumed() const { return done_ > 0; }
  // Nothing of it had not been read by an earlier import.
  [[nodiscard]] bool was_done() const { return done_ > 0 && known_ == size_ && new_frames_ == 0; }
  [[nodiscard]] std::int64_t frames() const { return frames_; }
  // Those, among the frames not read by an earlier import, that belong to a dialog.
  [[nodiscard]] std::int64_t of_dialogs() const { return of_dialogs_; }
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  struct Direction {
    wire::FrameReader frames;
    bool broken = false;
  };
  using Key = std::pair<std::uint64_t, wire::Sender>;

  [[nodiscard]] bool is_new() const { return line_at_ >= done_; }
  void recognize();
  void line(std::int64_t number, const std::string& text);
  void chunk(const wire::CaptureChunk& chunk);
  void frame(const wire::CaptureChunk& chunk, std::string_view payload);
  void expire(Instant read_at);
  void end();
  void leave(std::int64_t bytes_done);
  void fault(const Key& key, const std::string& what);
  void commit(std::int64_t bytes_done);

  record::Ledger& ledger_;
  std::string server_;
  std::filesystem::path path_;
  Progress progress_;
  digest::Hash digest_{};
  std::int64_t size_ = 0;
  std::int64_t known_ = 0;  // so many of its bytes were there at an earlier import
  std::int64_t done_ = 0;   // and so many of these are done

  std::int64_t offset_ = 0;   // bytes of the file read so far
  std::int64_t line_at_ = 0;  // where the line being read begins
  bool begun_ = false;        // the header has been read
  wire::CaptureHeader header_;
  std::map<Key, Direction> directions_;
  std::map<std::uint64_t, std::string> servers_;  // as the capture names them, by connection
  std::int64_t frames_ = 0;
  std::int64_t new_frames_ = 0;
  std::int64_t of_dialogs_ = 0;
  std::size_t since_commit_ = 0;
  Instant next_expiry_;  // by the capture's clock
  std::vector<std::string> faults_;
};

}  // namespace drachtio::tools
