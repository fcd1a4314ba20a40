// The session: a JSON object per call, changed by RFC 7396 patches.
#pragma once

#include <string>
#include <string_view>

namespace drachtio::dialog {

// Merges `patch` into `session`, both JSON objects as text. What is not a JSON object changes
// nothing: a log is folded, never refused.
void merge_patch(std::string& session, std::string_view patch);

}  // namespace drachtio::dialog
