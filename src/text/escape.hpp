// Makes bytes from the network safe to show: nothing that steers a terminal, or makes a text look
// like another one, reaches a screen.
//
// The rule, everywhere: texts are kept and passed on as they came, and escaped where they are
// printed. Only what goes into an exception's what(), or to a handler as fit to be shown, is
// escaped before: programs that link the library print it as it is. To escape such a text once more
// changes nothing in it, since a backslash stands for itself; so a printer need not know whence a
// text is. What must not be ambiguous (a literal \x1B, or the byte) is to be had as JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace drachtio::text {

// How many bytes of `bytes` at its start must not be shown as they are: a control character (C0,
// DEL, C1), one that reverses or joins text unseen (bidi controls, zero-width characters, line and
// paragraph separators), or a byte that belongs to no UTF-8. 0 where it begins with other text.
std::size_t unprintable(std::string_view bytes);

// `bytes` with what must not be shown written as \n, \r, \t or \xNN; cut after `limit` bytes of
// input with "..." where there was more.
std::string escaped(std::string_view bytes, std::size_t limit = std::string_view::npos);

}  // namespace drachtio::text
