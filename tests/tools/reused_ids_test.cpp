// A peer that uses Call-ID, tags, CSeq and branch of an earlier call again, as every sipp in a
// container does: through watch and tap, also across a restart of each.
#include "tools/recorded.hpp"

#include <cctype>

using namespace drachtio;
using namespace drachtio::test;

namespace {

// The length of a UUID, if one begins there.
std::size_t uuid_at(const std::string& bytes, std::size_t at) {
  constexpr std::size_t length = 36;
  if (at + length > bytes.size()) return 0;
  for (std::size_t i = 0; i < length; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (bytes[at + i] == '-')) return 0;
    if (!dash && std::isxdigit(static_cast<unsigned char>(bytes[at + i])) == 0) return 0;
  }
  return length;
}

// The same traffic ten minutes later, by the server's clock, with transactionIds of its own.
std::string ten_minutes_later(std::string bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const std::size_t length = uuid_at(bytes, at);
    if (length == 0) continue;
    bytes[at] = bytes[at] == '0' ? '1' : '0';
    at += length - 1;
  }
  for (std::size_t at = 0; (at = bytes.find("|18:39:", at)) != std::string::npos; ++at) {
    bytes.replace(at, 7, "|18:49:");
  }
  return bytes;
}

std::string dispositions(const std::filesystem::path& db) {
  const SQLite::Database database{db.string(), SQLite::OPEN_READONLY};
  SQLite::Statement query{database,
                          "SELECT count(*) || ' ' || group_concat(DISTINCT disposition) FROM "
                          "call_record"};
  query.executeStep();
  return query.getColumn(0).getString();
}

void play_call_records(Recorder& recorder, Door& door, bool later) {
  recorder.start("watch", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port())});
  Peer server = door.accept();
  let_in(server);
  for (const std::string& frame : call_records("uas-normal.cdr")) {
    server.send_frame(later ? ten_minutes_later(frame) : frame);
  }
  const std::string expected = later ? "6 answered" : "3 answered";
  CHECK(comes_true([&] { return dispositions(recorder.db()) == expected; }));
}

void play_program(Recorder& recorder, Door& door, bool later) {
  recorder.start("tap", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port()), "--listen",
                         "127.0.0.1:0"});
  Peer program{recorder.port()};
  Peer server = door.accept();
  for (const auto& chunk : read_capture(capture_path("uas-normal.app")).chunks) {
    if (chunk.closed) continue;
    const std::string bytes = later ? ten_minutes_later(chunk.bytes) : chunk.bytes;
    Peer& from = chunk.from == wire::Sender::client ? program : server;
    Peer& to = chunk.from == wire::Sender::client ? server : program;
    from.send(bytes);
    REQUIRE(to.read_exactly(bytes.size()) == bytes);
  }
  const std::string expected = later ? "6 answered" : "3 answered";
  CHECK(comes_true([&] { return dispositions(recorder.db()) == expected; }));
}

}  // namespace

TEST_CASE("watch: ids that are used again are other calls, after a restart too", "[recorder]") {
  Door door;
  Recorder recorder;
  play_call_records(recorder, door, false);
  CHECK(recorder.end() == 0);
  play_call_records(recorder, door, true);
  CHECK(recorder.end() == 0);
}

TEST_CASE("tap: ids that are used again are other calls, after a restart too", "[recorder]") {
  Door door;
  Recorder recorder;
  play_program(recorder, door, false);
  CHECK(recorder.end() == 0);
  play_program(recorder, door, true);
  CHECK(recorder.end() == 0);
}

TEST_CASE("watch: ids that are used again in one run are other calls", "[recorder]") {
  Door door;
  Recorder recorder;
  recorder.start("watch", {"--server", "pbx=127.0.0.1:" + std::to_string(door.port())});
  Peer server = door.accept();
  let_in(server);
  for (const std::string& frame : call_records("uas-normal.cdr")) server.send_frame(frame);
  for (const std::string& frame : call_records("uas-normal.cdr")) {
    server.send_frame(ten_minutes_later(frame));
  }
  CHECK(comes_true([&] { return dispositions(recorder.db()) == "6 answered"; }));
  CHECK(recorder.end() == 0);
}
