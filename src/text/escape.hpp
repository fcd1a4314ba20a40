// Makes bytes from the network safe to show: no control character reaches a terminal or a log.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace drachtio::text {

// `bytes` with control characters (C0, DEL, C1) and invalid UTF-8 written as \n, \r, \t, \\ or
// \xNN; cut after `limit` bytes of input with "..." where there was more.
std::string escaped(std::string_view bytes, std::size_t limit = std::string_view::npos);

}  // namespace drachtio::text
