#include "wire/capture.hpp"

#include <boost/json.hpp>
#include <openssl/evp.h>

#include <cmath>

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

}  // namespace

double parse_capture_header(std::string_view line) {
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
  return number(object, "started_at");
}

CaptureChunk parse_capture_chunk(std::string_view line, double started_at) {
  const json::object object = parse_object(line);
  CaptureChunk chunk;
  const double milliseconds = std::round((started_at + number(object, "t")) * 1000.0);
  chunk.read_at = Instant{std::chrono::milliseconds{static_cast<std::int64_t>(milliseconds)}};
  const double connection = number(object, "conn");
  if (connection < 0) throw CaptureError{"\"conn\" is negative"};
  chunk.connection = static_cast<std::uint64_t>(connection);
  const std::string_view from = text(object, "from");
  if (from == "client") {
    chunk.from = Sender::client;
  } else if (from == "server") {
    chunk.from = Sender::server;
  } else {
    throw CaptureError{"\"from\" is neither \"client\" nor \"server\""};
  }
  if (const json::value* closed = object.if_contains("closed")) {
    chunk.closed = closed->is_bool() && closed->get_bool();
  }
  if (!chunk.closed || object.contains("data")) {
    chunk.bytes = decode_base64(text(object, "data"));
  }
  return chunk;
}

}  // namespace drachtio::wire
