// Lines of a capture: what is right, and what is said of what is wrong.
#include "wire/capture.hpp"

#include "catch.hpp"

#include <string>

using namespace drachtio;
using namespace drachtio::wire;

namespace {

CaptureChunk chunk(const std::string& line) {
  return parse_capture_chunk(line, {.started_at = 1000.5});
}
std::string with_data(const std::string& data) {
  return R"({"t": 0, "conn": 1, "from": "server", "data": ")" + data + "\"}";
}

}  // namespace

TEST_CASE("Capture: the first line", "[wire]") {
  CHECK(parse_capture_header(
            R"({"format": "drachtio-wire-capture", "version": 1, "started_at": 1795372772.25})")
            .started_at == 1795372772.25);
  CHECK(parse_capture_header(
            R"({"format":"drachtio-wire-capture","version":1,"started_at":0,"by":"x"})")
            .started_at == 0);
  for (const auto* bad :
       {"", "x", "[]", "{}", R"({"format": "other", "version": 1, "started_at": 0})",
        R"({"format": "drachtio-wire-capture", "version": 2, "started_at": 0})",
        R"({"format": "drachtio-wire-capture", "version": "1", "started_at": 0})",
        R"({"format": "drachtio-wire-capture", "version": 1})",
        R"({"format": "drachtio-wire-capture", "version": 1, "started_at": "now"})",
        R"({"format": "drachtio-wire-capture", "version": 1, "started_at": 1e300})",
        R"({"format": 1, "version": 1, "started_at": 0})",
        R"({"format": "drachtio-wire-capture", "version": 1, "started_at": 0)"}) {
    CHECK_THROWS_AS(parse_capture_header(bad), CaptureError);
  }
}

TEST_CASE("Capture: a chunk, its time to the millisecond", "[wire]") {
  const auto read = chunk(R"({"t": 0.2504, "conn": 3, "from": "client", "data": "aGVsbG8="})");
  CHECK(read.read_at == to_instant(1000750000));
  CHECK(read.connection == 3);
  CHECK(read.from == Sender::client);
  CHECK(read.bytes == "hello");
  CHECK_FALSE(read.closed);
  CHECK(chunk(R"({"t": 0.2506, "conn": 0, "from": "server", "data": ""})").read_at ==
        to_instant(1000751000));
}

TEST_CASE("Capture: the end of a direction", "[wire]") {
  const auto read = chunk(R"({"t": 1, "conn": 1, "from": "server", "closed": true})");
  CHECK(read.closed);
  CHECK(read.bytes.empty());
  CHECK(chunk(R"({"t":1,"conn":1,"from":"server","closed":true,"data":"aGk="})").bytes == "hi");
  CHECK_FALSE(chunk(R"({"t":1,"conn":1,"from":"server","closed":false,"data":"aGk="})").closed);
  CHECK_THROWS_AS(chunk(R"({"t":1,"conn":1,"from":"server","closed":false})"), CaptureError);
}

TEST_CASE("RFC 4648 4: base64, and nothing that only looks like it", "[wire]") {
  CHECK(chunk(with_data("")).bytes.empty());
  CHECK(chunk(with_data("AA==")).bytes == std::string(1, '\0'));
  CHECK(chunk(with_data("AAA=")).bytes == std::string(2, '\0'));
  CHECK(chunk(with_data("+/+/")).bytes == "\xFB\xFF\xBF");
  for (const auto* bad :
       {"A", "AA", "AAA", "AAAAA", "A===", "====", "AA=A", "=AAA", "A=AA", "AA==AAAA", "AAAA----",
        "AAA-", "AA_-", " AAA", "AAA ", "AA\\nA", "AAAA\\n", "AA\\u0000A", "AA\xC3\xA9"}) {
    INFO(bad);
    CHECK_THROWS_AS(chunk(with_data(bad)), CaptureError);
  }
}

TEST_CASE("Capture: lines that are no chunks", "[wire]") {
  for (const auto* bad :
       {"", "{", "[]", "null", "{}", R"({"conn": 1, "from": "server", "data": ""})",
        R"({"t": 0, "from": "server", "data": ""})", R"({"t": 0, "conn": 1, "data": ""})",
        R"({"t": 0, "conn": 1, "from": "server"})",
        R"({"t": 0, "conn": -1, "from": "server", "data": ""})",
        R"({"t": 0, "conn": 1e30, "from": "server", "data": ""})",
        R"({"t": 0, "conn": "1", "from": "server", "data": ""})",
        R"({"t": "0", "conn": 1, "from": "server", "data": ""})",
        R"({"t": 1e99, "conn": 1, "from": "server", "data": ""})",
        R"({"t": 0, "conn": 1, "from": "proxy", "data": ""})",
        R"({"t": 0, "conn": 1, "from": "server", "data": 7})",
        R"({"t": 0, "conn": 1, "from": "server", "data": ""} x)"}) {
    INFO(bad);
    CHECK_THROWS_AS(chunk(bad), CaptureError);
  }
}

TEST_CASE("Capture: a connection's first line may name its server", "[wire]") {
  const CaptureChunk named =
      chunk(R"({"t": 0, "conn": 1, "from": "server", "server": "pbx \"1\"", "data": "aGk="})");
  CHECK(named.server == "pbx \"1\"");
  CHECK(chunk(with_data("aGk=")).server.empty());
  CHECK(parse_capture_chunk(capture_line(named, to_instant(0)), {.started_at = 0}).server ==
        named.server);
  CHECK(capture_line(chunk(with_data("aGk=")), to_instant(0)).find("\"server\":") ==
        std::string::npos);
  CHECK_THROWS_AS(chunk(R"({"t": 0, "conn": 1, "from": "server", "server": 7, "data": "aGk="})"),
                  CaptureError);
}

TEST_CASE("Capture: what is written is read back, to the microsecond", "[wire]") {
  const Instant started_at = to_instant(1795372772123457);
  const CaptureHeader header = parse_capture_header(capture_header(started_at));
  CHECK(header.resolution == Microseconds{1});
  for (const std::int64_t after : {0, 1, 999'999, 1'000'001, -1, -2'500'000, 2'000'000'003}) {
    for (const std::string bytes : {"", "1", "12", "4#a|b"}) {
      const CaptureChunk written{
          started_at + Microseconds{after}, 7, Sender::client, bytes, false, {}};
      const CaptureChunk read = parse_capture_chunk(capture_line(written, started_at), header);
      CAPTURE(after, bytes);
      CHECK(read.read_at == written.read_at);
      CHECK(read.connection == 7);
      CHECK(read.from == Sender::client);
      CHECK(read.bytes == bytes);
      CHECK_FALSE(read.closed);
    }
  }
  const CaptureChunk end{started_at, 1, Sender::server, "", true, {}};
  CHECK(capture_line(end, started_at) ==
        R"({"t":0.000000,"conn":1,"from":"server","closed":true})");
  CHECK(parse_capture_chunk(capture_line(end, started_at), header).closed);
}
