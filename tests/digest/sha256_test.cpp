// SHA-256 by the examples of FIPS 180-4, and fields that cannot run into each other.
#include "digest/sha256.hpp"

#include "catch.hpp"

using namespace drachtio::digest;

TEST_CASE("FIPS 180-4: SHA-256 of its examples", "[digest]") {
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(to_hex(sha256(std::string(1000000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256: a hasher is new again after finish, and may be moved", "[digest]") {
  Sha256 hasher;
  hasher.update("rubbish").finish();
  CHECK(hasher.update("a").update("bc").finish() == sha256("abc"));
  Sha256 moved = std::move(hasher);
  CHECK(moved.update("abc").finish() == sha256("abc"));
}

TEST_CASE("SHA-256: of what has come so far, and on", "[digest]") {
  Sha256 hasher;
  CHECK(hasher.update("ab").so_far() == sha256("ab"));
  CHECK(hasher.update("c").finish() == sha256("abc"));
}

TEST_CASE("SHA-256: fields carry their length", "[digest]") {
  Sha256 hasher;
  const Hash ab_c = hasher.field("ab").field("c").finish();
  CHECK(ab_c != hasher.field("a").field("bc").finish());
  CHECK(ab_c != hasher.field("abc").finish());
  CHECK(ab_c == sha256(std::string{"\0\0\0\0\0\0\0\2", 8} + "ab" +
                       std::string{"\0\0\0\0\0\0\0\1", 8} + "c"));
  CHECK(hasher.field("").finish() == sha256(std::string(8, '\0')));
  CHECK(hasher.update(ab_c).finish() == sha256(as_bytes(ab_c)));
}

TEST_CASE("Hashes as hexadecimal text, and back", "[digest]") {
  const Hash hash = sha256("abc");
  CHECK(from_hex(to_hex(hash)) == hash);
  CHECK(from_hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD") == hash);
  const std::string text = to_hex(hash);
  CHECK_FALSE(from_hex(""));
  CHECK_FALSE(from_hex(text.substr(1)));
  CHECK_FALSE(from_hex(text + "0"));
  CHECK_FALSE(from_hex(text.substr(0, 63) + "g"));
  CHECK_FALSE(from_hex(text.substr(0, 62) + "+1"));
}
