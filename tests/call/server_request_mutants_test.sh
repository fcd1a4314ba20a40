#!/usr/bin/env bash
# label: slow
source "${BASH_SOURCE[0]%/*}/mutants.sh"
find_mutants server_request 'server_request awaited_pracks' \
  'answering answer_world answer_rules server_request_exploration_test'
