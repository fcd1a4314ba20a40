#include "wire/capture.hpp"

#include "text/json_writer.hpp"

#include <boost/json.hpp>
#include <openssl/evp.h>

#include <array>
#include <cmath>
#include <cstdio>

namespace drachtio::wire {

namespace {

namespace json = boost::json;

json::object parse_object(std::string_view line) {
  boost::system::error_code error;
  const json::value value = json::parse(line, error);
  if (error) throw CaptureError{"not JSON: " + error.message()};
  if (!value.is_object()) throw CaptureError{"not a JSON object"};
  return value.get_object();
}

const json::value& member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) throw CaptureError{"no \"" + std::string{name} + "\""};
  return *value;
}

double number(const json::object& object, std::string_view name) {
  boost::system::error_code error;
  const auto value = member(object, name).to_number<double>(error);
  if (error || !std::isfinite(value) || std::abs(value) > 1e11) {
    throw CaptureError{"\"" + std::string{name} + "\" is not a usable number"};
  }
  return value;
}

std::string_view text(const json::object& object, std::string_view name) {
  const json::value& value = member(object, name);
  if (!value.is_string()) throw CaptureError{"\"" + std::string{name} + "\" is not a string"};
  return value.get_string();
}

std::string decode_base64(std::string_view encoded) {
  const auto refuse = [] { throw CaptureError{"\"data\" is not base64"}; };
  if (encoded.size() % 4 != 0) refuse();
  std::size_t padding = 0;
  while (padding < 2 && padding < encoded.size() && encoded[encoded.size() - 1 - padding] == '=') {
    ++padding;
  }
  // EVP_DecodeBlock would pass over blanks and dashes at the ends, and take '=' anywhere for a
  // zero.
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (encoded.find_first_not_of(alphabet) < encoded.size() - padding) refuse();
  std::string bytes(encoded.size() / 4 * 3, '\0');
  const int written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                      reinterpret_cast<const unsigned char*>(encoded.data()),
                                      static_cast<int>(encoded.size()));
  if (written < 0) refuse();
  bytes.resize(static_cast<std::size_t>(written) - padding);
  return bytes;
}

std::string encode_base64(std::string_view bytes) {
  std::string encoded((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and a zero byte at the end
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

std::string seconds(Microseconds time) {
  const std::int64_t count = time.count();
  const std::int64_t size = count < 0 ? -count : count;
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s%lld.%06lld", count < 0 ? "-" : "",
                static_cast<long long>(size / 1'000'000), static_cast<long long>(size % 1'000'000));
  return text.data();
}

}  // namespace

CaptureHeader parse_capture_header(std::string_view line) {
  const json::object object = parse_object(line);
  const json::value* format = object.if_contains("format");
  if (format == nullptr || !format->is_string() ||
      format->get_string() != "drachtio-wire-capture") {
    throw CaptureError{
        "not a capture: the first line must be "
        "{\"format\": \"drachtio-wire-capture\", \"version\": 1, \"started_at\": ...}"};
  }
  if (number(object, "version") != 1) {
    throw CaptureError{"a capture of a newer version than 1, which is all this program knows"};
  }
  CaptureHeader header;
  header.started_at = number(object, "started_at");
  if (object.contains("resolution") && number(object, "resolution") < 0.001) {
    header.resolution = Microseconds{1};
  }
  return header;
}

CaptureChunk parse_capture_chunk(std::string_view line, const CaptureHeader& header) {
  const json::object object = parse_object(line);
  CaptureChunk chunk;
  const double units_a_second = 1e6 / static_cast<double>(header.resolution.count());
  const double units = std::round((header.started_at + number(object, "t")) * units_a_second);
  chunk.read_at = Instant{static_cast<std::int64_t>(units) * header.resolution};
  const double connection = number(object, "conn");
  if (connection < 0) throw CaptureError{"\"conn\" is negative"};
  chunk.connection = static_cast<std::uint64_t>(connection);
  const std::string_view from = text(object, "from");
  if (from == "client") {
    chunk.from = Sender::client;
  } else if (from == "server") {
    chunk.from = Sender::server;
  } else {
    throw CaptureError{R"("from" is neither "client" nor "server")"};
  }
  if (const json::value* closed = object.if_contains("closed")) {
    chunk.closed = closed->is_bool() && closed->get_bool();
  }
  if (!chunk.closed || object.contains("data")) {
    chunk.bytes = decode_base64(text(object, "data"));
  }
  if (object.contains("server")) chunk.server = text(object, "server");
  return chunk;
}

std::string capture_header(Instant started_at) {
  std::string line;
  text::JsonObject object{line};
  object.string("format", "drachtio-wire-capture");
  object.number("version", 1);
  object.raw("started_at", seconds(started_at.time_since_epoch()));
  object.raw("resolution", "0.000001");
  object.close();
  return line;
}

std::string capture_line(const CaptureChunk& chunk, Instant started_at) {
  std::string line;
  text::JsonObject object{line};
  object.raw("t", seconds(chunk.read_at - started_at));
  object.number("conn", static_cast<std::int64_t>(chunk.connection));
  object.string("from", chunk.from == Sender::server ? "server" : "client");
  if (!chunk.server.empty()) object.string("server", std::string_view{chunk.server});
  if (chunk.closed) {
    object.boolean("closed", true);
  } else {
    object.string("data", std::string_view{encode_base64(chunk.bytes)});
  }
  object.close();
  return line;
}

}  // namespace drachtio::wire
