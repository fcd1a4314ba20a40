#!/usr/bin/env bash
# label: slow
source "${BASH_SOURCE[0]%/*}/mutants.sh"
find_mutants termination 'termination ending' \
  'termination_exploration_test'
