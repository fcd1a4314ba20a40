// Draws a pause at random: call/glare.hpp says within which bounds. Thread-safe.
#pragma once

#include "call/glare.hpp"

#include <chrono>

namespace drachtio::agent {

std::chrono::milliseconds draw(const call::Pause& pause);

}  // namespace drachtio::agent
