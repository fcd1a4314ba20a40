// The program's side of the world around a call whose link or program goes away: it hands what
// happens to the machines of the call's recovery, and carries out what they ask for, as the Agent
// does.
#pragma once

#include "call/recovery_world.hpp"

namespace drachtio::test::recovery_world {

// The INVITE of a call in.
const SipMessage& invite_message();

// Notes that a rule is broken, if none was before.
void breaks(World& world, const char* rule);

void feed(World& world, const call::Recovery::Input& input);
void feed(World& world, const call::GivingUp::Input& input);
void feed(World& world, const call::CallerCheck::Input& input);
void feed(World& world, const call::ServerRequest::Input& input);

// Tells the machines of an event of the call that is in the log; a call record may have told it.
void tell(World& world, EventType event, bool by_record = false);

}  // namespace drachtio::test::recovery_world
