#include "net/secret.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace drachtio::net {

namespace {

constexpr std::size_t longest_secret = 4000;  // a frame the server's ring buffer surely takes

std::string read_file(const std::filesystem::path& file) {
  const auto refuse = [&](const std::string& why) {
    throw std::runtime_error{"cannot read the secret from " + file.string() + ": " + why};
  };
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) refuse("it is a directory");
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  std::string secret{std::istreambuf_iterator<char>{in}, {}};
  if (!in.is_open() || in.bad()) {
    refuse(std::generic_category().message(errno));
  }
  if (secret.ends_with('\n')) secret.pop_back();
  if (secret.ends_with('\r')) secret.pop_back();
  return secret;
}

}  // namespace

std::string load_secret(const std::optional<std::filesystem::path>& file) {
  std::string secret;
  if (file) {
    secret = read_file(*file);
  } else if (const char* variable = std::getenv(secret_variable)) {
    secret = variable;
  } else {
    throw std::runtime_error{std::string{"the server's secret is needed: set "} + secret_variable +
                             ", or give --secret-file"};
  }
  if (secret.empty()) throw std::runtime_error{"the server's secret is empty"};
  if (secret.size() > longest_secret) throw std::runtime_error{"the server's secret is too long"};
  if (secret.find_first_of(std::string_view{"|\r\n\0", 4}) != std::string::npos) {
    throw std::runtime_error{"the server's secret must be one line without '|'"};
  }
  return secret;
}

std::string without_secret(std::string_view text, std::string_view secret) {
  std::string result{text};
  if (secret.empty()) return result;
  for (std::size_t at = 0; (at = result.find(secret, at)) != std::string::npos; at += 3) {
    result.replace(at, secret.size(), "***");
  }
  return result;
}

}  // namespace drachtio::net
