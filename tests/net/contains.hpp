// Catch2's matcher for a part of a string, under one name for its versions 2 and 3.
#pragma once

#include "catch.hpp"

#include <string>

namespace drachtio::test {

inline auto contains(const std::string& part) {
#if __has_include(<catch2/catch_all.hpp>)
  return Catch::Matchers::ContainsSubstring(part);
#else
  return Catch::Contains(part);
#endif
}

}  // namespace drachtio::test
