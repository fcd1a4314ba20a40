#!/usr/bin/env bash
# Every C++ snippet of docs/api.md compiles: the first is a program, the others are statements in
# a program that has what section 1 says they assume.
# label: slow
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk -v out="$scratch" '
  /^```cpp$/ { n++; inside = 1; file = sprintf("%s/%02d.cpp", out, n); next }
  /^```$/    { inside = 0 }
  inside     { print > file }
' "$DRACHTIO_SOURCE/docs/api.md"
mv "$scratch/01.cpp" "$scratch/program.cpp"

{
  echo '#include <drachtio/asio.hpp>'
  echo '#include <drachtio/subscription.hpp>'
  echo '#include <boost/asio.hpp>'
  echo '#include <boost/asio/experimental/awaitable_operators.hpp>'
  echo '#include <iostream>'
  echo 'using namespace drachtio; using namespace std::chrono_literals;'
  echo 'using boost::system::error_code; namespace asio = boost::asio;'
  echo 'extern const std::string sdp;'
  for snippet in "$scratch"/[0-9]*.cpp; do
    if grep -q '^asio::awaitable' "$snippet"; then # a function of its own
      cat "$snippet"
    else
      name=$(basename "$snippet" .cpp)
      if grep -q 'Agent app{' "$snippet"; then
        printf 'void snippet_%s(SipDialog dialog, Content content) {\n' "$name"
      else
        printf 'void snippet_%s(Agent& app, SipDialog dialog, Content content) {\n' "$name"
      fi
      cat "$snippet"
      echo '}'
    fi
  done
} >"$scratch/snippets.cpp"

for file in program snippets; do
  "${CXX:-c++}" -std=c++20 -Wall -Wextra -Wno-unused -Wno-unused-parameter -Werror -fsyntax-only \
    -I "$DRACHTIO_SOURCE/include" "$scratch/$file.cpp"
done
echo "$(ls "$scratch"/[0-9]*.cpp | wc -l) snippets and a program compile"
