#!/usr/bin/env bash
# label: slow
source "${BASH_SOURCE[0]%/*}/mutants.sh"
find_mutants recovery 'recovery giving_up caller_check' \
  'recovery_exploration_test recovery_program recovery_rules recovery_world'
