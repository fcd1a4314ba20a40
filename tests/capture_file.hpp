// Captures as files: the recorded ones, and the same traffic cut into other chunks.
#pragma once

#include "wire/capture.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace drachtio::test {

// The captures in tests/captures, without ".jsonl": "uas-normal.app", ...
std::vector<std::string> capture_names();

std::filesystem::path capture_path(const std::string& name);

struct Capture {
  std::string header;  // the first line as it stands
  std::vector<wire::CaptureChunk> chunks;
};

Capture read_capture(const std::filesystem::path& path);

// Chunks of `size` bytes, each with the time of the chunk it was cut from.
Capture cut(const Capture& capture, std::size_t size);

// Each direction of each connection in one piece, with the time of its last chunk.
Capture in_one_piece(const Capture& capture);

// The frames a server sent in a capture, but for its replies.
std::vector<std::string> call_records(const std::string& name);

// The bytes of a recorded call as those of another one, of as many bytes; there are 100,000.
std::string as_call(std::string bytes, int number);

// One recorded call, so many times over, each with ids and a connection of its own: long enough to
// be stopped in the middle of.
Capture repeated(int calls);

void write_capture(const std::filesystem::path& path, const Capture& capture);

}  // namespace drachtio::test
