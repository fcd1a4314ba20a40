// The streams that our side has described before, and would have again: the far end may turn one
// off and on again, offer another kind of stream in its place and go back (T.38), or offer fewer
// formats for a while (RFC 3264 8.2 and 8.3). Pure functions of session descriptions.
#pragma once

#include "dialog/dialog.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace drachtio::dialog {

// `former` as it is once our side, which described itself by `before`, does so by `ours`: in an
// offer, or in an answer to `offer`. A stream that our side itself has turned off or described anew
// is not kept.
std::vector<FormerStream> former_after(std::vector<FormerStream> former, const Sdp& before,
                                       std::string_view ours,
                                       std::optional<std::string_view> offer);

}  // namespace drachtio::dialog
