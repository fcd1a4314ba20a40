// The secret shared with a drachtio-server: read from a file or the environment, never from the
// command line, where `ps` shows it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace drachtio::net {

inline constexpr const char* secret_variable = "DRACHTIO_SECRET";

// The contents of `file`, less one newline at the end, else of the environment variable
// DRACHTIO_SECRET. Throws std::runtime_error if there is neither, if the file cannot be read, or
// if the secret could not be sent ('|' and line ends have a meaning in the protocol); the error
// never shows the secret.
std::string load_secret(const std::optional<std::filesystem::path>& file);

// `text` with every occurrence of the secret written as "***".
std::string without_secret(std::string_view text, std::string_view secret);

}  // namespace drachtio::net
