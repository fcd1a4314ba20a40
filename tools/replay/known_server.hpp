// Whether a log knows a server at all. Its name is free, so that a mistyped one is easily taken for
// a server without calls, or one that was always seen.
#pragma once

#include "log/reader.hpp"

#include <string>

namespace drachtio::replay {

// By a call or by word of its link; `*` in the pattern stands for anything. Says so on standard
// error where there is none.
bool knows_server(log::Reader& reader, const std::string& pattern);

}  // namespace drachtio::replay
