#include "capture_file.hpp"

#include "wire/frame_reader.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

namespace drachtio::test {

std::vector<std::string> capture_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{DRACHTIO_TEST_CAPTURES}) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".jsonl") && !name.ends_with(".expected.jsonl")) {
      names.push_back(name.substr(0, name.size() - 6));
    }
  }
  std::ranges::sort(names);
  return names;
}

std::filesystem::path capture_path(const std::string& name) {
  return std::filesystem::path{DRACHTIO_TEST_CAPTURES} / (name + ".jsonl");
}

Capture read_capture(const std::filesystem::path& path) {
  std::ifstream file{path};
  Capture capture;
  std::getline(file, capture.header);
  const wire::CaptureHeader header = wire::parse_capture_header(capture.header);
  for (std::string line; std::getline(file, line);) {
    capture.chunks.push_back(wire::parse_capture_chunk(line, header));
  }
  return capture;
}

Capture cut(const Capture& capture, std::size_t size) {
  Capture result{capture.header, {}};
  for (const wire::CaptureChunk& chunk : capture.chunks) {
    if (chunk.closed) result.chunks.push_back(chunk);
    for (std::size_t at = 0; at < chunk.bytes.size(); at += size) {
      result.chunks.push_back(chunk);
      result.chunks.back().bytes = chunk.bytes.substr(at, size);
    }
  }
  return result;
}

Capture in_one_piece(const Capture& capture) {
  Capture result{capture.header, {}};
  std::map<std::pair<std::uint64_t, wire::Sender>, std::size_t> places;
  for (const wire::CaptureChunk& chunk : capture.chunks) {
    if (chunk.closed) continue;
    const auto [place, is_new] =
        places.try_emplace({chunk.connection, chunk.from}, result.chunks.size());
    if (is_new) {
      result.chunks.push_back(chunk);
    } else {
      result.chunks[place->second].bytes += chunk.bytes;
      result.chunks[place->second].read_at = chunk.read_at;
    }
  }
  return result;
}

std::vector<std::string> call_records(const std::string& name) {
  std::map<std::uint64_t, wire::FrameReader> readers;
  std::vector<std::string> frames;
  for (const auto& chunk : read_capture(capture_path(name)).chunks) {
    if (chunk.from != wire::Sender::server) continue;
    auto& reader = readers[chunk.connection];
    reader.push(chunk.bytes);
    while (const auto payload = reader.next()) {
      if (payload->find("|response|") == std::string_view::npos) frames.emplace_back(*payload);
    }
  }
  return frames;
}

std::string as_call(std::string bytes, int number) {
  std::string id = std::to_string(number % 100000);
  id.insert(0, 5 - id.size(), '0');
  // Call-IDs are "1-NNNNN@127.0.0.1"; the same length, so that frame lengths still hold.
  for (std::size_t at = bytes.find("@127.0.0.1"); at != std::string::npos;
       at = bytes.find("@127.0.0.1", at + 1)) {
    if (at >= 5 && bytes.substr(at - 5, 5).find_first_not_of("0123456789") == std::string::npos) {
      bytes.replace(at - 5, 5, id);
    }
  }
  return bytes;
}

Capture repeated(int calls) {
  const Capture one = read_capture(capture_path("uas-app-bye.app"));
  Capture many{one.header, {}};
  for (int call = 0; call < calls; ++call) {
    for (wire::CaptureChunk chunk : one.chunks) {
      if (chunk.closed) continue;
      chunk.connection = static_cast<std::uint64_t>(call);
      chunk.bytes = as_call(std::move(chunk.bytes), call);
      many.chunks.push_back(std::move(chunk));
    }
  }
  return many;
}

void write_capture(const std::filesystem::path& path, const Capture& capture) {
  const double started_at = wire::parse_capture_header(capture.header).started_at;
  const Instant began = to_instant(std::llround(started_at * 1e6));
  std::ofstream file{path};
  file << capture.header << '\n';
  for (const wire::CaptureChunk& chunk : capture.chunks) {
    file << wire::capture_line(chunk, began) << '\n';
  }
}

}  // namespace drachtio::test
