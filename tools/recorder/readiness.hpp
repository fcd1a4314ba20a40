// Tells systemd how we are (sd_notify(3)), without its library; silent where it does not ask.
#pragma once

#include <string_view>

namespace drachtio::tools {

// `state`: "READY=1", "STOPPING=1". Errors are ignored: nobody can do anything about them.
void tell_systemd(std::string_view state);

}  // namespace drachtio::tools
