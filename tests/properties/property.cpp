#include "properties/property.hpp"

#include "text/escape.hpp"

#include <rapidcheck.h>

namespace drachtio::test {

bool holds(const std::function<void()>& property) {
  return rc::check([&] { property(); });
}

void must(bool condition, std::string_view what) {
  if (!condition) RC_FAIL(std::string{what});
}

void note(std::string_view text) { RC_LOG(text::escaped(text)); }

int pick(int count) { return *rc::gen::inRange(0, count); }

}  // namespace drachtio::test
