#!/bin/sh
# token.sh prints an access token, good for two hours:
#
#   export WECOM_ACCESS_TOKEN=$(curl/token.sh)
set -eu
. "$(dirname "$0")/lib.sh"
unset WECOM_ACCESS_TOKEN

token
