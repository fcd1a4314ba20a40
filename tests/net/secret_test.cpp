// Where the secret comes from, and that errors do not show it.
#include "net/secret.hpp"

#include "catch.hpp"
#include "contains.hpp"
#include "scratch_folder.hpp"

#include <cstdlib>
#include <fstream>

using namespace drachtio;
using test::contains;

namespace {

std::filesystem::path file_with(const test::ScratchFolder& folder, std::string_view contents) {
  std::ofstream{folder / "secret", std::ios::binary} << contents;
  return folder / "secret";
}

}  // namespace

TEST_CASE("The secret is a file's contents less the newline at its end", "[net]") {
  const test::ScratchFolder folder;
  CHECK(net::load_secret(file_with(folder, "s3cr t\n")) == "s3cr t");
  CHECK(net::load_secret(file_with(folder, "s3cret")) == "s3cret");
  CHECK(net::load_secret(file_with(folder, "s3cret\r\n")) == "s3cret");
}

TEST_CASE("The secret comes from the environment where no file is given", "[net]") {
  ::setenv("DRACHTIO_SECRET", "from-there", 1);
  CHECK(net::load_secret({}) == "from-there");
  ::unsetenv("DRACHTIO_SECRET");
  CHECK_THROWS_WITH(net::load_secret({}), contains("DRACHTIO_SECRET") && contains("--secret-file"));
}

TEST_CASE("A secret that cannot be sent is refused and not shown", "[net]") {
  const test::ScratchFolder folder;
  for (const std::string bad : {"hush|hush", "hush\nhush", "hush\n\n"}) {
    CHECK_THROWS_WITH(net::load_secret(file_with(folder, bad)), !contains("hush"));
  }
  CHECK_THROWS_WITH(net::load_secret(file_with(folder, "\n")), contains("empty"));
  CHECK_THROWS_WITH(net::load_secret(folder / "none"), contains("No such file"));
  CHECK_THROWS_WITH(net::load_secret(folder.path()),
                    contains(folder.path().string() + ": it is a directory"));
}

TEST_CASE("The secret is blotted out wherever it stands in a text", "[net]") {
  CHECK(net::without_secret("a hush b hushhush", "hush") == "a *** b ******");
  CHECK(net::without_secret("nothing", "hush") == "nothing");
}
