#include "sip/parser_arena.hpp"

#include "sip/message.hpp"

#include <osipparser2/osip_parser.h>
#include <osipparser2/osip_port.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace drachtio::sip {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool under_sanitizer = true;
#elif defined(__has_feature)
constexpr bool under_sanitizer =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool under_sanitizer = false;
#endif

// Begins anew whenever nothing of it is in use: after each message, that is. What does not fit, or
// another thread allocated, is malloc's.
class Arena {
 public:
  void* allocate(std::size_t size) {
    const std::size_t whole = (size + alignment - 1) / alignment * alignment + alignment;
    if (whole > memory_.size() - used_) return std::malloc(size);
    std::byte* block = memory_.data() + used_;
    std::memcpy(block, &size, sizeof size);
    used_ += whole;
    ++live_;
    return block + alignment;
  }
  void release(void* pointer) {
    if (!owns(pointer)) return std::free(pointer);
    if (--live_ == 0) used_ = 0;
  }
  void* reallocate(void* pointer, std::size_t size) {
    if (pointer == nullptr) return allocate(size);
    if (!owns(pointer)) return std::realloc(pointer, size);
    std::size_t old_size = 0;
    std::memcpy(&old_size, static_cast<std::byte*>(pointer) - alignment, sizeof old_size);
    void* moved = allocate(size);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, pointer, std::min(old_size, size));
    release(pointer);
    return moved;
  }

 private:
  static constexpr std::size_t alignment = alignof(std::max_align_t);

  [[nodiscard]] bool owns(const void* pointer) const {
    const auto* byte = static_cast<const std::byte*>(pointer);
    return byte >= memory_.data() && byte < memory_.data() + memory_.size();
  }

  alignas(std::max_align_t) std::array<std::byte, 65536> memory_;
  std::size_t used_ = 0;
  std::size_t live_ = 0;
};

thread_local Arena arena;

void* allocate(std::size_t size) { return arena.allocate(size); }
void* reallocate(void* pointer, std::size_t size) { return arena.reallocate(pointer, size); }
void release(void* pointer) {
  if (pointer != nullptr) arena.release(pointer);
}

}  // namespace

void install_parser_arena() {
  if (under_sanitizer) return;
  // What libosip2 keeps for ever it allocates at its first message: that must not be the arena's.
  std::string why;
  (void)parse_message("OPTIONS sip:a SIP/2.0\r\n\r\n", why);
  osip_set_allocators(allocate, reallocate, release);
}

}  // namespace drachtio::sip
