// Calls as a drachtio-server would tell of them: the frames of answered calls in, made up here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace drachtio::bench {

// Frames a call: INVITE, 180, 200, ACK, BYE, 200.
inline constexpr std::size_t frames_a_call = 6;

// The payloads of one call. Calls differ in all their ids, tags, branches and users.
std::vector<std::string> call(std::uint64_t number);

// The first `count` payloads of the call: 4 leave it answered and confirmed.
std::vector<std::string> call(std::uint64_t number, std::size_t count);

// Returns the user part of the caller's address in that call.
std::string caller(std::uint64_t number);

// `calls` calls as one byte stream of frames; as many as `overlap` are up at a time, their frames
// interleaved.
std::string stream(std::uint64_t calls, std::uint64_t overlap = 200);

}  // namespace drachtio::bench
