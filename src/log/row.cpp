#include "log/row.hpp"

namespace drachtio::log {

namespace {

// A row as the bytes that are hashed: each column as a tag, then its value. Built in one buffer
// because hashing once is faster than hashing in ten pieces.
class Canonical {
 public:
  explicit Canonical(std::string& out) : out_(out) { out_.clear(); }

  void bytes(std::string_view value) { out_ += value; }
  void null() { out_ += 'N'; }
  void integer(std::int64_t value) {
    out_ += 'I';
    big_endian(static_cast<std::uint64_t>(value));
  }
  void integer(const std::optional<std::int64_t>& value) { value ? integer(*value) : null(); }
  void text(std::string_view value) {
    out_ += 'T';
    big_endian(value.size());
    out_ += value;
  }
  void blob(std::string_view value) {
    out_ += 'B';
    big_endian(value.size());
    out_ += value;
  }

 private:
  void big_endian(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      out_ += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
    }
  }

  std::string& out_;
};

}  // namespace

Hash evidence_hash(digest::Sha256& hasher, std::string_view direction, std::string_view peer,
                   std::string_view bytes) {
  return hasher.field(direction).field(peer).field(bytes).finish();
}

Hash row_hash(digest::Sha256& hasher, const Row& row) {
  thread_local std::string buffer;
  Canonical canonical{buffer};
  canonical.bytes(digest::as_bytes(row.previous_hash));
  canonical.integer(row.position);
  canonical.integer(row.dialog);
  canonical.integer(row.version);
  canonical.text(row.type);
  canonical.integer(row.occurred_at);
  canonical.integer(row.recorded_at);
  canonical.text(row.data);
  canonical.integer(row.format);
  row.evidence_hash ? canonical.blob(digest::as_bytes(*row.evidence_hash)) : canonical.null();
  return hasher.update(buffer).finish();
}

}  // namespace drachtio::log
