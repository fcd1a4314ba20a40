// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace drachtio::digest {

using Hash = std::array<std::uint8_t, 32>;

// One hasher, used again and again: reset() by finish(). Not thread-safe; one per owner.
// Throws std::runtime_error where OpenSSL cannot (no memory, no SHA-256 in its configuration).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(std::string_view bytes);
  Sha256& update(const Hash& hash);
  // `bytes` after their own length as eight bytes, big-endian: so no two lists of fields run into
  // the same bytes.
  Sha256& field(std::string_view bytes);
  Hash finish();
  // What finish() would give now; goes on as if not asked.
  [[nodiscard]] Hash so_far() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Hash sha256(std::string_view bytes);

// Lower-case hexadecimal, and back (nothing where it is not 64 hexadecimal digits).
std::string to_hex(const Hash& hash);
std::optional<Hash> from_hex(std::string_view text);

inline std::string_view as_bytes(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace drachtio::digest
