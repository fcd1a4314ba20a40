#include "digest/sha256.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace drachtio::digest {

namespace {

void require(int ok) {
  if (ok != 1) throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::runtime_error("OpenSSL is out of memory");
  require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(std::string_view bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  return *this;
}

Sha256& Sha256::update(const Hash& hash) { return update(as_bytes(hash)); }

Sha256& Sha256::field(std::string_view bytes) {
  std::array<char, 8> length{};
  for (std::size_t i = 0; i < 8; ++i) {
    length[i] = static_cast<char>(static_cast<std::uint64_t>(bytes.size()) >> (8 * (7 - i)));
  }
  update({length.data(), length.size()});
  return update(bytes);
}

Hash Sha256::finish() {
  Hash hash{};
  require(EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr));
  require(EVP_DigestInit_ex(context_.get(), nullptr, nullptr));
  return hash;
}

Hash Sha256::so_far() const {
  Sha256 copy;
  require(EVP_MD_CTX_copy_ex(copy.context_.get(), context_.get()));
  return copy.finish();
}

Hash sha256(std::string_view bytes) { return Sha256{}.update(bytes).finish(); }

std::string to_hex(const Hash& hash) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * hash.size());
  for (const std::uint8_t byte : hash) {
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
  }
  return text;
}

std::optional<Hash> from_hex(std::string_view text) {
  Hash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = nibble(text[2 * i]);
    const int low = nibble(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return hash;
}

}  // namespace drachtio::digest
