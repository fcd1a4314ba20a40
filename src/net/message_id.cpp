#include "net/message_id.hpp"

#include <openssl/rand.h>

#include <span>
#include <stdexcept>

namespace drachtio::net {

namespace {

void draw(std::span<unsigned char> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error{"no random numbers"};
  }
}

std::string uuid_of(std::span<const unsigned char, 16> bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string id;
  id.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    unsigned byte = bytes[i];
    if (i == 6) byte = (byte & 0x0FU) | 0x40U;  // version 4
    if (i == 8) byte = (byte & 0x3FU) | 0x80U;  // RFC 9562's variant
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += digits[byte >> 4U];
    id += digits[byte & 0x0FU];
  }
  return id;
}

}  // namespace

std::string message_id() {
  std::array<unsigned char, 16> bytes{};
  draw(bytes);
  return uuid_of(bytes);
}

std::string MessageIds::next() {
  if (used_ == drawn_.size()) {
    draw(drawn_);
    used_ = 0;
  }
  const auto bytes = std::span{drawn_}.subspan(used_).first<bytes_of_one>();
  used_ += bytes_of_one;
  return uuid_of(bytes);
}

}  // namespace drachtio::net
