// What is said of certificates and keys that cannot be used.
#include "net/tls.hpp"

#include "catch.hpp"
#include "contains.hpp"
#include "scratch_folder.hpp"

#include <fstream>

using namespace drachtio;
using test::contains;

namespace {

template <typename Make>
std::string complaint(Make make) {
  try {
    make();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("TLS: a file that cannot be read is told in the system's words", "[net]") {
  CHECK(complaint([] { net::TlsContext::server("/nofile", "/nofile"); }) ==
        "cannot read a certificate from /nofile: No such file or directory");
  CHECK(complaint([] { net::TlsContext::client("/nofile"); }) ==
        "cannot read certificates from /nofile: No such file or directory");
}

TEST_CASE("TLS: a file that is something else is told in OpenSSL's words", "[net]") {
  const test::ScratchFolder folder;
  std::ofstream{folder / "text"} << "hello";
  const std::string why =
      complaint([&] { net::TlsContext::server(folder / "text", folder / "text"); });
  CHECK_THAT(why, contains("no start line"));
}
