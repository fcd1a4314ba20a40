// Bodies are taken from the bytes: Content-Length, Content-Type, multipart (RFC 3261 7.4, 18.3).
#include "catch.hpp"
#include "sip/message_text.hpp"
#include "sip/sdp.hpp"

#include <ctime>

using namespace drachtio;
using namespace drachtio::test;

namespace {

const std::string simplest_sdp = "v=0\r\ns=-\r\n";

std::optional<Sdp> sdp_in(const std::string& type, const std::string& body) {
  const std::string text = with_body(type, body);
  return parsed(text).sdp;
}

}  // namespace

TEST_CASE("RFC 3261 18.3: the body is as long as Content-Length says, or as there is", "[sip]") {
  const auto [header, length] =
      GENERATE(table<std::string, std::size_t>({{"Content-Length: 10\r\n", 10},
                                                {"Content-Length: 3\r\n", 3},
                                                {"Content-Length: 0\r\n", 0},
                                                {"Content-Length:   4  \r\n", 4},
                                                {"l: 4\r\n", 4},
                                                {"Content-Length: 900\r\n", 10},
                                                {"Content-Length: 99999999999999999999999\r\n", 10},
                                                {"Content-Length: -1\r\n", 10},
                                                {"Content-Length: abc\r\n", 10},
                                                {"Content-Length:\r\n", 10},
                                                {"", 10}}));
  const std::string text = with("Content-Length: 10\r\n", header);
  CHECK(parsed(text).body == simplest_sdp.substr(0, length));
}

TEST_CASE("RFC 3261 7.4.1: SDP is what Content-Type calls so", "[sip]") {
  CHECK(sdp_in("Content-Type: application/sdp", simplest_sdp) ==
        Sdp{simplest_sdp, "application/sdp"});
  CHECK(sdp_in("CONTENT-TYPE: Application/SDP;charset=x", simplest_sdp) ==
        Sdp{simplest_sdp, "Application/SDP;charset=x"});
  CHECK(sdp_in("c : application/sdp", simplest_sdp) == Sdp{simplest_sdp, "application/sdp"});
  CHECK_FALSE(sdp_in("Content-Type: text/plain", simplest_sdp));
  CHECK_FALSE(sdp_in("Content-Type: application/sdpx", simplest_sdp));
  CHECK_FALSE(sdp_in("Content-Type: application/sdp", ""));
}

TEST_CASE("A body without Content-Type is SDP if it begins like it", "[sip]") {
  CHECK(sdp_in("X: y", simplest_sdp) == Sdp{simplest_sdp, std::nullopt});
  CHECK_FALSE(sdp_in("X: y", "Signal=1\r\n"));
}

TEST_CASE("A body that begins with line breaks keeps them", "[sip]") {
  const std::string text = with_body("Content-Type: text/plain", "\r\n\r\nhello");
  CHECK(parsed(text).body == "\r\n\r\nhello");
}

TEST_CASE("RFC 2046 5.1: SDP is found in a multipart body", "[sip]") {
  const std::string isup{"\x01\0\x02\xFF\r\n--bx\n", 10};
  const std::string sdp_first = "--b\r\nContent-Type: application/sdp\r\n\r\n" + simplest_sdp +
                                "\r\n--b\r\nContent-Type: application/ISUP\r\n\r\n" + isup +
                                "\r\n--b--\r\n";
  const auto* type = GENERATE(
      "Content-Type: multipart/mixed;boundary=b", "Content-Type: Multipart/Mixed; BOUNDARY = \"b\"",
      "c: multipart/related; type=\"a/b;boundary=no\"; boundary=b; start=\"<x@y>\"",
      "Content-Type: multipart/mixed;\r\n boundary=b");
  CHECK(sdp_in(type, sdp_first) == Sdp{simplest_sdp, "application/sdp"});
  CHECK(sdp_in(type, "a preamble, with --b in it\r\n" + sdp_first) ==
        Sdp{simplest_sdp, "application/sdp"});
  CHECK(sdp_in(type, "\r\n" + sdp_first + "an epilogue") == Sdp{simplest_sdp, "application/sdp"});
  CHECK(sdp_in(type, "--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n" + sdp_first) ==
        Sdp{simplest_sdp, "application/sdp"});
  CHECK(sdp_in(type, "--b\r\n\r\nno headers\r\n" + sdp_first) ==
        Sdp{simplest_sdp, "application/sdp"});
}

TEST_CASE("RFC 2046 5.1.1: a delimiter stands at the beginning of a line", "[sip]") {
  const std::string tricky = "v=0\r\ns=not a --b delimiter\r\n";
  CHECK(sdp_in("Content-Type: multipart/mixed;boundary=b",
               "--b\r\nContent-Type: application/sdp;\r\n charset=utf-8\r\n\r\n" + tricky +
                   "\r\n--b--\r\n") == Sdp{tricky, "application/sdp"});
}

TEST_CASE("RFC 2045 5.1: a part's Content-Type may be folded", "[sip]") {
  CHECK(sdp_in("Content-Type: multipart/mixed;boundary=b",
               "--b\r\nContent-Type:\r\n application/sdp\r\n\r\n" + simplest_sdp +
                   "\r\n--b--\r\n") == Sdp{simplest_sdp, "application/sdp"});
}

TEST_CASE("A multipart body that is cut short gives what there is, and loses no call", "[sip]") {
  const std::string type = "Content-Type: multipart/mixed;boundary=b";
  CHECK(sdp_in(type, "--b\r\nContent-Type: application/sdp\r\n\r\n" + simplest_sdp) ==
        Sdp{simplest_sdp, "application/sdp"});
  CHECK(sdp_in(type, "--b\nContent-Type: application/sdp\n\nv=0\n\n--b--\n") ==
        Sdp{"v=0\n", "application/sdp"});
  for (const std::string body : {"", "--b", "--b\r\n", "--b--", "--b\r\nContent-Type:", "nothing",
                                 "--b\r\nContent-Type: application/sdp\r\n"}) {
    CHECK_FALSE(sdp_in(type, body));
  }
  CHECK_FALSE(
      sdp_in("Content-Type: multipart/mixed", "--\r\nContent-Type: application/sdp\r\n\r\n"));
  CHECK_FALSE(sdp_in("Content-Type: multipart/mixed;boundary=", "--\r\n\r\nv=0"));
}

TEST_CASE("What follows the closing delimiter is no part", "[sip]") {
  CHECK_FALSE(sdp_in("Content-Type: multipart/mixed;boundary=b",
                     "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n--b\r\n"
                     "Content-Type: application/sdp\r\n\r\nv=0\r\n--b--\r\n"));
}

TEST_CASE("A large body takes no longer than it must", "[sip]") {
  std::string body;
  for (int i = 0; i < 1000000; ++i) body += "--bx";
  const std::string text = with_body("Content-Type: multipart/mixed;boundary=b", body);
  const std::clock_t begin = std::clock();
  CHECK_FALSE(parsed(text).sdp);
  CHECK((std::clock() - begin) / CLOCKS_PER_SEC < 3);  // where it is quadratic: minutes
}

TEST_CASE("RFC 3959: what describes an early session does not describe the session", "[sip]") {
  const std::string disposition =
      GENERATE("early-session", "Early-Session;handling=optional", "render");
  SECTION("a part") {
    const auto part = [](const std::string& headers, const std::string& sdp) {
      return "--x\r\nContent-Type: application/sdp\r\n" + headers + "\r\n" + sdp + "\r\n";
    };
    const std::string early =
        part("Content-Disposition: " + disposition + "\r\n", "v=0\r\ns=early");
    const std::string type = "Content-Type: multipart/mixed;boundary=x";
    CHECK(sdp_in(type, early + part("", "v=0\r\ns=-") + "--x--\r\n")->text == "v=0\r\ns=-");
    CHECK(sdp_in(type, early + part("Content-Disposition: session\r\n", "v=0\r\ns=-") + "--x--\r\n")
              ->text == "v=0\r\ns=-");
    CHECK_FALSE(sdp_in(type, early + "--x--\r\n"));
  }
  SECTION("the body") {
    const std::string type = "Content-Type: application/sdp\r\nContent-Disposition: ";
    CHECK_FALSE(sdp_in(type + disposition, simplest_sdp));
    CHECK(sdp_in(type + "Session;handling=required", simplest_sdp));
  }
}

TEST_CASE("RFC 3261 20.12: any encoding but the identity makes a body unreadable", "[sip]") {
  const auto [encodings, readable] = GENERATE(
      table<std::string, bool>({{"Content-Encoding: identity", true},
                                {"Content-Encoding: identity\r\ne: Identity", true},
                                {"Content-Encoding: identity, identity", true},
                                {"Content-Encoding:", true},
                                {"Content-Encoding: gzip", false},
                                {"Content-Encoding: identity\r\nContent-Encoding: gzip", false},
                                {"e: gzip\r\nContent-Encoding: identity", false},
                                {"Content-Encoding: identity,deflate", false}}));
  CHECK(sdp_in("Content-Type: application/sdp\r\n" + encodings, simplest_sdp).has_value() ==
        readable);
  const std::string part = "--x\r\nContent-Type: application/sdp\r\n" + encodings + "\r\n\r\n" +
                           simplest_sdp + "--x--\r\n";
  CHECK(sdp_in("Content-Type: multipart/mixed;boundary=x", part).has_value() == readable);
}
