// Digest authentication, by the example of RFC 7616 section 3.9.1 and the rules around it.
#include "sip/digest_auth.hpp"

#include "catch.hpp"

#include <map>

using namespace drachtio;

namespace {

std::string response_of(const std::string& header) {
  const std::size_t at = header.find("response=\"") + 10;
  return header.substr(at, header.find('"', at) - at);
}

std::string challenge(const std::string& algorithm) {
  return "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=" + algorithm +
         ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
         "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
}

const sip::DigestRequest mufasa{"GET",
                                "/dir/index.html",
                                "Mufasa",
                                "Circle of Life",
                                "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                                1};

}  // namespace

// That of SHA-512-256 was made with another implementation, of the same values: the RFC's own
// example is for another user name.
TEST_CASE("RFC 7616 3.9.1: the answers of MD5, SHA-256 and SHA-512-256", "[sip]") {
  const std::map<std::string, std::string> answers{
      {"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
      {"SHA-512-256", "430d05014cecc49cab6fbe03176d41a1da86cbfe24a16580e22aaad928d960d0"},
      {"SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}};
  for (const auto& [algorithm, answer] : answers) {
    const auto asked = sip::parse_challenge(challenge(algorithm));
    REQUIRE(asked);
    const std::string header = sip::authorization(*asked, mufasa);
    INFO(header);
    CHECK(response_of(header) == answer);
    CHECK(header.find("qop=auth, nc=00000001, cnonce=\"f2/") != std::string::npos);
    CHECK(header.find("opaque=\"FQhe/") != std::string::npos);
    CHECK(header.find("algorithm=" + algorithm) != std::string::npos);
  }
}

TEST_CASE("RFC 2617 3.5, without qop: the older answer", "[sip]") {
  const auto asked = sip::parse_challenge(
      "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"");
  REQUIRE(asked);
  CHECK_FALSE(asked->qop_auth);
  const std::string header = sip::authorization(
      *asked, {"GET", "/dir/index.html", "Mufasa", "Circle Of Life", "unused", 1});
  CHECK(response_of(header) == "670fd8c2df070c60b045671b8b24ff02");
  CHECK(header.find("cnonce") == std::string::npos);
}

TEST_CASE("A challenge is read whatever its case, blanks and order", "[sip]") {
  const auto asked = sip::parse_challenge(
      "  DIGEST  Stale = TRUE ,\tNonce=\"a\\\"b\",algorithm=sha-512-256 , REALM=\"r, s\"");
  REQUIRE(asked);
  CHECK(asked->stale);
  CHECK(asked->nonce == "a\"b");
  CHECK(asked->realm == "r, s");
  CHECK(sip::authorization(*asked, mufasa).find("realm=\"r, s\"") != std::string::npos);
}

TEST_CASE("What cannot be answered is no challenge", "[sip]") {
  for (const char* value : {"", "Basic realm=\"x\"", "Digest", "Digest realm=\"x\"",
                            "Digest realm=\"x\", nonce=\"y\", algorithm=ROT13",
                            "Digest realm=\"x\", nonce=\"y\", qop=\"auth-int\""}) {
    INFO(value);
    CHECK_FALSE(sip::parse_challenge(value));
  }
}
