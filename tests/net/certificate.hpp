// Certificates for tests of TLS, made by the openssl program.
#pragma once

#include "scratch_folder.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace drachtio::test {

// A certificate signed by itself, for a name or an address.
class Certificate {
 public:
  explicit Certificate(const std::string& subject) {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=test -addext subjectAltName=" +
        subject + " -keyout " + key().string() + " -out " + certificate().string() +
        " >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error{"openssl req failed"};
  }
  [[nodiscard]] std::filesystem::path certificate() const { return folder_ / "cert.pem"; }
  [[nodiscard]] std::filesystem::path key() const { return folder_ / "key.pem"; }

 private:
  ScratchFolder folder_;
};

}  // namespace drachtio::test
