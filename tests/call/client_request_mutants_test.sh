#!/usr/bin/env bash
# label: slow
source "${BASH_SOURCE[0]%/*}/mutants.sh"
find_mutants client_request 'client_request late_offer' \
  'requesting request_world client_request_exploration_test'
