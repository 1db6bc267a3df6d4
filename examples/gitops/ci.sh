#!/bin/sh
# What the pipeline does for one product, for GitHub Actions, GitLab CI and by hand:
#   ./ci.sh plan|apply|drift neurons|epmm
# The connection comes from IVANTI_UEM_URL, IVANTI_UEM_USERNAME and IVANTI_UEM_PASSWORD.
set -eu
step=${1:-}
product=${2:-}
# Before anything is made: a misspelt product would be a folder of plans, and no inventory.
if [ ! -d "$product/inventory" ]; then
  echo "usage: ./ci.sh plan|apply|drift neurons|epmm, in a folder that has neurons/inventory or epmm/inventory" >&2
  exit 64
fi
folder=$PWD/plans/$product
export IVANTI_UEM_PRODUCT="$product"
mkdir -p "$folder"
run() { ansible-playbook -i "$product/inventory" "$@"; }

case $step in
  plan) run ivanti.uem.plan -e folder="$folder" ;;
  apply)
    run ivanti.uem.plan -e folder="$folder"
    run ivanti.uem.apply -e plan="$folder/plan.json"
    ;;
  # new.json has only what the last drift.json does not have, for a message to people.
  drift) run ivanti.uem.drift -e file="$folder/drift.json" -e new="$folder/new.json" ;;
  *) echo "ci.sh: $step is not plan, apply or drift" >&2; exit 64 ;;
esac
