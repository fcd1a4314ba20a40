// Credentials prove who a program is to those that challenge its requests (RFC 3261 22).
#pragma once

#include <string>

namespace drachtio {

// They answer digest challenges (401, 407), and are kept in memory only.
struct Credentials {
  std::string username = {};
  std::string password = {};
  bool operator==(const Credentials&) const = default;
};

}  // namespace drachtio
