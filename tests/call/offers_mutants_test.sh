#!/usr/bin/env bash
# label: slow
source "${BASH_SOURCE[0]%/*}/mutants.sh"
find_mutants offers 'offers open_offer' \
  'offers_exploration_test'
