// An arena for libosip2: a message's forty little allocations become bumps of a pointer, and
// freeing them one.
//
// libosip2's allocators are one set for the whole process, so only a program that is all ours may
// install this; the library never does. Each thread has an arena of its own.
#pragma once

namespace drachtio::sip {

// To be called once, before other threads parse. Does nothing under a sanitizer, which could not
// see into the arena.
void install_parser_arena();

}  // namespace drachtio::sip
